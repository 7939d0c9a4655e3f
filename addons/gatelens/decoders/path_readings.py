"""Read a path in every way that an upstream may read it: another spelling must not be another path to the gateway.

Source: RFC 3986 sections 2.1, 3.3, 5.2.4 and 6.2.2; CWE-22, CWE-41, CWE-436.
Limits: Unicode compatibility forms (a fullwidth letter for a plain one) are other letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gatelens.decoders import percent

DOTS = frozenset({".", ".."})

PLAIN = re.compile(r"(?:/(?!\.)[A-Za-z0-9\-._~!$&'()*+,=:@]++(?<!\.))*+/?")
"""A path that everybody reads alike (or an empty one)."""

MOST_READINGS = 48
MOST_CHARACTERS = 4 * 1024
"""Characters of all readings of a path together. What needs more is no path that anybody means."""

LONGEST = 8 * 1024

_CACHED_LENGTH = 512
"""A cache of longer paths would be memory for the client to fill."""

_MUST_BE_ENCODED = re.compile(r"(?:%(?:2[02]|3[CEce]|5[BDEbde]|60|7[B-Db-d]|[89A-Fa-f][0-9A-Fa-f]))+")
"""Escapes of what no path may hold as it is, and that mean nothing in a path: not to decode them is no reading."""

_SEPARATOR = re.compile(r"(%(?:2[Ff]|5[Cc]))")
_PARAMETER = re.compile(r";[^/\\]*")
_END = re.compile("[#?\x00]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//[^/]*")
_WIDE = re.compile(r"%[uU]([0-9a-fA-F]{4})")


def readings(path: str) -> tuple[str, ...]:
    """`path` as sent, and what any order of the steps that upstreams take makes of it; none where these are too many.

    The steps: percent-decoding, with the slashes or without; path parameters off; backslashes for slashes; `.` and `..`
    and empty segments out; dots and spaces off the end of segments; control characters out; the end at a NUL, `#` or
    `?`; a `//host` off the start.
    """
    return _readings(path) if len(path) <= _CACHED_LENGTH else _readings.__wrapped__(path)


@lru_cache(maxsize=1024)
def _readings(path: str) -> tuple[str, ...]:
    if PLAIN.fullmatch(path):
        return (path,)
    if len(path) > LONGEST:
        return ()
    found = {_MUST_BE_ENCODED.sub(_decoded_if_text, path): None}
    waiting = list(found)
    characters = 0
    while waiting:
        text = waiting.pop()
        characters += len(text)
        if characters > MOST_CHARACTERS or len(found) > MOST_READINGS:
            return ()
        for reading in _steps(text):
            if reading not in found:
                found[reading] = None
                waiting.append(reading)
    return tuple(found)


def _decoded_if_text(escapes: re.Match[str]) -> str:
    try:
        return percent.decode_bytes(escapes[0].encode()).decode()
    except UnicodeDecodeError:
        return escapes[0]


def _steps(text: str) -> Iterator[str]:
    """What each step makes of `text`, whether that is anything else or not."""
    if "%" in text:
        wide = _WIDE.sub(lambda found: chr(int(found[1], 16)), text)
        yield _decoded(wide)
        pieces = _SEPARATOR.split(wide)
        if len(pieces) > 1:
            pieces[::2] = map(_decoded, pieces[::2])
            yield "".join(pieces)
    if ";" in text:
        yield _PARAMETER.sub("", text)
    if "\\" in text:
        yield text.replace("\\", "/")
    yield _END.split(text, 1)[0]
    yield _CONTROL.sub("", text)
    yield _AUTHORITY.sub("", text, 1) if _AUTHORITY.match(text) else text
    segments = text.split("/")
    yield "/" + "/".join(_resolved(segments))
    yield "/".join(map(_without_end, segments))


def _decoded(text: str) -> str:
    return percent.decode(text.encode("utf-8", "replace"))[0]


def _resolved(segments: list[str]) -> list[str]:
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return kept


def _without_end(segment: str) -> str:
    """A segment as Windows names a file: `a.` and `a ` are `a`."""
    name = segment.rstrip(" ")
    return name if name in DOTS else name.rstrip(". ") or segment
