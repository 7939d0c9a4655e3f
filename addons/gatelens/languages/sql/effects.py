"""What a text does once it has left its literal, seen from its tokens.

Source: OWASP Web Security Testing Guide 4.2, section 4.7.5 (tautology, union, stacked, time, out-of-band, errors).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gatelens.languages.sql.breakout import QUOTED, Place
from gatelens.languages.sql.conditions import condition, operation
from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.lexer import Ending, Kind, Reading, Token
from gatelens.languages.sql.names import Names, named
from gatelens.languages.sql.statements import query, statement
from gatelens.languages.sql.words import CONDITIONALS, CONNECTORS, SET_OPERATORS

_READING = frozenset({"from", "join", "into", "select", "exec", "execute", "update", "table", "on"})
_BEGINNINGS = SET_OPERATORS | {";", "(", "into", "waitfor", "order", "group", "limit", "procedure"}
_CONDITIONS = CONNECTORS | CONDITIONALS
_VALUES = frozenset({Kind.STRING, Kind.OPEN, Kind.VARIABLE})
_JSON_TYPES = frozenset({"json", "jsonb"})
_HIDING_NUMBER = re.compile(r"\d*\.e")
"""Scientific notation without an exponent, which parts two words as a space would: `1.e(name)`."""


def effects(reading: Reading, names: Names, place: Place, *, short: bool) -> Iterator[Effect]:
    """The effects of the tokens of `reading`, which go on behind what `place` says; `short` says that nothing or one
    word stands before that."""
    tokens = reading.tokens
    reads = not _READING.isdisjoint([token.text for token in tokens])
    for index, (kind, text) in enumerate(tokens):
        if kind is Kind.KEYWORD or kind is Kind.OPERATOR:
            if text in _BEGINNINGS:
                yield from _of_word(reading, index, text)
        elif kind is Kind.CALL and (what := named(names.functions, text)):
            yield Effect(Grade.CERTAIN, what)
        elif kind is Kind.VARIABLE and text.startswith("@@") and len(text) > 2:
            yield Effect(Grade.CERTAIN, "reads a system variable")
        if reads and kind in (Kind.WORD, Kind.QUOTED, Kind.CALL) and (what := named(names.tables, text.lower())):
            yield Effect(Grade.CERTAIN, what)
        elif kind is Kind.NUMBER and text.endswith("e") and index + 1 < len(tokens) and _HIDING_NUMBER.fullmatch(text):
            yield Effect(Grade.CERTAIN, "parts words by a number")
        if text in _CONDITIONS and _opens_condition(tokens, index):
            yield from condition(reading, index)
    lead = _after_closing(tokens)
    if lead == len(tokens):
        return
    if place in QUOTED:
        yield from statement(reading, lead, stacked=False, alone=short)
        yield from operation(reading, lead, short=short)
    elif place is Place.NUMBER:
        yield from statement(reading, lead, stacked=False, alone=False)
    elif place is Place.STRING and tokens[0].text == "::" and len(tokens) > 3 and tokens[1].text in _JSON_TYPES:
        yield Effect(Grade.LIKELY, "computes with a JSON constant")


def is_cut_only(reading: Reading) -> bool:
    """Whether nothing but closing parentheses and semicolons stands before a comment of no text or, where there is a
    semicolon, before the end: `') --`, `';`."""
    if not all(token.text in (")", ";") for token in reading.tokens):
        return False
    if reading.ending is Ending.COMMENT:
        return reading.terse
    return reading.ending is Ending.END and bool(reading.tokens) and reading.tokens[-1].text == ";"


def is_cut_prefix(reading: Reading, *, first: bool) -> bool:
    """Whether closing parentheses and a connector, and a constant at most, stand before nothing: `') or`, `' or --`.

    `first` says that no digit stands before the quote, nor a word: `5' or 6` are feet, and boys' or girls' no SQL.
    """
    texts = [token.text for token in reading.tokens]
    if reading.ending is Ending.END and len(texts) > 1 and texts[-1] in ("/", "*", "("):
        texts.pop()
        return texts[-1] in SET_OPERATORS and all(text == ")" for text in texts[:-1])
    if first and reading.ending is Ending.END and len(texts) > 1 and _is_truth(reading.tokens[-1]):
        texts.pop()
    least = {Ending.END: 1 if first else 2, Ending.COMMENT: 1}.get(reading.ending)
    return (
        least is not None
        and len(texts) >= least
        and texts[-1] in ("or", "and", "xor", "||", "&&")
        and all(text == ")" for text in texts[:-1])
    )


def _is_truth(token: Token) -> bool:
    return token.kind is Kind.NUMBER or token.text in ("true", "false", "null")


def _of_word(reading: Reading, index: int, text: str) -> Iterator[Effect]:
    """The effects that a keyword or an operator begins."""
    tokens = reading.tokens
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    after = tokens[index + 2] if index + 2 < len(tokens) else None
    if text in SET_OPERATORS:
        yield from query(reading, index)
    elif text == ";":
        yield from statement(reading, index + 1, stacked=True, alone=True)
    elif text == "(" and following == "select":
        telling = any(token.kind is not Kind.WORD for token in tokens[index + 2 : index + 5])
        yield Effect(Grade.CERTAIN if telling else Grade.LIKELY, "adds a subquery", Act.QUERY)
    elif text == "into" and following in ("outfile", "dumpfile"):
        yield Effect(Grade.CERTAIN, "writes a file")
    elif text == "waitfor" and following in ("delay", "time") and after is not None and after.kind in _VALUES:
        yield Effect(Grade.CERTAIN, "makes the database wait")
    elif text in ("order", "group") and following == "by":
        yield from _clause(reading, index + 2, "counts columns by sorting or grouping")
    elif text == "limit":
        yield from _clause(reading, index + 1, "changes the limit")
    elif text == "procedure" and following == "analyse":
        yield Effect(Grade.CERTAIN, "adds PROCEDURE ANALYSE")


def _clause(reading: Reading, index: int, words: str) -> Iterator[Effect]:
    if index < len(reading.tokens) and reading.tokens[index].kind in (Kind.NUMBER, Kind.CALL):
        yield Effect(Grade.CERTAIN if reading.ending is Ending.COMMENT else Grade.LIKELY, words)


def _opens_condition(tokens: Sequence[Token], index: int) -> bool:
    """Whether a condition stands behind the token. A NOT behind a connector opens no other one."""
    kind, text = tokens[index]
    if kind is Kind.CALL:
        return text in CONDITIONALS
    if kind not in (Kind.KEYWORD, Kind.OPERATOR) or text not in CONNECTORS:
        return False
    return text != "not" or index == 0 or tokens[index - 1].text not in CONNECTORS


def _after_closing(tokens: Sequence[Token]) -> int:
    index = 0
    while index < len(tokens) and tokens[index].text in (")", "]", "%"):
        index += 1
    return index
