"""The texts that one source within a message gave, each with a way back to where it stood."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from gatelens.model.location import Location, Part, Span

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


def byte_offsets(text: str) -> Sequence[int]:
    """For each character of `text`, and for its end, the byte at which it begins in UTF-8.

    A byte that decoding kept by surrogateescape (PEP 383) is one byte.
    """
    if text.isascii():
        return range(len(text) + 1)
    offsets = array("Q", [0])
    widths = (
        1 if c < "\x80" or "\udc80" <= c <= "\udcff" else 2 if c < "\u0800" else 3 if c < "\U00010000" else 4
        for c in text
    )
    offsets.extend(accumulate(widths))
    return offsets


class Segment(Protocol):
    """Decoded texts of one part of a message. Places are worked out only when asked for: most are never hit."""

    @property
    def part(self) -> Part:
        """The part of the message the texts stand in."""
        ...

    @property
    def texts(self) -> Sequence[str]:
        """The texts, decoded."""
        ...

    def locate(self, index: int) -> Location:
        """The place of text `index`."""
        ...

    def span(self, index: int, start: int, end: int) -> Span | None:
        """Characters [start, end) of text `index`, as bytes of the decoded body; None where it stands elsewhere."""
        ...

    def transformations(self, index: int) -> tuple[str, ...]:
        """The decoding steps from the bytes sent to text `index`, first one first."""
        ...


class NamedSegment:
    """Texts known by a name and its index: query and form parameters, headers, cookies, path segments.

    `steps` are per text; an empty sequence where nothing was decoded. Limits: no byte spans.
    """

    __slots__ = ("_key", "_names", "_nth", "_steps", "part", "texts")

    def __init__(
        self,
        part: Part,
        names: Sequence[str],
        texts: Sequence[str],
        steps: Sequence[tuple[str, ...]] = (),
        *,
        key: bool = False,
    ) -> None:
        self.part = part
        self.texts = texts
        self._names = names
        self._steps = steps
        self._key = key
        self._nth: list[int] = []

    def locate(self, index: int) -> Location:
        if not self._nth:
            counts: dict[str, int] = {}
            for name in self._names:
                self._nth.append(counts.get(name, 0))
                counts[name] = self._nth[-1] + 1
        return Location(self.part, f"{self._names[index]}[{self._nth[index]}]", self._key)

    def span(self, index: int, start: int, end: int) -> Span | None:
        return None

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._steps[index] if self._steps else ()


class PlainBody:
    """A body that is one text: no structure was seen in it. A byte that is no UTF-8 is U+FFFD in it."""

    __slots__ = ("_offsets", "_sent", "part", "texts")

    def __init__(self, body: bytes) -> None:
        self.part = Part.BODY
        try:
            self._sent = text = body.decode()
        except UnicodeDecodeError:
            self._sent = body.decode("utf-8", "surrogateescape")
            text = body.decode("utf-8", "replace")  # nearly always one U+FFFD a byte, and ten times faster to get
            if len(text) != len(self._sent):
                text = _ESCAPED_BYTE.sub("\ufffd", self._sent)
        self.texts = (text,)
        self._offsets: Sequence[int] | None = None

    def locate(self, index: int) -> Location:
        return Location(Part.BODY)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if self._offsets is None:
            self._offsets = byte_offsets(self._sent)
        return self._offsets[start], self._offsets[end]

    def transformations(self, index: int) -> tuple[str, ...]:
        return ()


class EmbeddedSegment:
    """A segment of what stands within something else: a JSON document in a part of a multipart body, say.

    `outer` is where that stands; a place within it is the outer pointer and then the inner one. `base` is the byte of
    the body at which it begins, or None where its bytes are not the body's own. `steps` led to it.
    """

    __slots__ = ("_base", "_inner", "_outer", "_steps", "part", "texts")

    def __init__(self, inner: Segment, outer: Location, base: int | None, steps: tuple[str, ...] = ()) -> None:
        self.part = outer.part
        self.texts = inner.texts
        self._inner = inner
        self._outer = outer
        self._base = base
        self._steps = steps

    def locate(self, index: int) -> Location:
        inner = self._inner.locate(index)
        span = self._shifted(inner.span) or self._outer.span
        return Location(self._outer.part, self._outer.pointer + inner.pointer, inner.key, span)

    def span(self, index: int, start: int, end: int) -> Span | None:
        return self._shifted(self._inner.span(index, start, end)) or self._outer.span

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._steps + self._inner.transformations(index)

    def _shifted(self, span: Span | None) -> Span | None:
        return None if span is None or self._base is None else (span[0] + self._base, span[1] + self._base)
