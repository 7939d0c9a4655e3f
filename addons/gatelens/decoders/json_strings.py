"""Decode the strings of a JSON text as lenient parsers read them, all at once; and say where each character stands.

Source: RFC 8259 section 7 (escapes); JSON5 section 5 and JavaScript (single quotes, `\\x27`, `\\v`, `\\0`, a line
continued, any other escaped character for itself); RFC 3629 section 3 (overlong forms of UTF-8), CWE-436, CWE-176.
What is wrong is mended in bytes, for all strings in a few passes, and the mended ones are strict JSON: no string is
decoded one by one. Limits: of many thousand overlong forms and bad escapes only the first are folded.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence

import orjson

from gatelens.decoders.segment import byte_offsets

CONTROL = "control character in a string"
ESCAPE = "escape that JSON does not have"
QUOTES = "single quotes"
OPEN = "string without an end"
SURROGATE = "surrogate"

_MOST = 20_000
_BAD_ESCAPE = re.compile(rb"\\(?![\"/bfnrt]|u[0-9a-fA-F]{4})")
_HEX_ESCAPE = re.compile(rb"\\x(?=[0-9a-fA-F]{2})")
_CONTROL = re.compile(rb"[\x00-\x1f]")
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_OVERLONG = rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}"
_OVERLONG_FORM = re.compile(_OVERLONG)
# A character of UTF-8, or what Unicode section 3.9 (table 3-7) calls the maximal subpart of an ill-formed one.
_CHARACTER = (
    rb"[\xc2-\xdf][\x80-\xbf]?+"
    rb"|\xe0(?:[\xa0-\xbf][\x80-\xbf]?+)?+|\xed(?:[\x80-\x9f][\x80-\xbf]?+)?+"
    rb"|[\xe1-\xef](?:[\x80-\xbf][\x80-\xbf]?+)?+"
    rb"|\xf0(?:[\x90-\xbf](?:[\x80-\xbf][\x80-\xbf]?+)?+)?+|\xf4(?:[\x80-\x8f](?:[\x80-\xbf][\x80-\xbf]?+)?+)?+"
    rb"|[\xf1-\xf3](?:[\x80-\xbf](?:[\x80-\xbf][\x80-\xbf]?+)?+)?+|."
)
_UNIT = re.compile(
    rb"[^\\\x80-\xff]++|(\\(?:\r\n|\n|\r))"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}"
    rb"|\\?(?:" + _OVERLONG + rb"|" + _CHARACTER + rb")",
    re.DOTALL,
)
_NO_CONTROLS = bytes(range(0x20, 0x100))
_AS_BLANKS = bytes(0x20 if byte < 0x20 else byte for byte in range(0x100))
_QUOTE, _APOSTROPHE = 0x22, 0x27


def strict(pieces: Sequence[bytes]) -> list[str] | None:
    """The texts of `pieces`, quotes included, if all are strict JSON strings; none of them may lack its closing quote,
    or the next one's opening quote would be taken for it."""
    try:
        texts: list[str] = orjson.loads(b"[" + b",".join(pieces) + b"]")
    except orjson.JSONDecodeError:
        return None
    return texts


def lenient(pieces: Sequence[bytes], last: Iterable[int], faults: set[str]) -> list[str]:
    """The texts of `pieces`: strings between quotes of either kind, and words as they stand.

    `last` are those that may have no end. What a strict parser would refuse of strings is noted in `faults`.
    """
    contents = [piece[1:-1] for piece in pieces]
    for index in last:
        if not is_closed(pieces[index]):
            contents[index] = _without_end(pieces[index])
            faults.add(OPEN)
    if not any(piece[0] != _QUOTE for piece in pieces):
        return _mended(contents, b'"', faults)
    texts = [""] * len(pieces)
    quoted = [index for index, piece in enumerate(pieces) if piece[0] == _QUOTE]
    single = [index for index, piece in enumerate(pieces) if piece[0] == _APOSTROPHE]
    for indexes, quote in ((quoted, b'"'), (single, b"'")):
        found = _mended([contents[index] for index in indexes], quote, faults)
        for index, text in zip(indexes, found, strict=True):
            texts[index] = text
    if single:
        faults.add(QUOTES)
    for index, piece in enumerate(pieces):
        if piece[0] not in (_QUOTE, _APOSTROPHE):
            texts[index] = piece.decode("utf-8", "replace")
    return texts


