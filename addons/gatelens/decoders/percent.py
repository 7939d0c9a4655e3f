"""Undo percent-encoding.

Source: RFC 3986 section 2.1; WHATWG URL section 5.1 (`+` is a space in forms and queries).
Limits: bytes that are no UTF-8 become U+FFFD. Most servers decode once and some applications once more: both readings
are given, since what is an attack in the one need not be in the other.
"""

from __future__ import annotations

from urllib.parse import unquote

STEP = ("percent",)
TWICE = ("percent", "percent")
PLAIN: tuple[str, ...] = ()


ENCODED_AGAIN = "%25"
"""What a text holds that decoding once leaves percent-encoded."""


def halfway(text: str, *, plus: bool = False) -> str:
    """The text decoded once, where `decode` goes on to decode it twice; else empty."""
    once = unquote(text.replace("+", " ") if plus else text)
    return once if "%" in once and unquote(once) != once else ""


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
