"""Decode a multipart body: its parts, each with its name, type and content as it will be used.

Source: RFC 2046 section 5.1 (parts), RFC 7578 (form-data), RFC 2045 section 6 (transfer encodings); CWE-436.
Every leniency that one parser has and another lacks is a `multipart-syntax` anomaly with words of its own. Reading goes
on past it; the result is then `doubtful`, and the whole body is to be read as one text besides, for the other readings.
Limits: parts are delimited where a line begins by LF; by CR alone, only the anomaly says so. Reading stops at the limit
of parts. A header block has at most 8 KiB; a longer one is read as content.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Sequence

from msgspec import Struct

from gatelens.decoders.multipart_headers import Parameter, fields, parameters
from gatelens.decoders.segment import NamedSegment, Segment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part, Span, pointer

_BODY = Location(Part.BODY)
_MOST_BOUNDARIES = 3
_HEADER_BYTES = 8 * 1024

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_FIRST_LINE = re.compile(rb"\s{0,16}--([^\r\n]{1,200})")
# Two line ends of any kind. Alternatives with first bytes of their own let the search skip all others.
_BLANK_LINE = re.compile(rb"\r\n(?:\r\n?|\n)|\n(?:\r\n?|\n)|\r\r\n?")
_CONTROLS = "\x00\r\n"
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_LINE_END = "a line end that is no CRLF"


class FormPart(Struct, frozen=True, kw_only=True):
    """One part. `index` counts the parts of its name from 0.

    `content_type` is in lower case without parameters, `charset` its parameter. `body` is the content with its transfer
    encoding undone, which `steps` then tell; `start` is its first byte in the whole body, None where it was undone.
    `headers` are (name in lower case, value). `readings` are (field, text): what other parsers take for name and file
    name, and the disposition as sent where it is odd.
    """

    name: str
    index: int
    filename: str | None = None
    content_type: str = ""
    charset: str = ""
    transfer_encoding: str = ""
    body: bytes = b""
    start: int | None = None
    steps: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    readings: tuple[tuple[str, str], ...] = ()

    @property
    def pointer(self) -> str:
        """The place of the part in the form."""
        return f"{self.name}[{self.index}]"


class Multipart(Struct, frozen=True):
    """What was read. `doubtful`: another parser may split or name the parts otherwise."""

    parts: tuple[FormPart, ...]
    anomalies: tuple[Anomaly, ...]
    doubtful: bool


def decode(body: bytes, content_type: str, limits: Limits) -> Multipart:
    """Read `body`, whose content type is given as sent (its bytes as latin-1)."""
    reader = _Reader(body, limits, form=content_type.lower().lstrip().startswith("multipart/form-data"))
    for boundary in reader.boundaries(content_type):
        reader.split(boundary)
    # Where no CR is in the body there is but one way to take its lines, by those who take them at all.
    line_end = AnomalyKind.MULTIPART_SYNTAX if b"\r" in body else AnomalyKind.FORM_SYNTAX
    anomalies = [
        Anomaly(line_end if seen == _LINE_END else AnomalyKind.MULTIPART_SYNTAX, seen, "RFC 2046, RFC 7578", _BODY)
        for seen in reader.odd
    ]
    if reader.full:
        limit = str(limits.parts)
        anomalies.append(Anomaly(AnomalyKind.PART_COUNT, f"over {limit}", limit, _BODY))
    return Multipart(tuple(reader.parts), tuple(anomalies), bool(reader.odd))


class _Reader:
    """Splits one body, and gathers each oddity once."""

    def __init__(self, body: bytes, limits: Limits, *, form: bool) -> None:
        self.parts: list[FormPart] = []
        self.odd: dict[str, None] = {}
        self.full = False
        self._body = body
        self._most = limits.parts
        self._form = form
        self._counts: dict[str, int] = {}

    def _note(self, *seen: str) -> None:
        self.odd.update(dict.fromkeys(seen))

    def boundaries(self, content_type: str) -> list[bytes]:
        """The boundaries that a parser may go by: the one that is meant, then others that occur in the body."""
        if len(content_type) > _HEADER_BYTES:
            self._note("a content type over 8 KiB")
        _, given, odd = parameters(content_type[:_HEADER_BYTES])
        self._note(*(f"in the content type: {what}" for what in odd))
        named = [parameter for parameter in given if parameter.name in ("boundary", "boundary*")]
        if len(named) > 1:
            self._note("two boundaries")
        found: dict[bytes, None] = {}
        for parameter in named:
            for value in (parameter.value, *parameter.others):
                if value and (not found or f"--{value}".encode("latin-1", "replace") in self._body):
                    found[value.encode("latin-1", "replace")] = None
        if not found:
            self._note("no boundary")
            first = _FIRST_LINE.match(self._body)
            return [first[1]] if first else []
        if _BOUNDARY.fullmatch(named[0].value) is None or named[0].name.endswith("*"):
            self._note("a boundary that RFC 2046 does not allow")
        return list(found)[:_MOST_BOUNDARIES]

    def split(self, boundary: bytes) -> None:
        """Read the parts that `boundary` delimits."""
        body = self._body
        delimiter = b"--" + boundary
        line_start = b"\n" + delimiter
        at = 0 if body.startswith(delimiter) else body.find(line_start) + 1
        if at == 0 and not body.startswith(delimiter):
            self._note("no delimiter")
            return
        if body[:at].strip(b"\r\n"):
            self._note("text before the first part")
        delimiters, closed = 0, False
        while at >= 0:
            if delimiters > self._most:
                self.full = True
                return
            delimiters += 1
            following = body.find(line_start, at + len(delimiter))
            start, closing = self._delimiter_line(at + len(delimiter), following)
            end = self._end(start, following)
            if closing:
                closed = True
                if body[start:end].strip(b" \t\r\n") or following >= 0:
                    self._note("text behind the last part")
            elif len(self.parts) == self._most:
                self.full = True
                return
            else:
                self._part(start, end)
            at = following + 1 if following >= 0 else -1
        if not closed:
            self._note("no closing delimiter")
        if body.count(delimiter) > delimiters:
            self._note(_LINE_END if b"\r" + delimiter in body else "the boundary within a line")

    def _delimiter_line(self, behind: int, following: int) -> tuple[int, bool]:
        """Where the content behind a delimiter begins, and whether that was the closing one."""
        body = self._body
        feed = body.find(b"\n", behind, following + 1 if following >= 0 else len(body))
        end = len(body) if feed < 0 else feed
        line = body[behind:end]
        closing = line.startswith(b"--")
        rest = line[2:] if closing else line
        if feed >= 0 or not closing:
            if not rest.endswith(b"\r"):
                self._note(_LINE_END)
            rest = rest.removesuffix(b"\r")
        if rest:
            self._note("text behind a delimiter" if rest.strip(b" \t") else "white space behind a delimiter")
        return min(end + 1, len(body)), closing

    def _end(self, start: int, following: int) -> int:
        """Where the content before the next delimiter ends: before its line's end, which belongs to the delimiter."""
        if following < 0:
            return len(self._body)
        if self._body[following - 1 : following] != b"\r":
            self._note(_LINE_END)
            return max(start, following)
        return max(start, following - 1)

    def _part(self, start: int, end: int) -> None:
        window = self._body[start : min(end, start + _HEADER_BYTES)]
        headers: list[tuple[str, str]] = []
        content = start
        if window.startswith((b"\r\n", b"\n", b"\r")):
            blank = 2 if window.startswith(b"\r\n") else 1
            if blank == 1:
                self._note(_LINE_END)
            content += blank
        elif line := _BLANK_LINE.search(window):
            if line[0] != b"\r\n\r\n" or window.count(b"\n", 0, line.start()) != window.count(b"\r\n", 0, line.start()):
                self._note(_LINE_END)
            headers, odd = fields(window[: line.start()])
            self._note(*odd)
            content += line.end()
        elif end - start > _HEADER_BYTES:
            self._note("a header block over 8 KiB")
        else:
            # Content, headers, or headers whose blank line is the delimiter's line end: it is read as all of these.
            self._note("a part without a blank line")
            headers, odd = fields(window)
            self._note(*odd)
        self._add(headers, self._body[content:end], content)

    def _add(self, headers: list[tuple[str, str]], content: bytes, start: int) -> None:
        first: dict[str, str] = {}
        for field, value in headers:
            if field in first and field:
                self._note(f"two {field} headers" if field.startswith("content-") else "a header given twice")
            first.setdefault(field, value)
        dispositions = [value for field, value in headers if field == "content-disposition"]
        name, filename, readings = self._disposition(dispositions)
        content_type, given, odd = parameters(first.get("content-type", ""))
        self._note(*odd)
        encoding = first.get("content-transfer-encoding", "").lower()
        undone = self._undone(content, encoding)
        if name == "_charset_":
            self._note("a _charset_ field")
        index = self._counts[name] = self._counts.get(name, -1) + 1
        self.parts.append(
            FormPart(
                name=name,
                index=index,
                filename=filename,
                content_type=content_type,
                charset=next((parameter.value.lower() for parameter in given if parameter.name == "charset"), ""),
                transfer_encoding=encoding,
                body=content if undone is None else undone,
                start=start if undone is None else None,
                steps=() if undone is None else (encoding,),
                headers=tuple(headers),
                readings=readings,
            )
        )

    def _undone(self, content: bytes, encoding: str) -> bytes | None:
        if encoding in _IDENTITY:
            return None
        self._note("a content-transfer-encoding")
        if encoding == "quoted-printable":
            return a2b_qp(content)
        if encoding != "base64":
            return None
        try:
            return a2b_base64(content + b"===")
        except Error:
            return None

    def _disposition(self, sent: Sequence[str]) -> tuple[str, str | None, tuple[tuple[str, str], ...]]:
        """Name and file name, as the first of the headers gives them, and all other readings."""
        names: list[str] = []
        filenames: list[str] = []
        readings: dict[tuple[str, str], None] = {}
        for value in sent:
            kind, given, odd = parameters(value)
            if self._form and kind != "form-data":
                odd.append("a disposition that is not form-data")
            odd += _odd_names(given)
            for parameter in given:
                field = parameter.name.partition("*")[0]
                if field in ("name", "filename"):
                    (names if field == "name" else filenames).append(parameter.value)
                    readings.update(dict.fromkeys((field, text) for text in (parameter.value, *parameter.others)))
            if odd:
                self._note(*odd)
                readings["content-disposition", value] = None
        if self._form and not names:
            self._note("a part without a name")
        if any(control in text for _, text in readings for control in _CONTROLS):
            self._note("a control character in a name")
        name = names[0] if names else ""
        filename = filenames[0] if filenames else None
        readings.pop(("name", name), None)
        readings.pop(("filename", filename or ""), None)
        return name, filename, tuple(readings)


