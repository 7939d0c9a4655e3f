"""Values that are whole statements: what a person types into a field for queries, and nobody into another.

Source: ISO/IEC 9075-2 section 13 (SQL statements), and those that MySQL, PostgreSQL, T-SQL, Oracle and SQLite add.
Limits: a query of plain names and commas may be a sentence (`select size, colour from our list`): it is told apart by
`plain`, never decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct

from gatelens.languages.sql.breakout import Place
from gatelens.languages.sql.effect import Act, Grade
from gatelens.languages.sql.effects import effects
from gatelens.languages.sql.lexer import ANSI, CONSTANTS, MYSQL, Ending, Kind, Reading, Token, read
from gatelens.languages.sql.names import Names
from gatelens.languages.sql.words import FUNCTIONS

_MOST_TOKENS = 128
_WORDS_TOLD = 3
_LEADING = frozenset({"(", ";", "{", "explain"})

_OBJECTS = frozenset(
    """table database schema user role login view index procedure function trigger sequence type extension external
    virtual temporary temp unique or materialized column tablespace server policy domain publication""".split()
)
_SHOWN = frozenset("tables databases schemas columns grants processlist variables status create full index".split())


_GRAVE = frozenset("user role login function procedure trigger extension server".split())
"""What is made or changed by an attack rather than by a developer who shows a table."""

_BACKUPS = frozenset("database log filelistonly headeronly labelonly verifyonly".split())
_CLAUSES = frozenset("from where group having union order case".split())
_NO_SENTENCE = frozenset(
    "varchar nvarchar int bigint integer returns primary references infile outfile character identified".split()
)


class Deed(Enum):
    """What a statement does to the data, in the words of a rule."""

    READS = "reads"
    WRITES = "writes"
    DEFINES = "defines"
    DESTROYS = "destroys"
    TELLS = "tells"
    """Does what an attack does: waits, calls out, reads files, the schema or accounts, runs commands."""


class Whole(Struct, frozen=True):
    """A whole statement. `plain` says that it is made of names and words only, `words` what it does."""

    deed: Deed
    plain: bool
    words: str


def whole(text: str, names: Names) -> Whole | None:
    """The statement that `text` is, from its first word on, or None. Reads a few hundred tokens at most."""
    for family in (ANSI, MYSQL) if any(mark in text for mark in '"#\\') else (ANSI,):
        reading = read(text, 0, family, _MOST_TOKENS)
        found = _statement(reading)
        if found is None:
            continue
        deed, start = found
        telling = list(_telling(reading, names))
        if telling:
            return Whole(Deed.TELLS, plain=False, words="is a whole statement that " + ", ".join(telling[:_WORDS_TOLD]))
        if words := _grave(reading.tokens[start:]):
            return Whole(Deed.TELLS, plain=False, words=f"is a whole statement that {words}")
        return Whole(deed, _is_plain(reading.tokens[start:]), f"is a whole statement that {_DEEDS[deed]}")
    return None


_DEEDS = {
    Deed.READS: "reads data",
    Deed.WRITES: "writes data",
    Deed.DEFINES: "defines tables or rights",
    Deed.DESTROYS: "destroys data or plants code",
    Deed.TELLS: "reads or writes a file",
}


def _statement(reading: Reading) -> tuple[Deed, int] | None:
    """What the statement does that the text begins with, and where it begins; None where it is none."""
    tokens = reading.tokens
    start = 0
    while start < len(tokens) and tokens[start].text in _LEADING:
        start += 1
    if start + 1 >= len(tokens) or reading.ending is Ending.PROSE:
        return None
    deed = _deed(tokens[start].text, tokens[start + 1 :])
    return None if deed is None else (deed, start)


def _deed(first: str, rest: Sequence[Token]) -> Deed | None:  # a table of statements
    texts = {token.text for token in rest if token.kind is not Kind.STRING}
    second = rest[0]
    match first:
        case "select":
            second = next((token for token in rest if token.text != "("), second)
            computes = second.kind in (*CONSTANTS, Kind.VARIABLE) or (
                second.kind is Kind.CALL and second.text in FUNCTIONS
            )
            computes = computes or (second.text in _IDENTITIES and all(token.text == ";" for token in rest[1:]))
            return Deed.READS if computes or not texts.isdisjoint(_CLAUSES) else None
        case "with":
            return Deed.READS if "as" in texts and "(" in texts and "select" in texts else None
        case "values":
            rows = second.text == "(" and len(rest) > 1 and rest[1].kind in CONSTANTS
            return Deed.READS if rows else None
        case "insert" | "replace" | "merge":
            return (
                Deed.WRITES if "into" in texts and not texts.isdisjoint(("values", "select", "set", "using")) else None
            )
        case "update":
            return Deed.WRITES if "set" in texts and "=" in texts else None
        case "delete":
            ends = len(rest) == 2 or not texts.isdisjoint(("where", ";"))
            return Deed.DESTROYS if second.text == "from" and ends else None
        case "drop" | "truncate":
            return Deed.DESTROYS if second.text in _OBJECTS and len(rest) > 1 else None
        case "alter" | "create":
            named = len(rest) > 1 and rest[1].text not in (",", ".")
            return (
                (Deed.DESTROYS if second.text in _GRAVE else Deed.DEFINES)
                if second.text in _OBJECTS and named
                else None
            )
        case "copy":
            ways = not texts.isdisjoint(("to", "from"))
            return Deed.TELLS if ways and any(token.kind is Kind.STRING for token in rest) else None
        case "exec" | "execute" | "call":
            third = rest[1] if len(rest) > 1 else second
            runs = second.text == "(" and third.kind in (Kind.VARIABLE, Kind.STRING)
            return Deed.DESTROYS if runs or second.text == "immediate" or "_" in second.text else None
        case "grant" | "revoke":
            return Deed.DEFINES if "on" in texts and not texts.isdisjoint(("to", "from")) else None
        case "declare" | "set":
            return Deed.WRITES if second.kind is Kind.VARIABLE else None
        case "show":
            return Deed.READS if second.text in _SHOWN and len(rest) <= 4 else None
        case "handler":
            return Deed.READS if len(rest) > 1 and rest[1].text in ("open", "read", "close") else None
        case "backup" | "restore":
            filed = second.text in _BACKUPS and any(token.kind is Kind.STRING for token in rest)
            return Deed.TELLS if filed and not texts.isdisjoint(("disk", "disks", "url")) else None
        case "load" | "bulk" | "attach":
            return Deed.DESTROYS if second.text in ("data", "insert", "database") and len(rest) > 2 else None
        case _:
            return None


def _grave(tokens: Sequence[Token]) -> str:
    """What a statement does of what attacks do, by its form and not by a name in it."""
    texts = [token.text for token in tokens if token.kind is not Kind.STRING]
    match texts[0]:
        case "exec" | "execute" if any(text.rpartition(".")[2].startswith(("xp_", "sp_")) for text in texts[1:3]):
            return "runs a procedure of the database's own"
        case "bulk" | "attach":
            return "reads or writes a file"
        case "select" if "from" not in texts and not any(token.kind in (Kind.WORD, Kind.QUOTED) for token in tokens):
            own = not _IDENTITIES.isdisjoint(texts)
            spelled = any(token.text.startswith("0x") or token.text in ("chr", "char", "unhex") for token in tokens)
            return "tells about the database" if own or spelled else ""
        case _:
            return ""


_IDENTITIES = frozenset("user current_user session_user system_user host_name".split())


def _is_plain(tokens: Sequence[Token]) -> bool:
    """Whether the statement holds nothing that a sentence has not: names, words, numbers, commas. One that drops a
    thing, and says no more, is none."""
    texts = [token.text for token in tokens]
    if len(texts) <= _DROPS and texts[0] in ("drop", "truncate"):
        return False
    return _NO_SENTENCE.isdisjoint(texts) and all(
        token.kind in (Kind.WORD, Kind.KEYWORD, Kind.NUMBER) or token.text in _IN_SENTENCES for token in tokens
    )


_DROPS = 3
_IN_SENTENCES = frozenset({",", ".", ";", "-"})


def _telling(reading: Reading, names: Names) -> Iterator[str]:
    """What it does of what attacks do. Conditions and queries are its own matter."""
    seen: set[str] = set()
    for effect in effects(reading, names, Place.NOTHING, short=True):
        if effect.grade is Grade.CERTAIN and effect.act is Act.OTHER and effect.words not in seen:
            if effect.words in _OWN_MATTER:
                continue
            seen.add(effect.words)
            yield effect.words


_OWN_MATTER = frozenset({"adds a second statement", "counts columns by sorting or grouping", "changes the limit"})
