"""Find the bytes of an XML text or attribute again: worked out only for what was hit.

Source: XML 1.0 (fifth edition) sections 2.4 (character data), 2.7 (CDATA), 2.11 (line ends), 3.1 (tags), 4.6 (the five
entities). The document is well-formed up to the place asked for; the parser has said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gatelens.decoders.character_places import CharacterPlaces
from gatelens.model.location import Span

ENTITY = "xml-entity"
CDATA = "cdata"
COMMENT = "xml-comment"
MIXED = "xml-mixed"

_TAG = re.compile(rb"<(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_NAME = re.compile(rb"<[^\s/>]*+")
_ATTRIBUTE = re.compile(rb"\s*+([^\s=/>]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_TARGET = re.compile(rb"<\?([^\s?]++)(\s*+)")
_REFERENCE = rb"&(?:\#[0-9]++|\#x[0-9a-fA-F]++|amp|lt|gt|quot|apos);"
# What is not closed goes on to the end: behind a fault, looking for an end that is not there would be quadratic.
_TOKEN = re.compile(
    rb"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|(<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))|(%b)|(\r\n)|[^<&\r]++|[&\r]" % _REFERENCE,
    re.DOTALL,
)
_LINE = re.compile(rb"(\r\n)|[^\r]++|\r")


def behind_tag(document: bytes, offset: int) -> int:
    """Where what follows the tag begins. The parser tells an empty element's end by the byte behind it, any other tag
    by its first: where a text follows, only a tag's first byte is a `<` that begins no CDATA, comment or instruction.
    """
    if document[offset : offset + 1] != b"<" or document[offset + 1 : offset + 2] in (b"!", b"?"):
        return offset
    tag = _TAG.match(document, offset)
    return tag.end() if tag else offset


def attributes(document: bytes, offset: int) -> list[tuple[Span, Span]]:
    """The spans of name and value of each attribute of the tag at `offset`, quotes left out."""
    name = _NAME.match(document, offset)
    position = name.end() if name else offset
    spans: list[tuple[Span, Span]] = []
    # One by one: a search would try again at each byte of what is no attribute.
    while found := _ATTRIBUTE.match(document, position):
        spans.append((found.span(1), found.span(found.lastindex or 0)))
        position = found.end()
    return spans


def characters(
    document: bytes, regions: Iterable[Span], most: int
) -> tuple[CharacterPlaces | None, tuple[str, ...], int]:
    """The characters of the text that `regions` spell; what was undone to read it; how many tokens it took.

    None for the characters where it takes more than `most`; what is undone behind them is then not told.
    """
    places = CharacterPlaces()
    steps: dict[str, None] = {}
    count = 0
    for start, end in regions:
        for token in _TOKEN.finditer(document, start, end):
            count += 1
            if count > most:
                return None, tuple(steps), count
            if token[1] is not None:
                steps[CDATA] = None
                count += document.count(b"\r\n", *token.span(1))
                if count > most:
                    return None, tuple(steps), count
                _lines(places, document, token.span(1))
            elif token[2] is not None:
                steps[COMMENT] = None
            elif token[3] is not None:
                steps[ENTITY] = None
                places.one(*token.span())
            elif token[4] is not None:
                places.one(*token.span())
            else:
                places.plain(token[0], token.start())
    return places, tuple(steps), count


def aside(document: bytes, offset: int, most: int) -> tuple[CharacterPlaces | None, Span, int]:
    """The characters of the comment or instruction that begins at `offset`, as `characters` does, and the bytes around
    them. An instruction is its target, a space and its text."""
    target = _TARGET.match(document, offset)
    places = CharacterPlaces()
    if target is None:
        first = start = offset + 4
        end = document.find(b"-->", start)
    else:
        first, start = target.start(1), target.end()
        end = document.find(b"?>", start)
        places.plain(target[1], first)
        if target[2]:
            places.one(*target.span(2))
    count = 1 + document.count(b"\r\n", start, end)
    if count > most:
        return None, (first, end), count
    _lines(places, document, (start, end))
    return places, (first, end), count


def _lines(places: CharacterPlaces, document: bytes, region: Span) -> None:
    for token in _LINE.finditer(document, *region):
        if token[1] is not None:
            places.one(*token.span())
        else:
            places.plain(token[0], token.start())
