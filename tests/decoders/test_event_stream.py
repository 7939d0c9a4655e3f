"""Server-sent events: split wherever the chunks are cut, and every byte has its place."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from gatelens.decoders import json_body
from gatelens.decoders.event_stream import BASE_EVENTS, EventSegment, Piece, Splitter, decode
from gatelens.decoders.segment import PlainBody
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st

LIMITS = Limits()


def split(*chunks: bytes, limit: int = 1000) -> list[Piece]:
    splitter = Splitter(limit)
    return [piece for chunk in chunks for piece in splitter.feed(chunk)] + splitter.end()


def data(body: bytes) -> list[bytes]:
    return [event.data for event in decode(body, LIMITS).events]


def others(body: bytes) -> list[tuple[str, str]]:
    fields = decode(body, LIMITS).fields
    return [(fields.locate(index).pointer, text) for index, text in enumerate(fields.texts)]


# -- reading


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param(b"data: a\n\n", [b"a"], id="one line"),
        pytest.param(b"data:a\n\ndata:  b\n\n", [b"a", b" b"], id="one space is taken off, if there is one"),
        pytest.param(b"data: a\ndata\ndata: b\n\n", [b"a\n\nb"], id="lines are joined with line feeds"),
        pytest.param(b"data: a\r\ndata: b\r\n\r\ndata: c\r\rdata: d\n\r\n", [b"a\nb", b"c", b"d"], id="all line ends"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [b"a"], id="a byte order mark at the beginning"),
        pytest.param(b"\n\r\n\ndata: a\n\n\n\ndata: b\n\n", [b"a", b"b"], id="more blank lines than needed"),
        pytest.param(b"data: a", [b"a"], id="an event that is cut off"),
        pytest.param(b"Data: a\n data: b\n\n: data: c\n\n", [], id="what only looks like data"),
        pytest.param(b"id: 1\n\n:\n\n", [], id="events without data"),
        pytest.param(b'data: {"a":\ndata: 1}\n\n', [b'{"a":\n1}'], id="json over two lines"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_the_data_of_events_is_read_as_a_browser_reads_it(body: bytes, wanted: list[bytes]) -> None:
    assert data(body) == wanted


def test_whatever_is_no_data_is_a_text_with_its_place() -> None:
    body = b": hello\nid: 7\nevent: x\nretry: 10\nother: y\n\nid\nbare\n\n"
    stream = decode(body, LIMITS)
    assert others(body) == [
        ("/0/comment", "hello"),
        ("/0/id", "7"),
        ("/0/event", "x"),
        ("/0/retry", "10"),
        ("/0/field", "other: y"),
        ("/1/field", "id"),
        ("/1/field", "bare"),
    ]
    for index, text in enumerate(stream.fields.texts):
        start, end = stream.fields.span(index, 0, len(text)) or (0, 0)
        assert body[start:end].decode() == text


def test_a_value_of_a_json_event_stands_where_its_location_says() -> None:
    body = 'data: {"n": 1}\n\nid: 5\ndata: {"é": "ü",\ndata: "card": "4111"}\n\n'.encode()
    event = decode(body, LIMITS).events[1]
    parsed = json_body.read(event.data, LIMITS)
    segment = EventSegment(parsed.values, event)
    index = list(segment.texts).index("4111")
    place = segment.locate(index)
    start, end = segment.span(index, 1, 3) or (0, 0)
    assert (place.pointer, body[start:end]) == ("/1/data/card", b"11")
    assert place.span is not None
    assert json.loads(body[slice(*place.span)]) == "4111"


def test_a_span_over_two_lines_holds_what_stands_between() -> None:
    body = b"data: abc\r\nid: 1\r\ndata: def\r\n\r\n"
    (event,) = decode(body, LIMITS).events
    segment = EventSegment(PlainBody(event.data), event)
    first, second, both, end = (segment.span(0, *span) for span in ((0, 3), (4, 7), (2, 5), (7, 7)))
    assert [body[slice(*span)] for span in (first, second, both) if span] == [
        b"abc",
        b"def",
        b"c\r\nid: 1\r\ndata: d",
    ]
    assert end == (27, 27)


def test_an_event_over_its_size_is_told_and_not_read_and_those_around_it_are() -> None:
    body = b"data: a\n\ndata: " + b"x" * 100 + b"\n\ndata: b\n\n"
    stream = decode(body, Limits(event_size=50))
    (anomaly,) = stream.anomalies
    assert (anomaly.kind, anomaly.seen, anomaly.limit, str(anomaly.location)) == (
        "event-size",
        "108",
        "50",
        "body:/1",
    )
    assert [event.data for event in stream.events] == [b"a", b"b"]


@pytest.mark.parametrize("one", [b"data: %d\n\n", b"id: %d\ndata: x\n\n"])
def test_what_goes_beyond_the_budget_is_one_text_and_told(one: bytes) -> None:
    body = b"".join(one % number for number in range(BASE_EVENTS * 4))
    stream = decode(body, LIMITS)
    assert [anomaly.kind for anomaly in stream.anomalies] == ["not-inspected"]
    assert stream.fields.texts[-1].endswith((one % (BASE_EVENTS * 4 - 1)).decode())
    assert stream.fields.span(len(stream.fields.texts) - 1, 0, 1) is not None
    assert len(stream.events) < BASE_EVENTS * 2


def test_an_event_of_very_many_lines_is_read_to_its_end_as_text() -> None:
    body = b"data: x\n" * 100_000 + b"data: last\n\n"
    stream = decode(body, LIMITS)
    assert [anomaly.kind for anomaly in stream.anomalies] == ["not-inspected"]
    assert "last" in stream.fields.texts[-1]


# -- splitting

PARTS = st.sampled_from([b"data: a", b"id", b":", b"\n", b"\r", b"\r\n", b"\n\n", b"x", b"\xef\xbb\xbf"])
BODIES = st.lists(PARTS, max_size=20).map(b"".join)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    at = sorted({place % (len(body) + 1) for place in places} | {0, len(body)})
    return [body[a:b] for a, b in pairwise(at)]


@given(BODIES, st.lists(st.integers(0, 100)), st.integers(1, 30))
def test_the_pieces_are_the_stream_byte_for_byte(body: bytes, places: list[int], limit: int) -> None:
    assert b"".join(piece.content for piece in split(*cut(body, places), limit=limit)) == body


@given(BODIES, st.lists(st.integers(0, 100)))
def test_wherever_the_chunks_are_cut_the_same_events_come_out(body: bytes, places: list[int]) -> None:
    pieces = split(*cut(body, places))
    assert [event.data for piece in pieces for event in decode(piece.content, LIMITS).events] == [
        event.data for piece in split(body) for event in decode(piece.content, LIMITS).events
    ]
    assert not any(piece.rest for piece in pieces)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise_and_every_span_lies_in_the_body(body: bytes) -> None:
    stream = decode(body, Limits(event_size=64))
    for event in stream.events:
        assert b"\n".join(body[start:end] for start, end in event.lines) == event.data
    for index, text in enumerate(stream.fields.texts):
        start, end = stream.fields.span(index, 0, len(text)) or (-1, -1)
        assert 0 <= start <= end <= len(body)


def test_an_event_is_out_as_soon_as_its_blank_line_is_in() -> None:
    splitter = Splitter(1000)
    assert splitter.feed(b"data: a\r\n") == []
    assert splitter.feed(b"\r") == [Piece(b"data: a\r\n\r")]
    assert splitter.feed(b"\ndata: b\n\ndata") == [Piece(b"\n"), Piece(b"data: b\n\n")]
    assert splitter.end() == [Piece(b"data")]


def test_an_event_over_the_limit_comes_out_at_once_and_its_rest_is_marked() -> None:
    splitter = Splitter(10)
    assert splitter.feed(b"data: 1234\n") == []
    assert splitter.feed(b"5\n") == [Piece(b"data: 1234\n5")]
    assert splitter.feed(b"data: 6") == [Piece(b"\ndata: 6", rest=True)]
    assert splitter.feed(b"7\n\ndata: b\n\n") == [Piece(b"7\n\n", rest=True), Piece(b"data: b\n\n")]


def test_what_is_kept_of_an_endless_event_is_bounded() -> None:
    splitter = Splitter(1000)
    for _ in range(1000):
        splitter.feed(b"x" * 999)
    assert splitter.end() == []
