"""Undo percent-encoding.

Source: RFC 3986 section 2.1; WHATWG URL section 5.1 (`+` is a space in forms and queries).
Limits: bytes that are no UTF-8 become U+FFFD.
"""

from __future__ import annotations

from urllib.parse import unquote

STEP = ("percent",)
TWICE = ("percent", "percent")
PLAIN: tuple[str, ...] = ()


def decode(text: str, *, plus: bool = False) -> tuple[str, tuple[str, ...]]:
    """The decoded text and the steps taken. A text that still holds percent-encoding is decoded once more."""
    if plus and "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text, PLAIN
    once = unquote(text)
    if once == text:
        return text, PLAIN
    if "%" in once:
        twice = unquote(once)
        if twice != once:
            return twice, TWICE
    return once, STEP
