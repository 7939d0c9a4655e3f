from __future__ import annotations

import pytest
from gatelens.languages.shell.arguments import Shape, shape
from gatelens.languages.shell.words import Word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Shape.NONE),
        ("-l", Shape.STRONG),
        ("--all", Shape.STRONG),
        ("/etc", Shape.STRONG),
        ("../x", Shape.STRONG),
        ("192.0.2.7", Shape.STRONG),
        ("http://zz.example/a", Shape.STRONG),
        ("zz@host", Shape.STRONG),
        (r"c:\My Documents and more", Shape.STRONG),
        ("notes.txt", Shape.WEAK),
        ("5", Shape.WEAK),
        ("*", Shape.WEAK),
        ("a=b", Shape.WEAK),
        ("eth0", Shape.BARE),
        ("install package", Shape.BARE),
        ("the house", Shape.PROSE),
        ("me at 192.0.2.7", Shape.PROSE),
        ("people, dogs", Shape.PROSE),
        ("one two three four five", Shape.PROSE),
        ("für alle", Shape.PROSE),
    ],
)
def test_arguments_have_a_shape(text: str, expected: Shape) -> None:
    assert shape([Word(word) for word in text.split()]) is expected
