"""Read recorded exchanges from mitmproxy's own flow files.

Each record is framed here, by its length prefix (tnetstring), and only then handed to mitmproxy's reader: a record that
mitmproxy cannot read, claims an absurd length or is nested too deep costs itself, and the ones after it are read.
Limits: a damaged length prefix leaves no way to find the next record. WebSocket messages are not judged.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from mitmproxy import flow, http
from mitmproxy.io import FlowReader

from gatelens.mitm.adapter import request_message, response_message
from gatelens.replay.record import (
    MAX_RECORD,
    UNREADABLE,
    BrokenRecord,
    Entry,
    Record,
    SkippedRecord,
    time_is_possible,
)

_MAX_DIGITS = 12
_CHUNK = 1024 * 1024


class _Fault(Exception):
    """What is wrong with a record, in our words; `final` where there is no going on behind it."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


def read(stream: io.BufferedReader, _default_time: float = 0.0) -> Iterator[Entry]:
    """Read flow by flow; a broken one is told and passed over. Every flow has a time of its own."""
    number = 0
    offset = 0
    framed = _Frames(stream)
    while True:
        number += 1
        offset = framed.offset
        try:
            raw = framed.next()
            if not raw:
                return
            yield _entry(number, offset, _flow(raw))
        except _Fault as fault:
            yield BrokenRecord(number, str(fault), offset=offset)
            if fault.final:
                return


class _Frames:
    """Cuts a stream into records: `length:data}`. `offset` is where the next one starts."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.offset = 0

    def next(self) -> bytes:
        """The next record with its prefix and type; b"" at the end. Raises _Fault."""
        try:
            prefix = self._prefix()
            return prefix and prefix + self._data(int(prefix[:-1]) + 1)
        except UNREADABLE as error:
            raise _Fault(f"the file cannot be read on from here ({type(error).__name__})", final=True) from error

    def _prefix(self) -> bytes:
        prefix = b""
        while (byte := self._read(1)).isdigit() and len(prefix) < _MAX_DIGITS:
            prefix += byte
        if not byte and not prefix:
            return b""
        if byte != b":" or not prefix:
            raise _Fault("no length where a record starts" if byte else "the file ends within a record", final=True)
        return prefix + byte

    def _data(self, size: int) -> bytes:
        if size > MAX_RECORD:
            # Over it, not into memory. Where the length was a lie, this ends at the end of the file.
            while size and (skipped := len(self._read(min(size, _CHUNK)))):
                size -= skipped
            raise _Fault(f"a length over {MAX_RECORD} bytes", final=size > 0)
        data = self._read(size)
        if len(data) < size:
            raise _Fault("the file ends within a record", final=True)
        return data

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.offset += len(data)
        return data


def _flow(raw: bytes) -> flow.Flow:
    try:
        found = next(iter(FlowReader(io.BytesIO(raw)).stream()))
    except RecursionError as error:
        raise _Fault("nested too deep") from error
    except MemoryError as error:
        raise _Fault("a length that no memory holds") from error
    except Exception as error:  # FlowReadException quotes the content; a wrong shape may raise whatever it likes
        raise _Fault("no flow that this version of mitmproxy reads") from error
    return found


def _entry(number: int, offset: int, found: flow.Flow) -> Record | SkippedRecord:
    if not isinstance(found, http.HTTPFlow):
        return SkippedRecord(number, f"a {found.type} flow", offset)
    try:
        request = request_message(found, _unread(found.request))
        answer = found.response
        response = None if answer is None else response_message(found, request, _unread(answer))
    except Exception as error:  # mitmproxy lets values of any type into a flow's state
        raise _Fault(f"an HTTP flow with a value of a wrong kind ({type(error).__name__})") from error
    if not all(time_is_possible(message.time) for message in (request, response) if message):
        raise _Fault("no possible time")
    return Record(number, str(found.id), request, response)


def _unread(message: http.Message) -> int:
    """What Message.unread says of a body that streamed through and was not kept."""
    if message.data.content is not None:
        return 0
    announced = message.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 16 else -1
