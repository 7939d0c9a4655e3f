"""Reading one request as it goes over the wire."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from gatelens.model.message import Message, Phase
from gatelens.replay import raw_request
from gatelens.replay.record import BrokenRecord, Kind, Record, open_recording

NOW = 1_700_000_000.0


def entry(raw: bytes) -> object:
    (only,) = raw_request.read(io.BufferedReader(io.BytesIO(raw)), NOW)
    return only


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_lines_end_either_way_and_the_body_is_what_follows_as_it_is(end: bytes) -> None:
    raw = end.join([b"POST /a?q=%27 HTTP/1.1", b"Host: x", b"a:  b ", b"a:", b"", b"{}\r\n\r\n\n"])
    headers = ((b"Host", b"x"), (b"a", b"b"), (b"a", b""))
    message = Message(
        phase=Phase.REQUEST, method="POST", target="/a?q=%27", headers=headers, body=b"{}\r\n\r\n\n", time=NOW
    )
    assert entry(raw) == Record(1, "1", message)


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/2\n\n"])
def test_a_request_may_have_neither_headers_nor_body(raw: bytes) -> None:
    message = Message(phase=Phase.REQUEST, method="GET", target="/", headers=(), body=b"", time=NOW)
    assert entry(raw) == Record(1, "1", message)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 1),
        (b"GET /", 1),
        (b"GET / a HTTP/1.1\n", 1),
        (b"GET / HTTP/1.1\nHost x\n\n", 2),
        (b"GET / HTTP/1.1\na: b\n: x\n\n", 3),
    ],
)
def test_what_is_no_request_is_told_with_its_line(raw: bytes, line: int) -> None:
    broken = entry(raw)
    assert isinstance(broken, BrokenRecord)
    assert broken.line == line


def test_a_request_is_known_by_its_first_line_or_by_the_name_of_its_file(tmp_path: Path) -> None:
    for name, content in (("a.txt", b"PATCH /a HTTP/1.1\r\n\r\n"), ("a.http", b"")):
        (tmp_path / name).write_bytes(content)
        with open_recording(str(tmp_path / name)) as recording:
            assert recording.kind is Kind.HTTP
