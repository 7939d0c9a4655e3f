"""The texts that one source within a message gave, each with a way back to where it stood."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from gatelens.model.location import Location, Part, Span


def byte_offsets(text: str) -> Sequence[int]:
    """For each character of `text`, and for its end, the byte at which it begins in UTF-8."""
    if text.isascii():
        return range(len(text) + 1)
    offsets = array("Q", [0])
    offsets.extend(accumulate(1 if c < "\x80" else 2 if c < "\u0800" else 3 if c < "\U00010000" else 4 for c in text))
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
    """A body that is one text: no structure was seen in it.

    `exact` says that the text is the body's own UTF-8, so that spans can be given.
    """

    __slots__ = ("_exact", "_offsets", "part", "texts")

    def __init__(self, text: str, *, exact: bool) -> None:
        self.part = Part.BODY
        self.texts = (text,)
        self._exact = exact
        self._offsets: Sequence[int] | None = None

    def locate(self, index: int) -> Location:
        return Location(Part.BODY)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if not self._exact:
            return None
        if self._offsets is None:
            self._offsets = byte_offsets(self.texts[0])
        return self._offsets[start], self._offsets[end]

    def transformations(self, index: int) -> tuple[str, ...]:
        return ()
