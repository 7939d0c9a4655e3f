"""Bring a text to UTF-8 whose charset would hide its ASCII characters, or make characters of others.

Source: RFC 9110 section 8.3.2, WHATWG Encoding section 4 (names); CWE-176. Only codecs listed here are ever used.
Limits: charsets in which each ASCII byte stands for itself and for nothing else need no decoding to be matched.
"""

from __future__ import annotations

import codecs

_CODECS = {
    "utf-7": "utf-7",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "ebcdic": "cp037",
    "cp037": "cp037",
    "ibm037": "cp037",
    "ibm500": "cp500",
    "shift_jis": "shift_jis",
    "iso-2022-jp": "iso2022_jp",
    "iso-2022-kr": "iso2022_kr",
    "hz-gb-2312": "hz",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
}
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNS = 64


def as_utf8(body: bytes, charset: str) -> bytes | None:
    """`body` in UTF-8, where `charset` (a name in lower case, empty for none), a byte order mark or its form says that
    it is something else; else None."""
    codec = _CODECS.get(charset) or _unsaid(body)
    return body.decode(codec, "replace").encode("utf-8", "replace") if codec else None


def _unsaid(body: bytes) -> str:
    """The codec of a text that is UTF-16 without saying so: every other byte of its beginning is NUL."""
    if body.startswith(_WIDE_MARKS):
        return "utf-16"
    begin = body[:_SIGNS]
    if len(begin) >= 4 and b"\x00" in begin:
        even, odd = begin[::2], begin[1::2]
        if not even.strip(b"\x00") and b"\x00" not in odd:
            return "utf-16-be"
        if not odd.strip(b"\x00") and b"\x00" not in even:
            return "utf-16-le"
    return ""
