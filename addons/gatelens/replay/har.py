"""Read recorded exchanges from an HTTP Archive, entry by entry, so that a bad entry costs only itself.

Source: HAR 1.2 (W3C Web Performance, historical draft).
Limits: the file is held in memory. A HAR holds bodies as they were decoded, so content-encoding is dropped from the
headers; a multipart body of which only the parts' names and values were kept (`params` without `text`) is not rebuilt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta, Struct

from gatelens.model.message import Headers, Message, Phase
from gatelens.replay.jsonl import RecordFault, base64_of, bytes_of, parsed, target_of
from gatelens.replay.record import MAX_RECORD, UNREADABLE, BrokenRecord, Entry, Record, time_is_possible

MAX_FILE = 1024 * 1024 * 1024
"""Bytes of a HAR, over which it is not read."""

_CHUNK = 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"|\Z)|[\[\]{},]', re.DOTALL)
"""A string, which in a cut file may have no end, or a bracket or comma. Possessive: nothing is read twice."""

_ENTRIES = re.compile(rb"\s*:\s*\[")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[^/?#]*")
_CHARSET = re.compile(r"charset=\"?([\w\-]+)", re.IGNORECASE | re.ASCII)

_CHARSETS = frozenset({"iso-8859-1", "latin-1", "latin1", "windows-1252", "utf-16", "utf-16le", "utf-16be"})
"""Charsets beside UTF-8 that text is turned back into. Not every name that Python knows: some take quadratic time."""

_FORM = "application/x-www-form-urlencoded"


class _Pair(Struct):
    name: str
    value: str = ""


class _PostData(Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    params: list[_Pair] | None = None
    encoding: str | None = None


class _Request(Struct, rename="camel"):
    method: Annotated[str, Meta(min_length=1)]
    url: str
    headers: list[_Pair | tuple[str, str]] = []
    post_data: _PostData | None = None
    http_version: str = ""


class _Content(Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    encoding: str | None = None


class _Response(Struct, rename="camel"):
    status: Annotated[int, Meta(ge=0, le=999)]
    headers: list[_Pair | tuple[str, str]] = []
    content: _Content | None = None
    http_version: str = ""


class _Entry(Struct, rename="camel"):
    started_date_time: str
    request: _Request
    response: _Response | None = None


def read(stream: BufferedReader, _default_time: float = 0.0) -> Iterator[Entry]:
    """Read entry by entry; a broken one is told and passed over. HAR requires a time in every entry."""
    number = 0
    offset = 0
    try:
        raw = _whole(stream)
        for start, end in _entries(raw):
            number += 1
            try:
                yield _record(number, raw[start:end])
            except RecordFault as fault:
                yield BrokenRecord(number, str(fault), offset=start)
            offset = end
    except RecordFault as fault:
        yield BrokenRecord(number + 1, str(fault), offset=offset)


def _whole(stream: BufferedReader) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.read1(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_FILE:
                raise RecordFault(f"a HAR of over {MAX_FILE} bytes")
    except UNREADABLE as error:
        # What could be read is looked at all the same; it ends within an entry, which is then told.
        if not pieces:
            raise RecordFault(f"the file cannot be read ({type(error).__name__})") from error
    return b"".join(pieces).removeprefix(_BOM)


def _entries(raw: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each element of `log.entries`, found by brackets and commas alone: linear, and at any depth.

    Raises RecordFault behind the last element where the file goes no further, or holds no entries.
    """
    depth = 0
    start = -1
    for token in _TOKEN.finditer(raw):
        text = token.group()
        if text in (b"{", b"["):
            depth += 1
        elif text in (b"}", b"]"):
            depth -= 1
            if start >= 0 and depth == 2:
                if raw[start : token.start()].strip():
                    yield start, token.start()
                return
        elif start >= 0 and depth == 3 and text == b",":
            yield start, token.start()
            start = token.end()
        elif start < 0 and depth == 2 and text == b'"entries"' and (opening := _ENTRIES.match(raw, token.end())):
            start = opening.end()
    if start < 0:
        raise RecordFault("no HAR: no log.entries")
    if depth == 3 and raw[start:].strip():
        yield start, len(raw)
    raise RecordFault("the file ends within its entries")


