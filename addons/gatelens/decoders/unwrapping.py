"""The steps by which a value is unwrapped: each undoes one encoding of a text, once.

Source: RFC 3986 section 2.1 (percent), WHATWG HTML section 13.5 (entities), RFC 4648 (base64, base64url, hex),
RFC 2152 (UTF-7), RFC 1952 and 1950 (gzip, zlib), RFC 7519 section 3 (tokens), RFC 2397 (data URLs); CWE-173, CWE-174.
Limits: encoded bytes count only where they are text. Base64 in the midst of other text is not looked for.
"""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64, a2b_hex
from collections.abc import Callable, Iterable
from html import unescape

import orjson

from gatelens.decoders import percent, unicode_forms, utf8
from gatelens.decoders.bulk_replacement import Memo, replaced
from gatelens.decoders.json_document import Json

type Results = Iterable[tuple[str, tuple[str, ...]]]
"""Texts that a step gives, each with what the step did."""

type Step = Callable[[str], Results]

_PERCENT_U = re.compile(r"%[uU]([0-9a-fA-F]{4})")
_ENTITY = re.compile(r"(&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?)")
_ESCAPE = re.compile(r"(\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}))")
_UTF7 = re.compile(r"\+(A[A-P][A-Za-z0-9+/]+)-?")
_MAY_BE_TEXT = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc0-\xf4][\x80-\xbf]+){3}|[\x00\xfe\xff]|.\x00|\x1f\x8b|\x78[\x01\x5e\x9c\xda]"
)
_GARBLED = re.compile("[\ufffd\x01-\x08\x0e-\x1f]")

PACKED = re.compile(
    r"\s*[{\[\"]|((?:[Bb]asic|BASIC|[Bb]earer|BEARER) +)?"
    r"(?!\d{1,24}\Z|[0-9a-f]{8}-[0-9a-f-]{27}\Z)([A-Za-z0-9+/_\-\r\n]{12,}+={0,2}|[A-Za-z0-9+/_\-]{6,11}={1,2})\s*\Z"
)
"""The whole of a text may be JSON, or base64 or hex (group 2), also behind the name of an authentication scheme.
Shorter words would mostly decode to something; numbers and UUIDs are none."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{4,}")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9a-fA-F]{2}){8,})")
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{10,}+)\.([A-Za-z0-9_-]{4,}+)\.")
_URL_ALPHABET = str.maketrans("-_", "+/")
_DEFLATED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")

_MOST_INFLATED = 64 * 1024
_SHORTEST = 4
"""Characters of an encoded text: shorter ones are no attack, and turn up by chance."""


def _character(code: int) -> str:
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def _escaped(escape: str) -> str:
    digits = escape[1:].lstrip("uUx").strip("{}")
    return _character(int(digits, 8 if escape[1] in "0123" else 16))


_ENTITIES = Memo(unescape)
_ESCAPES = Memo(_escaped)


def percent_encoding(text: str) -> Results:
    """`%27`, and IIS's `%u0027`."""
    wide = _PERCENT_U.sub(lambda found: _character(int(found[1], 16)), text) if "%u" in text or "%U" in text else text
    decoded, _ = percent.decode(wide.encode("utf-8", "replace"))
    if decoded != text:
        yield decoded, (percent.STEP,)


def html_entities(text: str) -> Results:
    """`&#39;`, `&#x27;`, `&apos;`, with the semicolon or without."""
    decoded = replaced(_ENTITY, _ENTITIES, text)
    if decoded != text:
        yield decoded, ("html-entity",)


def escapes(text: str) -> Results:
    r"""`\\u0027`, `\\u{27}`, `\\x27`, `\\047`, as they are left when a string is escaped twice."""
    decoded = replaced(_ESCAPE, _ESCAPES, text)
    if decoded != text:
        yield decoded, ("backslash-escape",)


