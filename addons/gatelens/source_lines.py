"""The text that a document keeps as an array of its lines: a cell of a notebook, the script of a collection.

Source: Jupyter's nbformat ("multiline_string"), Postman's collection format ("exec"), Sentry's stack frames.
A line of a program is no value: the same lines in one text are judged as a whole.
Limits: arrays of three texts or more, known by their field's name, of at most 256 lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatelens.inspection import Target
from gatelens.model.location import Part

_LINE = re.compile(r".*/(?:source|exec|code|lines|source_lines|sourcelines|script|pre_context|post_context|text)/\d+\Z")
_FEWEST = 3
_MOST = 256


def whole(target: Target) -> Target | None:
    """What `target` is a line of, as one text in its place; None where it is a value of its own."""
    location = target.location
    if location.part is not Part.BODY or location.key or not _LINE.match(location.pointer):
        return None
    array = location.pointer.rpartition("/")[0]
    before = list(_items(target, array, -1))
    lines = [*reversed(before), target.text, *_items(target, array, 1)]
    if len(lines) < _FEWEST:
        return None
    return Target(target.segment, target.index, "\n".join(line.removesuffix("\n") for line in lines))


def _items(target: Target, array: str, step: int) -> Iterator[str]:
    """The texts of the array on one side of the target, the nearest first."""
    segment = target.segment
    index = target.index + step
    while 0 <= index < len(segment.texts) and abs(index - target.index) < _MOST:
        location = segment.locate(index)
        if location.key or location.pointer.rpartition("/")[0] != array:
            return
        yield segment.texts[index]
        index += step
