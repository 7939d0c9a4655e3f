"""What the name of a parameter says about its value.

Source: RFC 6901 (JSON Pointer); PHP manual, "Variables From External Sources" (names in brackets).
"""

from __future__ import annotations

import re
from collections.abc import Set

_INDEX = re.compile(r"\[\d+\]\Z")
_STEP = re.compile(r"[/\[\]]+")
_LONGEST = 512
"""Characters at the end of a pointer that are read: each hit of a deep document asks for its own."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def name_at(pointer: str) -> str:
    """The name of the innermost thing at `pointer`: `avatar_url` for `/user/avatar_url/0` and `avatar_url[0]`."""
    steps = [step for step in _STEP.split(_INDEX.sub("", pointer[-_LONGEST:])) if step and not step.isdigit()]
    return steps[-1].strip("\"'") if steps else ""


def words_at(pointer: str) -> frozenset[str]:
    """The words of every name on the way to `pointer`, and each name as one word: `cfg`, `path`, `rootpath`."""
    found: set[str] = set()
    for step in _STEP.split(pointer[-_LONGEST:]):
        words = [word.lower() for word in _WORD.findall(step)]
        found.update(words)
        found.add("".join(words))
    return frozenset(found - {""})


def is_one_of(name: str, names: Set[str]) -> bool:
    """Whether `name` is one of `names`, whatever joins its words and however they are capitalised."""
    return "".join(_WORD.findall(name)).lower() in names
