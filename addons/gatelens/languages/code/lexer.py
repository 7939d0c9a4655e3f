"""Read a text as tokens of the scripting and C-like languages, all at once: PHP, Java, ECMAScript, Python, Ruby.

Source: the lexical grammars of these languages, as far as they agree; where they do not, the reading that lets more
be a token is taken.
Limits: a quote that is never closed is an operator, and reading goes on behind it; so are all later ones of its kind,
as what would close them would have closed it: so no text is read more than four times. `#` begins a comment only
before a space, a letter of which is no name, or nothing: OGNL and SpEL write variables with it.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache

from msgspec import Struct

from gatelens.languages.code.keywords import KEYWORDS


class Kind(IntEnum):
    """What a token is."""

    NAME = 0
    NUMBER = 1
    STRING = 2
    OPERATOR = 3


class Gap(IntEnum):
    """What stands before a token, the strongest of it."""

    NONE = 0
    SPACE = 1
    LINE = 2
    COMMENT = 3


class Token(Struct, frozen=True, gc=False):
    """A token in [start, end) of the text. The `text` of a string is what it stands for. `hidden` says that it was put
    together or written otherwise than plainly; `quote` is that of a string."""

    kind: Kind
    text: str
    start: int
    end: int
    gap: Gap = Gap.NONE
    hidden: bool = False
    quote: str = ""


_TOKEN = r"""
      (?P<line>\n\s*+) | (?P<space>[^\S\n]++)
    | (?P<comment>/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z) | (?<!:)//[^\n]*+ | \#(?=[\s!#-]|\Z)[^\n]*+ )
    | (?P<name>(?:[$@#]{1,16}+(?=[A-Za-z_\\])|\\(?=[A-Za-z_]))?
      [A-Za-z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*+(?:\\[A-Za-z_]\w*+)*+)
    | (?P<number>\d[\d_]*+(?:\.\d++)?(?:[eE][+-]?\d++)?[A-Za-z]?)
    | (?P<string>STRINGS)
    | (?P<operator>\?->|->|=>|::|\?\.|\*\*|==|!=|<=|>=|&&|\|\||\+\+|--|<<|<>|<%|%>|<\?|\?>|\$\$++|.)
    """
_QUOTES = "'\"`"


@cache
def _pattern(quotes: str) -> re.Pattern[str]:
    """What reads a token, where strings stand between these quotes only."""
    strings = "|".join(rf"{quote}(?:[^{quote}\\]++|\\.)*+{quote}" for quote in quotes)
    return re.compile(_TOKEN.replace("STRINGS", strings or r"(?!)"), re.VERBOSE | re.DOTALL)


_KINDS = {"name": Kind.NAME, "number": Kind.NUMBER, "string": Kind.STRING, "operator": Kind.OPERATOR}
_GAPS = {"line": Gap.LINE, "space": Gap.SPACE, "comment": Gap.COMMENT}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u\{?([0-9a-fA-F]{4,6})\}?|([0-7]{1,3})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class Reading(Struct, frozen=True):
    """The tokens of a text, and whether it was read to its end."""

    tokens: list[Token]
    complete: bool


def read(text: str, start: int, end: int, most: int, *, prose: int = 0, lines: int = 0) -> Reading:
    """The tokens of `text` in [start, end), at most `most`. Where `prose` or `lines` is given, reading ends once a
    name stands beside a name so often, as in prose, or once there were so many ends of lines."""
    tokens: list[Token] = []
    quotes = _QUOTES
    gap = Gap.NONE
    ended = together = 0
    before = ""
    position: int | None = start
    while position is not None:
        begin, position = position, None
        for found in _pattern(quotes).finditer(text, begin, end):
            group = found.lastgroup or "operator"
            if group in _GAPS:
                gap = max(gap, _GAPS[group])
                continue
            if len(tokens) >= most:
                return Reading(tokens, complete=False)
            written = found[0]
            if group == "string":
                tokens.append(_string(written, found.start(), gap))
                before = ""
            else:
                tokens.append(Token(_KINDS[group], written, found.start(), found.end(), gap))
                if group == "name" and prose:
                    word = "" if written.lower() in KEYWORDS else written
                    together += bool(before and word and gap)
                    before = word
                else:
                    before = ""
            ended += gap is Gap.LINE
            gap = Gap.NONE
            if (prose and together >= prose) or (lines and ended >= lines):
                return Reading(tokens, complete=False)
            if group == "operator" and written in quotes:
                quotes = quotes.replace(written, "")  # it is closed nowhere
                position = found.end()
                break
    return Reading(tokens, complete=True)


def _string(written: str, start: int, gap: Gap) -> Token:
    body = written[1:-1]
    plain, hidden = body, False
    if "\\" in body:
        plain = _unescaped(body)
        hidden = plain != body and _spells_letters(body)
    return Token(Kind.STRING, plain, start, start + len(written), gap, hidden, written[0])


_SPELLED = re.compile(r"\\(?:x[0-9a-fA-F]|u\{?[0-9a-fA-F]|[0-7]{2})")


def _spells_letters(body: str) -> bool:
    return _SPELLED.search(body) is not None


def _unescaped(body: str) -> str:
    return _ESCAPE.sub(_character, body)


def _character(found: re.Match[str]) -> str:
    hexadecimal = found[1] or found[2]
    code = int(hexadecimal, 16) if hexadecimal else int(found[3], 8) if found[3] else None
    if code is None:
        return _PLAIN.get(found[4], found[4])
    return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"
