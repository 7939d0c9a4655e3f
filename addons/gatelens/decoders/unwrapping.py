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
_ENTITY = re.compile(r"(&(?:#0{0,32}[0-9]{1,8}|#[xX]0{0,32}[0-9a-fA-F]{1,7}|[a-zA-Z][a-zA-Z0-9]{1,31});?)")
_ESCAPE = re.compile(
    r"(\\(?:u[0-9a-fA-F]{4}|u\{0{0,32}[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}))"
)
_UTF7 = re.compile(r"(\+A[A-P][A-Za-z0-9+/]+-?)")
_MAY_BE_TEXT = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|[\xc0-\xf4][\x80-\xbf]+){3}|[\x00\xfe\xff]|.\x00|\x1f\x8b|\x78[\x01\x5e\x9c\xda]"
)
_GARBLED = re.compile("[\ufffd\x01-\x08\x0e-\x1f]")

PACKED = re.compile(
    r"\s*+(?:\{\s*+[\"}]|[\[\"])|\s*+((?i:basic|bearer)[ \t]+)?"
    r"(?!\d{1,24}\Z|[0-9a-f]{8}-[0-9a-f-]{27}\Z)([A-Za-z0-9+/_\-\r\n]{12,}+={0,2}|[A-Za-z0-9+/_\-]{6,11}={1,2}"
    r"|DQ[o-r][A-Za-z0-9+/_\-]{5,8}|[A-Za-z0-9+/ ]{12,}+={1,2})\s*\Z"
)
"""The whole of a text may be JSON, or base64 or hex (group 2), also behind the name of an authentication scheme.
Shorter words would mostly decode to something, but for those that begin with a line break; numbers and UUIDs are none.
A space stands for a plus that was read as one in a query, where the padding tells it from words."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{4,}")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9a-fA-F]{2}){8,})")
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{10,}+)\.([A-Za-z0-9_-]{4,}+)\.")
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


def percent_encoding(text: str) -> str:
    """`%27`, and IIS's `%u0027`."""
    if "%u" in text or "%U" in text:
        text = _PERCENT_U.sub(_wide_character, text)
    return percent.decode(text.encode("utf-8", "replace"))[0]


def _wide_character(found: re.Match[str]) -> str:
    return _character(int(found[1], 16))


def html_entities(text: str) -> str:
    """`&#39;`, `&#x27;`, `&apos;`, with the semicolon or without."""
    return replaced(_ENTITY, _ENTITIES, text)


def escapes(text: str) -> str:
    r"""`\\u0027`, `\\u{27}`, `\\x27`, `\\047`, as they are left when a string is escaped twice."""
    return replaced(_ESCAPE, _ESCAPES, text)


def null_bytes(text: str) -> str:
    """Taken out: what is written in C stops at them, other things skip them, and UTF-16 is full of them."""
    return text.replace("\x00", "")


def utf7(text: str) -> str:
    """`+ADw-` for `<`: only runs that begin with an ASCII character."""
    return replaced(_UTF7, _UTF7_RUNS, text)


def _utf7_run(run: str) -> str:
    raw = _base64(run[1:].removesuffix("-"))
    return run if raw is None else raw[: len(raw) // 2 * 2].decode("utf-16-be", "replace")


_UTF7_RUNS = Memo(_utf7_run)


def unicode_form(text: str) -> str:
    """Compatibility forms, look-alikes and invisible characters as the plain characters that they may become."""
    return unicode_forms.fold(text)


SPELLINGS: tuple[tuple[str, int, str, Callable[[str], str]], ...] = (
    ("%", 8, percent.STEP, percent_encoding),
    ("&", 8, "html-entity", html_entities),
    ("\\", 8, "backslash-escape", escapes),
    ("\x00", 1, "null-bytes", null_bytes),
    ("+A", 64, "utf-7", utf7),
)
"""Steps that give one text for one, several of which may be joined; each with what a text must hold for it, and the
bytes that each time counts as: what undoing it costs."""


def comments(text: str) -> Results:
    """`/**/` in the place of a space."""
    kept: list[str] = []
    begin = 0
    while (start := text.find("/*", begin)) >= 0 and (end := text.find("*/", start + 2)) >= 0:
        kept.append(text[begin:start])
        begin = end + 2
    return ((" ".join([*kept, text[begin:]]), ("comment",)),) if kept else ()


_JSON = ("json",)


def json_text(text: str) -> Results:
    """Every string of a JSON text within the text: values and names."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ()
    return ((leaf, _JSON) for leaf in _strings(value))


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
        return ()
    scheme, run = found.groups()
    if run is None:
        return json_text(value)
    if "\n" in run:
        run = "".join(run.split())
    elif " " in run:
        run = run.replace(" ", "+")
    raw = _base64(run)
    texts = () if raw is None else _encoded(raw, "base64")
    if scheme:
        # RFC 7617 section 2: user and password
        texts += tuple((part, steps) for text, steps in texts for part in text.split(":", 1))
    if digits := _HEX.fullmatch(run):
        texts += _encoded(a2b_hex(digits[1]), "hex")
    return texts


def _base64(text: str) -> bytes | None:
    if "-" in text or "_" in text:
        text = text.replace("-", "+").replace("_", "/")
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


def _encoded(raw: bytes, step: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What `raw` is as text, packed or not; nothing where it is neither."""
    if _MAY_BE_TEXT.match(raw) is None:
        return ()
    steps: tuple[str, ...] = (step,)
    if raw[:2] in _DEFLATED:
        try:
            raw = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(raw, _MOST_INFLATED)
        except zlib.error:
            return ()
        steps = (step, "gzip")
    if len(raw) < _SHORTEST:
        return ()
    if raw[1:2] == b"\x00" or raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:1] == b"\x00":
        text, wide = _utf16(raw), _WIDE
    else:
        text, wide = utf8.decode(raw)
    return () if _GARBLED.search(text) else ((text, steps + wide),)


_WIDE: tuple[str, ...] = ("utf-16",)


def _utf16(raw: bytes) -> str:
    order = "utf-16-be" if raw[:1] == b"\x00" or raw[:2] == b"\xfe\xff" else "utf-16-le"
    return raw.decode(order, "replace").removeprefix("\ufeff")


CONTAINERS: tuple[tuple[str, Step], ...] = (
    ("/*", comments),
    *((start, token) for start in ("eyJ", "eyA", "ewo", "ew0")),  # `{"`, and `{` before white space
    ("base64,", data_url),
)
"""Steps that may give several texts, each with what a text must hold for it."""
