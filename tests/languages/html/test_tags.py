from __future__ import annotations

import pytest
from gatelens.languages.html.tags import tag_at
from hypothesis import given
from hypothesis import strategies as st

SPELLINGS = {
    "<a b=c>": {"b": "c"},
    "<A\tB\n=\n'c d'>": {"b": "c d"},
    '<a/b="c"d=e/f>': {"b": "c", "d": "e/f"},
    "<a b=`c d`>": {"b": "c d"},
    "<a b=&#99;&Tab;d>": {"b": "c\td"},
    "<a b='c": {"b": "c"},
    "<a b": {"b": None},
    "<a \x00b\x00=c>": {"b": "c"},
    "<a>b=c": {},
}


@pytest.mark.parametrize(("text", "attributes"), SPELLINGS.items())
def test_attributes_are_read_as_a_browser_reads_them(text: str, attributes: dict[str, str | None]) -> None:
    tag = tag_at(text, 0)
    assert tag is not None
    assert tag.name == "a"
    assert {attribute.name: attribute.value for attribute in tag.attributes} == attributes


@pytest.mark.parametrize("text", ["< a>", "<3", "<=", "<-", "<"])
def test_a_less_than_sign_is_no_tag(text: str) -> None:
    assert tag_at(text, 0) is None


def test_a_prefix_is_no_part_of_the_name() -> None:
    tag = tag_at("<x:script>", 0)
    assert tag is not None
    assert tag.name == "script"


def test_what_was_read_is_not_read_again() -> None:
    text = "<a " * 1_000
    seen: set[int] = set()
    read = 0
    for start in range(0, len(text), 3):
        tag = tag_at(text, start, seen)
        assert tag is not None
        read += len(tag.attributes)
    assert read <= 2 * len(text) / 3


@given(st.text(alphabet="<>/='\"` \x00ab&;", max_size=60))
def test_reading_a_tag_never_raises_and_ends_within_the_text(text: str) -> None:
    for start, sign in enumerate(text):
        tag = tag_at(text, start) if sign == "<" else None
        assert tag is None or start < tag.end <= len(text)
