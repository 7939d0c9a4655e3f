"""Find texts that leave a string, or stand bare, in JavaScript that a database runs (`$where`), and go on as code.

Source: CWE-943, CWE-95; ECMA-262 sections 12 (lexical grammar) and 13 (expressions).
Behind the place it left, a text must read as JavaScript: operands and operators in turn, to where it shows what it is
for. Prose does not: two words side by side end it.
Limits: a whole program that leaves nothing is code by design, but for a command of the database's own shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

from gatelens.model.confirmed import Confirmed


class Kind(Enum):
    """What a token is to the turn of operands and operators."""

    CONSTANT = auto()
    NAME = auto()
    KEYWORD = auto()
    OPERATOR = auto()
    OPENING = auto()
    CLOSING = auto()
    END = auto()
    STRANGE = auto()


class Token(Struct, frozen=True, gc=False):
    """A token of JavaScript."""

    kind: Kind
    text: str


_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<end>//|/\*|<!--|\x00|\#)
    |(?P<constant>"(?:[^"\\\n]|\\.)*+(?:"|\Z)|'(?:[^'\\\n]|\\.)*+(?:'|\Z)|`(?:[^`\\]|\\.)*+(?:`|\Z)|[0-9][\w.]*+)
    |(?P<name>[A-Za-z_$][\w$]*+)
    |(?P<opening>[(\[{])
    |(?P<closing>[)\]}])
    |(?P<operator>[=!]==?|[<>]=?|&&?|\|\|?|=>|\?\.|\?\??|[;,:.]|\+\+?|--?|[*/%^~!=])
    )""",
    re.VERBOSE,
)
_REGEX = re.compile(r"\s*+/(?:[^/\\\n*]|\\.)(?:[^/\\\n]|\\.)*+/[a-z]*+")
_KEYWORDS = frozenset(
    "return var let const new typeof throw if else while do for in of function this true false null undefined void "
    "delete break continue try catch finally switch case async await instanceof".split()
)
_OPERANDS = frozenset("this true false null undefined break continue".split())
_EQUAL = frozenset("== === != !== < > <= >=".split())

_EXITS = (
    ("closes a string in single quotes", re.compile(r"[^']*+'[\s)}\]]*+")),
    ("closes a string in double quotes", re.compile(r'[^"]*+"[\s)}\]]*+')),
)
_BARE = re.compile(r"\s*+[\w.\-]{0,64}+[\s)}\]]*+(?=;|\|\||&&)")
_CODE_BEFORE = re.compile(r"[\n(){};=<>]")
_CONNECTOR = re.compile(r"\|\||&&|;|\+|(?<=\})")
_COMMAND = re.compile(
    r"\s*+db\.(?:[\w$]++|getCollection\([^()]*+\))\.(?:find(?:One(?:AndDelete|AndUpdate|AndReplace)?+)?+"
    r"|insert(?:One|Many)?+|update(?:One|Many)?+|replaceOne|remove|delete(?:One|Many)|drop(?:Index(?:es)?+)?+|aggregate"
    r"|mapReduce|count|distinct|save|bulkWrite|renameCollection)\s*+\(|"
    r"\s*+db\.(?:dropDatabase|shutdownServer|adminCommand|runCommand|createUser|dropUser|eval|getUsers"
    r"|getCollectionNames)\s*+\("
)
_ENDS = re.compile(r"\)\s*+;?+\s*+(?://[^\n)]*+)?+\Z")
_RUNS = re.compile(r"\s*+\{\s*+['\"]?\$(?:where|function|accumulator)['\"]?\s*+:")
_EVIDENCE = 200
_MOST_TOKENS = 256
_FEWEST = 3
"""Tokens of code; a word behind a quote is none."""


def injection(text: str) -> Confirmed | None:
    """The first way in which `text` becomes code. Of the code behind a literal 256 tokens are read."""
    read = text.rstrip()
    for words, place in _EXITS:
        left = place.match(read)
        if left and _CONNECTOR.match(read, left.end()):
            code = _Code(read, left.end())
            if code.purpose and not _is_piece(read, left.end(), code):
                return Confirmed(text[:_EVIDENCE], f"{words} of JavaScript, {code.purpose}")
    left = _BARE.match(read)
    if left and "\n" not in read and (code := _Code(read, left.end())).purpose:
        return Confirmed(text[:_EVIDENCE], f"ends a value of JavaScript, {code.purpose}")
    command = _COMMAND.match(read)
    if command and (_ENDS.search(read) or _RUNS.match(read, command.end()) or (";" in read and _Code(read, 0).purpose)):
        return Confirmed(text[:_EVIDENCE], "a command of the database's shell, and nothing else")
    if _CONDITION.fullmatch(read):
        return Confirmed(text[:_EVIDENCE], "a condition of JavaScript on the document that is looked at")
    return None


