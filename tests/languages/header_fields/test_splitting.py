from __future__ import annotations

import pytest
from gatelens.languages.header_fields.splitting import fields, request_line, splitting
from hypothesis import given
from hypothesis import strategies as st

KNOWN = fields(
    {
        "pair": ["Set-Cookie"],
        "address": ["Location"],
        "number": ["Content-Length"],
        "media-type": ["Content-Type"],
        "host": ["Host"],
        "word": ["Transfer-Encoding"],
        "any": ["Authorization"],
    }
)


def words(text: str, *, one_line: bool = False, closed: bool = False) -> str:
    found = splitting(text, KNOWN, one_line=one_line, closed=closed)
    return found.explanation if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "/home\r\nSet-Cookie: a=b",
        "/home\nSet-Cookie: a=b",
        "/home\rSet-Cookie: a=b",
        "\r\nLocation: /x",
        "de\r\nX-Any: 1\r\nLocation: //other.example",
        "de\\r\\nContent-Length: 0",
        "q\r\n Host: other.example",
        "q\r\nTransfer-Encoding : chunked",
    ],
)
def test_a_field_that_decides_something_behind_a_value_is_told(text: str) -> None:
    assert words(text) == "ends its line, adds a header field that decides something"


def test_characters_that_become_line_breaks_are_told() -> None:
    for text in ("q嘊嘍Set-Cookie: a=b", "qĊSet-Cookie: a=b"):
        assert "low byte" in words(text)
    assert not words("嘊嘍 is a word")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\r\nHTTP/1.1 200 OK\r\n\r\nhi", "ends its line, begins a response"),
        ("x\r\n\r\nGET /a HTTP/1.1\r\n", "ends its line, begins a request"),
        ("x\r\n\r\n<html>", "ends its line, ends the header, begins a document"),
        ("x\r\n<html>", ""),
        ("x\r\n\r\n<details>", ""),
    ],
)
def test_messages_behind_a_value_are_told(text: str, told: str) -> None:
    assert words(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "Set it as follows\nSet-Cookie: a=b",
        "Example:\nSet-Cookie: a=b",
        "--part\nContent-Type: text/plain",
        "From: a\nContent-Type: text/plain",
        "GET / HTTP/1.1\nHost: shop.example",
        "HTTP/1.1 200 OK\nContent-Length: 5",
        "lunch\nLocation: Berlin",
        "lunch\nHost: Ann Smith",
        "count\nContent-Length: many",
        "one\ntwo\nSet-Cookie: a=b",
        "Set-Cookie: a=b",
        "no break at all",
        "",
    ],
)
def test_texts_of_several_lines_pass(text: str) -> None:
    assert not words(text)


def test_where_no_line_break_can_be_of_use_several_words_may_stand_before_it() -> None:
    text = "two words\r\nSet-Cookie: a=b"
    assert not words(text)
    assert words(text, one_line=True)


@pytest.mark.parametrize("before", ["a line of many words that goes on and on", "Heading:", "# a\n- b", "a\r\nb: c d"])
def test_where_a_text_of_lines_does_not_stand_nothing_before_a_field_counts(before: str) -> None:
    text = f"{before}\r\nSet-Cookie: a=b"
    assert not words(text)
    assert words(text, one_line=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/a HTTP/1.1\r\nHost: inner", True),
        (" HTTP/1.0\nX-A: b", True),
        ("GET /a HTTP/1.1\r\nHost: inner", False),
        ("he said HTTP/1.1\r\nHost: inner", False),
        ("/a HTTP/1.1\r\nand more", False),
    ],
)
def test_the_rest_of_a_request_line_goes_on_with_fields(text: str, told: bool) -> None:
    assert (words(text) == "ends a request line, adds a header field") == told


def test_characters_that_are_a_line_break_but_for_a_byte_tell_whatever_the_value() -> None:
    assert words("a\u560d\u560aLocation: x")
    assert not words("a\r\nLocation: x")


def test_where_none_can_be_at_all_any_field_is_told() -> None:
    text = "value\r\nTier: gold"
    assert not words(text, one_line=True)
    assert words(text, closed=True) == "ends its line, adds a header field"
    assert not words("value\r\nno field", closed=True)


@pytest.mark.parametrize(
    ("text", "one_line", "told"),
    [
        ("\nTier-Name: gold", False, True),
        ("value\nTier-Name: gold", True, True),
        ("value\nTier-Name: gold", False, False),
        ("value\n\nTier-Name: gold", True, False),
        ("value\nTier-Name: gold and more", True, False),
        ("two words\nTier-Name: gold", True, False),
    ],
)
def test_a_field_that_is_all_there_is_behind_the_break_is_told(text: str, one_line: bool, told: bool) -> None:
    assert bool(words(text, one_line=one_line)) == told


def test_the_first_line_of_a_request_is_told_as_a_whole_value_alone() -> None:
    assert request_line("GET http://inner.example/ HTTP/1.1")
    assert request_line("POST /a HTTP/1.0")
    assert not request_line("we send GET /a HTTP/1.1 here")
    assert not request_line("GET the milk")


@given(
    st.lists(st.sampled_from(["\r\n", "\n", "Set-Cookie: ", "a=b", "嘊", "HTTP/1.1 ", "\\r\\n"]) | st.text(max_size=9))
)
def test_no_text_raises(pieces: list[str]) -> None:
    for closed in (False, True):
        found = splitting("".join(pieces), KNOWN, one_line=closed, closed=closed)
        assert found is None or len(found.evidence) <= 160
