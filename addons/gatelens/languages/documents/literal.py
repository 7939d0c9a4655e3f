"""Read an object literal as JavaScript, JSON5 and the MongoDB shell write it: names without quotes, either quote,
words such as undefined, calls such as ObjectId("…"), and no end.

Source: ECMA-262 section 13.2.5 (object initializer), the JSON5 specification.
Limits: reading stops where two values stand side by side, as no literal has them, and 256 levels deep: what came before
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatelens.decoders.json_document import Json
from gatelens.languages.documents.members import UNKNOWN, Member, Operand, Way

_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<string>"(?:[^"\\]|\\.)*+(?:"|\Z)|'(?:[^'\\]|\\.)*+(?:'|\Z)|`(?:[^`\\]|\\.)*+(?:`|\Z))
    |(?P<word>[\w$.+\-@]++)
    |(?P<mark>[{}\[\],:])
    |(?P<call>\([^()]*+(?:\([^()]*+\)[^()]*+)*+\))
    |(?P<regex>/(?:[^/\\\n]|\\.)++/\w*+)
    )""",
    re.VERBOSE | re.DOTALL,
)

_DEEPEST = 256
"""Objects and lists within each other; no database takes so many."""

_WORDS: dict[str, Json] = {"null": None, "undefined": None, "true": True, "false": False}


class _Frame:
    """An object or a list that is open."""

    __slots__ = ("is_object", "name", "way")

    def __init__(self, way: Way, *, is_object: bool) -> None:
        self.way = way
        self.is_object = is_object
        self.name = ""


def members(text: str, way: Way = None, start: int = 0, *, opened: bool = False) -> Iterator[Member]:
    """The named values of the literal that begins at `start`; where `opened`, its first brace came before that."""
    frames = [_Frame(way, is_object=True)] if opened else []
    valued = False  # a value stands before, and a comma or an end must come
    place = start
    while found := _TOKEN.match(text, place):
        place = found.end()
        mark = found["mark"]
        frame = frames[-1] if frames else None
        if mark in ("}", "]"):
            if frame is None:
                return
            frames.pop()
            valued = True
        elif mark == ",":
            if frame is None:
                return
            frame.name, valued = "", False
        elif mark == ":" or (valued and found["call"] is None):
            return
        elif found["word"] == "new":
            continue
        elif found["call"]:
            if not valued:
                return
        elif frame is not None and frame.is_object and not frame.name:
            if mark or not (colon := _COLON.match(text, place)):
                return
            place = colon.end()
            frame.name = _name(found)
            yield frame.way, frame.name, _operand(text, place)
        elif mark:
            if len(frames) == _DEEPEST:
                return
            way_in = frame.way if frame else way
            if frame and frame.name:
                way_in = way_in, frame.name
            frames.append(_Frame(way_in, is_object=mark == "{"))
        elif frame is None:
            return
        else:
            valued = True


def is_literal(text: str) -> bool:
    """Whether `text` begins as a literal does."""
    return _LITERAL.match(text) is not None


def members_of(text: str, way: Way = None) -> Iterator[Member]:
    """The named values of `text` where it is a literal: an object or a list, behind `j:` in cookies of Express."""
    found = _LITERAL.match(text)
    return iter(()) if found is None else members(text, way, found.end())


_LITERAL = re.compile(r"\s*+(?:j:)?+(?=[{\[])")
_COLON = re.compile(r"\s*+:")
_EMPTY = re.compile(r"\s*+(?:\{\s*+(?P<object>\})|\[\s*+(?P<list>\])|\[\s*+(?P<holding>\{\s*+\}))")


def _name(found: re.Match[str]) -> str:
    return _unquoted(found["string"]) if found["string"] else found["word"] or ""


def _operand(text: str, place: int) -> Operand:
    """What the value that begins at `place` is: a scalar, or an empty list or object; UNKNOWN for others."""
    if empty := _EMPTY.match(text, place):
        if empty["object"]:
            return {}
        return [] if empty["list"] else [{}]
    found = _TOKEN.match(text, place)
    if found is None or found["mark"]:
        return UNKNOWN
    if found["string"]:
        return _unquoted(found["string"])
    if found["regex"]:
        return found["regex"].strip("/")
    word = found["word"] or ""
    if word in _WORDS:
        return _WORDS[word]
    try:
        return float(word)
    except ValueError:
        return UNKNOWN


def _unquoted(string: str) -> str:
    return string[1:-1] if string[-1] == string[0] and len(string) > 1 else string[1:]
