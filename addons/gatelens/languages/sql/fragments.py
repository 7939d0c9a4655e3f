"""Whole values that are a piece of SQL broken off: what is sent to see whether a database reads it.

Su and Wassermann's confinement fails in the other direction, too: a value that ends within something which it opened
takes what follows it in the statement along. Only a value that is nothing else counts, so that no sentence does.
Source: OWASP Web Security Testing Guide 4.2, section 4.7.5, "Detection Techniques"; Su and Wassermann (POPL 2006).
Limits: a piece of more than a few hundred characters, and a call of a function of the application's own, pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatelens.languages.sql.lexer import ANSI, CONSTANTS, Ending, Kind, Reading, Token, read
from gatelens.languages.sql.names import Names, named
from gatelens.languages.sql.words import (
    COMPARISONS,
    CONNECTORS,
    FUNCTION_PREFIXES,
    FUNCTIONS,
    SET_OPERATORS,
    TYPES,
    is_function,
)

MOST_CHARACTERS = 400
_MOST_TOKENS = 96
_MOST_NAMES = 2
_MOST_PARTS = 4

_ARITHMETIC = frozenset("+ - * / % ^ & | || . <<".split())
_COMPUTING = COMPARISONS | frozenset("+ * / % ^ & | ||".split())
_A_COMPUTATION = 3
_DANGLING = COMPARISONS | _ARITHMETIC | {"!"}
_BEGIN_A_CONDITION = frozenset({"or", "and", "xor", "||", "&&", "having", "where"})
_BEGIN_A_CLAUSE = SET_OPERATORS | frozenset(
    {"from", "having", "where", "group", "order", "into", "values", "procedure", ")"}
)
_CALLED_LIKE_FUNCTIONS = frozenset({"values", "in", "like", "cast", "analyse", "exists", "user", "convert", "case"})
BEGUN_CALL = (
    rf"\b(?:{'|'.join(sorted(FUNCTIONS | _CALLED_LIKE_FUNCTIONS))}|(?:{'|'.join(FUNCTION_PREFIXES)})\w+)"
    r"\s*\(\s*['\"]?\s*$"
)
"""An expression for a line that ends within a call of a database's function: a trigger needs all their names."""

_HIDING_COMMENT = re.compile(
    r"/\*!\d{5}\s|/\*!\s{0,4}(?:select|union|insert|update|delete|drop|and|or|from|where|having|exec)\b"
    r"|\A\s*+(?:select|union|insert|update|delete|drop|alter|exec|or|and)/\*[^*]{0,64}+\*/[\w('\"]"
    r"|\A[\w'\") ]{0,32}(?:\b(?:or|and|xor)|&&|\|\|)\s*+/\*\s{0,4}+\+[^*]{0,64}+\*/"
    r"|\A\s*+[a-z]{1,6}+/\*[^*]{0,64}+\*/[a-z]{1,6}+/\*[^*]{0,64}+\*/[a-z]",
    re.IGNORECASE,
)
"""A comment that MySQL runs, or one where SQL's words have a space."""

_TEXT_FUNCTIONS = frozenset(
    """ascii aes_encrypt bin cast char chr coalesce concat concat_ws conv convert elt export_set group_concat hex ifnull
    insert instr isnull lower lpad make_set mid nvl ord quote replace reverse rpad substr substring to_char unhex
    unicode upper""".split()
)
"""Functions that put a text together or take it apart."""

_SYSTEM_VARIABLES = (
    "@@version",
    "@@datadir",
    "@@hostname",
    "@@basedir",
    "@@servername",
    "@@servicename",
    "@@language",
    "@@spid",
    "@@global.",
    "@@tmpdir",
    "@@secure_file",
    "@@innodb",
    "@@identity",
    "@@rowcount",
)
_COMPARED = (["="], ["<"], [">"], ["<="], [">="], ["<>"], ["!="])
_ALIKE = frozenset({"=", "<=>", "like", "rlike", "regexp", "glob"})
_MOST_BEHIND = 24
_EXECUTES = frozenset({"exec", "execute", "call"})


def fragment(text: str, names: Names) -> str:
    """What piece of SQL all of `text` is, in words, or an empty text. For texts of MOST_CHARACTERS and less."""
    if "/*" in text and _HIDING_COMMENT.search(text):
        return "hides words in or between comments"
    reading = read(text, 0, ANSI, _MOST_TOKENS)
    tokens = reading.tokens
    if not tokens or reading.ending in (Ending.PROSE, Ending.LIMIT):
        return ""
    if any(token.kind is Kind.OTHER for token in tokens):
        return ""
    plain = sum(token.kind is Kind.WORD for token in tokens)
    if reading.ending is Ending.COMMENT:
        return _cut_off(reading, plain) or _only_a_call(tokens, names, plain)
    return (
        _broken_call(tokens, names, plain)
        or _only_a_call(tokens, names, plain)
        or _computation(tokens, names, plain)
        or _broken_condition(tokens, plain)
        or _broken_clause(tokens, names, plain)
        or _tautology(tokens)
        or _procedure(tokens, names)
    )


