"""Read text as SQL tokens, in the spelling of a family of dialects, in time linear in the text.

Source: ISO/IEC 9075-2 section 5 (lexical elements); the MySQL, PostgreSQL, T-SQL, Oracle and SQLite manuals.
It reads less strictly than any of them: it has no errors, only tokens that SQL would not have, which are counted.
Every repetition in the expressions is possessive or of one character class, so that none backtracks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, IntEnum, auto
from typing import NamedTuple

from msgspec import Struct

from gatelens.languages.sql.words import CALLABLE, KEYWORDS, STRING_PREFIXES


class Family(Struct, frozen=True):
    """How a family of dialects spells comments and strings."""

    hash_comment: bool
    dash_needs_space: bool
    backslash: bool
    double_is_string: bool


MYSQL = Family(hash_comment=True, dash_needs_space=True, backslash=True, double_is_string=True)
ANSI = Family(hash_comment=False, dash_needs_space=False, backslash=False, double_is_string=False)
SQLITE = Family(hash_comment=False, dash_needs_space=False, backslash=False, double_is_string=True)


class Kind(IntEnum):
    """What a token is. CALL is a name before a parenthesis, OPEN a string that nothing closes."""

    NUMBER = auto()
    STRING = auto()
    OPEN = auto()
    WORD = auto()
    KEYWORD = auto()
    CALL = auto()
    VARIABLE = auto()
    QUOTED = auto()
    OPERATOR = auto()
    OTHER = auto()


class Token(NamedTuple):
    """A token; `text` is in lower case but for the content of strings and quoted names, which comes without quotes."""

    kind: Kind
    text: str


class Ending(Enum):
    """How a text ends: cut by a comment, inside a string, at its end, where it stops being SQL, or at the limit."""

    COMMENT = auto()
    OPEN = auto()
    END = auto()
    PROSE = auto()
    LIMIT = auto()


class Reading(Struct, frozen=True):
    """Tokens of a text up to where it ends.

    `terse` says that a comment at the end holds no text of its own, `depth` is the deepest nesting seen, `size` counts
    the characters gone through.
    """

    tokens: Sequence[Token]
    ending: Ending
    terse: bool
    depth: int
    size: int


NOTHING_READ = Reading((), Ending.LIMIT, terse=False, depth=0, size=0)
"""A reading for which nothing was left to spend."""

CONSTANTS = frozenset({Kind.NUMBER, Kind.STRING, Kind.OPEN})

_WORDS_IN_A_ROW = 3
_OTHERS_ALLOWED = 4
_ODD_ALLOWED = 1
_CLASHES_ALLOWED = 2
_STEPS_A_TOKEN = 4
_ENDS_OF_LIST = frozenset({"from", "where", "union"})
_BEFORE_ALIASES = frozenset("from join into with update create table declare exec execute using merge".split())
"""Where one of these stood, a name may stand behind a parenthesis."""

_TAKES_BARE_ARGUMENTS = frozenset({"exec", "execute", "call", "kill"})


def read(text: str, start: int, family: Family, most: int) -> Reading:  # noqa: PLR0915  # calls would double its time
    """Read `text` from `start` on, at most `most` tokens, and stop where it can be no SQL in any dialect.

    No SQL: three plain words in a row; several times a number or a string beside a number or a word, an operator behind
    one that wants an operand, as in markup (`/></a>`) and code (`===`, `=>`), or a name where a statement or an
    operator was to stand (`; i = f(x) y = f(z)`).
    """
    tokens: list[Token] = []
    ending, terse = Ending.END, False
    words = others = odd = clashes = depth = deepest = size = 0
    in_list = aliases = False
    before = _NONE
    length = len(text.rstrip())
    steps = _STEPS_A_TOKEN * most
    for found in _EXPRESSIONS[family].finditer(text, start):
        steps -= 1
        size = found.end() - start
        name = found.lastgroup
        if name == "space":
            if steps > 0:
                continue
            ending = Ending.LIMIT
            break
        if name == "comment":
            if found.end() >= length:
                ending, terse = Ending.COMMENT, _is_terse(found.group())
                break
            continue
        if name == "rows":
            depth += found.group().count("(") - found.group().count(")")
            tokens.append(_A_NUMBER)
            token = _A_COMMA
        else:
            token = _token(name, found.group(), family)
        kind, lower = token
        if kind is Kind.WORD:
            words += 1
            odd += not in_list and before.kind in _VALUES
            clashes += before.text == ";" or (before.text == ")" and not (in_list or aliases))
        else:
            words = 0
            if kind is Kind.OPERATOR:
                if lower == "(":
                    depth += 1
                    deepest = max(deepest, depth)
                    if before.kind is Kind.WORD or before.text in CALLABLE:
                        tokens[-1] = Token(Kind.CALL, before.text)
                elif lower == ")":
                    depth -= 1
                elif lower in _BINARY and before.kind is Kind.OPERATOR and before.text in _WANTS_AN_OPERAND:
                    clashes += 1
            elif kind is Kind.KEYWORD:
                in_list = lower == "select" or (in_list and lower not in _ENDS_OF_LIST)
                aliases = aliases or lower in _BEFORE_ALIASES
            elif kind in CONSTANTS:
                if kind is Kind.OPEN:
                    if not lower and before.kind is Kind.NUMBER:
                        break  # the quote of the statement, left behind a number: `1=1'`
                    ending = Ending.OPEN
                if before.text in STRING_PREFIXES and (kind is Kind.STRING or (kind is Kind.OPEN and lower)):
                    tokens.pop()
                elif not in_list and _is_odd(tokens, kind):
                    odd += 1
            elif kind is Kind.OTHER:
                others += 1
        tokens.append(token)
        before = token
        if words == _WORDS_IN_A_ROW or odd > _ODD_ALLOWED or others > _OTHERS_ALLOWED or clashes > _CLASHES_ALLOWED:
            ending = Ending.PROSE
            break
        if len(tokens) >= most:
            ending = Ending.LIMIT
            break
    return Reading(tokens, ending, terse, deepest, size)


_NONE = Token(Kind.OPERATOR, "")
_A_NUMBER, _A_COMMA = Token(Kind.NUMBER, "0"), Token(Kind.OPERATOR, ",")
_VALUES = frozenset({Kind.NUMBER, Kind.STRING})
_BINARY = frozenset("/ % > < = | & ^ , >= <= <> != || && <=> :: -> ->>".split())
_WANTS_AN_OPERAND = _BINARY | {"(", "+", "-", "!"}


def _is_odd(tokens: Sequence[Token], kind: Kind) -> bool:
    """Whether no dialect puts a number or a string right behind the last token."""
    if not tokens:
        return False
    before = tokens[-1].kind
    if before is Kind.WORD:
        return len(tokens) < 2 or tokens[-2].text not in _TAKES_BARE_ARGUMENTS
    return before is Kind.NUMBER or (before is Kind.STRING and kind is Kind.NUMBER)


def _token(name: str | None, text: str, family: Family) -> Token:
    if name == "word":
        lower = text.lower()
        return Token(Kind.KEYWORD if lower in KEYWORDS else Kind.WORD, lower)
    if name == "operator":
        return Token(Kind.OPERATOR, text)
    if name in ("number", "variable"):
        return Token(Kind.NUMBER if name == "number" else Kind.VARIABLE, text.lower())
    if name == "open":
        return Token(Kind.OPEN, text[1:])
    if name == "string" or (name == "double" and family.double_is_string):
        return Token(Kind.STRING, text[1:-1])
    if name in ("double", "quoted"):
        return Token(Kind.QUOTED, text[1:-1])
    return Token(Kind.OTHER, text)


_TERSE = re.compile(r"(?:(?:--|/\*)\s*+[+&]?+[a-zA-Z]{0,4}+|\#|[\x00\x16])[\W_]*+\Z")
_TERSE_LENGTH = 40


def _is_terse(comment: str) -> bool:
    """Nothing, or behind `-- ` a few letters: a comment that cuts, and none that tells something."""
    if _COMMENTED_SQL.search(comment, 0, _TERSE_LENGTH):
        return True
    if _CODE_IN_COMMENT.search(comment, 0, _TERSE_LENGTH):
        return False
    return len(comment) <= _TERSE_LENGTH and _TERSE.match(comment) is not None and not _DASHED_WORD.match(comment)


_COMMENTED_SQL = re.compile(r"\bunion\s(?:all\s)?select\b", re.IGNORECASE)
"""What a dialect that knows the mark does not read, and another does: the comment tells nothing to a person."""

_CODE_IN_COMMENT = re.compile(r"""['"`]\s{0,4}+[)\]},]""")
"""A string of code that holds the mark, and its end: `lookup("#/")`."""

_DASHED_WORD = re.compile(r"--\w")
"""`--verbose` is an option."""


def _expression(family: Family) -> re.Pattern[str]:
    """The tokens of `family`. A comment with `!` is code in MySQL, so only its marks are passed over.

    `rows` are many numbers in lists: a table of data, which costs no more to read than two tokens.
    """
    dash = r"--(?=[\s\x00-\x20]|\Z)[^\n]*+" if family.dash_needs_space else r"--[^\n]*+"
    marks = [dash, r"/\*(?!!)[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)", r"[\x00\x16]\s*\Z"]
    if family.hash_comment:
        marks.append(r"\#[^\n]*+")
    return re.compile(
        rf"""
        (?P<space>(?:[\s\x01-\x15\x17-\x20\x7f\xa0]++|/\*!\d{{0,6}}+|\*/)++|[\x00\x16](?!\s*+\Z))
        |(?P<word>[^\W\d][\w$]*+(?:\.++[\w$]++)*+)
        |(?P<comment>{"|".join(marks)})
        |(?P<string>{_quoted("'", family)}')
        |(?P<double>{_quoted('"', family)}")
        |(?P<quoted>`[^`]*+`|\[[^\]\[\s'",]{{1,64}}+\])
        |(?P<open>['"`].*+)
        |(?P<rows>(?:\s{{0,64}}+\({{0,3}}+\s{{0,8}}+[-+]?+\d[\d.]{{0,20}}+\s{{0,8}}+\){{0,3}}+\s{{0,8}}+,){{16,}}+)
        |(?P<number>0x[0-9a-f]++|(?:\d++\.?+\d*+|\.\d++)(?:e[+-]?+\d++|e(?=[\s(/u*=<>]))?+)
        |(?P<operator><=>|->>|<>|!=|>=|<=|:=|::|\|\||&&|->|@>|<@|@\?|@@(?!\w)|!?+~~?+\*?+|\#>>?+|\#-|\?[|&]?+
            |[=<>!+\-*/%^&|~,.;()])
        |(?P<variable>@@?+[\w$.]*+)
        |(?P<other>.)
        """,
        re.VERBOSE | re.DOTALL | re.IGNORECASE,
    )


def _quoted(quote: str, family: Family) -> str:
    """A string without its closing quote; a doubled quote stands for itself, and in MySQL so does `\\'`."""
    if family.backslash:
        return rf"{quote}[^{quote}\\]*+(?:(?:{quote}{quote}|\\.)[^{quote}\\]*+)*+"
    return rf"{quote}[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+"


_EXPRESSIONS = {family: _expression(family) for family in (MYSQL, ANSI, SQLITE)}
