"""Read one request as it goes over the wire in HTTP/1.1, or as a proxy's window shows it.

Source: RFC 9112 sections 2 and 3. Lines end in CRLF or LF, the body is all that follows the empty line; a chunked body
is taken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BufferedReader

from gatelens.model.message import Message, Phase
from gatelens.replay.record import MAX_RECORD, BrokenRecord, Entry, Record

REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+) HTTP/\d(?:\.\d)?\r?\n")

_END_OF_HEAD = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FIELD = re.compile(rb"([^:\s]++)[ \t]*+:[ \t]*+(.*?)[ \t\r]*", re.DOTALL)


def read(stream: BufferedReader, default_time: float) -> Iterator[Entry]:
    """The one request in `stream`."""
    raw = stream.read(MAX_RECORD + 1)
    line = REQUEST_LINE.match(raw)
    if len(raw) > MAX_RECORD or line is None:
        yield BrokenRecord(1, f"over {MAX_RECORD:,} bytes" if line else "no HTTP request line", line=1)
        return
    rest = raw[line.end() :]
    end = _END_OF_HEAD.search(rest)
    head, body = (rest[: end.start()], rest[end.end() :]) if end else (rest, b"")
    headers: list[tuple[bytes, bytes]] = []
    for number, text in enumerate(head.split(b"\n") if head.strip() else (), 2):
        field = _FIELD.fullmatch(text)
        if field is None:
            yield BrokenRecord(1, "a header line without a name and a colon", line=number)
            return
        headers.append((field[1], field[2]))
    request = Message(
        phase=Phase.REQUEST,
        method=line[1].decode("ascii"),
        target=line[2].decode("utf-8", "surrogateescape"),
        headers=tuple(headers),
        body=body,
        time=default_time,
    )
    yield Record(1, "1", request)
