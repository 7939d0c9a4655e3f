"""Read a document type declaration for what it declares; nothing of it is put to use.

Source: XML 1.0 (fifth edition) sections 2.8 and 4.2, OWASP XXE prevention; CWE-611 (external entities), CWE-776.
Limits: what follows a reference to a parameter entity is read only as part of the whole declaration.
"""

from __future__ import annotations

import re
from pyexpat import ExpatError, ParserCreate

from msgspec import Struct

from gatelens.decoders.character_places import width
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import Location, Part, Span

# What may stand before the declaration. Each alternative begins otherwise, and none is tried again.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_DOCTYPE = b"<!DOCTYPE"
_PUBLISHED = re.compile(r"https?://www\.(?:w3\.org|apple\.com)/[\w./\-]{1,200}\.dtd")
_PUBLISHERS = ("-//W3C//DTD ", "-//Apple//DTD ", "-//Apple Computer//DTD ")
"""Where document types are published that common files name: SVG, XHTML, property lists."""


class Doctype(Struct, frozen=True):
    """A declaration: its bytes, its texts (first the whole, then identifiers, entities' and attributes' values as they
    are meant), what it is reported for, and whether the number of its declarations was within the limit."""

    span: Span
    texts: tuple[str, ...]
    anomalies: tuple[Anomaly, ...]
    within_limit: bool


class DoctypeSegment:
    """The texts of a declaration. They have no XPath. A span is exact in the first, else the declaration's."""

    __slots__ = ("_doctype", "_exact", "part", "texts")

    def __init__(self, doctype: Doctype, *, exact: bool) -> None:
        self.part = Part.BODY
        self.texts = doctype.texts
        self._doctype = doctype
        self._exact = exact

    def locate(self, index: int) -> Location:
        return Location(Part.BODY, "", False, self._doctype.span if self._exact else None)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if index or not self._exact:
            return self._doctype.span if self._exact else None
        text = self.texts[0]
        begin = self._doctype.span[0] + width(text[:start])
        return begin, begin + width(text[start:end])

    def transformations(self, index: int) -> tuple[str, ...]:
        return ("xml-doctype",) if index else ()


class _Stop(Exception):
    """The declaration was read, or too much of it."""


def doctype_start(document: bytes) -> int | None:
    """The first byte of the document type declaration, where there is one."""
    prolog = _PROLOG.match(document)
    start = prolog.end() if prolog else 0
    return start if document.startswith(_DOCTYPE, start) else None


def read(document: bytes, start: int, most: int) -> Doctype | None:
    """The declaration at byte `start` of `document` (UTF-8), up to `most` declarations; None where it is not
    well-formed, which reading on will say."""
    parser = ParserCreate("utf-8")
    texts: list[str] = []
    seen: dict[str, None] = {"a document type declaration": None}
    left = most
    end = 0

    def take(*values: str | None) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Stop
        texts.extend(value for value in values if value)

    def on_start(name: str, system: str | None, public: str | None, internal: bool) -> None:
        if not internal and public and public.startswith(_PUBLISHERS) and _PUBLISHED.fullmatch(system or ""):
            seen.clear()  # it brings nothing of its own
        elif system is not None:
            seen["an external subset"] = None
        take(system, public)

    def on_entity(
        name: str,
        parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        seen["a parameter entity" if parameter else "entities are declared"] = None
        if system is not None:
            seen["an external entity"] = None
        take(value, system, public)

    def on_attribute(element: str, attribute: str, kind: str, default: str | None, required: bool) -> None:
        take(default)

    def on_notation(name: str, base: str | None, system: str | None, public: str | None) -> None:
        take(system, public)

    def on_end() -> None:
        nonlocal end
        end = document.find(b">", parser.CurrentByteIndex) + 1
        raise _Stop

    parser.StartDoctypeDeclHandler = on_start
    parser.EntityDeclHandler = on_entity
    parser.AttlistDeclHandler = on_attribute
    parser.NotationDeclHandler = on_notation
    parser.EndDoctypeDeclHandler = on_end
    try:
        parser.Parse(document, True)
    except ExpatError:
        return None
    except _Stop:
        pass
    within = left >= 0
    span = start, end if within else len(document)
    whole = document[slice(*span)].decode("utf-8", "surrogateescape") if within else ""
    place = Location(Part.BODY, "", False, span)
    anomalies = tuple(Anomaly(AnomalyKind.XML_DOCTYPE, what, "none", place) for what in seen)
    return Doctype(span, (whole, *texts), anomalies, within)
