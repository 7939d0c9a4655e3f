"""Decide whether a text is code that runs something, where it is put behind a quote or stands alone.

Source: CWE-94, CWE-95. A text is about what it calls: as a whole, or from the quote on by which it leaves a string.
Code within prose, and programs of many lines, are texts that people send.
Limits: a program of more lines than a payload has passes, as does code behind more prose than it has, unless it leaves
a string at the first quote of the text. Of a text that is code as a whole 1,024 tokens are read, behind a quote 192.
Padding with four pairs of words hides code that would run as a whole, in a field as in a document (such a text is no
program that parses), but not what leaves a string at the first quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gatelens.languages.code.chains import Chain, chains
from gatelens.languages.code.folding import fold
from gatelens.languages.code.keywords import KEYWORDS
from gatelens.languages.code.lexer import Gap, Kind, Reading, Token, read
from gatelens.languages.code.names import Names, Use, juxtaposed, uses
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_TOKENS = 1024
_TOKENS_OF_EXIT = 192
_LONGEST_WHOLE = 8192
"""Characters of a text that is code as a whole; a longer one is a program."""

_LINES = 4
_PROSE = 2
_PROSE_SURE = 4
_LONGEST_EXIT = 60
"""Tokens between the quote by which a text leaves a string and the call that it adds."""

_CALLING = frozenset("([.")
_EXIT = re.compile(r"(?:['\"`])\s*+(?=[;.+,)\]}|&?:~*=<>%^-])")
_QUOTES = {"'": "a single-quoted string", '"': "a double-quoted string", "`": "a string in backticks"}


class Place(Struct, frozen=True):
    """Where code begins in a text, and how it comes to be code."""

    start: int
    words: str
    is_exit: bool


class Found(Struct, frozen=True):
    """A use of a telling name, the chain it is in, and the place that makes it code."""

    place: Place
    chain: Chain
    use: Use
    tokens: Sequence[Token]


_WHOLE = Place(0, "is code", is_exit=False)


class Part(Struct, frozen=True):
    """A place in a text, and what its tokens are from there on. `prose` is how often a name
    stands beside a name in them."""

    place: Place
    tokens: Sequence[Token]
    chains: Sequence[Chain]
    prose: int


class Code(Struct, frozen=True):
    """The parts of a text that may be code, for any language; `cost` is how many tokens were read."""

    parts: Sequence[Part]
    cost: int


def code(text: str) -> Code:
    """Read `text` as a whole, and behind the first quote of each kind by which it leaves a string."""
    parts: list[Part] = []
    cost = 0
    for place in _places(text):
        reading = _read(text, place)
        cost += len(reading.tokens)
        if not place.is_exit and not reading.complete:
            continue
        tokens = fold(reading.tokens)
        prose = 0 if place.is_exit else juxtaposed(tokens, _PROSE_SURE)
        parts.append(Part(place, tokens, chains(tokens), prose))
    return Code(parts, cost)


def _read(text: str, place: Place) -> Reading:
    """The tokens of `text` from a place on: of prose and of programs of many lines no more than shows them as such."""
    end = min(len(text), place.start + _LONGEST_WHOLE)
    if not place.is_exit:
        return read(text, place.start, end, _TOKENS, prose=_PROSE_SURE, lines=_LINES)
    before = read(text, place.start, end, _LONGEST_EXIT, prose=1, lines=1)
    if before.complete or not any(token.text in _CALLING or token.quote == "`" for token in before.tokens):
        return before  # what follows the first word of prose or end of a line is no part of what is added
    return read(text, place.start, end, _TOKENS_OF_EXIT)


def injection(text: str, read_as: Code, names: Names) -> Confirmed | None:
    """The first way in which `text` is code that runs something, or None."""
    found = first_use(read_as, names)
    if found is None:
        return None
    hidden = ", under a hidden name" if found.use.hidden else ""
    start = found.tokens[found.chain.first].start
    return Confirmed(text[start : start + _EVIDENCE], f"{found.place.words}, {found.use.words}{hidden}")


def first_use(read_as: Code, names: Names) -> Found | None:
    """The first telling name that is used where a text is code."""
    for part in read_as.parts:
        for chain in part.chains:
            if not chain.links and not names.variables:
                continue
            for use in uses(chain, part.tokens, names):
                if _is_code(part, chain, use):
                    return Found(part.place, chain, use, part.tokens)
    return None


def _places(text: str) -> Iterator[Place]:
    if len(text) <= _LONGEST_WHOLE:
        yield _WHOLE
    for quote, words in _QUOTES.items():
        if quote == "`" and text.count(quote) % 2 == 0:
            continue  # a code span
        at = text.find(quote)
        found = _EXIT.match(text, at) if at >= 0 else None
        if found is not None:
            yield Place(found.end(), f"closes {words}", is_exit=True)


def _is_code(part: Part, chain: Chain, use: Use) -> bool:
    """Whether the text is about what the chain calls."""
    tokens = part.tokens
    if not _in_expression(chain, tokens):
        return False
    if part.place.is_exit:
        before = tokens[: chain.first]
        if any(token.gap is Gap.LINE for token in tokens[: chain.first + 1]):
            return False
        return len(before) <= _LONGEST_EXIT and not juxtaposed(before, 1)
    return part.prose < (_PROSE_SURE if use.sure or use.hidden else _PROSE)


def _in_expression(chain: Chain, tokens: Sequence[Token]) -> bool:
    """Whether no word of prose stands beside the chain: `call system() to`."""
    if chain.first:
        before = tokens[chain.first - 1]
        if before.kind is Kind.NAME and before.text.lower() not in KEYWORDS and tokens[chain.first].gap is Gap.SPACE:
            return False
    if chain.last < len(tokens):
        after = tokens[chain.last]
        if after.text == "{":
            return False  # a definition
        if after.kind is Kind.NAME and after.text.lower() not in KEYWORDS and after.gap is Gap.SPACE:
            return False
    return True
