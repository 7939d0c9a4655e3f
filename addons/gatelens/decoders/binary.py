"""Recognise a body that is not text, say what it is, and read the texts that stand in it all the same.

Source: MessagePack, CBOR (RFC 8949), protobuf and gRPC (PROTOCOL-HTTP2, PROTOCOL-WEB) by their content types, gRPC's
frames counted; files by their first bytes. Texts are runs of printable characters, as `strings` finds them.
Limits: no structure is read and nothing is decompressed. Texts in UTF-16 are found where they are ASCII. A run may
have a byte before or behind it that is no character but looks like one; the first strings that have their length before
them, as these formats write it, are texts of their own. At most 10,000 runs, and 2,000 in UTF-16, are read.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterable
from itertools import islice

from gatelens.decoders.character_places import width
from gatelens.decoders.counted_strings import counted
from gatelens.decoders.segment import Segment
from gatelens.model.location import Location, Part, Span

_MOST_RUNS = 10_000
_MOST_WIDE_RUNS = 2_000
_MOST_COUNTED = 1_000
_MOST_IN_A_ROW = 64
_MOST_FRAMES = 1_000
_SHORTEST = 6
_SHORT, _TELLING = 512, 24
"""Characters from which a run says something in a body that is mostly no text: packed data has shorter ones by chance,
and some of these would look like an attack."""


_FORMATS = {
    "application/msgpack": "MessagePack",
    "application/x-msgpack": "MessagePack",
    "application/vnd.msgpack": "MessagePack",
    "application/cbor": "CBOR",
    "application/cbor-seq": "CBOR",
    "application/protobuf": "protobuf",
    "application/x-protobuf": "protobuf",
    "application/vnd.google.protobuf": "protobuf",
    "application/x-google-protobuf": "protobuf",
}
_SUFFIXES = {"+msgpack": "MessagePack", "+cbor": "CBOR", "+proto": "protobuf", "+protobuf": "protobuf"}

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a RIFF file"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x00asm", "WebAssembly"),
    (b"\xca\xfe\xba\xbe", "a Java class"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an OLE document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xac\xed\x00\x05", "serialized Java objects"),
    (b"\x00\x01\x00\x00\x00\xff\xff\xff\xff", "serialized .NET objects"),
)
_TAR_AT = 257

_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r\x1b"))
_HIGH = bytes(range(128, 256))
_LEGIBLE = b"\t\n\r" + bytes(range(0x20, 0x7F))
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# In text of which bytes that are no UTF-8 were kept by surrogateescape: all but them and control characters.
_RUN = re.compile(f"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\udc80-\udcff]{{{_SHORTEST},}}+")
_ASCII_RUN = re.compile(rb"[\t\n\r\x20-\x7e]{%d,}+" % _SHORTEST)
_ZEROS = re.compile(rb"\x00{%d,}+" % _SHORTEST)


def describe(content_type: str, body: bytes) -> str | None:
    """What a body that is not text is, in words for an anomaly; None where it is text, whatever its type says.

    `content_type` is in lower case, without parameters.
    """
    if content_type.startswith("application/grpc"):
        return _grpc(content_type, body)
    structured = _structured(content_type)
    if structured:
        return structured
    if is_text(body):
        return None
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return name
    return "a tar archive" if body.startswith(b"ustar", _TAR_AT) else "a binary body"


def _structured(content_type: str) -> str | None:
    suffix = content_type[content_type.rfind("+") :] if "+" in content_type else ""
    return _FORMATS.get(content_type) or _SUFFIXES.get(suffix)


def is_text(body: bytes) -> bool:
    """Whether `body` is text: UTF-8 with few control characters, UTF-16 with its mark, or in an 8-bit charset."""
    if body.startswith(_UTF16_MARKS):
        return True
    controls = len(body) - len(body.translate(None, _CONTROLS))
    try:
        body.decode()
    except UnicodeDecodeError:
        # In 8-bit charsets no text has control characters; what is packed has one in eight bytes.
        return controls == 0 and len(body.translate(None, _HIGH)) > 0
    return controls * 16 <= len(body)


def _grpc(content_type: str, body: bytes) -> str:
    web = content_type.startswith("application/grpc-web")
    name = "gRPC-Web" if web else "gRPC"
    if content_type.startswith("application/grpc-web-text"):
        decoded = _base64(body)
        if decoded is None:
            return f"{name}, not base64"
        body = decoded
    position = count = compressed = 0
    while position + 5 <= len(body) and count <= _MOST_FRAMES:
        compressed += body[position] & 1
        position += 5 + int.from_bytes(body[position + 1 : position + 5])
        count += 1
    if count > _MOST_FRAMES:
        return f"{name}, over {_MOST_FRAMES} frames"
    words = [name, f"{count} frame{'' if count == 1 else 's'}"]
    if compressed:
        words.append(f"{compressed} compressed")
    if position != len(body):
        words.append("the last cut short" if position > len(body) else "bytes behind the last")
    return ", ".join(words)


def _base64(body: bytes) -> bytes | None:
    """gRPC-Web's text form: each message is encoded, and padded, by itself."""
    try:
        return b"".join(a2b_base64(piece + b"==") for piece in islice(_padded(body), _MOST_FRAMES))
    except Error:
        return None


