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

from gatelens.decoders import multipart_head
from gatelens.decoders.multipart_head import TWO_FILE_NAMES, PartHead
from gatelens.decoders.multipart_headers import parameters
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
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_LINE_END = "a line end that is no CRLF"


class FormPart(Struct, frozen=True):
    """One part. `index` counts the parts of its name from 0.

    `body` is the content with its transfer encoding undone, which `steps` then tell; `start` is its first byte in the
    whole body, None where it was undone.
    """

    head: PartHead
    index: int
    body: bytes
    start: int | None
    steps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.head.name

    @property
    def filename(self) -> str | None:
        """The name of the file that it holds, if any is given."""
        return self.head.filename

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Its header fields: (name in lower case, value)."""
        return self.head.headers

    @property
    def pointer(self) -> str:
        """The place of the part in the form."""
        return f"{self.head.name}[{self.index}]"


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
    # Common libraries send both file names (RFC 6266 section 4.3). Where no CR is in the body there is but one way to
    # take its lines, by those who take them at all.
    common = {TWO_FILE_NAMES} if b"\r" in body else {TWO_FILE_NAMES, _LINE_END}
    anomalies = [
        Anomaly(
            AnomalyKind.FORM_SYNTAX if seen in common else AnomalyKind.MULTIPART_SYNTAX,
            seen,
            "RFC 2046, RFC 7578",
            _BODY,
        )
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
        if body.startswith(b"\r\n", behind):
            return behind + 2, False
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
        block, content = b"", start
        if window.startswith((b"\r\n", b"\n", b"\r")):
            strict = window.startswith(b"\r\n")
            content += 2 if strict else 1
        elif line := _BLANK_LINE.search(window):
            block = window[: line.start()]
            strict = line[0] == b"\r\n\r\n" and block.count(b"\n") == block.count(b"\r\n")
            content += line.end()
        else:
            strict = True
            if end - start > _HEADER_BYTES:
                self._note("a header block over 8 KiB")
            else:
                # Content, headers, or headers whose blank line is the delimiter's line end: it is read as all of these.
                self._note("a part without a blank line")
                block = window
        if not strict:
            self._note(_LINE_END)
        self._add(multipart_head.read(block, form=self._form), self._body[content:end], content)

    def _add(self, head: PartHead, content: bytes, start: int) -> None:
        if head.odd:
            self._note(*head.odd)
        encoding = head.transfer_encoding
        undone = None if encoding in _IDENTITY else self._undone(content, encoding)
        name = head.name
        if name == "_charset_":
            self._note("a _charset_ field")
        index = self._counts[name] = self._counts.get(name, -1) + 1
        if undone is None:
            self.parts.append(FormPart(head, index, content, start))
        else:
            self.parts.append(FormPart(head, index, undone, None, (encoding,)))

    def _undone(self, content: bytes, encoding: str) -> bytes | None:
        self._note("a content-transfer-encoding")
        if encoding == "quoted-printable":
            return a2b_qp(content)
        if encoding != "base64":
            return None
        try:
            return a2b_base64(content + b"===")
        except Error:
            return None


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
            for field, text in part.head.readings:
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
