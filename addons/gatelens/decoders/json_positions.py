"""Find the place of chosen leaves in a JSON text: pointer and byte span, worked out only for what was hit.

Source: RFC 8259 (grammar), RFC 6901 (pointers). The text must be valid JSON; the fast parser has said so.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence

import orjson
from msgspec import Struct

from gatelens.decoders.segment import byte_offsets
from gatelens.model.location import Span

# The string form is unrolled so that it cannot backtrack: each byte is looked at once.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]+", re.DOTALL
)

MIN_NUMBER_DIGITS = 12
"""Integers this long are leaves too: a payment card or an account may be written as a number."""


class Token(Struct, frozen=True, gc=False):
    """One key or leaf: its place in the text, quotes included, and the way to it from the root."""

    key: bool
    string: bool
    span: Span
    path: tuple[str | int, ...]


def is_number_leaf(token: bytes) -> bool:
    """Whether a number token is long enough, and whole, to be looked at as text."""
    digits = token.removeprefix(b"-")
    return len(digits) >= MIN_NUMBER_DIGITS and digits.isdigit()


def tokens(body: bytes) -> Iterator[Token]:
    """Every key, string and long integer of `body`, in document order. Work is linear in its length."""
    path: list[str | int] = []
    arrays: list[bool] = []
    expect_key = False
    for found in _TOKEN.finditer(body):
        start = found.start()
        lead = body[start]
        if lead == 0x22:
            if expect_key:
                path[-1] = orjson.loads(found.group())
                expect_key = False
                yield Token(True, True, found.span(), tuple(path))
            else:
                yield Token(False, True, found.span(), tuple(path))
        elif lead == 0x7B:
            arrays.append(False)
            path.append("")
            expect_key = True
        elif lead == 0x5B:
            arrays.append(True)
            path.append(0)
        elif lead in b"}]":
            arrays.pop()
            path.pop()
            expect_key = False
        elif lead == 0x2C:
            if arrays[-1]:
                path[-1] = int(path[-1]) + 1
            else:
                expect_key = True
        elif lead != 0x3A and is_number_leaf(found.group()):
            yield Token(False, False, found.span(), tuple(path))


def offsets(token: bytes, text: str) -> Sequence[int]:
    """For each character of the decoded string `text`, and for its end, the byte of `token` (quotes included) at which
    it begins. Linear in the token."""
    if b"\\" not in token:
        plain = byte_offsets(text)
        return range(1, len(text) + 2) if isinstance(plain, range) else array("Q", (1 + offset for offset in plain))
    found = array("Q")
    for piece in _ESCAPE.finditer(token, 1, len(token) - 1):
        start = piece.start()
        if token[start] == 0x5C:
            found.append(start)
        else:
            found.extend(start + offset for offset in byte_offsets(piece.group().decode())[:-1])
    found.append(len(token) - 1)
    return found
