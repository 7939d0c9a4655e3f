"""Read a Content-Type: the media type, its parameters, and what two parsers would make different things of.

Source: RFC 9110 sections 5.6.4, 5.6.6 and 8.3.1; CWE-436. A charset in which ASCII is not ASCII hides every attack
from who does not decode it (CWE-176).
Limits: charsets in which each ASCII byte stands for itself, such as windows-1252, are taken for harmless.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import Location, Part

PLACE = Location(Part.HEADER, "content-type[0]")

_TOKEN = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]++"
_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}")
_STRICT = re.compile(
    rf'{_TYPE.pattern}(?:[ \t]*+;[ \t]*+(?:{_TOKEN}=(?:{_TOKEN}|"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*+"))?+)*+'
)
_PARAMETER = re.compile(r';\s*+([^\s;="]*+)\s*+(?:=\s*+("(?:[^"\\]++|\\.)*+(?:"|\Z)|[^;]*+)|[^;]*+)', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")

_HARMLESS = re.compile(r"utf-?8|(?:us-)?ascii|iso-8859-[0-9]{1,2}|latin1|windows-125[0-8]|koi8-[ru]|euc-(?:jp|kr)")
_HIDING = frozenset({"utf-7", "utf-32", "utf-32le", "utf-32be", "ibm037", "ibm500", "cp037", "ebcdic"})
"""Charsets in which an attack is no ASCII, and that no client of an API has a use for."""

_KNOWN = frozenset(
    {"utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "ibm037", "ibm500", "cp037", "ebcdic"}
    | {"shift_jis", "iso-2022-jp", "iso-2022-kr", "gbk", "gb2312", "gb18030", "big5", "hz-gb-2312"}
)
"""Names that may be told. Any other is the client's own text."""

_LONGEST = 1024
_CACHED_LENGTH = 256


class ContentType(Struct, frozen=True):
    """`type` in lower case, "" where there is none that can be read; of each parameter the first value, names in lower
    case, values without their quotes."""

    type: str
    parameters: Mapping[str, str]
    anomalies: tuple[Anomaly, ...]

    @property
    def charset(self) -> str:
        """The charset's name in lower case; empty where none is given."""
        return self.parameters.get("charset", "").strip("'").lower()


def parse(value: bytes) -> ContentType:
    """Read the value of a Content-Type field. An empty one is no fault: it is as good as none."""
    return _parse(value) if len(value) <= _CACHED_LENGTH else _parse.__wrapped__(value)


@lru_cache(maxsize=1024)
def _parse(value: bytes) -> ContentType:
    text = value[:_LONGEST].decode("latin-1").strip(" \t")
    media_type = text.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    seen: list[str] = [] if len(value) <= _LONGEST else ["a value that is not read to its end"]
    if text and not _STRICT.fullmatch(text):
        seen.append(_fault(text, media_type))
    for written, given in _PARAMETER.findall(text):
        name = written.lower()
        if name in parameters:
            if parameters[name].lower() != _unquoted(given.strip()).lower():
                seen.append("a parameter given twice")
        elif name:
            parameters[name] = _unquoted(given.strip())
    if not _TYPE.fullmatch(media_type):
        media_type = _first_of_list(media_type)
    kept = ContentType(media_type, MappingProxyType(parameters), ())
    anomalies = [Anomaly(AnomalyKind.CONTENT_TYPE, words, "", PLACE) for words in dict.fromkeys(seen)]
    if kept.charset and not _HARMLESS.fullmatch(kept.charset):
        words = kept.charset if kept.charset in _KNOWN else "an unknown charset"
        hides = words != kept.charset or kept.charset in _HIDING
        kind = AnomalyKind.CHARSET_UNREADABLE if hides else AnomalyKind.CHARSET
        anomalies.append(Anomaly(kind, words, "utf-8", PLACE))
    if any(name.startswith("charset*") for name in parameters):
        anomalies.append(Anomaly(AnomalyKind.CHARSET_UNREADABLE, "an extended parameter", "utf-8", PLACE))
    return ContentType(kept.type, kept.parameters, tuple(anomalies))


def _fault(text: str, media_type: str) -> str:
    if _CONTROL.search(text):
        return "a control character"
    if "," in _QUOTED.sub("", text):
        return "a list of media types"
    if not _TYPE.fullmatch(media_type):
        return "no media type"
    return "a malformed parameter"


def _first_of_list(text: str) -> str:
    first = text.partition(",")[0].strip()
    return first if _TYPE.fullmatch(first) else ""


def _unquoted(given: str) -> str:
    if not given.startswith('"'):
        return given
    end = -1 if given.endswith('"') and len(given) > 1 else None
    return _QUOTED_PAIR.sub(r"\1", given[1:end])
