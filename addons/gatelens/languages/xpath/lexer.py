"""Read XPath and XQuery into tokens, and say whether they stand in an order that an expression may have.

Source: XPath 1.0 section 3.7 (lexical structure): a name behind an operand is an operator name; XPath 2.0 appendix A.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct


class Kind(Enum):
    """What a token is to the turn of operands and operators."""

    STRING = auto()
    NUMBER = auto()
    NAME = auto()
    FUNCTION = auto()
    AXIS = auto()
    NODE_TEST = auto()
    WILDCARD = auto()
    STEP = auto()
    OPERATOR = auto()
    OPENING = auto()
    CLOSING = auto()
    COMMA = auto()


OPERANDS = frozenset({Kind.STRING, Kind.NUMBER, Kind.NAME, Kind.NODE_TEST, Kind.WILDCARD, Kind.CLOSING})


class Token(Struct, frozen=True, gc=False):
    """A token, and where it ends."""

    kind: Kind
    text: str
    end: int


_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<string>"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))
    |(?P<number>[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)
    |(?P<axis>(?:ancestor(?:-or-self)?|attribute|child|descendant(?:-or-self)?|following(?:-sibling)?|namespace|parent
        |preceding(?:-sibling)?|self)\s*+::)
    |(?P<node_test>(?:node|text|comment|processing-instruction|element|attribute|document-node|item)\s*+\(\s*+\))
    |(?P<function>[A-Za-z_][\w.\-]*+(?::[A-Za-z_][\w.\-]*+)?+\s*+\()
    |(?P<name>[@$]?[A-Za-z_][\w.\-]*+(?::(?!:)[A-Za-z_*][\w.\-]*+)?+|\.\.?+)
    |(?P<step>//?+)
    |(?P<opening>[(\[{])|(?P<closing>[)\]}])|(?P<comma>,)
    |(?P<wildcard>@?\*)
    |(?P<operator>!=|<=|>=|:=|\|\|?+|[=<>+\-!?])
    )""",
    re.VERBOSE,
)
_OPERATOR_NAMES = frozenset(
    "or and div mod idiv eq ne lt le gt ge is to union intersect except return in satisfies then else where "
    "order".split()
)
_MOST = 256


def tokens(text: str, start: int = 0, *, operand: bool = False) -> Iterator[Token]:
    """The tokens from `start` on, as far as they stand in order: two operands side by side end them. `operand` says
    that one stands before. At most 256 are read."""
    place = start
    for _ in range(_MOST):
        found = _TOKEN.match(text, place)
        if found is None:
            return
        kind = Kind[(found.lastgroup or "").upper()]
        word = found[found.lastgroup or 0]
        place = found.end()
        if kind is Kind.NAME and operand and word in _OPERATOR_NAMES:
            kind = Kind.OPERATOR
        elif kind is Kind.FUNCTION and operand and word.rstrip("( \t\r\n") in _OPERATOR_NAMES:
            yield Token(Kind.OPERATOR, word.rstrip("( \t\r\n"), place)
            kind, word, operand = Kind.OPENING, "(", False
        elif kind is Kind.WILDCARD and operand:
            kind = Kind.OPERATOR
        if operand and kind in (Kind.STRING, Kind.NUMBER, Kind.NAME, Kind.FUNCTION, Kind.AXIS, Kind.NODE_TEST):
            return
        yield Token(kind, word, place)
        operand = kind in OPERANDS
