"""Spell a text as an application, a driver or a database may take it, beyond what its encodings say.

Source: OWASP "SQL Injection Bypassing WAF"; Unicode best-fit conversions of quotes.
Encodings within a value, compatibility forms and invisible characters are undone where the message is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLUS = re.compile(r"[\w'\")/]\+[\w('\"/-]")
_SPLIT_WORD = re.compile(r"(?<=[a-zA-Z])/\*[^*!]{0,32}\*/(?=[a-zA-Z])")
_QUOTES = re.compile("[\u2018\u2019\u02bc\uff07\u2032\u00b4]")
"""What some databases and drivers turn into an apostrophe when they narrow the character set."""

_CSV_FIELD = re.compile(r'"[^"]*+(?:""[^"]*+)++"')
"""RFC 4180, section 2: a field in double quotes, in which those of its own are doubled."""

_DOUBLED = re.compile('""++')
_ONLY_DOUBLED = re.compile(r'[^"]*+(?:(?:"")++[^"]+){2,}+(?:"")*+')
_SHORT = 200
"""A field whose outer quotes were taken away is told from a text with empty strings by its length only."""

_MOST = 65_536
"""A longer text is read as it is only: each spelling is a copy."""

type Spelling = tuple[str, tuple[str, ...]]
"""A text and the steps that led to it."""


def spellings(text: str) -> Iterator[Spelling]:
    """The text itself, and each other text that it may turn into before it is SQL. At most five."""
    yield text, ()
    if len(text) > _MOST:
        return
    if not text.isascii() and _QUOTES.search(text):
        yield _QUOTES.sub("'", text), ("unicode",)
    if "/*" in text and (joined := _SPLIT_WORD.sub("", text)) != text:
        yield joined, ("comments",)
    if '""' in text and text[0] == '"' and _CSV_FIELD.fullmatch(text):
        yield text[1:-1].replace('""', '"'), ("csv",)
    elif '""' in text and len(text) <= _SHORT and _ONLY_DOUBLED.fullmatch(text):
        yield _DOUBLED.sub('"', text), ("csv",)
    if "+" in text and _PLUS.search(text):
        yield text.replace("+", " "), ("plus",)
