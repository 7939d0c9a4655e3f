"""Bring an XML document to UTF-8, by its byte order mark and its own declaration.

Source: XML 1.0 (fifth edition) section 4.3.3 and appendix F. No codec is looked up by a name that a message gives.
"""

from __future__ import annotations

import codecs
import re

from msgspec import Struct

from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import Location, Part

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\bencoding\s{0,20}=\s{0,20}[\"']([\w.:\-]{1,40})[\"']")
_UTF8 = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_LATIN1 = frozenset({b"iso-8859-1", b"iso8859-1", b"latin1", b"latin-1"})


class Transcoded(Struct, frozen=True):
    """A document in UTF-8, or None where that can't be known.

    `exact`: each byte is the body's, at its place. `doubtful`: another parser may read other characters.
    """

    document: bytes | None
    exact: bool = True
    anomaly: Anomaly | None = None
    doubtful: bool = False


def as_utf8(body: bytes) -> Transcoded:
    """Bring `body` to UTF-8."""
    wide = _wide(body)
    if wide:
        return Transcoded(body.decode(wide, "replace").encode(), exact=False, anomaly=_charset("UTF-16"))
    declared = _DECLARED.match(body)
    name = declared[1].lower() if declared else b"utf-8"
    if name in _UTF8 or (name in _LATIN1 and body.isascii()):
        return Transcoded(body)
    if name in _LATIN1 and not body.startswith(codecs.BOM_UTF8):
        return Transcoded(body.decode("latin-1").encode(), exact=False)
    what = "a byte order mark against the declaration" if name in _LATIN1 else "a charset that is not read"
    try:
        body.decode()
    except UnicodeDecodeError:
        return Transcoded(None, anomaly=_charset(what), doubtful=True)
    return Transcoded(body, anomaly=_charset(what), doubtful=True)


def _wide(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if body.startswith(b"<\x00"):
        return "utf-16-le"
    return "utf-16-be" if body.startswith(b"\x00<") else ""


def _charset(seen: str) -> Anomaly:
    return Anomaly(AnomalyKind.CHARSET, seen, "UTF-8, ASCII or ISO-8859-1", Location(Part.BODY))
