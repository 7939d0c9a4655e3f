"""Reading JSON lines: both forms, bytes that are no UTF-8, and every kind of broken line."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Callable

import pytest
from gatelens.model.message import Message, Phase
from gatelens.replay import jsonl, record
from gatelens.replay.record import BrokenRecord, Entry, Record
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_700_000_000.0
GOOD = b'{"id": "good", "method": "GET", "path": "/"}'


def entries(*lines: bytes) -> list[Entry]:
    return list(jsonl.read(io.BufferedReader(io.BytesIO(b"\n".join(lines))), NOW))


def one(value: object) -> Record:
    (entry,) = entries(json.dumps(value).encode())
    assert isinstance(entry, Record)
    return entry


def test_a_flat_line_is_a_request_alone() -> None:
    line = {
        "id": "a",
        "class": "sqli",
        "method": "POST",
        "path": "/p?q=%27",
        "headers": [["Host", "x"], ["host", "y"]],
        "body": "é",
    }
    assert one(line) == Record(
        1,
        "a",
        Message(
            phase=Phase.REQUEST,
            method="POST",
            target="/p?q=%27",
            headers=((b"Host", b"x"), (b"host", b"y")),
            body=b"\xc3\xa9",
            time=NOW,
        ),
    )


def test_a_pair_is_judged_at_the_time_that_it_tells() -> None:
    pair = {
        "time": 1_600_000_000,
        "request": {"method": "GET", "path": "/"},
        "response": {"status": 201, "headers": [["a", "b"]], "body_b64": base64.b64encode(b"\xff\0").decode()},
    }
    request = Message(phase=Phase.REQUEST, method="GET", target="/", headers=(), body=b"", time=1.6e9)
    response = Message(
        phase=Phase.RESPONSE,
        method="GET",
        target="/",
        headers=((b"a", b"b"),),
        body=b"\xff\0",
        time=1.6e9,
        status=201,
        request=request,
    )
    assert one(pair) == Record(1, "1", request, response)


@pytest.mark.parametrize("wrap", [lambda line: line, lambda line: {"request": line}])
def test_an_authority_beside_the_path_is_the_request_s(wrap: Callable[[object], object]) -> None:
    assert one(wrap({"method": "GET", "path": "/", "authority": "a.example"})).request.authority == "a.example"


def test_lone_surrogates_stand_for_single_bytes() -> None:
    read = one({"method": "POST", "path": "/\udcff", "headers": [["x", "\udce9"]], "body": "a\udcffb\U0001f600"})
    assert read.request.body == b"a\xffb\xf0\x9f\x98\x80"
    assert read.request.headers == ((b"x", b"\xe9"),)
    assert read.request.target == "/\ufffd"


def test_a_byte_order_mark_and_empty_lines_are_passed_over() -> None:
    found = entries(b"\xef\xbb\xbf" + GOOD, b"", b"  \r", GOOD)
    assert [(entry.number, type(entry)) for entry in found] == [(1, Record), (2, Record)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"garbage", "no JSON at character 0"),
        (b'{"method": "GET", "path": "/"', "no JSON at character 30"),
        (b'{"method": "GET", "path": "/\xff"}', "no UTF-8 at byte 28"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "neither a request nor a method and a path"),
        (b'{"method": "GET"}', "neither a request nor a method and a path"),
        (b'{"method": "", "path": "/"}', "Expected `str` of length >= 1 - at `$.method`"),
        (b'{"method": 1, "path": "/"}', "Expected `str | null`, got `int` - at `$.method`"),
        (
            b'{"method": "GET", "path": "/", "headers": {"a": "b"}}',
            "Expected `array`, got `object` - at `$.headers`",
        ),
        (
            b'{"method": "GET", "path": "/", "headers": [["a"]]}',
            "Expected `array` of length 2 - at `$.headers[0]`",
        ),
        (b'{"method": "GET", "path": "/", "time": -1}', "Expected `float` >= 0.0 - at `$.time`"),
        (b'{"method": "GET", "path": "/", "body_b64": "====="}', "body_b64 is no base64"),
        (b'{"method": "GET", "path": "/", "body_b64": "YWI"}', "body_b64 is no base64"),
        (b'{"method": "GET", "path": "/", "body": "", "body_b64": ""}', "both body and body_b64"),
        (b'{"method": "GET", "path": "/", "body": "\\ud800"}', "body holds a surrogate that stands for no byte"),
        (b'{"method": "GET", "path": "/\\ud800"}', "path holds a surrogate that stands for no byte"),
        (b'{"request": {"method": "GET"}}', "Object missing required field `path` - at `$.request`"),
        (
            b'{"method": "GET", "path": "/", "response": {"status": 9}}',
            "Expected `int` >= 100 - at `$.response.status`",
        ),
        (b'{"a": ' + b"[" * 200_000, "nested too deep"),
        (b'{"a": "\\udcff", "b": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deep"),
        (b'{"a": "\\udcff", "b": ' + b"9" * 5000 + b"}", "no JSON that can be read"),
    ],
)
def test_a_broken_line_is_told_by_number_line_and_reason_and_the_rest_go_on(line: bytes, reason: str) -> None:
    good = {"id": "good", "method": "GET", "path": "/"}
    first, broken, last = entries(GOOD, b"", line, GOOD)
    assert isinstance(first, Record)
    assert broken == BrokenRecord(2, reason, line=3)
    assert isinstance(last, Record)
    assert (last.number, last.id) == (3, good["id"])


def test_an_over_long_line_is_told_and_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_RECORD", 100)
    monkeypatch.setattr(jsonl, "_CHUNK", 16)
    first, broken, last = entries(GOOD, GOOD + b" " * 1000, GOOD)
    assert isinstance(first, Record)
    assert broken == BrokenRecord(2, "over 100 bytes", line=2)
    assert isinstance(last, Record)


def test_a_line_that_ends_at_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_RECORD", len(GOOD) + 1)
    assert [type(entry) for entry in entries(GOOD, GOOD + b"", GOOD)] == [Record, Record, Record]


def test_a_cut_gzip_file_gives_its_good_lines_and_one_broken_record() -> None:
    packed = gzip.compress(b"\n".join([GOOD] * 1000))[:-12]
    stream, _ = record._rewound(gzip.GzipFile(fileobj=io.BytesIO(packed)))
    *good, broken = jsonl.read(stream, NOW)
    assert len(good) > 900
    assert all(isinstance(entry, Record) for entry in good)
    assert broken == BrokenRecord(len(good) + 1, "the file cannot be read on from here (EOFError)", line=len(good) + 1)


@given(st.lists(st.binary(max_size=40) | st.sampled_from([GOOD, b'{"request": 1}', b'{"id": {']), max_size=6))
def test_whatever_the_lines_hold_reading_never_raises(lines: list[bytes]) -> None:
    entries(*lines)
