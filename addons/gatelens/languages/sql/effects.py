"""What a text does once it has left its literal, seen from its tokens.

Source: OWASP Web Security Testing Guide 4.2, section 4.7.5 (tautology, union, stacked, time, out-of-band, errors).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gatelens.languages.sql.conditions import condition, operation
from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.lexer import Ending, Kind, Reading, Token
from gatelens.languages.sql.statements import query, statement
from gatelens.languages.sql.words import CONDITIONALS, CONNECTORS, SET_OPERATORS


class Names(Struct, frozen=True):
    """Names that tell an attack, in lower case, each with what it stands for in words."""

    functions: Mapping[str, str]
    tables: Mapping[str, str]


_READING = frozenset({"from", "join", "into", "select", "exec", "execute", "update", "table", "on"})
_BEGINNINGS = SET_OPERATORS | {";", "(", "into", "waitfor", "order", "group", "limit", "procedure"}
_CONDITIONS = CONNECTORS | CONDITIONALS
_VALUES = frozenset({Kind.STRING, Kind.OPEN, Kind.VARIABLE})


def effects(reading: Reading, names: Names, *, quoted: bool) -> Iterator[Effect]:
    """The effects of the tokens of `reading`; `quoted` says that a quote was closed before them."""
    tokens = reading.tokens
    reads = not _READING.isdisjoint([token.text for token in tokens])
    for index, (kind, text) in enumerate(tokens):
        if kind is Kind.KEYWORD or kind is Kind.OPERATOR:
            if text in _BEGINNINGS:
                yield from _of_word(reading, index, text)
        elif kind is Kind.CALL and (what := _named(names.functions, text)):
            yield Effect(Grade.CERTAIN, what)
        elif kind is Kind.VARIABLE and text.startswith("@@") and len(text) > 2:
            yield Effect(Grade.CERTAIN, "reads a system variable")
        if reads and kind in (Kind.WORD, Kind.QUOTED, Kind.CALL) and (what := _named(names.tables, text.lower())):
            yield Effect(Grade.CERTAIN, what)
        if text in _CONDITIONS and _opens_condition(tokens, index):
            yield from condition(reading, index)
    lead = _after_closing(tokens)
    if quoted and lead < len(tokens):
        yield from statement(reading, lead, stacked=False)
        yield from operation(reading, lead)


def is_cut_only(reading: Reading) -> bool:
    """Whether nothing but closing parentheses and semicolons stands before a comment of no text: `') --`."""
    return reading.ending is Ending.COMMENT and reading.terse and all(t.text in (")", ";") for t in reading.tokens)


def is_cut_prefix(reading: Reading) -> bool:
    """Whether closing parentheses and a connector stand before nothing: `') or`, `' or --`."""
    texts = [token.text for token in reading.tokens]
    least = {Ending.END: 2, Ending.COMMENT: 1}.get(reading.ending)
    return (
        least is not None
        and len(texts) >= least
        and texts[-1] in ("or", "and", "xor", "||", "&&")
        and all(text == ")" for text in texts[:-1])
    )


def _of_word(reading: Reading, index: int, text: str) -> Iterator[Effect]:
    """The effects that a keyword or an operator begins."""
    tokens = reading.tokens
    following = tokens[index + 1].text if index + 1 < len(tokens) else ""
    after = tokens[index + 2] if index + 2 < len(tokens) else None
    if text in SET_OPERATORS:
        yield from query(reading, index)
    elif text == ";":
        yield from statement(reading, index + 1, stacked=True)
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


def _named(names: Mapping[str, str], text: str) -> str:
    """What `text`, a name that may have dots, stands for: as a whole, by its first part or by its last."""
    found = names.get(text, "")
    if not found and "." in text:
        found = names.get(text.partition(".")[0]) or names.get(text.rpartition(".")[2], "")
    return found