def broken_off(reading: Reading, names: Names) -> str:
    """What piece of SQL stands behind a quote that was closed, and ends there, or an empty text."""
    tokens = reading.tokens
    if not tokens or tokens[0].kind is Kind.OPERATOR or len(tokens) > _MOST_BEHIND or reading.ending is Ending.COMMENT:
        return ""
    plain = sum(token.kind is Kind.WORD for token in tokens)
    return (
        _broken_call(tokens, names, plain) or _broken_condition(tokens, plain) or _broken_clause(tokens, names, plain)
    )


def _broken_call(tokens: Sequence[Token], names: Names, plain: int) -> str:
    """`char(`, `name_const('`: a call of a function of a database that nothing closes."""
    last = len(tokens) - 1
    if tokens[last].kind is Kind.OPEN and not tokens[last].text:
        last -= 1
    elif tokens[last].text == "," and tokens[0].kind is Kind.CALL and tokens[0].text in _TEXT_FUNCTIONS:
        return "" if plain else "ends within a call of a function"
    if plain or last < 1 or tokens[last].text != "(" or (last == 1 and tokens[0].text == "if"):
        return ""  # `if (` begins a line of code
    kind, text = tokens[last - 1]
    called = kind is Kind.CALL and (is_function(text) or named(names.functions, text))
    if called or (kind is Kind.KEYWORD and text in _CALLED_LIKE_FUNCTIONS):
        return "ends within a call of a function"
    return ""


def _only_a_call(tokens: Sequence[Token], names: Names, plain: int) -> str:
    """`sleep(5)`: a call that no application asks for, of constants and other calls only."""
    kind, text = tokens[0]
    end = next((index for index, token in enumerate(tokens) if token.text == "::"), len(tokens))
    if kind is not Kind.CALL or _closes_at(tokens, 1) != end - 1:
        return ""
    if end == len(tokens) - 2 and is_function(text) and tokens[-1].text in TYPES:
        return "is a call whose result is cast"
    if plain or end < len(tokens):
        return ""
    if text.startswith(("json_", "jsonb_")) and len(tokens) > 3:
        return "is nothing but a call on JSON constants"
    if text not in names.alone:
        return ""
    return f"is nothing but a call: {names.functions.get(text, 'a function of the database')}"


def _computation(tokens: Sequence[Token], names: Names, plain: int) -> str:
    """`concat(0x41,0x42)`, `cast(version() as int)`, `chr(65)||chr(66)`, `@@version`: no application asks for it."""
    if len(tokens) == 1 and tokens[0].kind is Kind.VARIABLE:
        return "reads a system variable" if tokens[0].text.startswith(_SYSTEM_VARIABLES) else ""
    if plain or tokens[0].kind is not Kind.CALL or tokens[0].text not in _TEXT_FUNCTIONS:
        return ""
    calls = [token.text for token in tokens[1:] if token.kind is Kind.CALL]
    telling = any(named(names.functions, call) for call in calls)
    hidden = any(token.kind is Kind.NUMBER and token.text.startswith("0x") for token in tokens)
    reads = any(token.kind is Kind.VARIABLE and token.text.startswith("@@") for token in tokens)
    spelled = any(call in ("chr", "char", "unhex") for call in calls)
    return "computes with functions of the database" if telling or hidden or reads or spelled else ""


def _closes_at(tokens: Sequence[Token], start: int) -> int:
    """Where the parenthesis that opens at `start` closes, or -1."""
    depth = 0
    for index in range(start, len(tokens)):
        if tokens[index].kind is Kind.OPERATOR:
            depth += (tokens[index].text == "(") - (tokens[index].text == ")")
            if not depth:
                return index
    return -1


def _broken_condition(tokens: Sequence[Token], plain: int) -> str:
    """`and 5=(`, `xor 5-`, `having 1=`, `|| name = '`: a condition that lacks its end."""
    first = 2 if len(tokens) > 2 and tokens[1].text == "=" else 0  # the name of the field may stand before it
    tokens = tokens[first:]
    if tokens[0].text not in _BEGIN_A_CONDITION or plain > _MOST_NAMES:
        return ""
    texts = [token.text for token in tokens]
    if (
        texts[0] == "having"
        and not plain
        and ((len(tokens) > 1 and tokens[1].kind is Kind.CALL) or texts[2:3] in _COMPARED)
    ):
        return "adds HAVING"
    if len(tokens) == 2 and tokens[0].text in ("||", "&&") and tokens[1].kind in CONSTANTS:
        return "adds a constant"
    if len(tokens) >= 3 and _dangles(tokens) and not any(token.text in ("&", "%", ";") for token in tokens):
        return "begins a condition and ends there"
    return ""


