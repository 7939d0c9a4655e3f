"""Recognise a GraphQL request, and read the string literals of its document.

Source: GraphQL over HTTP (6 Aug 2026 draft) section 5; GraphQL September 2025 sections 2.1 and 2.9.4 (strings,
block strings, comments). Carriers: POST JSON (also batched, and as `operations` of the GraphQL multipart request
specification), application/graphql, GET, form, and WebSocket messages (graphql-transport-ws).
Escapes of a fixed and of a variable width (`\\u0027`, `\\u{27}`) are undone: section 2.9.4.
Limits: persisted operations are not read.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.decoders.json_document import Json
from gatelens.model.location import Location, Part, Span

_IGNORED = r"(?:[\s,\ufeff]|#[^\n\r]*+[\n\r])*+"
_DOCUMENT_START = re.compile(
    rf"{_IGNORED}(?:(?:query|mutation|subscription|fragment)\b"
    rf"|\{{{_IGNORED}(?:\.\.\.|[_A-Za-z][_0-9A-Za-z]*+(?:[\s,\ufeff#{{(@}}.]|:{_IGNORED}[_A-Za-z]|\Z)))"
)
"""A keyword, or a selection set whose first selection begins as one: queries of other languages begin with a brace too
(`{app="shop"}`, `{"match_all": {}}`, `{{name}}`)."""

# One pass over comments and strings: a quote in a comment, or a # in a string, opens nothing. What is not closed is
# read to its end, and no choice is taken back, so that work is linear in the document.
_LITERAL = re.compile(r'#[^\n\r]*+|"""((?:[^"\\]|\\(?:""")?|"(?!""))*+)(?:""")?|"((?:[^"\\\n\r]|\\[^\n\r])*+)"?')
_ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\u\{0*([0-9a-fA-F]{1,6})\}|\\(.)",
    re.DOTALL,
)
_MOST_LITERALS = 5_000
"""Literals and comments read one by one; what follows them in a document is one text. Operations have a few."""

_MOST_OPERATIONS = 200
"""Operations of a batch that are read as such; those beyond it are values like others."""

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
            if len(self.texts) == _MOST_LITERALS:
                self._places.append("")
                self.texts.append(document[start:])
                break
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


def is_code(text: str) -> bool:
    """Whether `text` is a document and no text that begins like one: what an upstream would not take for a value."""
    return "{" in text and is_document(text)


def may_hold_operation(value: Json) -> bool:
    """Whether `in_json` has to look."""
    if isinstance(value, list):
        return any(isinstance(entry, dict) and "query" in entry for entry in value)
    return isinstance(value, dict) and ("query" in value or "payload" in value)


def in_json(value: Json, *, expected: bool) -> list[tuple[str, str]]:
    """The (pointer, document) of each operation of a JSON text: an object with a `query`, a list of such, or a
    message of the graphql-transport-ws protocol, whose `payload` is such an object.

    `expected` says that the path or content type announced GraphQL; without it a `query` must begin like a
    document, since many APIs have a search field of that name.
    """
    entries: list[tuple[str, Json]]
    if isinstance(value, list):
        entries = [(f"/{index}", entry) for index, entry in enumerate(value)]
    elif isinstance(value, dict) and "query" not in value:
        entries = [("/payload", value.get("payload"))]
    else:
        entries = [("", value)]
    found: list[tuple[str, str]] = []
    for place, entry in entries:
        document = entry.get("query") if isinstance(entry, dict) else None
        if isinstance(document, str) and (expected or is_document(document)) and len(found) < _MOST_OPERATIONS:
            found.append((place + "/query", document))
    return found
