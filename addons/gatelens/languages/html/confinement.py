"""Decide whether a value is run as script where a browser reads it, in whichever place it is put.

Source: WHATWG HTML section 13.2.5; Su and Wassermann (POPL 2006) on confinement; CWE-79.
Limits: every `<` is read as the beginning of a tag, as some place makes it one. Markup that only formats, and what is
shown as code, is let be. A script that an application itself puts together of several harmless values is not seen.
"""

from __future__ import annotations

import re
from typing import Protocol

from msgspec import Struct

from gatelens.languages.html.breakout import (
    Leaving,
    link,
    out_of_attribute,
    out_of_script,
    whole_script,
    whole_style,
    whole_url,
)
from gatelens.languages.html.charsets import read_otherwise
from gatelens.languages.html.directives import expression
from gatelens.languages.html.elements import MOST_CONTENT, WITH_CONTENT, danger
from gatelens.languages.html.fragments import Line, broken_off, in_a_line
from gatelens.languages.html.quoting import Spans, is_prose, quoted
from gatelens.languages.html.script import effect, is_script
from gatelens.languages.html.tags import ELEMENTS, tag_at
from gatelens.languages.html.vocabulary import Vocabulary

_ACTIVE_NAMES = (
    "[a-z0-9]{0,16}script[a-z]*+|style|handler|link|meta|set|animate|i?frame|embed|object|applet|portal|i?layer"
    "|fencedframe|base|xml|import|use|listener|param"
)
_QUIET_NAMES = (
    "class|width|height|alt|title|colspan|rowspan|align|valign|border|target|rel|lang|dir|type|role|aria-[a-z]++|for"
    "|viewbox|d|fill|stroke|stroke-[a-z]++|cx|cy|r|x|y|x1|x2|y1|y2"
)
_WEB = r"(?!on)(?:https?:|mailto:)?(?!//0|//\d{8})"
_OPENS = re.compile(
    rf"<(?!/?(?!(?:{_ACTIVE_NAMES})\b)[a-z0-9]++"
    rf"(?:\s++(?:(?:{_QUIET_NAMES})=(?:\"[^\"<>:&{{(=]*+\"|'[^'<>:&{{(=]*+'|[\w.%#-]++)"
    rf"|(?:href|src)=(?:\"{_WEB}[^\"<>:&{{(]*+\"|'{_WEB}[^'<>:&{{(]*+')))*+"
    r"\s*+/?>)[^\s\d<>=\-\"'()&|,]",
    re.IGNORECASE,
)
"""A tag that may bring something: those do not that have no attributes, or only ones which are read as text, or
addresses of the web, but for elements that act.
"""
_ANY = re.compile(r"<[a-zA-Z/!?%@:]")
_MOST_AGAIN = 16_384
_A_TAG = 32
"""Characters that a tag counts as, for what it costs to read."""
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*+>")
_SEAMS = re.compile(r"(?<=[a-zA-Z])(?:<!--(?:[^<>-]|-(?!->))*+-->|(?:\]\]>?)?<!\[CDATA\[)(?=[a-zA-Z])")
_EVIDENCE = 120
_RAW_END = re.compile(
    r"</(script|style|title|textarea|noscript|xmp|iframe|noembed|noframes)\b[^<>]*+>?[^<>]{0,64}<[a-zA-Z!]",
    re.IGNORECASE,
)
"""The end of an element in which markup is text, and then a tag."""
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_SCRIPT_START = re.compile(r"<script", re.IGNORECASE)
_MOST_LED = 512
_CONTENT = 2_048
"""Characters that reading what such an element holds counts as."""


