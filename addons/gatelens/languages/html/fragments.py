"""Find markup that is harmless in a text of a person, but is none where a line of plain text is asked for, and markup
that is broken off so that it swallows what stands behind it.

Source: WHATWG HTML sections 13.2.5.36 to 13.2.5.38 (an attribute goes on to its quote, whatever stands there), 13.2.6.5
(foreign content); "dangling markup" (CWE-80, CWE-83).
Limits: the first tags of a value of up to 1,024 characters. Words of a sentence around them make it a person's text.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from gatelens.languages.html.breakout import Leaving
from gatelens.languages.html.elements import HANDLER
from gatelens.languages.html.quoting import is_prose
from gatelens.languages.html.tags import ELEMENTS, Tag, tag_at
from gatelens.languages.html.urls import foreign_host
from gatelens.languages.html.vocabulary import Vocabulary

_MOST = 1_024
_MOST_TAGS = 8
_BEGUN = re.compile(
    r"[\s\w=.-]{0,16}[\"'`<][\s\"'`/<>]*+(on[a-z]{3,}|formaction|srcdoc)\s*+=\s*+[\"'`]?\s*+\Z", re.IGNORECASE
)
"""A quote, and then the name of an attribute that runs, with nothing behind it."""
_FOREIGN = re.compile(r"(?:[^\w<>]{0,4}<[a-z]++[^<>]*+>\s*+){0,3}<(svg|math)\b([^<>]*+)>\s*+\Z", re.IGNORECASE)
_DANGLING = re.compile(
    r"[^\w<]{0,4}(<[a-z]++(?:\s++[a-z-]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))*+"
    r"\s++(?:src|href|action|background|data|poster|content)\s*+=\s*+)([\"'])(?=\s*+(?:https?:)?//)",
    re.IGNORECASE,
)
_NAMESPACES = re.compile(r"(?:\s++(?:xmlns(?::\w++)?|id)\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]++))*+\s*+")
_LOADS = frozenset(
    {"src", "srcset", "lowsrc", "dynsrc", "background", "poster", "data", "href", "xlink:href", "action"}
)
_LOADED_URL = re.compile(r"url\(\s*+['\"]?([^'\")]*+)", re.IGNORECASE)
_COMPARED = re.compile(r"\w\s*+\Z")
"""What stands before a `<` that is less-than."""
_SHOWN = frozenset({"img", "source", "video", "audio"})
_WITH_LINKS = frozenset({"a", "area"})


def broken_off(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """Markup that is begun and not ended, wherever it stands."""
    if len(text) > _MOST:
        return None
    if found := _BEGUN.match(text):
        return Leaving("closes whatever it stands in", "begins an attribute that runs", found.start(1), found.end())
    if (found := _FOREIGN.match(text)) and _NAMESPACES.fullmatch(found[2]):
        words = "opens foreign content, in which what follows is read otherwise"
        return Leaving("stands in a text", words, found.start(1) - 1, found.end())
    if (
        (found := _DANGLING.match(text))
        and text.count(found[2], found.start(2) + 1) == 0
        and foreign_host(text[found.end() :], vocabulary)
        and not is_prose(text)
    ):
        words = "opens a tag whose address swallows what follows"
        return Leaving("stands in a text", words, found.start(1), len(text))
    return None


_RICH = re.compile(
    r"\s*+(?:<!--\s*+wp:|\[caption\b|<(?:p|figure|div|h[1-6]|ul|ol|table|blockquote|section|article)\b[^<>]*+>)",
    re.IGNORECASE,
)
"""How what an editor of rich text sends begins: with a block."""


class Line(Enum):
    """Whether a value stands where a line of plain text is asked for."""

    NONE = auto()
    FORM = auto()
    """A field of a form, which may also take markup."""
    ONLY = auto()


def in_a_line(text: str, vocabulary: Vocabulary, line: Line) -> Leaving | None:
    """Markup that acts, in a place that takes a line of plain text."""
    start = text.find("<")
    if line is Line.NONE or start < 0 or len(text) > _MOST or "\n" in text.strip() or is_prose(text):
        return None
    rich = line is Line.FORM and _RICH.match(text) is not None
    for _ in range(_MOST_TAGS):
        tag = tag_at(text, start)
        if tag is not None and (words := _acts(tag, text, vocabulary, line, rich=rich)):
            return Leaving("stands where a line of plain text is asked for", words, start, tag.end)
        start = text.find("<", tag.end if tag is not None else start + 1)
        if start < 0:
            break
    return None


def _acts(tag: Tag, text: str, vocabulary: Vocabulary, line: Line, *, rich: bool) -> str:
    if tag.is_end:
        return ""
    for attribute in tag.attributes:
        value = attribute.value
        if value is None:
            continue
        if HANDLER.fullmatch(attribute.name):
            return "opens a tag with an event handler"
        loads = attribute.name in _LOADS and tag.name not in _WITH_LINKS
        if loads and not (rich and tag.name in _SHOWN) and foreign_host(value, vocabulary):
            return "opens a tag that loads a thing of a foreign host"
        if attribute.name == "style" and (found := _LOADED_URL.search(value)) and foreign_host(found[1], vocabulary):
            return "opens a tag with a style that loads a thing of a foreign host"
    if tag.spelled not in ELEMENTS or not any(attribute.value for attribute in tag.attributes):
        return ""
    if not tag.is_closed and tag.end >= len(text):
        return "" if _COMPARED.search(text, 0, tag.start) else "opens a tag that it does not end"
    return "opens a tag with attributes" if line is Line.ONLY else ""
