"""Tell an expression that only works out constants: no template of an application holds one, a probe does.

Source: CWE-1336; Kettle, "Server-Side Template Injection" (2015), "Detect".
Limits: a constant alone, and a function called with constants (`{{ trans('hello') }}`), are ordinary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatelens.languages.code.lexer import Kind, Token
from gatelens.languages.code.names import brings_all

_COMPUTING = frozenset("+ - * / % ** ^ ~ | & < > == != <= >= << >> || && . //".split())
_ARITHMETIC = frozenset("* / + - % ** ^ ~ < > == != << .".split())
_WITH_NUMBERS = frozenset("+ - * / ** %".split())
_BRACKETS = frozenset("( ) [ ] ,".split())
_WORDS = frozenset("and or not mod div idiv eq ne lt gt le ge true false typeof".split())
_LITERAL_CALLS = re.compile(
    r"to[A-Z_]\w*|upper|lower|join|concat|repeat|replace|length|class|getclass|valueof|substring", re.I
)


def computes(tokens: Sequence[Token]) -> bool:
    """Whether `tokens` are constants and at least one operator between two of them."""
    operators = operands = 0
    closing_part = False
    for index, token in enumerate(tokens):
        if token.kind in (Kind.NUMBER, Kind.STRING):
            operands += 1
            if token.hidden and token.kind is Kind.STRING:
                operators += 1  # strings that were joined
                operands += 1
        elif token.kind is Kind.OPERATOR:
            if token.text in ("|", "?") and index and index + 1 < len(tokens) and tokens[index + 1].kind is Kind.NAME:
                closing_part = True  # a filter or a built-in is applied to what was worked out
            elif token.text in _ARITHMETIC and index and index + 1 < len(tokens):
                operators += 1
            elif token.text not in _COMPUTING and token.text not in _BRACKETS:
                return False
        elif token.text.lower() not in _WORDS and not closing_part:
            return False
    return operators > 0 and operands > 1


def computes_within(tokens: Sequence[Token]) -> bool:
    """Whether an expression that needs nothing from the application works out two numbers: `str(8+9)`."""
    pairs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        a.kind is Kind.NUMBER and b.text in _WITH_NUMBERS and c.kind is Kind.NUMBER for a, b, c in pairs
    ) and brings_all(tokens, 0, len(tokens))


def calls_a_literal(tokens: Sequence[Token]) -> bool:
    """Whether an expression is nothing but a method called on a literal: `'a'.toUpperCase()`."""
    if len(tokens) < 4 or tokens[0].kind is Kind.NAME or tokens[-1].text not in (")", "]"):
        return False
    names = [token.text for token in tokens if token.kind is Kind.NAME]
    before = tokens[1].text if tokens[0].kind in (Kind.STRING, Kind.NUMBER) else ""
    return before == "." and bool(names) and all(_LITERAL_CALLS.fullmatch(name) for name in names)