class Budget(Protocol):
    """What may still be read of a message, in characters."""

    left: int

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be read."""
        ...


class Finding(Struct, frozen=True):
    """`place` is where the value is run, `words` what it brings there, between `start` and `end` of `text`."""

    place: str
    words: str
    text: str
    start: int
    end: int

    @property
    def evidence(self) -> str:
        """The piece that shows it."""
        return self.text[self.start : min(self.end, self.start + _EVIDENCE)]

    @property
    def explanation(self) -> str:
        """What the value does, in words."""
        return f"{self.place}, {self.words}"


def injection(
    text: str,
    vocabulary: Vocabulary,
    work: Budget,
    *,
    is_escaped: bool = False,
    line: Line = Line.NONE,
    code: bool = False,
) -> Finding | None:
    """Why `text` is run; None where it is not. `is_escaped` says that its signs stood there as entities, `line` that it
    stands where a line of plain text is asked for, `code` that its place is named for code.
    """
    work.left -= len(text) // 2
    shown = quoted(text, is_escaped=is_escaped, markdown=vocabulary.markdown)
    if found := _markup(text, vocabulary, work, shown):
        return found
    if '""' in text and text[:1] == '"' and (found := _markup(text.replace('""', '"'), vocabulary, work, shown)):
        return found  # a field of CSV, in which quotes stand twice
    if "<!" in text and (bare := _SEAMS.sub("", text)) != text and (found := _markup(bare, vocabulary, work, shown)):
        return found  # what is left where comments and CDATA sections are joined to what stands around them
    if "<" in text and (bare := _MARKUP.sub("", text)) != text:
        # what is left where a filter takes the tags out
        if "<" in bare and (found := _markup(bare, vocabulary, work, shown)) is not None and not shown.starts:
            return found
        for look in (out_of_attribute, whole_url):
            if not shown.starts and (left := look(bare, vocabulary)):
                return _finding(left, bare)
    for look in (out_of_attribute, out_of_script, link):
        if (left := look(text, vocabulary)) and not shown.hold(left.start):
            return _finding(left, text)
    if (inner := expression(text, vocabulary)) and not shown.hold(inner[0]):
        return Finding(
            "stands in a client-side template", f"adds an expression that {inner[2]}", text, inner[0], inner[1]
        )
    if shown.starts:
        return None
    for look in (whole_url, whole_style) if code else (whole_url, whole_script, whole_style):
        if left := look(text, vocabulary):
            return _finding(left, text)
    if left := broken_off(text, vocabulary) or in_a_line(text, vocabulary, line):
        return _finding(left, text)
    if other := read_otherwise(text):
        return _markup(other, vocabulary, work, shown)
    return None


def _finding(left: Leaving, text: str) -> Finding:
    return Finding(left.place, left.words, text, left.start, min(left.end, len(text)))


def _markup(text: str, vocabulary: Vocabulary, work: Budget, shown: Spans) -> Finding | None:
    if (left := _RAW_END.search(text, 0, _MOST_LED)) and _leads(text, left, shown):
        words = f"closes a {left[1].lower()} element that it did not open, and opens another"
        return Finding("stands in a text", words, text, left.start(), left.end())
    prose: bool | None = None
    seen: set[int] = set()
    read_to = 0
    last = 0
    for found in (_OPENS if vocabulary.rich_text else _ANY).finditer(text):
        start = found.start()
        if shown.hold(start):
            continue
        tag = tag_at(text, start, seen)
        if tag is None:
            continue
        again = min(max(0, last - start), _MOST_AGAIN)  # what an attribute before that is not ended has held as well
        work.left -= _A_TAG + max(0, tag.end - max(start, last)) + again // 2
        last = max(last, tag.end)
        holds = tag.name in WITH_CONTENT and not tag.is_end
        is_read = holds and tag.end < read_to
        if holds and not is_read:
            work.left -= _CONTENT
            end = text.find("</", tag.end, tag.end + MOST_CONTENT)
            read_to = end if end >= 0 else tag.end + MOST_CONTENT
        if work.is_spent:
            return Finding("stands in a text", "holds more markup than is read", text, start, tag.end)
        if not vocabulary.rich_text and tag.name in ELEMENTS:
            return Finding("stands in a text", "opens a tag where none may be", text, start, tag.end)
        if (brought := danger(tag, text, vocabulary, is_read=is_read)) is None:
            continue
        if not brought.is_certain:
            prose = is_prose(text) if prose is None else prose
            if prose:
                continue
        return Finding("stands in a text", f"opens {brought.words}", text, start, brought.end)
    return _ended(text, vocabulary, shown)


def _ended(text: str, vocabulary: Vocabulary, shown: Spans) -> Finding | None:
    """A script before the end of its element, however that was begun."""
    found = _SCRIPT_END.search(text)
    if found is None or shown.hold(found.start()):
        return None
    start = text.rfind(">", max(0, found.start() - _MOST_LED), found.start()) + 1
    code = text[start : found.start()]
    if not start or not code or _SCRIPT_START.search(text, 0, start) or is_prose(text):
        return None
    if not is_script(code, _MOST_LED) or not (words := effect(code, vocabulary)):
        return None
    return Finding("stands in a text", f"ends a script element that {words}", text, start, found.end())


def _leads(text: str, left: re.Match[str], shown: Spans) -> bool:
    """Whether the element that ends was not opened, and no more of a page or sentence stands there."""
    if shown.hold(left.start()) or len(text) > _MOST_LED or f"<{left[1].lower()}" in text[: left.start()].lower():
        return False
    return not _PAGE_PART.search(text) and not is_prose(text)


_PAGE_PART = re.compile(r"</?(?:head|body|html|link|meta|!doctype)\b", re.IGNORECASE)
