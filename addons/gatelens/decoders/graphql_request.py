"""Recognise a GraphQL request, and read the string literals of its document.

Source: GraphQL over HTTP (6 Aug 2026 draft) section 5; GraphQL September 2025 sections 2.1 and 2.9.4 (strings,
block strings, comments). Carriers: POST JSON (also batched), application/graphql, GET and form.
Escapes of a fixed and of a variable width (`\\u0027`, `\\u{27}`) are undone: section 2.9.4.
Limits: the multipart request form and persisted operations are not read.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.decoders.json_body import Json
from gatelens.model.location import Location, Part, Span

_DOCUMENT_START = re.compile(r"(?:[\s,\ufeff]|#[^\n\r]*[\n\r])*(?:\{|(?:query|mutation|subscription|fragment)\b)")
# One pass over comments and strings: a quote in a comment, or a # in a string, opens nothing. What is not closed is
# read to its end, and no choice is taken back, so that work is linear in the document.
_LITERAL = re.compile(r'#[^\n\r]*+|"""((?:[^"\\]|\\(?:""")?|"(?!""))*+)(?:""")?|"((?:[^"\\\n\r]|\\[^\n\r])*+)"?')
_ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\u\{0*([0-9a-fA-F]{1,6})\}|\\(.)",
    re.DOTALL,
)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class GraphqlOperation(Struct, frozen=True, gc=False):
    """A GraphQL document as sent, and where it stood."""

    document: str
    location: Location


class LiteralSegment:
    """The string literals of a document: what a resolver sees of it, beside the variables.

    Comments are read too. No resolver sees them, but a search field that is named `query`, and takes for text what we
    take for a document, would.
    """

    __slots__ = ("_places", "part", "texts")

    def __init__(self, document: str) -> None:
        self.part = Part.GRAPHQL
        self.texts: list[str] = []
        self._places: list[str] = []
        line, line_start, seen = 1, 0, 0
        for found in _LITERAL.finditer(document):
            start = found.start()
            if (feeds := document.count("\n", seen, start)) > 0:
                line += feeds
                line_start = document.rfind("\n", seen, start) + 1
            seen = start
            self._places.append(f"{line}:{start - line_start + 1}")
            block, quoted = found.groups()
            if block is not None:
                self.texts.append(block.replace('\\"""', '"""'))
            else:
                self.texts.append(found.group()[1:] if quoted is None else _unescape(quoted))

    def locate(self, index: int) -> Location:
        return Location(Part.GRAPHQL, self._places[index])

    def span(self, index: int, start: int, end: int) -> Span | None:
        return None

    def transformations(self, index: int) -> tuple[str, ...]:
        return ("graphql-literal",)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(escape: re.Match[str]) -> str:
    """What an escape stands for. One that the grammar does not know stands for what follows its backslash."""
    high, low, fixed, braced, other = escape.groups()
    if other is not None:
        return _CONTROLS.get(other, other)
    if high is not None:
        return bytes.fromhex(high + low).decode("utf-16-be")
    code = int(fixed or braced, 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def is_document(text: str) -> bool:
    """Whether `text` begins as a GraphQL executable document does."""
    return _DOCUMENT_START.match(text) is not None


def in_json(value: Json, *, expected: bool) -> list[GraphqlOperation]:
    """The operations of a JSON body: an object with a `query`, or a list of such.

    `expected` says that the path or content type announced GraphQL; without it a `query` must begin like a
    document, since many APIs have a search field of that name.
    """
    found: list[GraphqlOperation] = []
    batch = isinstance(value, list)
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        document = entry.get("query") if isinstance(entry, dict) else None
        if isinstance(document, str) and (expected or is_document(document)):
            place = f"/{index}/query" if batch else "/query"
            found.append(GraphqlOperation(document, Location(Part.BODY, place)))
    return found
