"""Decode comma-separated values: each cell is a text, its quotes undone.

Source: RFC 4180 (quotes, line ends); semicolon and tab as spreadsheets write them; CWE-1236 (formulas in cells).
Limits: the first line tells the separator. A quote counts only as the first character of a cell; one that is never
closed makes the rest one cell. Reading stops at the limit of cells.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from itertools import islice

from gatelens.decoders.character_places import CharacterPlaces
from gatelens.decoders.segment import Segment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part, Span, pointer

_SEPARATORS = (",", ";", "\t")
_FIRST_LINE = 8 * 1024

# A cell, quoted (with what stands behind its quotes) or bare, and what ends it.
_CELL = r'(?:"((?:[^"]++|"")*+)(?:"([^%s\r\n]*+)|\Z)|([^%s\r\n]*+))(%s|\r\n|\r|\n|\Z)'
_CELLS = {separator: re.compile(_CELL % ((separator,) * 3)) for separator in _SEPARATORS}
_BYTE_CELLS = {separator: re.compile((_CELL % ((separator,) * 3)).encode()) for separator in _SEPARATORS}
_QUOTED = re.compile(rb'""|[^"]++')

_MOST_PIECES = 4_096
"""Pieces of quoted cells looked at to find the places of characters; past them a span is the whole cell's."""


class CsvSegment:
    """The cells of a table. A pointer is the number of the record and that of the cell in it, both from 0: `/0/2`.

    Bytes that are no UTF-8 are U+FFFD in a text. Where several are one (a character cut short), a span is the cell's.
    """

    __slots__ = ("_body", "_cells", "_left", "_places", "_records", "_separator", "_start", "over", "part", "texts")

    def __init__(self, body: bytes, separator: str, most: int) -> None:
        self.part = Part.BODY
        self._body = body
        self._separator = separator
        self._start = len(codecs.BOM_UTF8) if body.startswith(codecs.BOM_UTF8) else 0
        self._cells: list[re.Match[bytes]] = []
        self._records: list[int] = [0]  # the number of the first cell of each
        self._places: tuple[int, Span, CharacterPlaces | None] = -1, (0, 0), None
        self._left = _MOST_PIECES
        text = body[self._start :].decode("utf-8", "replace")
        texts = self._quoted(text, most) if '"' in text else self._bare(text, most)
        self.over = len(texts) > most
        self.texts = texts[:most]

    def _bare(self, text: str, most: int) -> list[str]:
        """The cells where none is quoted, by splitting: ten times faster."""
        if not text:
            return []
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
        return lines.replace("\n", self._separator).split(self._separator, most)

    def _quoted(self, text: str, most: int) -> list[str]:
        texts: list[str] = []
        ended = True
        for quoted, behind, bare, end in map(_GROUPS, islice(_CELLS[self._separator].finditer(text), most + 1)):
            if quoted is not None:
                texts.append((quoted.replace('""', '"') if '"' in quoted else quoted) + (behind or ""))
            elif bare or end or not ended:
                texts.append(bare)
            if not end:
                break
            ended = end != self._separator
        return texts

    def _cell(self, index: int) -> re.Match[bytes]:
        if not self._cells:
            separator = self._separator.encode()
            matches = _BYTE_CELLS[self._separator].finditer(self._body, self._start)
            self._cells = list(islice(matches, len(self.texts)))
            self._records += (number for number, found in enumerate(self._cells, 1) if found[4] != separator)
        return self._cells[index]

    def locate(self, index: int) -> Location:
        span = self.span(index, 0, len(self.texts[index]))
        record = bisect_right(self._records, index) - 1
        return Location(Part.BODY, pointer(record, index - self._records[record]), False, span)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if self._places[0] != index:
            around, places = self._placed(self._cell(index))
            if places is not None and len(places) != len(self.texts[index]):
                places = None
            self._places = index, around, places
        _, around, places = self._places
        return around if places is None else places.span(start, end) or around

    def _placed(self, found: re.Match[bytes]) -> tuple[Span, CharacterPlaces | None]:
        """The bytes of a cell, quotes left out, and its characters' places, where they are known."""
        places = CharacterPlaces()
        if found[1] is None:
            places.plain(found[3], found.start(3))
            return found.span(3), places
        around = found.start(1), found.end(2) if found[2] else found.end(1)
        self._left -= 2 * found[1].count(b'""') + 1
        if self._left < 0:
            return around, None
        for piece in _QUOTED.finditer(found[1]):
            first = found.start(1) + piece.start()
            if piece[0] == b'""':
                places.one(first, first + 2)
            else:
                places.plain(piece[0], first)
        if found[2]:
            places.plain(found[2], found.start(2))
        return around, places

    def transformations(self, index: int) -> tuple[str, ...]:
        quoted = self._cell(index)[1]
        return ("csv-quote",) if quoted and b'""' in quoted else ()


_GROUPS = re.Match[str].groups


def decode(body: bytes, limits: Limits) -> tuple[list[Segment], list[Anomaly]]:
    """The cells of `body`, and whether there are too many."""
    segment = CsvSegment(body, separator_of(body), limits.csv_cells)
    if not segment.over:
        return [segment], []
    limit = str(limits.csv_cells)
    return [segment], [Anomaly(AnomalyKind.CSV_CELLS, f"over {limit}", limit, Location(Part.BODY))]


def separator_of(body: bytes) -> str:
    """Comma, semicolon or tab: which one the first line has most often outside quotes; in doubt the first of them."""
    line = body[:_FIRST_LINE].partition(b"\n")[0].partition(b"\r")[0]
    outside = b"".join(line.split(b'"')[::2])
    return max(_SEPARATORS, key=lambda separator: outside.count(separator.encode()))