def _padded(body: bytes) -> Iterable[bytes]:
    return (piece for piece in body.split(b"=") if piece.strip())


class BinaryStrings:
    """The printable texts of a binary body: the runs in UTF-8, the strings within them, then the runs in UTF-16."""

    __slots__ = ("_exact", "_offsets", "_places", "_sent", "_steps", "_wide", "_within", "part", "texts")

    def __init__(self, body: bytes, *, shortest: int = _SHORTEST, steps: tuple[str, ...] = ()) -> None:
        self.part = Part.BODY
        self._steps = (*steps, "strings")
        self._exact = not steps
        self._sent = body.decode("utf-8", "surrogateescape")
        found = _RUN.finditer(self._sent)
        runs = list(islice((run for run in found if run.end() - run.start() >= shortest), _MOST_RUNS))
        self.texts: list[str] = [run[0] for run in runs]
        self._places = [run.start() for run in runs]  # the first character of each
        self._offsets: list[int] = []  # and its first byte: worked out when one is asked for
        self._within = self._strings_within()
        self._wide: list[int] = []
        for start, text in islice(_wide_runs(body), _MOST_WIDE_RUNS):
            self.texts.append(text)
            self._wide.append(start)

    def _strings_within(self) -> list[tuple[int, int]]:
        """Add strings with their length before them; the run of each, and its first character in it."""
        found: list[tuple[int, int]] = []
        left = _MOST_COUNTED
        for run, place in enumerate(self._places):
            if left <= 0:
                break
            before = self._sent[place - 1 : place]
            within, looked_at = counted(self.texts[run], before, _SHORTEST, _MOST_IN_A_ROW)
            left -= 1 + looked_at
            for start, string in within:
                self.texts.append(string)
                found.append((run, start))
        return found

    def locate(self, index: int) -> Location:
        return Location(Part.BODY, "", False, self.span(index, 0, len(self.texts[index])))

    def span(self, index: int, start: int, end: int) -> Span | None:
        if not self._exact:
            return None
        wide = index - len(self._places) - len(self._within)
        if wide >= 0:
            return self._wide[wide] + 2 * start, self._wide[wide] + 2 * end
        run, first = (index, 0) if index < len(self._places) else self._within[index - len(self._places)]
        if not self._offsets:
            self._offsets = self._first_bytes()
        text = self.texts[run]
        begin = self._offsets[run] + width(text[: first + start])
        return begin, begin + width(text[first + start : first + end])

    def _first_bytes(self) -> list[int]:
        offsets: list[int] = []
        place = offset = 0
        for following in self._places:  # in order: the text is gone through once
            offset += width(self._sent[place:following])
            place = following
            offsets.append(offset)
        return offsets

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._steps


def _wide_runs(body: bytes) -> Iterable[tuple[int, str]]:
    """The first byte and the text of each run of ASCII in UTF-16 (little endian; in big endian, but for its last)."""
    for parity in (0, 1):
        low, high = body[parity::2], body[parity + 1 :: 2]
        for zeros in islice(_ZEROS.finditer(high), _MOST_WIDE_RUNS):
            for found in _ASCII_RUN.finditer(low, *zeros.span()):
                yield parity + 2 * found.start(), found[0].decode()


def strings(body: bytes, content_type: str = "") -> Segment:
    """The printable texts of `body`. gRPC-Web's text form is decoded first; there are no spans in it then."""
    if content_type.startswith("application/grpc-web-text"):
        decoded = _base64(body)
        if decoded is not None:
            return BinaryStrings(decoded, steps=("base64",))
    return BinaryStrings(body, shortest=_SHORTEST if _structured(content_type) or _is_legible(body) else _TELLING)


def _is_legible(body: bytes) -> bool:
    """Whether half of `body` at least is ASCII text, while of what is packed it is three of eight bytes; or it is so
    short that nothing much is there by chance."""
    return len(body) <= _SHORT or 2 * len(body.translate(None, _LEGIBLE)) <= len(body)
