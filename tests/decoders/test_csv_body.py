from __future__ import annotations

import csv
import io
import time

import pytest
from gatelens.decoders import csv_body
from gatelens.decoders.segment import Segment
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st

LIMITS = Limits()


def cells(body: bytes, limits: Limits = LIMITS) -> Segment:
    (segment,), _ = csv_body.decode(body, limits)
    return segment


def read(body: bytes) -> list[tuple[str, str]]:
    segment = cells(body)
    return [(segment.locate(index).pointer, text) for index, text in enumerate(segment.texts)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a,b\r\nc,d\r\n", [("/0/0", "a"), ("/0/1", "b"), ("/1/0", "c"), ("/1/1", "d")]),
        ("a,b\nc,d", [("/0/0", "a"), ("/0/1", "b"), ("/1/0", "c"), ("/1/1", "d")]),
        ("a,b\rc", [("/0/0", "a"), ("/0/1", "b"), ("/1/0", "c")]),
        ("a;b,c;d", [("/0/0", "a"), ("/0/1", "b,c"), ("/0/2", "d")]),
        ("a\tb", [("/0/0", "a"), ("/0/1", "b")]),
        ("'=1' or 1", [("/0/0", "'=1' or 1")]),
        ('"a,;b";c', [("/0/0", "a,;b"), ("/0/1", "c")]),
        ('"a ""b"" c",d', [("/0/0", 'a "b" c'), ("/0/1", "d")]),
        ('"a\r\nb",c\n"d"', [("/0/0", "a\r\nb"), ("/0/1", "c"), ("/1/0", "d")]),
        ('a "b" c,"d"e', [("/0/0", 'a "b" c'), ("/0/1", "de")]),
        ('a,"b,c\nd,e', [("/0/0", "a"), ("/0/1", "b,c\nd,e")]),
        ('a,"b""', [("/0/0", "a"), ("/0/1", 'b"')]),
        ("a,\n\n,b\n", [("/0/0", "a"), ("/0/1", ""), ("/1/0", ""), ("/2/0", ""), ("/2/1", "b")]),
        ('"",\n', [("/0/0", ""), ("/0/1", "")]),
        ("\ufeffa,b", [("/0/0", "a"), ("/0/1", "b")]),
        ("", []),
        ("\n", [("/0/0", "")]),
    ],
)
def test_cells_are_read_with_record_and_number(body: str, expected: list[tuple[str, str]]) -> None:
    assert read(body.encode()) == expected


@pytest.mark.parametrize(
    ("body", "index", "start", "end", "expected"),
    [
        ("a,bcd", 1, 1, 2, "c"),
        ("é,éb", 1, 1, 2, "b"),
        ("\ufeffa,b", 1, 0, 1, "b"),
        ('x,"a ""b"" c"', 1, 0, 7, 'a ""b"" c'),
        ('x,"a ""b"" c"', 1, 2, 3, '""'),
        ('x,"a ""b"" c"', 1, 3, 4, "b"),
        ('x,"a"b', 1, 0, 2, 'a"b'),
        ("a,,b", 1, 0, 0, ""),
    ],
)
def test_a_span_is_the_bytes_of_the_characters(body: str, index: int, start: int, end: int, expected: str) -> None:
    span = cells(body.encode()).span(index, start, end)
    assert span is not None
    assert body.encode()[slice(*span)].decode() == expected


def test_bytes_that_are_no_utf8_keep_their_place() -> None:
    segment = cells(b"a\xff,\xffb,\xe2\x82c,d")
    assert list(segment.texts) == ["a\ufffd", "\ufffdb", "\ufffdc", "d"]
    assert [segment.span(index, 0, 1) for index in range(4)] == [(0, 1), (3, 4), (6, 9), (10, 11)]


def test_undone_quotes_are_told() -> None:
    segment = cells(b'a,"b","c""d"')
    assert [segment.transformations(index) for index in range(3)] == [(), (), ("csv-quote",)]


@pytest.mark.parametrize(("body", "more"), [(b"a,b\nc", b",d"), (b'"a","b"\nc', b"\nd"), (b"a,b,c\n", b"d\n")])
def test_reading_stops_at_the_limit_of_cells(body: bytes, more: bytes) -> None:
    limits = Limits(csv_cells=3)
    (segment,), anomalies = csv_body.decode(body, limits)
    assert list(segment.texts) == ["a", "b", "c"]
    assert anomalies == []
    (segment,), anomalies = csv_body.decode(body + more, limits)
    assert list(segment.texts) == ["a", "b", "c"]
    assert [(found.kind, found.seen, found.limit) for found in anomalies] == [(AnomalyKind.CSV_CELLS, "over 3", "3")]
    assert segment.locate(2).span is not None


BODIES = st.text(alphabet='ab é,;\t"\r\n\U0001f600', max_size=30)


@given(BODIES)
def test_the_csv_module_reads_the_same(body: str) -> None:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=csv_body.separator_of(body.encode()))
    expected = [
        (f"/{row}/{column}", cell) for row, cells in enumerate(reader) for column, cell in enumerate(cells or [""])
    ]
    found = read(body.encode())
    # The module numbers records as they end; where a quoted cell holds line ends, so do we.
    assert found == expected


@given(st.lists(st.lists(st.text(alphabet='ab é,;\t"\r\n', max_size=6), min_size=1, max_size=4), max_size=4))
def test_each_cell_stands_at_its_span(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    body = written.getvalue().encode()
    segment = csv_body.CsvSegment(body, ",", LIMITS.csv_cells)
    assert list(segment.texts) == [cell for row in rows for cell in row]
    for index, text in enumerate(segment.texts):
        row, column = map(int, segment.locate(index).pointer.split("/")[1:])
        assert rows[row][column] == text
        for place, character in enumerate(text):
            span = segment.span(index, place, place + 1)
            assert span is not None
            assert body[slice(*span)].decode() == (character if character != '"' else '""')


@given(st.binary(max_size=40) | BODIES.map(str.encode), st.integers(1, 5))
def test_no_body_raises(body: bytes, limit: int) -> None:
    (segment,), _ = csv_body.decode(body, Limits(csv_cells=limit))
    assert len(segment.texts) <= limit
    for index, text in enumerate(segment.texts):
        span = segment.locate(index).span
        assert span is not None
        assert 0 <= span[0] <= span[1] <= len(body)
        segment.span(index, 0, len(text))
        segment.transformations(index)


@pytest.mark.parametrize("unit", [b"a,", b'"",', b'"a""b",', b'"', b'x"', b"\r\n", b"\xff,", b'""x', b'a"\n"'])
def test_work_is_linear(unit: bytes) -> None:
    body = unit * (1_000_000 // len(unit))
    begin = time.process_time()
    segment = cells(body)
    for index in range(min(len(segment.texts), 5_000)):
        segment.locate(index)
    assert time.process_time() - begin < 2
