"""Undo what hides SQL in a text and what an application, a driver or a database would undo as well.

Source: OWASP "SQL Injection Bypassing WAF"; RFC 3986 section 2.1; Unicode UAX #15 (best-fit forms, NFKC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_INVISIBLE = re.compile(r"(?<=\w)[\u200b-\u200d\u2060\ufeff\u00ad]++(?=\w)|[\u200b\u2060\ufeff\u00ad]+")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_PLUS = re.compile(r"[\w'\")/]\+[\w('\"/-]")
_SPLIT_WORD = re.compile(r"(?<=[a-zA-Z])/\*[^*!]{0,32}\*/(?=[a-zA-Z])")
_QUOTES = re.compile("[\u2018\u2019\u02bc\uff07\u2032\u00b4]")
"""What some databases and drivers turn into an apostrophe when they narrow the character set."""

_MOST = 65_536
"""A longer text is read as it is only: each spelling is a copy."""

_WIDE = re.compile(r"[\uff01-\uff5e]")

type Spelling = tuple[str, tuple[str, ...]]
"""A text and the steps that led to it."""


def spellings(text: str) -> Iterator[Spelling]:
    """The text itself, and each other text that it may turn into before it is SQL. At most six."""
    steps: tuple[str, ...] = ()
    if len(text) > _MOST:
        yield text, steps
        return
    if not text.isascii():
        bare = _INVISIBLE.sub("", text)
        if _WIDE.search(bare):
            bare = unicodedata.normalize("NFKC", bare)
        if bare != text:
            text, steps = bare, ("unicode",)
    yield text, steps
    if not text.isascii() and _QUOTES.search(text):
        yield _QUOTES.sub("'", text), (*steps, "unicode")
    if "/*" in text and (joined := _SPLIT_WORD.sub("", text)) != text:
        yield joined, (*steps, "comments")
    if "%" in text and _PERCENT.search(text):
        text = unquote(text)
        steps = (*steps, "percent")
        if _PERCENT.search(text):
            text = unquote(text)
        text = _INVISIBLE.sub("", text)
        yield text, steps
    if "+" in text and _PLUS.search(text):
        yield text.replace("+", " "), (*steps, "plus")
