"""Decode the path of a request: each segment, and the whole.

Source: RFC 3986 section 3.3. The whole is there for checks that cross segments, such as `..`.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.model.location import Location, Part, Span


class PathSegment:
    """The segments of a path, numbered from 0, and last the decoded path as one text.

    With `halfway`, those that are decoded twice are decoded once, and the others are empty.
    """

    __slots__ = ("_steps", "part", "texts")

    def __init__(self, path: str, *, halfway: bool = False) -> None:
        self.part = Part.PATH
        if halfway:
            self.texts = [percent.halfway(segment) for segment in path.split("/")[1:]]
            self._steps: list[tuple[str, ...]] = [percent.STEP for _ in self.texts]
        elif "%" in path:
            decoded = [percent.decode(segment) for segment in path.split("/")[1:]]
            self.texts = [text for text, _ in decoded]
            self._steps = [steps for _, steps in decoded]
        else:
            self.texts = path.split("/")[1:]
            self._steps = []
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
