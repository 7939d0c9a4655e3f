"""What stands around a piece of a text: prose, or the marks by which prose shows code.

Source: CommonMark sections 4.5 and 6.1 (fenced code, code spans).
Limits: a word is letters between spaces; of each side the nearest 2,000 characters are read.
"""

from __future__ import annotations

import re

_NEAR = 2000
_WORD = re.compile(r"(?:(?<=\s)|(?<=\A))[('\"]?+[^\W\d_]{2,}+(?=[,.;:!?)'\"]?+(?:\s|\Z))")
_FENCE = re.compile(r"```|~~~")
_OPENING = re.compile(r"<(?:pre|code|tt|kbd)\b", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:pre|code|tt|kbd)\b", re.IGNORECASE)
_SPAN = re.compile(r"`+")


def words_around(text: str, start: int, end: int, most: int) -> int:
    """The words of prose outside [start, end), as many as `most`."""
    found = 0
    for side in (text[max(0, start - _NEAR) : start], text[end : end + _NEAR]):
        for _ in _WORD.finditer(side):
            found += 1
            if found >= most:
                return found
    return found


def is_shown_as_code(text: str, start: int, end: int) -> bool:
    """Whether [start, end) stands within marks that show it as code: a fence, a code span or an element."""
    before = text[max(0, start - _NEAR) : start]
    after = text[end : end + _NEAR]
    if _is_open(before) and (_FENCE.search(after) or _CLOSING.search(after)):
        return True
    line_before = before.rpartition("\n")[2]
    line_after = after.partition("\n")[0]
    return sum(1 for _ in _SPAN.finditer(line_before)) % 2 == 1 and _SPAN.search(line_after) is not None


def _is_open(before: str) -> bool:
    """Whether a fence or an element that shows code is still open where `before` ends."""
    if len(_FENCE.findall(before)) % 2:
        return True
    return len(_OPENING.findall(before)) > len(_CLOSING.findall(before))
