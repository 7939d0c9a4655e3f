"""The lines of a value that was to be one line, as a mail program reads them."""

from __future__ import annotations

import re

from msgspec import Struct

_MOST_READ = 8_192
_MOST_LINES = 32
_MOST_HEAD = 256
_BREAK = re.compile(r"\r\n|[\r\n]|\\r\\n|\\[rn]")


class Lines(Struct, frozen=True):
    """`head` is the first line, `rest` are those behind it without the empty ones. `immediate`: no empty line comes
    behind the first. `returns`: a carriage return is among the breaks."""

    head: str
    rest: tuple[str, ...]
    immediate: bool
    returns: bool


def lines(text: str) -> Lines | None:
    """The lines of `text`; None where it is one line, or has a first line too long for a value."""
    text = text[:_MOST_READ]
    first = _BREAK.search(text)
    if first is None or first.start() > _MOST_HEAD:
        return None
    rest = _BREAK.split(text[first.end() :], maxsplit=_MOST_LINES)
    filled = tuple(line for line in (line.strip() for line in rest[:_MOST_LINES]) if line)
    head = text[: first.start()].strip()
    return Lines(head, filled, not head or bool(rest and rest[0].strip()), "\r" in text or "\\r" in text)
