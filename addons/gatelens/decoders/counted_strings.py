"""Find the strings within a printable run before which their own length stands, as binary formats write them.

A length or a type that happens to be printable would else be read as part of the text beside it.
Source: CBOR (RFC 8949 section 3.1, major type 3), protobuf (wire type 2), MessagePack (fixstr, str 8).
Limits: lengths up to 127 bytes; strings in the first 4,096 characters of a run. No other structure is read.
"""

from __future__ import annotations

from collections.abc import Callable

_FAR = 4096

type Counted = tuple[int, int]
"""The first byte of a string and the byte behind it."""

type _Marker = Callable[[bytes, int], Counted | None]


def counted(text: str, before: str, shortest: int, most: int) -> tuple[list[tuple[int, str]], int]:
    """(first character, string) of those in `text`, in order, and how many were looked at: up to `most` in a row.

    `before` is the character before `text`, if any.
    """
    raw = text[:_FAR].encode("utf-8", "replace")
    found: set[Counted] = set()
    _follow(raw, 0, _cbor, found, most)
    _follow(raw, 0, _protobuf, found, most)
    code = ord(before) if before else 0
    for start, length in ((1, raw[0]), (0, code), (0, (code & 0xFF) - 0xA0)):
        end = start + length
        if length > 0 and end <= len(raw):
            found.add((start, end))
            _follow(raw, end, _protobuf, found, most)
    strings: list[tuple[int, str]] = []
    for start, end in sorted(found):
        string = raw[start:end].decode("utf-8", "replace")
        if len(string) >= shortest and string != text:
            strings.append((len(raw[:start].decode("utf-8", "replace")), string))
    return strings, len(found)


def _follow(raw: bytes, position: int, marker: _Marker, found: set[Counted], most: int) -> None:
    """Add the strings that stand one behind the other from `position` on."""
    for _ in range(most):
        string = marker(raw, position)
        if string is None or string[1] > len(raw):
            return
        found.add(string)
        position = string[1]


def _cbor(raw: bytes, position: int) -> Counted | None:
    """0x60 and the length, or 0x78 and a byte of length."""
    if position + 1 >= len(raw):
        return None
    marker = raw[position]
    if marker == 0x78:
        return position + 2, position + 2 + raw[position + 1]
    return (position + 1, position + 1 + marker - 0x60) if 0x60 <= marker < 0x78 else None


def _protobuf(raw: bytes, position: int) -> Counted | None:
    """A field's number and wire type, and a byte of length."""
    if position + 1 >= len(raw) or raw[position] & 7 != 2 or raw[position + 1] > 0x7F:
        return None
    return position + 2, position + 2 + raw[position + 1]
