"""Read PHP's serialization format: objects in it run the methods of their classes when they are built.

Source: php.net, `serialize` and `unserialize`; ext/standard/var_unserializer.re (the grammar as it is read, with its
leniency: a sign before a count); CWE-502. Numbers, strings and arrays alone are data.
Limits: `unserialize` begins at the value's first character, so only what stands there counts, or what stands behind the
name of a session variable. A text whose counts are wrong is a probe and is stopped all the same once an object opens.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Classes
from gatelens.languages.serialized.outline import Outline

_FORMAT = "PHP's serialization"
_MOST_TOKENS = 2_000

_SESSION = re.compile(r"[A-Za-z_\x80-\uffff][\w\x80-\uffff]{0,100}+\|(?=[aOCsidbN][:;])")
_OBJECT = re.compile(r"([OC]):[+-]?\d{1,20}:\\?[\"']([^\"'\\]*(?:\\{1,2}[^\"'\\]+)*)\\?[\"']:[+-]?\d{1,20}:\{")
_STRING = re.compile(r"[sSE]:[+-]?(\d{1,9}):\"")
_SCALAR = re.compile(r"(?:[idbrR]:[-+.\w]{1,40}|N);")
_ARRAY = re.compile(r"a:[+-]?\d{1,9}:\{")
_CLASS_NAME = re.compile(r"[A-Za-z_\\\x80-\uffff][\w\\\x80-\uffff]*+\Z")


def outline(text: str, classes: Classes) -> Outline | None:
    """What `text` is as serialized PHP, where objects are in it."""
    start = len(text) - len(text.lstrip(" \t\r\n\"'"))
    session = _SESSION.match(text, start)
    names: list[str] = []
    place = session.end() if session else start
    first = -1
    for _ in range(_MOST_TOKENS):
        token = _OBJECT.match(text, place)
        if token is not None:
            if _CLASS_NAME.match(token[2]):
                names.append(token[2])
                first = place if first < 0 else first
            place = token.end()
        else:
            place = _behind(text, place)
            if place < 0:
                break
    else:
        if first < 0:
            return Outline(_FORMAT, "value", (), text, "longer than is read in full")
    if first < 0:
        return None
    why = next((effect for effect in map(classes.effect, names) if effect), "")
    why = f"builds objects of classes known to be misused, {why}" if why else "builds objects of classes it names"
    return Outline(_FORMAT, "value", tuple(names), text[first:], why)


def _behind(text: str, place: int) -> int:
    """The end of the token at `place` that is no object; -1 where there is none."""
    if text.startswith("}", place):
        return place + 1
    if (session := _SESSION.match(text, place)) is not None:
        return session.end()
    token = _SCALAR.match(text, place) or _ARRAY.match(text, place)
    if token is not None:
        return token.end()
    string = _STRING.match(text, place)
    if string is None:
        return -1
    # The count is of bytes, which may be other than characters: the end is where the quote is.
    counted = string.end() + int(string[1])
    end = counted if text.startswith('"', counted) else text.find('"', string.end())
    return end + 2 if end >= 0 and text.startswith(";", end + 1) else -1