def null_bytes(text: str) -> Results:
    """Taken out: what is written in C stops at them, other things skip them, and UTF-16 is full of them."""
    yield text.replace("\x00", ""), ("null-bytes",)


def comments(text: str) -> Results:
    """`/**/` in the place of a space."""
    kept: list[str] = []
    begin = 0
    while (start := text.find("/*", begin)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        kept.append(text[begin:start])
        begin = end + 2
    if kept:
        yield " ".join([*kept, text[begin:]]), ("comment",)


def utf7(text: str) -> Results:
    """`+ADw-` for `<`: only runs that begin with an ASCII character."""
    decoded = _UTF7.sub(_utf7_run, text)
    if decoded != text:
        yield decoded, ("utf-7",)


def _utf7_run(found: re.Match[str]) -> str:
    raw = _base64(found[1])
    if raw is None:
        return found[0]
    return raw[: len(raw) // 2 * 2].decode("utf-16-be", "replace")


def json_text(text: str) -> Results:
    """Every string of a JSON text within the text: values and names. A string alone counts only where it is escaped."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    for leaf in _strings(value):
        yield leaf, ("json",)


def _strings(value: Json) -> Iterable[str]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            stack += reversed(item.values())
        elif isinstance(item, list):
            stack += reversed(item)


def data_url(text: str) -> Results:
    """The content of a data URL, or of the first of several."""
    found = _BASE64.match(text.partition("base64,")[2])
    raw = _base64(found[0]) if found else None
    return () if raw is None else _encoded(raw, "base64")


def packed(value: str) -> Results:
    """What is packed in a text as PACKED has it."""
    found = PACKED.match(value)
    if found is None:
        return
    scheme, run = found.groups()
    if run is None:
        yield from json_text(value)
        return
    if "\n" in run:
        run = "".join(run.split())
    raw = _base64(run)
    if raw is not None:
        for text, steps in _encoded(raw, "base64"):
            yield text, steps
            if scheme and ":" in text:  # RFC 7617 section 2: user and password
                yield from ((part, steps) for part in text.split(":", 1))
    if digits := _HEX.fullmatch(run):
        yield from _encoded(a2b_hex(digits[1]), "hex")


def _base64(text: str) -> bytes | None:
    if "-" in text or "_" in text:
        text = text.translate(_URL_ALPHABET)
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        return None
    return a2b_base64(bare + "==")


def token(text: str) -> Results:
    """Header and payload of a JSON Web Token."""
    found = _TOKEN.search(text)
    if found is None:
        return
    for part in found.groups():
        raw = _base64(part)
        if raw is not None and raw[:1] == b"{":
            yield from ((leaf, ("jwt", *steps)) for leaf, steps in json_text(raw.decode("utf-8", "replace")))


def _encoded(raw: bytes, step: str) -> Results:
    """What `raw` is as text, packed or not; nothing where it is neither."""
    if _MAY_BE_TEXT.match(raw) is None:
        return
    steps: tuple[str, ...] = (step,)
    if raw[:2] in _DEFLATED:
        try:
            raw = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(raw, _MOST_INFLATED)
        except zlib.error:
            return
        steps = (step, "gzip")
    if len(raw) < _SHORTEST:
        return
    if raw[1:2] == b"\x00" or raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:1] == b"\x00":
        text, wide = _utf16(raw), _WIDE
    else:
        text, wide = utf8.decode(raw)
    if text and _GARBLED.search(text) is None:
        yield text, steps + wide


_WIDE: tuple[str, ...] = ("utf-16",)


def _utf16(raw: bytes) -> str:
    order = "utf-16-be" if raw[:1] == b"\x00" or raw[:2] == b"\xfe\xff" else "utf-16-le"
    return raw.decode(order, "replace").removeprefix("\ufeff")


def unicode_form(text: str) -> Results:
    """Compatibility forms, look-alikes and invisible characters as the plain characters that they may become."""
    folded = unicode_forms.fold(text)
    if folded != text:
        yield folded, ("unicode-fold",)
