"""Split a stream of server-sent events, and read each event's fields with the place of every byte.

Source: WHATWG HTML, section 9.2.5 and 9.2.6 (event streams: parsing and interpreting).
Limits: an event cut off by the end of the stream is read as if it were whole, for not every reader drops it; of a body
with far more events or lines than bytes, what goes beyond the budget is one plain text, and an anomaly says so.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct

from gatelens.decoders.segment import EmbeddedSegment, PlainBody, Segment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part, Span, pointer

CONTENT_TYPE = "text/event-stream"

BASE_EVENTS, BYTES_AN_EVENT = 300, 300
BASE_LINES, BYTES_A_LINE = 2000, 40
"""A body may have so many, and one more for each so many of its bytes: an event costs ten times what a line does."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A line ends with CR LF, LF or CR; of any run of these behind a line's end, each is a blank line.
_LINE = re.compile(rb"([^:\r\n]*+)(?:(:) ?([^\r\n]*+))?+(?:[\r\n]++|\Z)")
_BLANK_LINES = re.compile(rb"[\r\n]++")
_EVENT_END = re.compile(rb"(?:\r\n?+|\n)[\r\n]++")
_ONE_LINE = re.compile(rb"data: ?([^\r\n]*+)" + _EVENT_END.pattern)
"""What most events are."""


class Piece(NamedTuple):
    """Bytes of a stream: one whole event; or, where `rest`, what follows of an event whose beginning is out already."""

    content: bytes
    rest: bool = False


class Splitter:
    """Gathers a live stream's bytes into events. All pieces together are the stream, byte for byte.

    What is kept is bounded: an event over `limit` comes out as it is, then the rest of it as it comes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._seen = 0
        self._over = False

    def feed(self, chunk: bytes) -> list[Piece]:
        """The events that are whole with `chunk`."""
        kept = self._kept
        kept += chunk
        pieces: list[Piece] = []
        start = 0
        if not self._over and (blank := _BLANK_LINES.match(kept)):  # they end nothing: the event before them is out
            start = blank.end()
            pieces.append(Piece(bytes(kept[:start])))
        search = max(start, self._seen)
        while end := _EVENT_END.search(kept, search):
            pieces.append(Piece(bytes(kept[start : end.end()]), self._over))
            self._over = False
            search = start = end.end()
        del kept[:start]
        if self._over or len(kept) > self._limit:
            self._overflow(pieces)
        self._seen = max(0, len(kept) - 2)  # a line end may be cut in two: CR here, LF in the next chunk
        return pieces

    def end(self) -> list[Piece]:
        """The stream has ended: what is left."""
        left = bytes(self._kept)
        self._kept.clear()
        return [Piece(left, self._over)] if left else []

    def _overflow(self, pieces: list[Piece]) -> None:
        """Let all out but a line end at the end, which the event's end may begin with."""
        body = bytes(self._kept)
        cut = len(body.rstrip(b"\r\n"))
        if cut > (0 if self._over else self._limit):
            pieces.append(Piece(body[:cut], self._over))
            del self._kept[:cut]
            self._over = True


class ServerEvent(Struct, frozen=True, gc=False):
    """One event's data: the values of its data fields, joined with line feeds. `lines` are their spans in the body,
    `location` is where it is: `/<number of the event>/data`."""

    data: bytes
    lines: tuple[Span, ...]
    location: Location


class EventSegment(EmbeddedSegment):
    """A segment of an event's data, such as the values of the JSON text in it. Spans are the body's own bytes; one that
    goes over several lines holds what stands between them too."""

    __slots__ = ("_lines", "_starts")

    def __init__(self, inner: Segment, event: ServerEvent) -> None:
        super().__init__(inner, event.location, None)
        self._lines = event.lines
        self._starts: list[int] = []

    def _shifted(self, span: Span | None) -> Span | None:
        if span is None:
            return None
        start, end = span
        return self._place(start), self._place(end - 1) + 1 if end > start else self._place(start)

    def _place(self, offset: int) -> int:
        """The byte of the body at which byte `offset` of the data stands."""
        if not self._starts:
            self._starts = list(accumulate((end - start + 1 for start, end in self._lines[:-1]), initial=0))
        line = bisect_right(self._starts, offset) - 1
        return self._lines[line][0] + offset - self._starts[line]


