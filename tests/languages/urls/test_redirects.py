from __future__ import annotations

import pytest
from gatelens.languages.urls.redirects import Place, redirect
from hypothesis import given
from hypothesis import strategies as st

NONE: frozenset[str] = frozenset()
TARGET = Place(followed=True)


def words(text: str, place: Place = TARGET, allowed: frozenset[str] = NONE) -> str:
    found = redirect(text, place, allowed)
    return found.explanation if found else ""


@pytest.mark.parametrize("text", ["/\\o.example", "\\/o.example/x", "///o.example", "/\t/o.example", "/\\/o.example"])
def test_slashes_that_hide_a_host_are_told_under_any_name(text: str) -> None:
    assert words(text, Place()) == "leads to another site behind slashes that look like a path's"


@pytest.mark.parametrize(
    "text",
    [
        "//o.example",
        "\t//o.example",
        "//o\u3002example",
        "https:o.example",
        "https:/o.example",
        "https:\\\\o.example",
        "https://shop.example@o.example/",
    ],
)
def test_a_host_in_disguise_is_told_under_the_name_of_a_target(text: str) -> None:
    assert words(text)
    assert not words(text, Place())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a",
        "/a//b",
        "https://o.example/",
        "// a note",
        "/// a note",
        "\\\\files\\a",
        "\\\\files.example\\a",
        "https:",
        "/",
    ],
)
def test_an_ordinary_target_passes(text: str) -> None:
    assert not words(text, Place())
    assert text[:2] == "\\\\" or not words(text)


def test_with_allowed_hosts_every_other_one_is_told() -> None:
    allowed = frozenset({"shop.example"})
    assert words("https://o.example/", allowed=allowed) == "leads to another site than those allowed"
    assert not words("https://www.shop.example/", allowed=allowed)
    assert not words("//shop.example/a", allowed=allowed)
    assert words("https://shop.example.o.example/", allowed=allowed)
    assert words("https://o.example\\@shop.example/", allowed=allowed)


@given(st.text(alphabet="htps:/\\@.a1 \t\n", max_size=80))
def test_deciding_never_raises(text: str) -> None:
    redirect(text, TARGET, NONE)
    redirect(text, Place(), frozenset({"a"}))
