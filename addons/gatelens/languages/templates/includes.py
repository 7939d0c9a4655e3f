"""Find directives by which a server puts a page together: server-side includes and edge-side includes.

Source: Apache mod_include, nginx ngx_http_ssi_module, IIS #exec; ESI Language Specification 1.0 (W3C note); CWE-97.
Limits: a directive shown as code in a text of some words is a mention, and passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.languages.code.surroundings import is_shown_as_code, words_around
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree

_EVIDENCE = 200
_SOME_WORDS = 8
_MOST = 200
_TOO_MANY = "more directives than are read in one value"

_DIRECTIVE = re.compile(
    r"<!--\s*+#\s*+(?P<ssi>[a-z]{2,12}+)\b|<(?P<esi>esi:[a-z]{2,12}+)\b|(?P<hidden><!--esi\b)|(?P<variable>\$\((?:HTTP_|QUERY_STRING|REQUEST_))",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"\s*+(?P<name>[a-z_]{1,20}+)\s*+=\s*+(?:\\?(?P<quote>[\"'`\u00ab\u201c])(?P<value>[^\"'`>\n]{0,300})|(?P<bare>[^\s>\"']{1,200}))",
    re.IGNORECASE,
)


class Words(Struct, frozen=True):
    """`directives` are those of server-side includes with what they do; `attributes` those that each needs at least one
    of, where it needs any; `elements` are those of edge-side includes, by what they do. In lower case."""

    directives: Mapping[str, str]
    attributes: Mapping[str, AbstractSet[str]]
    elements: Mapping[str, str]


class Directive(Struct, frozen=True, gc=False):
    """A directive in [start, end), what it does, its name and the value of its first attribute."""

    start: int
    end: int
    words: str
    name: str
    value: str


def injection(text: str, words: Words) -> Confirmed | None:
    """The first directive in `text`, or None."""
    found = first(text, words)
    if found is None:
        return None
    return Confirmed(text[found.start : found.end][:_EVIDENCE], found.words)


def first(text: str, words: Words) -> Directive | None:
    """The first directive of `text` that is meant."""
    for number, directive in enumerate(_directives(text, words)):
        if number == _MOST:
            return Directive(directive.start, directive.end, _TOO_MANY, directive.name, directive.value)
        start, end = directive.start, directive.end
        few = words_around(text, start, end, _SOME_WORDS) < _SOME_WORDS
        if few or not is_shown_as_code(text, start, end):
            return directive
    return None


def explain(text: str, words: Words) -> Explanation | None:
    """The directive that is found, beside a comment."""
    found = first(text, words)
    if found is None:
        return None
    value = (Tree("attribute", planted=True, piece=found.value[:60]),) if found.value else ()
    directive = Tree(f"directive {found.name}", value, planted=True)
    return Explanation(
        f"the text of a page: the value {found.words}", Tree("page", (Tree("text"),)), Tree("page", (directive,))
    )


def _directives(text: str, words: Words) -> Iterator[Directive]:
    for found in _DIRECTIVE.finditer(text):
        attribute = _ATTRIBUTE.match(text, found.end())
        name = (attribute["name"] if attribute else "").lower()
        value = (attribute["value"] or attribute["bare"] or "") if attribute else ""
        end = attribute.end() if attribute else found.end()
        told = _told(found, name, words)
        if told:
            yield Directive(found.start(), end, told, (found["ssi"] or found["esi"] or "esi").lower(), value)


def _told(found: re.Match[str], attribute: str, words: Words) -> str:
    """What a directive does, or an empty text where it is none."""
    if found["ssi"]:
        name = found["ssi"].lower()
        needed = words.attributes.get(name)
        return words.directives.get(name, "") if not needed or attribute in needed else ""
    if found["esi"]:
        return words.elements.get(found["esi"].lower().removeprefix("esi:"), "")
    if found["hidden"]:
        return "opens an edge-side include in a comment"
    return "reads a variable of the request by an edge-side include"
