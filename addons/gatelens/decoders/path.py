"""Decode the path of a request: each segment, and the whole.

Source: RFC 3986 section 3.3. The whole is there for checks that cross segments, such as `..`.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.model.location import Location, Part, Span


class PathSegment:
    """The segments of a path, numbered from 0, and last, where there are several, the decoded path as one text."""

    __slots__ = ("_steps", "part", "texts")

    def __init__(self, path: str) -> None:
        self.part = Part.PATH
        self._steps: list[tuple[str, ...]] = []
        if "%" in path:
            self.texts, self._steps = percent.decode_all(path.encode("utf-8", "replace").split(b"/")[1:])
        else:
            self.texts = path.split("/")[1:]
        if len(self.texts) > 1:
            self.texts.append("/" + "/".join(self.texts))
            if self._steps:
                self._steps.append(max(self._steps, key=len))

    def locate(self, index: int) -> Location:
        whole = index == len(self.texts) - 1 and index > 0
        return Location(Part.PATH, "" if whole else str(index))

    def span(self, index: int, start: int, end: int) -> Span | None:
        return None

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._steps[index] if self._steps else ()