def _is_piece(text: str, place: int, code: _Code) -> bool:
    """Whether `text` is a piece out of a program rather than `code` behind the string that ends at `place`: of several
    lines, with code before the string; and whoever leaves a string takes care of the quote that was to follow."""
    has_code_before = _CODE_BEFORE.search(text, 0, place - 1) is not None
    if "\n" in text:
        return has_code_before or not code.is_closed
    return has_code_before and not code.is_closed


_CONDITION = re.compile(
    r"\s*+this(?:\.[\w$]++){1,4}?\.(?:match|startsWith|endsWith|indexOf|charAt|charCodeAt|substr|substring|search)\s*+"
    r"\(\s*+(?:/(?:[^/\\\n]|\\.)++/\w*+|'[^'\n]*+'|\"[^\"\n]*+\"|\d++)(?:\s*+,\s*+\d++)?+\s*+\)"
    r"\s*+(?:[=!<>]=?=?\s*+['\"\w]++\s*+)?+;?\s*+(?:(?://|\x00).*+)?+"
)


def _tokens(text: str, place: int) -> Iterator[Token]:
    """The tokens from `place` on; a string that is open at the end is closed by the quote of the place left."""
    operand = False
    for _ in range(_MOST_TOKENS):
        regex = None if operand else _REGEX.match(text, place)
        found = regex or _TOKEN.match(text, place)
        if found is None:
            if text[place:].strip():
                yield Token(Kind.STRANGE, "")
            return
        place = found.end()
        if regex:
            token = Token(Kind.CONSTANT, "/")
        else:
            kind = Kind[(found.lastgroup or "").upper()]
            word = found[found.lastgroup or 0]
            if kind is Kind.NAME and word in _KEYWORDS:
                kind = Kind.KEYWORD
            token = Token(kind, word)
        yield token
        if token.kind is Kind.END:
            return
        operand = token.kind in (Kind.CONSTANT, Kind.NAME, Kind.CLOSING) or token.text in _OPERANDS


class _Code:
    """What follows a place that was left, as far as it reads as code.

    `purpose` says what it is for; empty where it is no code, or for nothing that tells. `is_closed` says that it takes
    care of the quote that was to follow: it cuts the rest off, or leaves a string open at the end.
    """

    __slots__ = ("is_closed", "purpose")

    def __init__(self, text: str, place: int) -> None:
        before: list[Token] = []
        self.purpose = ""
        self.is_closed = False
        for token in _tokens(text, place):
            last = before[-1] if before else None
            if token.kind is Kind.STRANGE or (last and _clash(last, token)):
                self.purpose = ""
                return
            if not self.purpose and last:
                self.purpose = _told(before, token)
            before.append(token)
        if len(before) == _MOST_TOKENS:
            self.purpose = self.purpose or "too long to be read in full"
        elif len(before) < _FEWEST or before[-1].text == ".":
            self.purpose = ""
        elif before[-1].kind is Kind.END:
            self.is_closed = "\n" not in text[text.rfind(before[-1].text) :]
        elif before[-1].kind is Kind.CONSTANT:
            string = before[-1].text
            self.is_closed = len(string) == 1 or (string[0] in "'\"" and string[-1] != string[0])


def _clash(last: Token, token: Token) -> bool:
    """Whether two tokens cannot stand side by side."""
    return (_is_operand(token) and _is_operand(last)) or (
        last.text == "." and token.kind in (Kind.CONSTANT, Kind.OPERATOR)
    )


def _is_operand(token: Token) -> bool:
    return token.kind in (Kind.CONSTANT, Kind.NAME) or token.text in _OPERANDS


def _told(before: list[Token], token: Token) -> str:
    """What the code shows itself to be for by `token`, behind the others."""
    last = before[-1]
    if token.text == "(" and last.text == "sleep":
        return "makes the database wait"
    if token.text in ("(", "{") and last.text in ("while", "do", "for"):
        return "makes the database wait"
    if last.text == "return" and (token.kind is Kind.CONSTANT or token.text in ("true", "false", "this", "!", "(")):
        return "returns a result of its own"
    if last.text == "this" and token.text in (".", "[", ")"):
        return "asks for a property of the document"
    if last.text == "throw" and token.text == "new":
        return "raises a telling error"
    if (
        len(before) >= 2
        and (last.kind is Kind.CONSTANT or last.text == "true")
        and before[-2].text == "||"
        and (token.text == "||" or token.kind is Kind.END)
    ):
        return "adds a condition on constants"
    if last.text == "new" and token.text == "Date":
        return "reads the clock"
    if last.text in ("db", "process", "Function", "require", "constructor", "eval") and token.text in (".", "("):
        return "calls the database or the runtime"
    if (
        len(before) >= 2
        and last.text in _EQUAL
        and token.kind is Kind.CONSTANT
        and before[-2].kind is Kind.CONSTANT
        and (len(before) < 3 or before[-3].text in ("||", "&&", ";", "(", "!", "return", ","))
    ):
        return "adds a condition on constants"
    return ""
