"""Find request lines that two servers would read differently.

Source: RFC 3986 sections 2.1 and 3.3, RFC 9110 section 9.1, RFC 9112 section 3, RFC 9113 section 8.3;
CWE-22, CWE-41, CWE-172, CWE-436, CWE-444 (a space that HTTP/2 lets into the method or path splits an HTTP/1 line).
Limits: of a path of over 8 KiB only the start is looked at; an anomaly says so. `_method` is looked for in the query,
not in a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatelens.decoders import percent
from gatelens.decoders.path_readings import DOTS, LONGEST, PLAIN, readings
from gatelens.decoders.utf8 import OVERLONG
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import Location, Part
from gatelens.model.message import Message

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"})

TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
"""RFC 9110 section 5.6.2."""

_PLAIN_TARGET = re.compile(PLAIN.pattern + r'(?:\?[!"$-~]*+)?')

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")

_OVERRIDE = re.compile(
    "[?&;](?:_|%5f)(?:m|%6d)(?:e|%65)(?:t|%74)(?:h|%68)(?:o|%6f)(?:d|%64)=([a-z]+)(?=[&;]|$)", re.IGNORECASE
)

_LINE = (
    (re.compile("\x00"), "a NUL"),
    (re.compile("[\x01-\x1f\x7f]"), "a control character"),
    (re.compile(" "), "a space"),
)

_ENCODING = (
    (re.compile(r"[^\x00-\x7f\ufffd]"), "characters that are not ASCII"),
    (re.compile("\ufffd"), "bytes that are no UTF-8"),
    (re.compile("#"), "a fragment"),
    (re.compile(r"%(?![0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4})"), "a percent sign that begins no escape"),
    (re.compile(r"%[uU][0-9A-Fa-f]{4}"), "an escape with %u"),
    (re.compile(r"%25(?=[0-9A-Fa-f]{2}|[uU][0-9A-Fa-f]{4})"), "an escape that is escaped again"),
)

_CONTROL = (
    (re.compile(r"%00"), "an encoded NUL"),
    (re.compile(r"%(?:0[1-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])"), "an encoded control character"),
)

_SEPARATOR = (
    (re.compile(r"\\|%5[Cc]"), "a backslash"),
    (re.compile(r"%2[Ff]"), "an encoded slash"),
)

_EMPTY = (
    (re.compile(r"\A//"), "an empty segment at the start, which may be read as a host"),
    (re.compile(r"(?<=.)//"), "an empty segment"),
)

_PARAMETER = (
    (re.compile(";"), "a path parameter"),
    (re.compile(r"%3[Bb]"), "an encoded path parameter"),
)

_LAST = re.compile(r"(?:[. ]|%2[Ee0])(?:/|$)")
_HIGH = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")

_CHECKS = (
    (AnomalyKind.HEADER_SYNTAX, _LINE),
    (AnomalyKind.PATH_ENCODING, _ENCODING),
    (AnomalyKind.PATH_CONTROL, _CONTROL),
    (AnomalyKind.PATH_SEPARATOR, _SEPARATOR),
    (AnomalyKind.PATH_EMPTY_SEGMENT, _EMPTY),
    (AnomalyKind.PATH_PARAMETER, _PARAMETER),
)


def target(message: Message) -> list[Anomaly]:
    """What is ambiguous in the method and the request target; nothing, and nearly free, for an ordinary one."""
    sent = message.target
    found: list[Anomaly] = []
    if message.method not in METHODS and not TOKEN.fullmatch(message.method):
        found.append(Anomaly(AnomalyKind.HEADER_SYNTAX, "a method that is no token"))
    if not _PLAIN_TARGET.fullmatch(sent) or not sent.startswith("/"):
        found += _form(message)
        path, _, query = sent.partition("?")
        found += _path(path[: LONGEST + 1])
        found += _query(query)
    if "=" in sent and (override := _OVERRIDE.search(sent)) and overrides(override[1], message.method):
        found.append(
            Anomaly(AnomalyKind.METHOD_OVERRIDE, "a _method parameter", "", Location(Part.QUERY, "_method[0]"))
        )
    return found


def overrides(value: str, method: str) -> bool:
    """Whether `value` is a method, and another one than `method`."""
    return value.upper() in METHODS and value.upper() != method.upper()


def _form(message: Message) -> Iterator[Anomaly]:
    """RFC 9112 section 3.2: after an absolute URL's authority is taken off, there is a path, or `*` with OPTIONS."""
    sent = message.target
    if _ABSOLUTE.match(sent):
        yield Anomaly(AnomalyKind.HOST, "an absolute URL in the place of a path")
    elif not sent.startswith("/") and not (sent == "*" and message.method == "OPTIONS") and message.method != "CONNECT":
        yield Anomaly(AnomalyKind.HEADER_SYNTAX, "a target that is no path")


