"""Read recorded exchanges from JSON lines, one a line.

Two forms: {"id", "method", "path", "headers": [[name, value]], "body" | "body_b64", "time"} for a request alone, and
{"id", "request": {…}, "response": {"status", "headers", "body" | "body_b64"}, "time"}. Other names are passed over.
Beside "path" an "authority" may stand: that of an absolute-form target, or HTTP/2's.
Text stands for its UTF-8 bytes, and U+DC80 to U+DCFF for single bytes that are no UTF-8 (PEP 383).
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from io import BufferedReader
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from gatelens.model.message import Headers, Message, Phase
from gatelens.replay.record import EARLIEST, LATEST, MAX_RECORD, UNREADABLE, BrokenRecord, Entry, Record

_BOM = b"\xef\xbb\xbf"
_CHUNK = 1024 * 1024

Text = Annotated[str, Meta(min_length=1)]


class _Sent(Struct):
    headers: list[tuple[str, str]] = []
    body: str | None = None
    body_b64: str | None = None


class _Request(_Sent, kw_only=True):
    method: Text
    path: str
    authority: str = ""


class _Response(_Sent, kw_only=True):
    status: Annotated[int, Meta(ge=100, le=999)]


class _Line(_Sent, kw_only=True):
    id: str | int | None = None
    time: Annotated[float, Meta(ge=EARLIEST, le=LATEST)] | None = None
    method: Text | None = None
    path: str | None = None
    authority: str = ""
    request: _Request | None = None
    response: _Response | None = None


class RecordFault(Exception):
    """What is wrong with a record, in our words, never the content's."""


def read(stream: BufferedReader, default_time: float) -> Iterator[Entry]:
    """Read line by line; a broken one is told and passed over. Empty lines count as lines, not as records."""
    number = 0
    for line, raw in enumerate(_lines(stream), 1):
        if isinstance(raw, str):
            number += 1
            yield BrokenRecord(number, raw, line=line)
        elif raw.strip():
            number += 1
            try:
                yield _record(number, raw.removeprefix(_BOM) if line == 1 else raw, default_time)
            except RecordFault as fault:
                yield BrokenRecord(number, str(fault), line=line)


def _lines(stream: BufferedReader) -> Iterator[bytes | str]:
    """Each line, or a reason why there is none."""
    while True:
        try:
            line = stream.readline(MAX_RECORD)
            if len(line) == MAX_RECORD and not line.endswith(b"\n"):
                while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                    pass
                yield f"over {MAX_RECORD} bytes"
                continue
        except UNREADABLE as error:
            yield f"the file cannot be read on from here ({type(error).__name__})"
            return
        if not line:
            return
        yield line


def _record(number: int, raw: bytes, default_time: float) -> Record:
    line = parsed(raw, _Line)
    time = default_time if line.time is None else line.time
    sent = line.request
    if sent is None:
        if line.method is None or line.path is None:
            raise RecordFault("neither a request nor a method and a path")
        sent = _Request(
            method=line.method,
            path=line.path,
            authority=line.authority,
            headers=line.headers,
            body=line.body,
            body_b64=line.body_b64,
        )
    request = Message(
        phase=Phase.REQUEST,
        method=sent.method,
        target=target_of(sent.path, "path"),
        authority=target_of(sent.authority, "authority"),
        headers=_headers(sent.headers),
        body=_body(sent),
        time=time,
    )
    answer = line.response
    response = (
        None
        if answer is None
        else Message(
            phase=Phase.RESPONSE,
            method=request.method,
            target=request.target,
            headers=_headers(answer.headers),
            body=_body(answer),
            time=time,
            status=answer.status,
            request=request,
        )
    )
    return Record(number, str(number) if line.id is None else str(line.id), request, response)


def parsed[T: Struct](raw: bytes, kind: type[T]) -> T:
    """The JSON of one record as a Struct. Raises RecordFault."""
    try:
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.ValidationError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError):
            # It may be a lone surrogate, which stands for a byte: the standard library takes it, msgspec does not.
            return msgspec.convert(json.loads(raw), kind)
    except msgspec.ValidationError as error:
        raise RecordFault(str(error)) from error  # it tells types and names of the format, no content
    except RecursionError as error:
        raise RecordFault("nested too deep") from error
    except UnicodeDecodeError as error:
        raise RecordFault(f"no UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise RecordFault(f"no JSON at character {error.pos}") from error
    except ValueError as error:  # a number of thousands of digits
        raise RecordFault("no JSON that can be read") from error


def bytes_of(text: str, what: str) -> bytes:
    """The bytes that `text` stands for. Raises RecordFault with the name `what`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise RecordFault(f"{what} holds a surrogate that stands for no byte") from error


def base64_of(text: str, what: str) -> bytes:
    """The bytes that base64 `text` holds. Raises RecordFault with the name `what`."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise RecordFault(f"{what} is no base64") from error


def target_of(path: str, what: str) -> str:
    """The path and query as the live gateway reads them from the same bytes. Raises RecordFault."""
    return path if path.isascii() else bytes_of(path, what).decode("utf-8", "replace")


def _body(sent: _Sent) -> bytes:
    if sent.body is not None and sent.body_b64 is not None:
        raise RecordFault("both body and body_b64")
    if sent.body_b64 is not None:
        return base64_of(sent.body_b64, "body_b64")
    return bytes_of(sent.body or "", "body")


def _headers(pairs: list[tuple[str, str]]) -> Headers:
    return tuple((bytes_of(name, "headers"), bytes_of(value, "headers")) for name, value in pairs)
