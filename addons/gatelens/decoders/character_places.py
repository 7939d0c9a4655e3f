"""Where each character of a decoded text stood in the body, where decoding left runs of it as they were.

A text is told as pieces, in order: a plain piece is the body's own bytes, any other gave one character. So a long text
costs by its escapes, not by its characters.
"""

from __future__ import annotations

from bisect import bisect_right

from gatelens.model.location import Span


def width(text: str) -> int:
    """The bytes of `text` in UTF-8; a byte that decoding kept by surrogateescape (PEP 383) is one byte."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


class CharacterPlaces:
    """The pieces of one text."""

    __slots__ = ("_characters", "_spans", "_texts", "_total")

    def __init__(self) -> None:
        self._characters: list[int] = []
        self._spans: list[Span] = []
        self._texts: list[str | None] = []
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def plain(self, raw: bytes, start: int) -> None:
        """`raw`, which begins at byte `start`, is text as it is."""
        if raw:
            text = raw.decode("utf-8", "surrogateescape")
            self._add(text, (start, start + len(raw)), len(text))

    def one(self, start: int, end: int) -> None:
        """The bytes [start, end) gave one character."""
        self._add(None, (start, end), 1)

    def _add(self, text: str | None, span: Span, characters: int) -> None:
        self._characters.append(self._total)
        self._texts.append(text)
        self._spans.append(span)
        self._total += characters

    def span(self, start: int, end: int) -> Span | None:
        """Characters [start, end) as bytes of the body, with what stands between them; None for an empty text."""
        if not self._total:
            return None
        first = min(start, self._total - 1)
        begin = self._edge(first, behind=start != first)
        return begin, (self._edge(min(end, self._total) - 1, behind=True) if end > start else begin)

    def _edge(self, character: int, *, behind: bool) -> int:
        piece = bisect_right(self._characters, character) - 1
        text = self._texts[piece]
        if text is None:
            return self._spans[piece][behind]
        within = character - self._characters[piece] + behind
        return self._spans[piece][0] + width(text[:within])
