"""Make a piece of a message fit to be printed: its form stays, its content goes.

Evidence keeps punctuation, the public words of attack languages and very short numbers, so that a person can see how
an attack is built; every other word becomes `•`. Names (of keys, headers, path segments) are kept when they look like
names that people give. Source: CWE-532.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_EVIDENCE = 100
HIDDEN = "•"

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_NAME = re.compile(r"[A-Za-z_$@][A-Za-z_$@.:\-]*[0-9]{0,2}[A-Za-z_.:\-]*", re.ASCII)
_MAX_NAME = 40
_MAX_DIGITS = 6
"""Digits that evidence may show in all: numbers in pairs could otherwise spell out a card."""

PUBLIC_WORDS = frozenset(
    """
    a all alter and as asc attr begin benchmark between body by case cast cat char chr cmd concat count create
    current database declare delay delete desc distinct drop else end etc eval exec execute exists false file
    flag for from function group having href html http https id if in information insert into is javascript
    join key left length like limit load local mutation ne not null num offset on onerror onload or order
    outfile passwd path pg php procedure query regex right schema schemas script select set shell sleep sql
    src string style subscription substr substring svg system table tables then to true type union update
    upper user users using value values version waitfor when where window xp
    """.split()
)


def evidence(text: str) -> str:
    """At most 100 characters of `text` with its content taken out."""
    shown = text[:MAX_EVIDENCE]
    room = _MAX_DIGITS

    def mask(word: re.Match[str]) -> str:
        nonlocal room
        found = word.group()
        if found.lower() in PUBLIC_WORDS:
            return found
        if len(found) <= 2 and found.isdigit() and len(found) <= room:
            room -= len(found)
            return found
        return HIDDEN

    masked = "".join(c if c.isprintable() else "·" for c in _WORD.sub(mask, shown))
    return masked + ("…" if len(text) > MAX_EVIDENCE else "")


@lru_cache(maxsize=4096)
def name(text: str) -> str:
    """`text` where it looks like a name, else `•`: a token used as a key or a path segment is not printed."""
    return text if len(text) <= _MAX_NAME and _NAME.fullmatch(text) else HIDDEN


def pointer(text: str) -> str:
    """A location's pointer with each step that is neither a number of up to 5 digits nor a name hidden.

    `/users/0/email`, `q[0]` and `3:14` stay as they are.
    """
    return re.sub(r"[^/\[\]:]+", _step, text)


def _step(found: re.Match[str]) -> str:
    step = found.group()
    return step if step.isdigit() and len(step) <= 5 else name(step)


def path(text: str) -> str:
    """A URL path with each segment that is no name hidden; `v1` and short numbers stay."""
    return "/".join(segment if not segment else _segment(segment) for segment in text.split("/")[:32])


def _segment(segment: str) -> str:
    return segment if segment.isdigit() and len(segment) <= 5 else name(segment)
