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


type Way = tuple[Way, str | int] | None
"""The way from the root, last step first, shared between all that lies under it: a tuple a token would be quadratic."""


class Token(Struct, frozen=True):
    """One key or leaf: its place in the text, quotes included, and the way to it from the root.

    `container` numbers the objects and arrays in the order in which they begin, from 1; 0 is the root.
    """

    key: bool
    string: bool
    span: Span
    container: int
    way: Way

    @property
    def name(self) -> str | int:
        """The last step of the way: an object's key or an array's index."""
        assert self.way is not None
        return self.way[1]

    @property
    def path(self) -> tuple[str | int, ...]:
        """The way from the root, first step first."""
        steps: list[str | int] = []
        way = self.way
        while way is not None:
            way, step = way
            steps.append(step)
        return tuple(reversed(steps))


def is_number_leaf(token: bytes) -> bool:
    """Whether a number token is long enough, and whole, to be looked at as text."""
    digits = token.removeprefix(b"-")
    return len(digits) >= MIN_NUMBER_DIGITS and digits.isdigit()


def tokens(body: bytes) -> Iterator[Token]:
    """Every key, string and long integer of `body`, in document order. Work is linear in its length."""
    outer: list[tuple[Way, int, bool]] = []  # of each container around: the way to it, its number, is it an array
    around: Way = None
    containers = number = 0
    in_array = expect_key = False
    here: Way = None
    for found in _TOKEN.finditer(body):
        lead = body[found.start()]
        if lead == 0x22:
            if expect_key:
                here = around, orjson.loads(found.group())
                expect_key = False
                yield Token(True, True, found.span(), number, here)
            else:
                yield Token(False, True, found.span(), number, here)
        elif lead in b"{[":
            outer.append((around, number, in_array))
            around = here
            containers += 1
            number = containers
            in_array = lead == 0x5B
            expect_key = not in_array
            if in_array:
                here = around, 0
        elif lead in b"}]":
            here = around
            around, number, in_array = outer.pop()
            expect_key = False
        elif lead == 0x2C:
            if in_array:
                assert here is not None
                here = around, int(here[1]) + 1
            else:
                expect_key = True
        elif lead != 0x3A and is_number_leaf(found.group()):
            yield Token(False, False, found.span(), number, here)


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
