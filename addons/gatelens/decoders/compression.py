"""Take the content-encoding off a body, every member of it, within bounds.

Source: RFC 9110 section 8.4, RFC 1952 (gzip: a body may hold several members), RFC 1950/1951 (deflate, both kinds),
RFC 7932 (br), RFC 8878 (zstd); CWE-409. mitmproxy decodes the first gzip member only and has no limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
import zstandard

from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits

MAX_CODINGS = 2
RATIO_FLOOR = 64 * 1024
"""Bytes below which a ratio says nothing: a short text of one letter packs 100:1 and harms nobody."""

CHUNK = 64 * 1024

MAX_MEMBERS = 256
"""Members or frames of one body: each costs a copy of what follows it. Blocked gzip has one for 64 KB of text."""


class CompressionFault(Exception):
    """A body whose content-encoding cannot be taken off within bounds; carries the anomaly."""

    def __init__(self, kind: AnomalyKind, seen: str, limit: str = "") -> None:
        super().__init__(kind)
        self.anomaly = Anomaly(kind, seen, limit)


class _Budget:
    """Counts what came out, and stops at the size or the ratio."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._room = limits.decompressed
        self._ratio_room = max(packed * limits.ratio, RATIO_FLOOR)
        self._limits = limits
        self._out: list[bytes] = []
        self._size = 0
        self._members = 0

    def member(self) -> None:
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise CompressionFault(AnomalyKind.COMPRESSED_TRAILING, "too many members", str(MAX_MEMBERS))

    def take(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._room:
            raise CompressionFault(AnomalyKind.DECOMPRESSED_SIZE, f"over {self._room}", str(self._room))
        if self._size > self._ratio_room:
            ratio = str(self._limits.ratio)
            raise CompressionFault(AnomalyKind.DECOMPRESSION_RATIO, f"over {ratio}", ratio)
        self._out.append(data)

    def result(self) -> bytes:
        return b"".join(self._out)


def _inflate(raw: bytes, wbits: int, budget: _Budget) -> bytes:
    """Inflate one stream; return the bytes after it."""
    stream = zlib.decompressobj(wbits)
    data = raw
    while not stream.eof:
        budget.take(out := stream.decompress(data, CHUNK))
        data = stream.unconsumed_tail
        if not data and not out and not stream.eof:
            raise CompressionFault(AnomalyKind.COMPRESSED_TRUNCATED, "stream ends early")
    return stream.unused_data


def _gzip(raw: bytes, budget: _Budget) -> bytes:
    rest = raw
    while rest.startswith(b"\x1f\x8b"):
        budget.member()
        rest = _inflate(rest, 16 + zlib.MAX_WBITS, budget)
    if rest or not raw:
        raise CompressionFault(AnomalyKind.COMPRESSED_TRAILING, f"{len(rest)} bytes that are no gzip member")
    return budget.result()


def _deflate(raw: bytes, budget: _Budget) -> bytes:
    """HTTP's deflate is the zlib form (RFC 9110 section 8.4.1.2); bare deflate is common all the same."""
    zlib_form = len(raw) >= 2 and raw[0] & 0x0F == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    rest = _inflate(raw, zlib.MAX_WBITS if zlib_form else -zlib.MAX_WBITS, budget)
    if rest:
        raise CompressionFault(AnomalyKind.COMPRESSED_TRAILING, f"{len(rest)} bytes after the deflate stream")
    return budget.result()


def _brotli(raw: bytes, budget: _Budget) -> bytes:
    stream = brotli.Decompressor()
    data = raw
    while True:
        out = stream.process(data, output_buffer_limit=CHUNK)
        budget.take(out)
        data = b""
        if stream.is_finished():
            return budget.result()
        if stream.can_accept_more_data() and not out:
            raise CompressionFault(AnomalyKind.COMPRESSED_TRUNCATED, "stream ends early")


def _zstd(raw: bytes, budget: _Budget) -> bytes:
    rest = raw
    while rest.startswith(b"\x28\xb5\x2f\xfd"):
        budget.member()
        reader = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).decompressobj(write_size=CHUNK)
        # decompressobj has no output bound of its own: feed it slices so that one call cannot expand without limit.
        position = 0
        while position < len(rest) and not reader.eof:
            budget.take(reader.decompress(rest[position : position + 256]))
            position += 256
        if not reader.eof:
            raise CompressionFault(AnomalyKind.COMPRESSED_TRUNCATED, "stream ends early")
        rest = reader.unused_data + rest[position:]
    if rest or not raw:
        raise CompressionFault(AnomalyKind.COMPRESSED_TRAILING, f"{len(rest)} bytes that are no zstd frame")
    return budget.result()


_DECODERS: dict[str, Callable[[bytes, _Budget], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}


def decompress(raw: bytes, codings: list[str], limits: Limits) -> bytes:
    """Take `codings` (as listed in content-encoding, so the last is taken off first) off `raw`.

    Raises CompressionFault: unknown or too many codings, a bomb, a cut stream, bytes after the stream.
    """
    applied = [coding for coding in codings if coding != "identity"]
    if len(applied) > MAX_CODINGS:
        raise CompressionFault(AnomalyKind.CONTENT_ENCODING, f"{len(applied)} codings", str(MAX_CODINGS))
    body = raw
    for coding in reversed(applied):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise CompressionFault(AnomalyKind.CONTENT_ENCODING, "unknown coding", ", ".join(_DECODERS))
        try:
            body = decoder(body, _Budget(len(body), limits))
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise CompressionFault(AnomalyKind.COMPRESSED_TRUNCATED, f"not {coding}") from error
    return body
