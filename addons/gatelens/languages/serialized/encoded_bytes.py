"""Bytes that are written as text within a value: base64 in both alphabets, hex, or characters one a byte; also packed.

The unwrapping of values goes on only where bytes are text again. Formats of objects are not, so they are looked for in
the bytes themselves, by the bytes they begin with.
Source: RFC 4648, RFC 1952, RFC 1950.
Limits: 16 KiB of bytes are read from where a format begins; in bytes packed once.
"""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64, a2b_hex
from collections.abc import Iterator

from msgspec import Struct

MOST_BYTES = 16_384
"""What tells an object graph stands at its beginning."""

_MOST_RUNS = 16
_HEAD = re.compile(
    r"(?<![A-Za-z0-9+/])(?:rO0AB|H4sI|e[JNAF]|gA[I-X]|AAEAAAD[/_]|[/_]wE|BAh"
    r"|(?:0x)?(?:[aA][cC][eE][dD]0005|0001000000[fF]|800[2-5]|0408|1[fF]8[bB]|78(?:01|9[cC]|[dD][aA]|5[eE])))"
)
"""How the formats begin in base64 and hex, and what is packed."""
_RUN = re.compile(r"[A-Za-z0-9+/_\-]++(?:(?:\\(?=/)|[\r\n]{1,2}(?=[A-Za-z0-9+/_\-]{20}))[A-Za-z0-9+/_\-]++)*+={0,2}")
_SHORTEST = 6
_HEX = re.compile(r"(?:[0-9a-f]{2})++|(?:[0-9A-F]{2})++")
_DEFLATED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class Run(Struct, frozen=True):
    """Bytes, the text they were written as, the steps between, and whether the text is all of the value, or all behind
    a name and `=`."""

    raw: bytes
    text: str
    steps: tuple[str, ...]
    alone: bool


def runs(value: str) -> Iterator[Run]:
    """The bytes that stand in `value`, first one first: at most 16 runs."""
    if any(character > "\x7f" or character < "\t" for character in value[:16]):
        head = value[:MOST_BYTES].replace("\ufffd\ufffd\x00\x05", "\xac\xed\x00\x05")
        yield Run(head.encode("latin-1", "replace"), value[:64], (), True)
    place = 0
    for _ in range(_MOST_RUNS):
        begin = _HEAD.search(value, place)
        found = _RUN.match(value, begin.start()) if begin else None
        if found is None:
            return
        place = found.end()
        if len(found[0]) >= _SHORTEST:
            yield from _decoded(found[0], _is_alone(value, found.span()))


def _is_alone(value: str, span: tuple[int, int]) -> bool:
    """Whether nothing stands beside what `span` covers but quotes, or a name and a sign behind it."""
    before, behind = value[max(0, span[0] - _LONGEST_NAME) : span[0]], value[span[1] : span[1] + 64]
    return not behind.strip("\"' \t\r\n;&") and _NAME.fullmatch(before) is not None


_LONGEST_NAME = 64
_NAME = re.compile(r"\s*[\"']?(?:[\w.\-$\[\]]{1,60}[\"']?\s*[=:]\s*)?[\"']?\s*")


def _decoded(text: str, alone: bool) -> Iterator[Run]:
    head = text[: MOST_BYTES // 3 * 4]
    digits = head.removeprefix("0x")
    if len(digits) >= 8 and (hexadecimal := _HEX.match(digits)) and hexadecimal.end() >= len(digits) - 1:
        yield from _unpacked(a2b_hex(hexadecimal[0]), text, ("hex",), alone)
    bare = "".join(head.replace("\\", "").split()).replace("-", "+").replace("_", "/").rstrip("=")
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    yield from _unpacked(a2b_base64(bare + "=="), text, ("base64",), alone)


def _unpacked(raw: bytes, text: str, steps: tuple[str, ...], alone: bool) -> Iterator[Run]:
    if raw[:2] in _DEFLATED:
        try:
            raw = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(raw, MOST_BYTES)
        except zlib.error:
            return
        steps += ("gzip",)
    yield Run(raw, text, steps, alone)
