"""Find a loop that never ends: `while (true);`, `for (;;)`, alone in a value.

Source: CWE-835, CWE-95.
Limits: only where the condition is constant and the value holds no more than the loop.
"""

from __future__ import annotations

import re

from gatelens.languages.code.chains import partners
from gatelens.languages.code.lexer import Kind, Token, read
from gatelens.model.confirmed import Confirmed

_TOKENS = 32
_LONGEST = 200
"""Characters of a value that holds something else before its loop."""

_BEGINNING = re.compile(r"(?:\A|[;}'\"])[\s;]*+(?=(?:while|for)\b)", re.IGNORECASE)
_CONSTANT = frozenset(
    "true false infinity nan new date not typeof void undefined null object this window string boolean function array "
    "math number symbol globalthis process".split()
)
_REST = frozenset({")", ";", "{", "}"})


def injection(text: str) -> Confirmed | None:
    """The loop that `text` is, or None."""
    begun = _BEGINNING.search(text)
    if begun is None or (begun.end() and len(text) > _LONGEST):
        return None
    reading = read(text, begun.end(), len(text), _TOKENS)
    tokens = reading.tokens
    if not reading.complete or len(tokens) < 4 or tokens[1].text != "(":
        return None
    end = partners(tokens)[1]
    inner, rest = tokens[2:end], tokens[end + 1 :]
    left = [token.text for token in rest]
    if not _REST.issuperset(left) or left.count("{") > left.count("}"):
        return None
    match tokens[0].text.lower():
        case "while":
            literal = bool(inner) and inner[0].text in ("[", "{")
            never = len(inner) == 1 and inner[0].text.lower() in ("0", "false")
            endless = bool(inner) and not never and (literal or all(_is_constant(token) for token in inner))
        case "for":
            conditions = [token for token in inner if token.text != ";"]
            between = len(inner) - len(conditions) == 2 and inner[0].text == ";" and inner[-1].text == ";"
            endless = between and all(_is_constant(token) for token in conditions)
        case _:
            return None
    return Confirmed(text, "is a loop without an end") if endless else None


def _is_constant(token: Token) -> bool:
    return token.kind is not Kind.NAME or token.text.lower() in _CONSTANT
