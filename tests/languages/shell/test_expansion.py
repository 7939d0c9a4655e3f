from __future__ import annotations

import re

import pytest
from gatelens.languages.shell import expansion


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{a,b}", ["a", "b"]),
        ("x{a,b}y", ["xay", "xby"]),
        ("{l,-x}s", ["ls", "-xs"]),
        ("{a,{b,c}}", ["a", "b", "a", "c"]),
        ("{a}", ["{a}"]),
        ("a,b", ["a,b"]),
    ],
)
def test_braces_give_words(text: str, found: list[str]) -> None:
    assert list(expansion.braces(text)) == found


def test_braces_give_only_so_many_words() -> None:
    assert len(expansion.braces("{a,b}" * 60)) <= 2 * expansion.MOST_ALTERNATIVES


@pytest.mark.parametrize(
    ("text", "found"),
    [(r"\x61", "a"), (r"\141", "a"), (r"\0141", "a"), (r"\u0061", "a"), (r"a\tb", "a\tb"), (r"\q", r"\q"), ("a", "a")],
)
def test_codes_are_characters(text: str, found: str) -> None:
    assert expansion.ansi_c(text) == found


@pytest.mark.parametrize(
    ("content", "value"),
    [("PATH:0:1", "/"), ("x:1:2", "bc"), ("x:-2", "abcd"), ("x: -2", "cd"), ("y-z", "z"), ("y:-z", "z"), ("y", "")],
)
def test_parameters_are_expanded(content: str, value: str) -> None:
    assert expansion.parameter(content, {"x": "abcd"})[0] == value


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("c?t", "cat", True),
        ("c[a]t", "cat", True),
        ("c[!x]t", "cat", True),
        ("c[!a]t", "cat", False),
        ("/???/c*", "/bin/cat", True),
        ("/???/c*", "/bin/x/cat", False),
        ("c?t", "cast", False),
    ],
)
def test_a_wildcard_stands_for_names(pattern: str, name: str, fits: bool) -> None:
    found = expansion.wildcard(pattern)
    assert isinstance(found, re.Pattern)
    assert (found.fullmatch(name) is not None) is fits


@pytest.mark.parametrize("pattern", ["*" + "a*" * 9, "?" * 200, "[z-a]"])
def test_a_wildcard_that_is_costly_or_broken_is_none(pattern: str) -> None:
    assert expansion.wildcard(pattern) is None
