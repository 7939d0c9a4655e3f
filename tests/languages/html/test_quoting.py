from __future__ import annotations

import pytest
from gatelens.languages.html.quoting import quoted
from hypothesis import given
from hypothesis import strategies as st

SHOWN = [
    "Use the `<x>` tag for this",
    "Some words here\n\n```html\n<x>\n```\n",
    "Some words here\n\n~~~\n<x>",
    "Some words here:\n\n    <x>\n",
    "Say ``<x> ` `` to the server, please",
]
NOT_SHOWN = [
    "`<x>`",
    "Use the <x> tag for this",
    "Use the ` sign and <x> for this",
    "some words are here=`<x>`",
    "One ` in a paragraph\n\nand <x> then ` another",
]


@pytest.mark.parametrize("text", SHOWN)
def test_what_stands_in_code_within_a_sentence_is_shown(text: str) -> None:
    assert quoted(text, is_escaped=False, markdown=True).hold(text.index("<x>"))


@pytest.mark.parametrize("text", NOT_SHOWN)
def test_what_stands_elsewhere_is_not(text: str) -> None:
    assert not quoted(text, is_escaped=False, markdown=True).hold(text.index("<x>"))


def test_markdown_can_be_left_out() -> None:
    assert not quoted(SHOWN[0], is_escaped=False, markdown=False).starts


def test_a_code_element_shows_only_what_was_escaped() -> None:
    text = "<code><x></code>"
    assert quoted(text, is_escaped=True, markdown=True).hold(6)
    assert not quoted(text, is_escaped=False, markdown=True).hold(6)


@given(st.text(alphabet="`~ \nab<x>", max_size=80))
def test_spans_are_sorted_and_apart(text: str) -> None:
    spans = quoted(text, is_escaped=False, markdown=True)
    edges = [edge for pair in zip(spans.starts, spans.ends, strict=True) for edge in pair]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
