from __future__ import annotations

import pytest
from gatelens.languages.documents.names import split, words


@pytest.mark.parametrize(
    "name", ["a[b][c]", "a.b.c", "/a/b/c", 'a["b"]["c"]', "a['b'].c", "a[b][c][]", "?a[b].c", "a[ b ][c]"]
)
def test_steps_are_told_in_every_notation(name: str) -> None:
    assert [step.strip("?") for step in split(name)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resetToken", {"reset", "token"}),
        ("reset_token", {"reset", "token"}),
        ("HTTPServerID", {"http", "server", "id"}),
        ("a1", {"a", "1"}),
        ("", set()),
    ],
)
def test_words_are_told_in_every_case(name: str, expected: set[str]) -> None:
    assert words(name) == expected