def _dangles(tokens: Sequence[Token]) -> bool:
    """Whether an operator ends the text, or a parenthesis or string that it opens behind one."""
    last, before = tokens[-1], tokens[-2]
    opens = last.text == "(" and not (tokens[-2].kind is Kind.CALL and not is_function(tokens[-2].text))
    if opens or (last.kind is Kind.OPEN and not last.text):
        return before.text in COMPARISONS
    if last.kind is Kind.OPERATOR and last.text in COMPARISONS:
        return last.text != "?"
    return last.text in _DANGLING and before.kind in CONSTANTS


def _broken_clause(tokens: Sequence[Token], names: Names, plain: int) -> str:
    """`) like (`, `from "x" limit`, `union select concat`, `case when 1 then`: a clause that lacks its end."""
    if tokens[0].kind is Kind.NUMBER and len(tokens) > 1 and tokens[1].text == ")":
        tokens = tokens[1:]
    first, last = tokens[0], tokens[-1]
    if first.text == "match" and len(tokens) > 4 and "against" in (token.text for token in tokens):
        return "searches a text index"
    if first.text == "case" and len(tokens) >= 4 and "end" not in (token.text for token in tokens):
        texts = [token.text for token in tokens]
        return "begins a CASE and does not end it" if texts[1] == "when" and "then" in texts else ""
    if first.text not in _BEGIN_A_CLAUSE or len(tokens) < 2 or plain > _MOST_NAMES:
        return ""
    if first.text == "from" and any(
        named(names.tables, token.text.lower()) for token in tokens if token.kind in (Kind.WORD, Kind.QUOTED)
    ):
        return "reads a table of the database's own"
    if len(tokens) < 3 or (first.text == ")" and plain == len(tokens) - 1):
        return ""
    if first.text in SET_OPERATORS and not plain and "select" in (token.text for token in tokens):
        return "begins a query and ends there"
    told = any(token.kind in (*CONSTANTS, Kind.QUOTED) for token in tokens) or "(" in (t.text for t in tokens)
    opens = last.text == "(" and not (tokens[-2].kind is Kind.CALL and not is_function(tokens[-2].text))
    if opens or (last.kind is Kind.KEYWORD and told and not plain):
        return "begins a clause and ends there"
    told = told or "where" in (token.text for token in tokens)
    return "begins a clause and ends there" if told and _dangles(tokens) else ""


def _tautology(tokens: Sequence[Token]) -> str:
    """`7=7` or `7!=8`, and nothing else; `1.e(`, `1.e,`."""
    if len(tokens) > 1 and tokens[0].text.endswith(".e") and tokens[0].kind is Kind.NUMBER and tokens[1].text in "(,)":
        return "parts words by a number"
    if len(tokens) == 3 and tokens[1].text in _ALIKE and tokens[0] == tokens[2] and tokens[0].kind in CONSTANTS:
        return "is a condition that always holds"
    if len(tokens) == 3 and tokens[1].text in ("!=", "<>") and tokens[0].kind is tokens[2].kind is Kind.NUMBER:
        return "is a condition on constants"
    return ""


def _procedure(tokens: Sequence[Token], names: Names) -> str:
    """A name that no other text has, alone or behind EXEC or FROM."""
    own = tokens[1:] if tokens[0].text in _EXECUTES else tokens
    if len(own) != 1 or own[0].kind not in (Kind.WORD, Kind.STRING):
        return ""
    name = own[0].text.lower()
    telling = name in names.procedures or not names.procedures.isdisjoint(name.split(".", _MOST_PARTS))
    return "is a name of the database's own" if telling else ""


def _cut_off(reading: Reading, plain: int) -> str:
    """`(1 or sin('a')) --`: an expression of constants and calls, of which a comment cuts off what follows."""
    tokens = reading.tokens
    if not plain and reading.terse and len(tokens) > 1 and tokens[-1].text in ("or", "and", "xor", "||", "&&"):
        return "adds a connector and ends there" if tokens[-2].kind in CONSTANTS else ""
    if reading.terse and len(tokens) == 2 and tokens[0].kind is Kind.NUMBER and tokens[1].text == ";":
        return "cuts the rest off with a comment"
    if reading.terse and len(tokens) >= _A_COMPUTATION and _is_computed(tokens):
        return "computes with constants and cuts the rest off with a comment"
    if plain or not reading.terse or tokens[0].text != "(" or _closes_at(tokens, 0) != len(tokens) - 1:
        return ""
    if any(token.kind is Kind.CALL or token.text in CONNECTORS for token in tokens) or "binary" in (
        t.text for t in tokens
    ):
        return "is an expression, and cuts the rest off with a comment"
    return ""


def _is_computed(tokens: Sequence[Token]) -> bool:
    """Whether the tokens are constants and operators between them: `1 * 1 /*`, `('a' * 'b') --`, no date or version."""
    constants = sum(token.kind in (Kind.NUMBER, Kind.STRING) for token in tokens)
    operators = sum(token.text in _COMPUTING for token in tokens)
    grouped = sum(token.text in ("(", ")") for token in tokens)
    return constants > 1 and operators > 0 and constants + operators + grouped == len(tokens)