def _record(number: int, raw: bytes) -> Record:
    if len(raw) > MAX_RECORD:
        raise RecordFault(f"over {MAX_RECORD} bytes")
    entry = parsed(raw, _Entry)
    time = _time(entry.started_date_time)
    sent = entry.request
    request = Message(
        phase=Phase.REQUEST,
        method=sent.method,
        target=_target(sent.url),
        authority=_authority(sent.headers),
        headers=_headers(sent.headers),
        body=_posted(sent.post_data),
        time=time,
        http_version=_version(sent.http_version),
    )
    answer = entry.response
    if answer is None or answer.status == 0:  # section 4.2.7: 0 stands for no response in the browsers' HARs
        return Record(number, str(number), request)
    content = answer.content or _Content()
    response = Message(
        phase=Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=_headers(answer.headers),
        body=_bytes(content.text or "", content.encoding, content.mime_type),
        time=time,
        status=answer.status,
        http_version=_version(answer.http_version),
        request=request,
    )
    return Record(number, str(number), request, response)


def _time(text: str) -> float:
    """Section 4.2.3: ISO 8601. A time without a zone, which it forbids, is taken for UTC on every machine."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RecordFault("startedDateTime is no ISO 8601 time") from error
    time = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not time_is_possible(time):
        raise RecordFault("startedDateTime is before 1970")
    return time


def _target(url: str) -> str:
    """The request target in origin form: what follows the authority, without a fragment."""
    authority = _ABSOLUTE.match(url)
    rest = url[authority.end() if authority else 0 :].partition("#")[0]
    return target_of(rest if rest.startswith(("/", "*")) else "/" + rest, "url")


def _headers(pairs: list[_Pair | tuple[str, str]]) -> Headers:
    """Header fields without HTTP/2's pseudo-fields, which some recorders list, and without content-encoding."""
    named = ((pair.name, pair.value) if isinstance(pair, _Pair) else pair for pair in pairs)
    return tuple(
        (bytes_of(name, "headers"), bytes_of(value, "headers"))
        for name, value in named
        if not name.startswith(":") and name.lower() != "content-encoding"
    )


def _authority(pairs: list[_Pair | tuple[str, str]]) -> str:
    """What `:authority` says, where a recorder lists it. The URL's own may come from Host as well."""
    named = ((pair.name, pair.value) if isinstance(pair, _Pair) else pair for pair in pairs)
    return next((target_of(value, "headers") for name, value in named if name == ":authority"), "")


def _posted(data: _PostData | None) -> bytes:
    if data is None:
        return b""
    if data.text is None and data.params and data.mime_type.partition(";")[0].strip().lower() == _FORM:
        return urlencode([(pair.name, pair.value) for pair in data.params], errors="surrogateescape").encode()
    return _bytes(data.text or "", data.encoding, data.mime_type)


def _bytes(text: str, encoding: str | None, mime_type: str) -> bytes:
    if encoding == "base64":
        return base64_of(text, "text")
    named = _CHARSET.search(mime_type)
    charset = named.group(1).lower() if named else "utf-8"
    if charset in _CHARSETS:
        try:
            return text.encode(charset)
        except UnicodeEncodeError:
            pass
    return bytes_of(text, "text")


def _version(text: str) -> str:
    """`HTTP/2` for the `h2`, `http/2.0` and `HTTP/2` that recorders write; HTTP/1.1 for what tells nothing."""
    found = re.fullmatch(r"(?:http/|h)([0-9])(?:\.([0-9]))?", text.lower())
    if found is None:
        return "HTTP/1.1"
    major, minor = found.groups()
    return f"HTTP/{major}.{minor or 1}" if major == "1" else f"HTTP/{major}"
