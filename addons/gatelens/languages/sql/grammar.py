"""Ask sqlglot whether a text that left its literal makes a whole statement, and in which dialect.

The statement is written anew from the tokens: short, without comments, and with nothing nested too deep, because
sqlglot's compiled parser ends the process on some thousand levels.
Limits: what sqlglot reads as an opaque command does not count as parsed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import sqlglot
from sqlglot import expressions
from sqlglot.errors import SqlglotError

from gatelens.languages.sql.breakout import Exit, Place
from gatelens.languages.sql.lexer import Kind, Reading, Token

logging.getLogger("sqlglot").disabled = True  # its warnings quote the text, which may be a secret

MOST_TOKENS = 200
"""More are not given to sqlglot: nothing can nest deeper than its tokens."""

_STRING_SHOWN = 24


def parses(reading: Reading, exit_: Exit, dialects: Sequence[str], most_nesting: int) -> str:
    """The first of `dialects` in which the statement parses, or an empty text."""
    return parsed(reading, exit_, dialects, most_nesting)[1]


def parsed(
    reading: Reading, exit_: Exit, dialects: Sequence[str], most_nesting: int
) -> tuple[list[expressions.Expr], str]:
    """The statements as the first of `dialects` in which they parse reads them, and its name; both may be empty."""
    tokens = reading.tokens
    if len(tokens) > MOST_TOKENS or reading.depth > most_nesting or sum(t.text in "[{" for t in tokens) > 4:
        return [], ""
    statement = _statement(tokens, exit_)
    for dialect in dialects:
        try:
            found = sqlglot.parse(statement, dialect=dialect)
        except (SqlglotError, RecursionError, ValueError, KeyError, IndexError, AttributeError, TypeError):
            continue  # sqlglot raises more than its own errors on some texts
        parts: list[expressions.Expr] = [part for part in found if part is not None]
        if parts and not any(isinstance(part, expressions.Command) for part in parts):
            return parts, dialect
    return [], ""


def _statement(tokens: Sequence[Token], exit_: Exit) -> str:
    depth = missing = 0
    for token in tokens:
        if token.text == "(" and token.kind is Kind.OPERATOR:
            depth += 1
        elif token.text == ")" and token.kind is Kind.OPERATOR:
            depth -= 1
            missing = max(missing, -depth)
    written = " ".join(map(_written, tokens))
    tail = ")" * max(0, depth + missing)
    if exit_.place in (Place.EXPRESSION, Place.CALL):
        return f"SELECT {written}"
    literal = "1" if exit_.place in (Place.NUMBER, Place.NOTHING) else "'v'"
    return f"SELECT c FROM t WHERE {'(' * missing}c = {literal} {written}{tail}"  # noqa: S608  # parsed, never run


def _written(token: Token) -> str:
    kind, text = token
    if kind in (Kind.STRING, Kind.OPEN):
        return "'" + text[:_STRING_SHOWN].replace("'", "").replace("\\", "") + "'"
    if kind is Kind.QUOTED:
        return "q_" + "".join(char for char in text[:_STRING_SHOWN] if char.isalnum())
    if text == "&&":
        return "AND"
    return text


def warm_up(dialects: Sequence[str]) -> None:
    """Let sqlglot build what it builds on first use, so that no message waits for it."""
    for dialect in dialects:
        sqlglot.parse("SELECT c FROM t WHERE c = 'v' OR 1 = 1", dialect=dialect)
