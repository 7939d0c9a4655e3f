from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from gatelens.decoders import nested
from gatelens.decoders.segment import NamedSegment, PlainBody
from gatelens.model.limits import Limits
from gatelens.model.location import Part
from hypothesis import given
from hypothesis import strategies as st

from tests.support.encodings import ENCODINGS

LIMITS = Limits()
TEXT = "x' OR (1=1) <b>"
CASES = [pytest.param(encode, steps, id=name) for name, (encode, steps) in ENCODINGS.items()]


def unwrapped(text: str, limits: Limits = LIMITS) -> list[tuple[str, tuple[str, ...]]]:
    segments, _ = nested.unwrap([NamedSegment(Part.QUERY, ["q"], [text])], limits)
    return [(found, segment.transformations(i)) for segment in segments for i, found in enumerate(segment.texts)]


@pytest.mark.parametrize(("encode", "steps"), CASES)
def test_each_encoding_is_undone_and_told(encode: Callable[[str], str], steps: tuple[str, ...]) -> None:
    found = dict(unwrapped(encode(TEXT)))
    whole = next(text for text in found if TEXT in text)
    assert found[whole] == steps


@pytest.mark.parametrize("outer", ENCODINGS)
@pytest.mark.parametrize("inner", ENCODINGS)
def test_each_encoding_is_undone_within_each_other(outer: str, inner: str) -> None:
    packed = ENCODINGS[inner][0](TEXT)
    if not packed.isascii() or "\x00" in packed:
        packed = json.dumps([packed])  # not every encoding has a form for every character
    found = unwrapped(ENCODINGS[outer][0](packed))
    assert any(TEXT in text for text, _ in found), found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words, nothing else",
        "select specialty hospital",
        "O'Brien & Sons: 100% cotton",
        "123e4567-e89b-12d3-a456-426614174000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-11-21T10:48:01Z",
        "https://shop.example/products/42?page=2",
        "Mozilla/5.0 (X11; Linux x86_64)",
        "C:\\Users\\ada",
        "4111111111111111",
        "application/json",
        "Привет, мир",
        "日本語のテキスト",
        "[not json",
    ],
)
def test_ordinary_values_hold_nothing(text: str) -> None:
    assert unwrapped(text) == []


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("Pj4 Pj4 PGI eA==", ">>>>>><b>x"),
        ("DQpRVUlUDQo", "\r\nQUIT\r\n"),
    ],
)
def test_base64_is_known_by_its_padding_where_pluses_became_spaces_and_when_short_by_a_line_break(
    text: str, inner: str
) -> None:
    assert unwrapped(text) == [(inner, ("base64",))]


@pytest.mark.parametrize("text", ["the sum of all words =", "DQo", "DQolder"])
def test_words_that_look_like_it_hold_nothing(text: str) -> None:
    assert unwrapped(text) == []


def test_a_place_is_the_origins_and_a_span_is_all_of_the_value() -> None:
    (found,), _ = nested.unwrap([PlainBody(b"say %27 now")], LIMITS)
    assert found.texts == ["say ' now"]
    assert (str(found.locate(0)), found.span(0, 4, 5), found.transformations(0)) == ("body", (0, 11), ("percent",))


def test_every_order_of_different_escapes_is_read() -> None:
    texts = [text for text, _ in unwrapped("%26%2339%3B \\x26lt;")]
    assert "' <" in texts


def test_more_layers_than_the_limit_are_an_anomaly() -> None:
    text = TEXT
    for _ in range(4):
        text = quote(text, safe="")
    segment = NamedSegment(Part.QUERY, ["q"], [text])
    found, anomalies = nested.unwrap([segment], Limits(nested_depth=3))
    assert found[0].texts[-1] == quote(TEXT, safe="")
    assert [(a.kind.value, a.seen, str(a.location)) for a in anomalies] == [("nested-depth", "over 3", "query:q[0]")]
    assert nested.unwrap([segment], Limits(nested_depth=4))[1] == []


def test_a_short_message_may_not_cost_what_a_long_one_may() -> None:
    dense = [json.dumps([str(n) for n in range(1_500)])] * 20
    found, anomalies = nested.unwrap([NamedSegment(Part.QUERY, ["q"] * 20, dense)], LIMITS)
    assert [(a.kind.value, a.seen) for a in anomalies] == [("nested-bytes", f"over {anomalies[0].limit}")]
    assert int(anomalies[0].limit) < LIMITS.nested_bytes
    assert found


def test_a_text_that_imitates_what_stands_between_texts_is_unwrapped_alone() -> None:
    texts = [f"%27{nested._BETWEEN}%28", "%29"]
    (found,), _ = nested.unwrap([NamedSegment(Part.QUERY, ["q", "q"], texts)], LIMITS)
    assert found.texts == [f"'{nested._BETWEEN}(", ")"]


def test_more_bytes_than_the_limit_are_an_anomaly_and_end_the_unwrapping() -> None:
    segment = NamedSegment(Part.QUERY, ["q"] * 100, ["%41" * 100] * 100)
    found, anomalies = nested.unwrap([segment], Limits(nested_bytes=90_000))
    assert [a.kind.value for a in anomalies] == ["nested-bytes"]
    assert len(found[0].texts) < 100


@pytest.mark.parametrize(
    "text",
    [
        quote("'" * 20_000, safe=""),
        "&lt;" * 16_000,
        "&#9;" * 16_000,
        "\\x41" * 16_000,
        "\\u0041%41&#65;/**/" * 3_600,
        "+ACc-" * 12_000,
        "/*" * 30_000,
        "/* " * 20_000,
        "/**/" * 16_000,
        "[" * 60_000,
        '["%41",' * 9_000,
        json.dumps(json.dumps(json.dumps(json.dumps(["'"] * 3_000)))),
        base64.b64encode(gzip.compress(bytes(60_000_000))).decode(),
        "eyJ" * 20_000,
        "\x00" * 60_000,
        "\uff07" * 20_000,
        "A" * 64_000,
        "af" * 32_000,
    ],
)
def test_a_hostile_value_costs_little(text: str) -> None:
    count = 1024 * 1024 // len(text.encode()) + 1
    segment = NamedSegment(Part.QUERY, ["q"] * count, [text] * count)
    begin = time.process_time()
    nested.unwrap([segment], LIMITS)
    assert time.process_time() - begin < 0.3


@given(st.text())
def test_any_text_is_unwrapped(text: str) -> None:
    for found, steps in unwrapped(text):
        assert found
        assert 1 <= len(steps) <= LIMITS.nested_depth


@given(
    st.lists(
        st.sampled_from(["%27", "%2527", "&#39;", "&amp;", "\\u0027", "\\x", "+ACc-", "/*", "*/", "\x00", "\uff07"])
        | st.sampled_from(['{"a":', "[", "]", "}", '"', "eyJhIjox.eyJh.", "base64,JzEx", "'", " "])
    ).map("".join)
)
def test_any_mixture_is_unwrapped_within_bounds(text: str) -> None:
    begin = time.process_time()
    unwrapped(text)
    assert time.process_time() - begin < 0.5