def _path(path: str) -> Iterator[Anomaly]:
    for kind, checks in _CHECKS:
        for pattern, words in checks:
            if place := pattern.search(path):
                yield Anomaly(kind, words, "", _segment(path, place.start()))
    if not path.isascii() or "%" in path:
        yield from _no_utf8(path)
    if _LAST.search(path):
        yield from _ends(path)
    yield from _dots(path)


def _no_utf8(path: str) -> Iterator[Anomaly]:
    for escapes in _HIGH.finditer(path):
        text, steps = percent.decode(escapes[0].encode())
        if OVERLONG in steps or "\ufffd" in text:
            kind, words = AnomalyKind.PATH_ENCODING, "escapes that are no UTF-8"
            if OVERLONG in steps:
                kind, words = AnomalyKind.INVALID_UTF8, "an overlong form"
            yield Anomaly(kind, words, "", _segment(path, escapes.start()))
            return


def _ends(path: str) -> Iterator[Anomaly]:
    """A file name's dots and spaces at its end are nothing to Windows."""
    for number, segment in enumerate(path.split("/")[1:]):
        name = segment.replace("%2e", ".").replace("%2E", ".").replace("%20", " ")
        if name.endswith((".", " ")) and name not in DOTS:
            words = "a segment that ends in a dot or a space"
            yield Anomaly(AnomalyKind.PATH_ENCODING, words, "", Location(Part.PATH, str(number)))
            return


def _dots(path: str) -> Iterator[Anomaly]:
    """Dot segments. Clients resolve them before they send (RFC 3986 section 5.2.4), so that any is someone's intent."""
    segments = path.split("/")
    plain = DOTS.intersection(segments)
    if plain:
        words = "a parent segment" if ".." in plain else "a dot segment"
        yield Anomaly(AnomalyKind.PATH_TRAVERSAL, words, "", Location(Part.PATH, str(_first(segments, plain))))
        return
    ways = readings(path)
    if not ways:
        yield Anomaly(AnomalyKind.PATH_TRAVERSAL, "more readings than are followed", "", Location(Part.PATH))
    hidden = DOTS.intersection(segment for way in ways for segment in way.split("/"))
    if hidden:
        words = "a parent segment in disguise" if ".." in hidden else "a dot segment in disguise"
        yield Anomaly(AnomalyKind.PATH_TRAVERSAL, words, "", Location(Part.PATH))


def _first(segments: list[str], names: frozenset[str]) -> int:
    return max(next(index for index, segment in enumerate(segments) if segment in names) - 1, 0)


def _query(query: str) -> Iterator[Anomaly]:
    place = Location(Part.QUERY)
    for pattern, words in _LINE:
        if pattern.search(query):
            yield Anomaly(AnomalyKind.HEADER_SYNTAX, words, "", place)
    if "#" in query:
        yield Anomaly(AnomalyKind.PATH_ENCODING, "a fragment", "", place)


def _segment(path: str, position: int) -> Location:
    """The path segment that the character at `position` stands in, numbered from 0 as PathSegment does."""
    return Location(Part.PATH, str(max(path.count("/", 0, position + 1) - 1, 0)))