class FieldSegment:
    """What else stands in events: names, ids, comments, and fields that no reader knows, each a text."""

    __slots__ = ("_places", "_readings", "part", "texts")

    def __init__(self, fields: Sequence[tuple[str, int, bytes]]) -> None:
        """`fields`: pointer, first byte in the body, value."""
        self.part = Part.BODY
        self._readings = [PlainBody(value) for _, _, value in fields]
        self._places = [(at, start) for at, start, _ in fields]
        self.texts: Sequence[str] = [reading.texts[0] for reading in self._readings]

    def locate(self, index: int) -> Location:
        return Location(Part.BODY, self._places[index][0], span=self.span(index, 0, len(self.texts[index])))

    def span(self, index: int, start: int, end: int) -> Span | None:
        inner = self._readings[index].span(0, start, end)
        base = self._places[index][1]
        return None if inner is None else (inner[0] + base, inner[1] + base)

    def transformations(self, index: int) -> tuple[str, ...]:
        return ()


class EventStream(Struct, frozen=True):
    """A body read as an event stream. `events` are those with data, `fields` all that is no data, and `anomalies`."""

    events: list[ServerEvent]
    fields: FieldSegment
    anomalies: list[Anomaly]


def decode(body: bytes, limits: Limits) -> EventStream:
    """Read a body of text/event-stream, or some whole events of one. Never raises."""
    events: list[ServerEvent] = []
    fields: list[tuple[str, int, bytes]] = []
    anomalies: list[Anomaly] = []
    lines_left = BASE_LINES + len(body) // BYTES_A_LINE
    most = BASE_EVENTS + len(body) // BYTES_AN_EVENT
    start = len(_BYTE_ORDER_MARK) if body.startswith(_BYTE_ORDER_MARK) else 0
    number = 0
    while start < len(body):
        plain = _ONE_LINE.match(body, start)
        found = plain or _EVENT_END.search(body, start)
        end = found.end() if found else len(body)
        if end - start > limits.event_size:
            place = Location(Part.BODY, pointer(number))
            anomalies.append(Anomaly(AnomalyKind.EVENT_SIZE, str(end - start), str(limits.event_size), place))
        elif plain:
            lines_left -= 1
            events.append(_event(number, plain[1], (plain.span(1),)))
        else:
            lines_left = _read(body, start, end, number, lines_left, events, fields)
        number += 1
        start = end
        if lines_left < 0 or number >= most:
            break
    if lines_left < 0 or start < len(body):
        unread = start if lines_left >= 0 else _first_unread(events, fields)
        anomalies.append(Anomaly(AnomalyKind.NOT_INSPECTED, "too many events or lines", "", Location(Part.BODY)))
        fields.append(("", unread, body[unread:]))
    return EventStream(events, FieldSegment(fields), anomalies)


def _read(
    body: bytes,
    start: int,
    end: int,
    number: int,
    lines_left: int,
    events: list[ServerEvent],
    fields: list[tuple[str, int, bytes]],
) -> int:
    """Read the event in body[start:end]; return how many lines may still be read, below 0 where there are more."""
    data: list[Span] = []
    position = start
    while position < end and lines_left >= 0:
        line = _LINE.match(body, position, end)
        assert line is not None  # the pattern takes every line, the empty one too
        position = line.end()
        lines_left -= 1
        name, colon, value = line.groups()
        if name == b"data":
            data.append(line.span(3) if colon else (line.end(1), line.end(1)))
        elif colon and (name or value):
            known = name in (b"id", b"event", b"retry")
            shown = name.decode() if known else "field" if name else "comment"
            place = 3 if known or not name else 1  # a field that no reader knows is content, name and all
            fields.append((pointer(number, shown), line.start(place), body[line.start(place) : line.end(3)]))
        elif name:
            fields.append((pointer(number, "field"), line.start(1), name))
    if data:
        events.append(_event(number, b"\n".join([body[first:last] for first, last in data]), tuple(data)))
    return lines_left


def _event(number: int, data: bytes, lines: tuple[Span, ...]) -> ServerEvent:
    place = Location(Part.BODY, f"/{number}/data", span=(lines[0][0], lines[-1][1]))
    return ServerEvent(data, lines, place)


def _first_unread(events: Sequence[ServerEvent], fields: Sequence[tuple[str, int, bytes]]) -> int:
    """Where reading stopped: behind the last value."""
    ends = [event.lines[-1][1] for event in events[-1:]] + [start + len(value) for _, start, value in fields[-1:]]
    return max(ends, default=0)
