"""Queries and statements that a text adds: UNION SELECT, and what follows a semicolon.

Source: ISO/IEC 9075-2 sections 7.13 (query expression) and 13 (SQL statements); T-SQL needs no semicolon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.lexer import Ending, Kind, Reading, Token
from gatelens.languages.sql.words import CONSTANT_WORDS, FUNCTIONS, KEYWORDS, STATEMENTS

_LOOKED_AT = 12
_LIST_LOOKED_AT = 64

_ITEMS = frozenset({Kind.NUMBER, Kind.STRING, Kind.CALL, Kind.VARIABLE, Kind.QUOTED, Kind.OPERATOR, Kind.OTHER})
_ITEM_WORDS = CONSTANT_WORDS | {"case", "cast", "convert", "char", "exists"}

_SECOND_WORDS: Mapping[str, frozenset[str]] = {
    "insert": frozenset({"into"}),
    "delete": frozenset({"from"}),
    "merge": frozenset({"into"}),
    "bulk": frozenset({"insert"}),
    "begin": frozenset({"declare", "execute", "if", "select"}),
    "execute": frozenset({"immediate"}),
    "load": frozenset({"data"}),
    "drop": frozenset("table database user view function procedure index schema login trigger".split()),
    "create": frozenset("table database user view function procedure login trigger temporary or".split()),
    "alter": frozenset("table database user login role view procedure".split()),
    "truncate": frozenset({"table"}),
    "backup": frozenset({"database"}),
    "restore": frozenset({"database"}),
    "attach": frozenset({"database"}),
    "if": frozenset({"(", "not", "exists"}),
    "shutdown": frozenset({"with", ";", "immediate"}),
    "grant": frozenset("all select insert update execute".split()),
}
"""What stands behind the first word of a statement, where little else can."""


_WRITES = frozenset({"insert", "update", "exec", "execute"})
_DECIDE = frozenset({Kind.NUMBER, Kind.STRING, Kind.VARIABLE})
_LEAD_OF_A_LOOP = 4
"""So early stands what a loop of an attack goes on by: a constant or a query, and not a name as in code."""

_STAND_ALONE = frozenset({"vacuum", "commit", "rollback", "analyze"})
_TAKES_A_NAME = frozenset({"drop", "truncate", "delete", "exec", "execute"})


def query(reading: Reading, index: int) -> Iterator[Effect]:
    """The effect of the set operator at `index`, if a query follows it."""
    tokens = reading.tokens
    words = f"adds {tokens[index].text.upper()} SELECT"
    index = _past(tokens, index + 1, ("all", "distinct", "distinctrow", "("))
    if _text(tokens, index) == "table" and reading.ending is Ending.COMMENT and reading.terse:
        yield Effect(Grade.CERTAIN, words, Act.QUERY)  # MySQL 8: `TABLE users` is a query
    if _text(tokens, index) not in ("select", "values"):
        return
    index = _past(tokens, index + 1, ("all", "distinct", "top", "("))
    if index >= len(tokens):
        yield Effect(Grade.LIKELY, words, Act.QUERY)
        return
    first = tokens[index]
    more = {token.text for token in tokens[index : index + _LIST_LOOKED_AT]}
    cut = reading.ending is Ending.COMMENT
    if first.kind in _ITEMS or first.text in _ITEM_WORDS or "," in more:
        grade = Grade.CERTAIN
    elif first.kind is not Kind.WORD:
        grade = Grade.CHANCE
    elif first.text in FUNCTIONS and first is tokens[-1]:
        grade = Grade.LIKELY
    elif "from" in more:
        grade = Grade.CERTAIN if cut else Grade.LIKELY
    else:
        grade = Grade.LIKELY if cut else Grade.CHANCE
    yield Effect(grade, words, Act.QUERY)


def statement(reading: Reading, index: int, *, stacked: bool, alone: bool) -> Iterator[Effect]:
    """The effect of a statement that begins at `index`, `stacked` behind a semicolon or right behind a literal.

    Right behind a literal only T-SQL takes one, and code quotes many (`psql -c '…'`): there it counts where a comment
    cuts the rest off, or where `alone` says that little stands before it and nothing closes what would be its quotes.
    """
    tokens = reading.tokens
    index = _past(tokens, index, ("(", ")", ";"))
    first = _text(tokens, index)
    cut = reading.ending is Ending.COMMENT
    if first not in STATEMENTS:
        return
    rest = tokens[index + 1 : index + 1 + _LOOKED_AT]
    if not (stacked or cut) and not (
        first in _WRITES and _is_full(tokens[index:]) and (not alone or reading.ending is Ending.END)
    ):
        return
    grade = _grade(first, rest, stacked=stacked)
    if stacked and cut and reading.terse and first in _TAKES_A_NAME and len(rest) == 1 and rest[0].kind is Kind.WORD:
        grade = Grade.CERTAIN
    if stacked and cut and reading.terse and first in _STAND_ALONE and [token.text for token in rest] == [";"]:
        grade = Grade.CERTAIN
    if grade is not Grade.CHANCE:
        yield Effect(grade, "adds a second statement" if stacked else "adds a statement")


def _is_full(tokens: Sequence[Token]) -> bool:
    """Whether an INSERT, UPDATE or EXECUTE has what it needs, so that it is no sentence."""
    texts = {token.text for token in tokens}
    return "=" in texts if "set" in texts else "(" in texts and not texts.isdisjoint(("values", "select", "exec"))


def _grade(first: str, rest: Sequence[Token], *, stacked: bool) -> Grade:
    """How surely `rest` goes on a statement that begins with the word `first`, rather than a sentence."""
    texts = [token.text for token in rest]
    second = texts[0] if texts else ""
    if second in _SECOND_WORDS.get(first, ()) or (first == "shutdown" and not rest):
        return Grade.CERTAIN
    match first:
        case "handler":
            return Grade.CERTAIN if texts[1:2] in (["open"], ["read"], ["close"]) else Grade.CHANCE
        case "exec" | "execute" | "call" | "do" | "begin" | "dbcc":
            return Grade.CERTAIN if _is_procedure(rest) else Grade.CHANCE
        case "declare" | "set":
            return Grade.CERTAIN if any(token.kind is Kind.VARIABLE for token in rest[:2]) else Grade.CHANCE
        case "update":
            return Grade.CERTAIN if "set" in texts and "=" in texts else Grade.CHANCE
        case "while" | "goto":
            decided = any(token.kind in _DECIDE or token.text == "select" for token in rest[:_LEAD_OF_A_LOOP])
            return Grade.CERTAIN if decided else Grade.CHANCE
        case "select":
            plain = all(token.kind is Kind.WORD or token.text in KEYWORDS for token in rest)
            if not plain:
                return Grade.CERTAIN
            return Grade.LIKELY if stacked and "from" in texts else Grade.CHANCE
        case "copy" | "use" | "kill" | "lock" | "grant" | "revoke" | "vacuum" | "pragma" | "raiserror" | "analyze":
            return Grade.LIKELY if rest else Grade.CHANCE
        case _:
            return Grade.CHANCE


def _is_procedure(rest: Sequence[Token]) -> bool:
    """Whether a call, a variable, a parenthesis or a name that no prose has comes first: `xp_cmdshell`, `a.b`."""
    if not rest:
        return False
    kind, text = rest[0]
    return kind in (Kind.CALL, Kind.VARIABLE) or text == "(" or (kind is Kind.WORD and ("." in text or "_" in text))


def _past(tokens: Sequence[Token], index: int, passed: Sequence[str]) -> int:
    while _text(tokens, index) in passed:
        index += 1
    return index


def _text(tokens: Sequence[Token], index: int) -> str:
    """The word or operator at `index`; empty where there is none."""
    if index >= len(tokens) or tokens[index].kind in (Kind.STRING, Kind.OPEN, Kind.QUOTED):
        return ""
    return tokens[index].text
