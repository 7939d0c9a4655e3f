"""Split the names of parameters and properties into steps, and steps into words.

Source: the bracket notation of PHP, Rack and qs (`a[b][c]`), dotted paths of lodash and Spring (`a.b`), JSON Pointer.
"""

from __future__ import annotations

import re

_STEP = re.compile(r"[^\[\]./\"'`\s]+")
_WORD = re.compile(r"[A-Z]?[a-z]++|[A-Z]+(?![a-z])|\d++")
LONGEST_PATH, _LONGEST_STEP = 8192, 512


def split(name: str) -> list[str]:
    """The steps of `a[b].c`, `/a/b/c`, `a["b"]['c']`."""
    return _STEP.findall(name, 0, LONGEST_PATH)


def words(step: str) -> frozenset[str]:
    """The words of `resetToken`, `reset_token`, `reset-token`, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(step, 0, _LONGEST_STEP))
