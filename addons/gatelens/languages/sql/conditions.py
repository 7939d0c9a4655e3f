"""Conditions and operations that a text adds: one that knows no column is not the statement's own.

Source: OWASP Web Security Testing Guide 4.2, section 4.7.5, "Boolean Exploitation Technique".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.lexer import CONSTANTS, Ending, Kind, Reading, Token
from gatelens.languages.sql.words import COMPARISONS, CONSTANT_WORDS, SET_OPERATORS

_LOOKED_AT = 24
_OPERATION_LENGTH = 12
_OPERATION_ON_A_NAME = 3
_IN_PROSE = frozenset({"-", ".", "/", "is", "in", "&"})
"""Operators that prose has behind a quote or an apostrophe."""

_LAST_STRING_LENGTH = 24

_END = frozenset("or and xor || && ; , then else end order group limit".split()) | SET_OPERATORS
_ARITHMETIC = frozenset("+ - * / % ^ & | ~ ! || . div mod".split())
_TELLING_OPERATORS = frozenset("= < > <= >= <> != <=> like rlike regexp div sounds is ^ & |".split())
_NEGATED = frozenset({"like", "in", "between", "rlike", "regexp"})
_UNARY = frozenset({"!", "~", "not"})
_ASKING = frozenset("= <=> <> != like rlike regexp div sounds || is ^".split())
_NEEDS_A_LEFT_SIDE = COMPARISONS - {"~", "?"}
_CLOSING = frozenset("(),;{}")
"""What stands in the last string of code (`split('=')`): there the quote closes, and begins none."""

_BEFORE_A_TYPE = frozenset({"::", "as", "collate", "using"})


class _Seen(Struct):
    """What a condition is made of, and where it ends."""

    columns: int = 0
    constants: int = 0
    calls: int = 0
    comparisons: int = 0
    end: int = 0


def condition(reading: Reading, index: int) -> Iterator[Effect]:
    """The effect of the condition behind the connector, or in the call, at `index`."""
    tokens = reading.tokens
    connector = tokens[index].text.upper()
    start = index + 2 if tokens[index].kind is Kind.CALL else index + 1
    if start < len(tokens) and tokens[start].text in _NEEDS_A_LEFT_SIDE:
        return
    seen = _look(tokens, start)
    effect = _effect(seen, connector, itself=_compares_with_itself(tokens, start), last=_is_last(reading, seen.end))
    if effect is not None:
        yield effect


def operation(reading: Reading, lead: int, *, short: bool) -> Iterator[Effect]:
    """The effect of an operator on the string that was closed: `'=0-- `, `' - '`; `short` as in `effects`."""
    rest = reading.tokens[lead:]
    if len(rest) > 2 and rest[0].text == "not" and rest[1].text in _NEGATED:
        rest = rest[1:]
    if rest[0].text not in COMPARISONS | _ARITHMETIC or len(rest) < 2:
        return
    constant = len(rest) <= _OPERATION_LENGTH and all(map(_is_constant, rest))
    if reading.ending is Ending.COMMENT:
        if constant and reading.terse:
            yield Effect(Grade.CERTAIN, "computes with the string and cuts the rest off")
        elif reading.terse and (_calls(rest) or (short and _is_on_a_name(rest))):
            yield Effect(Grade.LIKELY, "computes with the string and cuts the rest off")
    elif short and constant and reading.ending is Ending.END and rest[0].text in _ASKING:
        yield Effect(Grade.LIKELY, "computes with the string and ends there", Act.CONSTANT)
    elif constant and _ends_in_a_word(reading):
        chained = len(rest) >= 4 and rest[-2].text in _ARITHMETIC
        if chained or any(token.text in _TELLING_OPERATORS for token in rest):
            yield Effect(Grade.LIKELY, "computes with the string", Act.CONSTANT)
    elif _reenters(rest):
        yield Effect(Grade.LIKELY, "computes with the string", Act.CONSTANT)


def _calls(rest: Sequence[Token]) -> bool:
    return rest[0].text in _ARITHMETIC and any(token.kind is Kind.CALL for token in rest)


def _is_on_a_name(rest: Sequence[Token]) -> bool:
    """Whether an operator that no prose has there and a name or two are all there is: `' glob name --`."""
    return len(rest) <= _OPERATION_ON_A_NAME and rest[0].text not in _IN_PROSE


def _reenters(rest: Sequence[Token]) -> bool:
    """Whether an operator and a name come first, and a comparison with a string that is just opened last."""
    last, before = rest[-1], rest[-2]
    short = 4 <= len(rest) <= _OPERATION_LENGTH
    return (
        short
        and last.kind is Kind.OPEN
        and not last.text
        and rest[0].text in _ARITHMETIC
        and before.text in COMPARISONS
    )


def _effect(seen: _Seen, connector: str, *, itself: bool, last: bool) -> Effect | None:
    if not seen.columns and seen.comparisons and (seen.constants or seen.calls):
        return Effect(Grade.CERTAIN, f"adds a condition on constants behind {connector}", Act.CONDITION)
    if seen.columns == 2 and seen.comparisons and not seen.constants and itself:
        return Effect(
            Grade.CERTAIN, f"adds a condition that compares a thing with itself behind {connector}", Act.CONDITION
        )
    if seen.columns and connector == "ON":
        return None
    if seen.columns and seen.comparisons:
        return Effect(Grade.LIKELY, f"adds a condition behind {connector}", Act.CONDITION)
    if seen.calls:
        return Effect(Grade.LIKELY, f"adds a call behind {connector}", Act.CONDITION)
    if seen.constants and not seen.columns and last:
        return Effect(Grade.LIKELY, f"adds a constant behind {connector}", Act.CONSTANT)
    return None


def _look(tokens: Sequence[Token], start: int) -> _Seen:
    """Read one condition: up to the next connector, the end of its parentheses or a subquery."""
    seen = _Seen(end=start)
    depth = 0
    between = False
    before = ""
    for kind, text in tokens[start : start + _LOOKED_AT]:
        if kind in CONSTANTS or kind is Kind.VARIABLE or (kind is Kind.KEYWORD and text in CONSTANT_WORDS):
            seen.constants += 1
        elif kind is Kind.CALL:
            seen.calls += 1
        elif kind in (Kind.WORD, Kind.QUOTED):
            seen.columns += before not in _BEFORE_A_TYPE
        elif text == "(":
            depth += 1
        elif text == ")":
            depth -= 1
            if depth < 0:
                break
        elif text == "select":
            seen.constants += 1
            following = tokens[seen.end + 1] if seen.end + 1 < len(tokens) else None
            seen.comparisons += depth > 0 or (following is not None and following.kind not in (Kind.WORD, Kind.KEYWORD))
            break
        elif text in ("and", ",") and (between or depth > 0):
            between = False
        elif text in _END:
            break
        elif text in COMPARISONS or (text in _UNARY and not before and _is_number(tokens, start + 1)):
            seen.comparisons += 1
            between = between or text == "between"
        before = text
        seen.end += 1
    return seen


def _is_number(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].kind is Kind.NUMBER


def _compares_with_itself(tokens: Sequence[Token], start: int) -> bool:
    found = [token.text for token in tokens[start : start + 5] if token.kind in (Kind.WORD, Kind.QUOTED)]
    return len(found) >= 2 and found[0] == found[1]


def _is_last(reading: Reading, end: int) -> bool:
    """Whether a comment cuts off what follows, or the statement's own quote closes the last string: `' or '1`."""
    if end < len(reading.tokens):
        return False
    return reading.terse if reading.ending is Ending.COMMENT else _ends_in_a_word(reading)


def _ends_in_a_word(reading: Reading) -> bool:
    if reading.ending is not Ending.OPEN:
        return False
    last = reading.tokens[-1].text
    return len(last) <= _LAST_STRING_LENGTH and not any(char.isspace() or char in _CLOSING for char in last)


def _is_constant(token: Token) -> bool:
    return (
        token.kind in CONSTANTS
        or token.kind in (Kind.OPERATOR, Kind.VARIABLE)
        or token.text in CONSTANT_WORDS
        or token.text in COMPARISONS
        or token.text in ("not", "div")
    )
