"""The places where a text, put into a statement as a value, leaves its literal.

Source: Su and Wassermann (POPL 2006), section 3: a value is confined where it is one leaf of the parse tree.
In a string only the first quote that is not doubled matters: before it everything is content, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from gatelens.languages.sql.lexer import ANSI, MYSQL, SQLITE, Family


class Place(Enum):
    """Where a value is put. The value says it in words."""

    SINGLE = "closes a single-quoted string"
    DOUBLE = "closes a double-quoted string or name"
    BACKTICK = "closes a name in backticks"
    DOLLAR = "closes a dollar-quoted string"
    COMMENT = "closes a comment"
    PARENTHESIS = "closes a parenthesis that it did not open"
    NUMBER = "goes on behind a number"
    STRING = "goes on behind a string of its own"
    NAME = "goes on behind a name"
    NOTHING = "begins where a value was to stand"
    EXPRESSION = "is an expression where a value was to stand"
    CALL = "is a call where a value was to stand"


QUOTED = frozenset({Place.SINGLE, Place.DOUBLE, Place.BACKTICK, Place.DOLLAR, Place.COMMENT})


class Exit(Struct, frozen=True):
    """A text leaves its literal at `start` and is to be read from there on as SQL of `families`.

    `tight` says that no space stands before it, `short` that besides nothing or one word does (and the name of a
    field, `login: `), `first` that nothing.
    """

    place: Place
    start: int
    families: tuple[Family, ...]
    tight: bool
    short: bool
    first: bool = False


_QUOTES = {Place.SINGLE: "'", Place.DOUBLE: '"', Place.BACKTICK: "`"}
_MOST_RUNS = 64
"""Runs of quotes looked at in one text: behind so many that are all doubled the next counts as closing."""

_LEAD = re.compile(
    r"""
    (?:[\s\x00-\x20\xa0)\]]|%(?![\s(@$\\\d])|/\*(?!!)[^*]{0,64}+\*/|/\*!\d{0,6}+)*+
    (?:
        \Z|--|\#|/\*|[\x00\x16]|[;,=<>!|&+\-*/^~:@%]|\.\s{0,4}+[a-z_]\w{0,40}+\s{0,4}\(|[a-z_]\w{0,30}+\s{0,4}+\(\s*+\Z|
        (?:or|and|x?or|r?like|regexp|in|is|not|between|div|mod|union|except|intersect|minus|where|having|order|group|
        limit|offset|procedure|into|for|as|collate|sounds|against|escape|end|then|asc|desc|rows|returning|glob|ilike|
        waitfor|exec|execute|goto|while|select|insert|update|delete|drop|declare|begin|if|create|alter|call|case|shutdown|set
        )(?![\w])
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What may follow a literal in a statement: a quick look before anything is read."""

_NAME_LEAD = re.compile(
    r"(?:[\s\xa0)]|/\*(?!!)[^*]{0,64}+\*/|/\*!\d{0,6}+)*+(?:(?:or|and|xor|union|having|order|procedure|waitfor)\b|\|\||&&|;"
    r"|,[\s(]*+(?:select|case|if)\b|[-+*/%|^&]\s{0,4}+(?:\(\s{0,4}+select\b|\d{1,9}+\s++(?:or|and|xor|union)\b)|(?:asc|desc)\s*+,[\s(]*+(?:select|case|if)\b|'[^']{0,64}+'\s{0,4}+union\b)",
    re.IGNORECASE,
)
"""What may follow a name: less, since prose and code begin with one."""

_OWN = re.compile(
    r"""
    \s*+(?:
        (?P<NUMBER>[-+~]?+(?:0x[0-9a-f]++|(?:\d++\.?+\d*+|\.\d++)(?:e[-+]?+\d++)?+)%?+)(?=[\W_]|[a-z]{2})
        |(?P<STRING>(?:[bnxe]|_utf8|_latin1)?+'[^'\\]{0,64}+'(?!')|"[^"\\]{0,64}+"(?!"))
        |(?P<NOTHING>(?=[)|&;,*/%^=]|into\s{1,4}+(?:out|dump)file\b|from\s{0,4}+\(\s{0,4}+select\b|[-+~!]++\s*+[\w(]|(?:or|and|xor|union|having|order|waitfor|limit|procedure|where|rlike|as|not)\b|\|\||&&))
        |(?P<EXPRESSION>(?=\(|case\b))
        |(?P<CALL>(?=[a-z_][\w.$]{0,40}+\s{0,4}\())
        |(?P<NAME>[\w.@=?&\[\]%$~|\\-]{1,64}+)(?=\W)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""A literal, name or nothing at the beginning of a text that is put bare."""

_BLANK = " \t\r\n%)('\"`\\"
_DOLLAR = re.compile(r"\$\w{0,32}\$")
"""PostgreSQL, section 4.1.2.4."""

_STATEMENT = re.compile(
    r"\s*+(?:select|insert|update|delete|create|alter|with|explain|drop|truncate|show|describe)\b", re.IGNORECASE
)

_BARE_NAME = re.compile(r"\S{0,64}\s?")
"""What stands in backticks before they are closed: a name, and no sentence that quotes code."""

_XPATH = re.compile(
    r"\s*+(?:[./]{1,3}(?:[\w:*.@-]|\(\))++|\[(?:[\w\s:*.@/()<>!=,|+-]|'[a-zA-Z_](?:[\w-]{0,64}\w)?'"
    r"|\"[a-zA-Z_](?:[\w-]{0,64}\w)?\")++\])*+\s*+",
)
"""A path of XPath whose predicates are closed, and whose strings are words: SQL could not go on behind one of them."""

_LENGTHS = re.compile(r"""\s*+\d[\d./ -]*+(?:'\s*+=\s*+\d[\d./ -]*+"|"\s*+=\s*+\d[\d./ -]*+')\s*+""")
"""Feet and inches: the quote that is left does not close the string that the other would have left."""

_NESTING = re.compile(r"""'[^']*+'|"[^"]*+"|[()]""")
_PATHS = frozenset("/.")
_NESTING_LOOKED_AT = 4096


def exits(text: str) -> Iterator[Exit]:
    """Where `text` leaves its literal, for each place it could have been put. At most a dozen; linear in the text."""
    if (text.lstrip()[:1] in _PATHS and "[" in text and _XPATH.fullmatch(text)) or _LENGTHS.fullmatch(text):
        return
    for place in _QUOTES:
        yield from _out_of_quotes(text, place)
    whole = _STATEMENT.match(text) is not None
    dollar = _DOLLAR.search(text) if "$" in text and not whole else None
    if dollar is not None and _LEAD.match(text, dollar.end()):
        yield _exit(text, Place.DOLLAR, dollar.start(), dollar.end())
    closed = text.find("*/")
    if closed >= 0 and "/*" not in text[:closed] and _LEAD.match(text, closed + 2):
        yield _exit(text, Place.COMMENT, closed, closed + 2)
    if not whole:
        yield from _bare(text)
    elif (end := _after_unopened(text)) and _LEAD.match(text, end):
        yield Exit(Place.PARENTHESIS, end, _families(text, Place.PARENTHESIS, end), tight=True, short=False)


def _after_unopened(text: str) -> int:
    """The end of the first closing parenthesis that a whole statement did not open, or 0: `select 1) or (1=1`."""
    depth = 0
    for found in _NESTING.finditer(text, 0, _NESTING_LOOKED_AT):
        if found.group() == "(":
            depth += 1
        elif found.group() == ")":
            depth -= 1
            if depth < 0:
                return found.end()
    return 0


def _out_of_quotes(text: str, place: Place) -> Iterator[Exit]:
    """The first quote that closes in standard SQL, and the first that does where a backslash hides quotes (MySQL)."""
    quote = _QUOTES[place]
    end = 0
    closed = False
    for count in range(_MOST_RUNS + 1):
        start = text.find(quote, end)
        if start < 0:
            return
        end = start + 1
        while text.startswith(quote, end):
            end += 1
        escaped = _is_escaped(text, start)
        odd = (end - start) % 2 == 1 or count == _MOST_RUNS
        if place is Place.BACKTICK and not _BARE_NAME.fullmatch(text, 0, start):
            return
        if (odd != escaped or (odd and not closed)) and _LEAD.match(text, end):
            yield _exit(text, place, start, end)
        if odd != escaped:
            return
        closed = closed or odd


def _is_escaped(text: str, index: int) -> bool:
    before = index
    while before and text[before - 1] == "\\" and index - before < 8:
        before -= 1
    return (index - before) % 2 == 1


def _exit(text: str, place: Place, closed: int, start: int) -> Exit:
    """The exit at `start`, where what closes the literal stands at `closed`."""
    before = text[max(0, closed - 64) : closed]
    tight = not before.strip() or not before[-1].isspace()
    short = tight and closed <= 64 and sum(word[-1] not in ":=" for word in before.split()) <= 1
    return Exit(place, start, _families(text, place, start), tight, short, not before.strip(_BLANK))


def _bare(text: str) -> Iterator[Exit]:
    found = _OWN.match(text)
    if found is None or found.lastgroup is None:
        return
    place = Place[found.lastgroup]
    lead = _NAME_LEAD if place is Place.NAME else _LEAD
    if place in (Place.EXPRESSION, Place.CALL, Place.NOTHING) or lead.match(text, found.end()):
        yield Exit(place, found.end(), _families(text, place, 0), tight=True, short=True)


def _families(text: str, place: Place, start: int) -> tuple[Family, ...]:
    """The families of dialects that read `text` from `start` on each in its own way."""
    apart = any(text.find(mark, start) >= 0 for mark in ("#", "\\", "--"))
    if place is Place.DOUBLE:
        return (MYSQL, SQLITE) if apart else (MYSQL,)
    return (ANSI, MYSQL) if apart or text.find('"', start) >= 0 else (ANSI,)
