"""Read the nested `${…}` of a text, inner ones first, in one pass.

Source: Log4j 2 StrSubstitutor: `${name}`, `${prefix:key}`, `${name:-default}`; a lookup may stand in a lookup's name.
Limits: `$${`, which keeps a lookup for the next round of substitution, is read as `${`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

_MARK = re.compile(r"\$++\{|\}")

_OPENED = 64
"""Lookups open at the same time that are told apart; more than any writer of a message opens."""


class Lookup(Struct, frozen=True, gc=False):
    """A lookup in [start, end) of the text. `content` is what stands between its braces once the lookups within it are
    replaced; `hides` says that it had some. `closed` is False where the text ends within it."""

    content: str
    start: int
    end: int
    hides: bool
    closed: bool


class _Open:
    """A lookup whose end was not seen yet."""

    __slots__ = ("hides", "parts", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.parts: list[str] = []
        self.hides = False


def lookups(text: str, replace: Callable[[str], str]) -> Iterator[Lookup]:
    """Every lookup of `text`, inner ones first; `replace` gives what a lookup's content becomes."""
    stack: list[_Open] = []
    begin = 0
    for mark in _MARK.finditer(text):
        if stack:
            stack[-1].parts.append(text[begin : mark.start()])
        begin = mark.end()
        if mark[0] != "}":
            if len(stack) < _OPENED:
                stack.append(_Open(mark.start()))
        elif stack:
            yield _left(stack, begin, replace, closed=True)
    if stack:
        stack[-1].parts.append(text[begin:])
    while stack:
        yield _left(stack, len(text), replace, closed=False)


def _left(stack: list[_Open], end: int, replace: Callable[[str], str], *, closed: bool) -> Lookup:
    opened = stack.pop()
    content = "".join(opened.parts)
    if stack:
        stack[-1].hides = True
        stack[-1].parts.append(replace(content))
    return Lookup(content, opened.start, end, opened.hides, closed)