def is_closed(piece: bytes) -> bool:
    """Whether a piece ends with its own quote; a word does not begin with one."""
    if piece[0] not in (_QUOTE, _APOSTROPHE):
        return True
    if piece[-1] != piece[0]:
        return False
    before = piece[1:-1]
    escapes = len(before) - len(before.rstrip(b"\\"))
    return len(piece) > 1 and escapes % 2 == 0


def _mended(contents: list[bytes], quote: bytes, faults: set[str]) -> list[str]:
    """The texts of what stands between two `quote`s. Each step leaves a strict parser less to refuse; after the first,
    every backslash begins an escape."""
    if not contents:
        return []
    joined = quote.join(contents).replace(rb"\\", rb"\u005c").replace(rb"\"", rb"\u0022")
    if rb"\'" in joined:
        joined = joined.replace(rb"\'", rb"\u0027")
        faults.add(ESCAPE)
    if _BAD_ESCAPE.search(joined):
        faults.add(ESCAPE)
        for line_end in (b"\r\n", b"\n", b"\r"):
            joined = joined.replace(b"\\" + line_end, b"")
        joined = joined.replace(rb"\v", rb"\u000b").replace(rb"\0", rb"\u0000")
        few = joined.count(rb"\x") < _MOST
        joined = _HEX_ESCAPE.sub(rb"\\u00", joined) if few else joined.replace(rb"\x", rb"\u00")
        joined = _BAD_ESCAPE.sub(b"", joined, _MOST)
    if quote == b"'":
        joined = joined.replace(b'"', rb"\"")
    joined = joined.replace(quote, b'","')
    if _CONTROL.search(joined):
        faults.add(CONTROL)
        if len(joined.translate(None, _NO_CONTROLS)) > _MOST:
            joined = joined.translate(_AS_BLANKS)
        for code in range(0x20):
            joined = joined.replace(b"%c" % code, rb"\u%04x" % code)
    if not joined.isascii():
        joined = utf8(joined)
    if rb"\ud" in joined or rb"\uD" in joined:
        joined, lone = _LONE.subn(rb"\\ufffd", joined, _MOST)
        if lone:
            faults.add(SURROGATE)
    texts = strict([b'"%b"' % joined])
    return texts if texts is not None else [content.decode("utf-8", "replace") for content in contents]


def utf8(raw: bytes) -> bytes:
    """`raw` in right UTF-8: an overlong form is the character it means, as an escape; what is nothing is U+FFFD."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return _OVERLONG_FORM.sub(_folded, raw, _MOST).decode("utf-8", "replace").encode()
    return raw


def _folded(form: re.Match[bytes]) -> bytes:
    found = form.group()
    code = found[0] & (0x1F, 0x0F, 0x07)[len(found) - 2]
    for byte in found[1:]:
        code = code << 6 | byte & 0x3F
    return rb"\u%04x" % code


def offsets(raw: bytes, text: str) -> Sequence[int]:
    """For each character of `text`, and for its end, the byte of `raw` at which it begins; `raw` is what stands between
    the quotes. Linear. Empty where they cannot be told apart."""
    if text.encode() == raw:
        return byte_offsets(text)
    found = array("Q")
    for unit in _UNIT.finditer(raw):
        start, end = unit.span()
        if raw[start] != 0x5C and raw[start] < 0x80:
            found.extend(range(start, end))
        elif unit.lastindex is None:  # a line continuation is no character
            found.append(start)
    found.append(len(raw))
    return found if len(found) == len(text) + 1 else ()


def content(piece: bytes) -> bytes:
    """What stands between the quotes of `piece`; a word itself."""
    if not is_quoted(piece):
        return piece
    if is_closed(piece):
        return piece[1:-1]
    return _without_end(piece)


def _without_end(piece: bytes) -> bytes:
    """What stands behind the quote that nothing closes, without a backslash that escapes nothing."""
    escapes = len(piece) - len(piece.rstrip(b"\\"))
    return piece[1 : len(piece) - escapes % 2]


def is_quoted(piece: bytes) -> bool:
    """Whether `piece` is a string, and no word."""
    return piece[0] in (_QUOTE, _APOSTROPHE)
