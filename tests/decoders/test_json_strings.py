from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from gatelens.decoders import json_strings
from hypothesis import given
from hypothesis import strategies as st


def read(piece: bytes) -> tuple[str, set[str]]:
    faults: set[str] = set()
    [text] = json_strings.lenient([piece], [0], faults)
    return text, faults


@given(st.lists(st.text()), st.booleans())
def test_strict_strings_are_read_as_the_standard_library_does(strings: list[str], ascii_only: bool) -> None:
    pieces = [json.dumps(text, ensure_ascii=ascii_only).encode("utf-8", "replace") for text in strings]
    expected = [json.loads(piece) for piece in pieces]
    faults: set[str] = set()
    assert json_strings.strict(pieces) == expected or any("\\ud" in ascii(text) for text in expected)
    assert json_strings.lenient(pieces, [], faults) == [
        "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text) for text in expected
    ]
    assert faults <= {json_strings.SURROGATE}


@given(st.lists(st.tuples(st.sampled_from("\"'"), st.text(alphabet="\\ux0123abd\"'\n\x01é\u0440 z"))))
def test_any_strings_are_read_side_by_side_as_each_alone(parts: list[tuple[str, str]]) -> None:
    pieces = []
    for quote, inner in parts:
        text = inner.replace("\\", "\\z").replace(quote, "")
        pieces.append(f"{quote}{text}{quote}".encode())
    assert json_strings.lenient(pieces, [], set()) == [read(piece)[0] for piece in pieces]


@given(st.binary(max_size=40) | st.text(alphabet="\\ux04d8c\"'é\n\r z").map(str.encode))
def test_a_string_of_any_bytes_is_read_and_each_character_has_its_bytes(inner: bytes) -> None:
    raw = inner.replace(b"\\", b"\\\\").replace(b'"', b"") if b'"' in inner else inner.rstrip(b"\\")
    text, _ = read(b'"' + raw + b'"')
    places = json_strings.offsets(raw, text)
    assert len(places) == len(text) + 1
    assert list(places) == sorted(places)
    assert places[-1] == len(raw)
    for character, start, end in zip(text, places, places[1:], strict=False):
        assert read(b'"' + raw[start:end] + b'"')[0] == character


@given(st.text(), st.booleans())
def test_offsets_say_where_each_character_begins(text: str, ascii_only: bool) -> None:
    text = text.encode("utf-8", "replace").decode()
    raw = json.dumps(text, ensure_ascii=ascii_only).encode()[1:-1]
    places = json_strings.offsets(raw, text)
    pieces = [raw[start:end].decode() for start, end in pairwise(places)]
    assert [json.loads(f'"{piece}"') for piece in pieces] == list(text)


@pytest.mark.parametrize(
    ("piece", "text", "fault"),
    [
        (b'"\\x27"', "'", json_strings.ESCAPE),
        (b'"a\nb"', "a\nb", json_strings.CONTROL),
        (b"'a'", "a", json_strings.QUOTES),
        (b'"a', "a", json_strings.OPEN),
        (b'"\\ud800"', "\ufffd", json_strings.SURROGATE),
    ],
)
def test_each_fault_of_a_string_has_a_name(piece: bytes, text: str, fault: str) -> None:
    assert read(piece) == (text, {fault})


def test_texts_that_do_not_fit_their_bytes_have_no_offsets() -> None:
    assert json_strings.offsets(b"a\\u0041", "") == ()


@pytest.mark.parametrize(
    "unit", [b"\\z", b"\\x41", b"\\ud800", b"\x01", b"\xc0\xa7", b"\xff", b"'", b"\\\\", b"\\'", b"\\u0041", b"\\"]
)
def test_work_is_linear_whatever_a_string_is_full_of(unit: bytes) -> None:
    begin = time.process_time()
    text, _ = read(b'"' + unit * (10**6 // len(unit)))
    assert text
    assert time.process_time() - begin < 5