def _odd_names(given: Sequence[Parameter]) -> list[str]:
    fields = [parameter.name for parameter in given]
    odd = [f"two {field} parameters" for field in ("name", "filename", "filename*") if fields.count(field) > 1]
    if "filename" in fields and "filename*" in fields:
        odd.append("filename and filename*")
    if any(field.startswith(("name*", "filename*")) and field != "filename*" for field in fields):
        odd.append("a name in sections")
    return odd


class PartFieldSegment:
    """What is said of parts: file names, header values, and other readings of names.

    The place is the part's and, behind a slash, `filename`, `name` or the header's name: `avatar[0]/filename`.
    Limits: no byte spans.
    """

    __slots__ = ("_fields", "part", "texts")

    def __init__(self, parts: Sequence[FormPart]) -> None:
        self.part = Part.FORM
        self.texts: list[str] = []
        self._fields: list[tuple[FormPart, str]] = []
        for part in parts:
            if part.filename:
                self._add(part, "filename", part.filename)
            for field, text in part.readings:
                self._add(part, field, text)
            for field, text in part.headers:
                if field != "content-disposition":
                    self._add(part, field, text)

    def _add(self, part: FormPart, field: str, text: str) -> None:
        self.texts.append(text)
        self._fields.append((part, field))

    def locate(self, index: int) -> Location:
        part, field = self._fields[index]
        return Location(Part.FORM, part.pointer + pointer(field))

    def span(self, index: int, start: int, end: int) -> Span | None:
        return None

    def transformations(self, index: int) -> tuple[str, ...]:
        return ()


def described(parts: Sequence[FormPart]) -> list[Segment]:
    """The names of `parts`, as keys, and what is said of them besides; not their contents."""
    names = [part.name for part in parts]
    return [NamedSegment(Part.FORM, names, names, key=True), PartFieldSegment(parts)]
