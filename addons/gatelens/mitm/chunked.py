"""Chunked HTTP/1 bodies are read without their trailers, and not in crumbs.

Trailers are taken off, as an intermediary may (RFC 9110 section 6.5.1): mitmproxy 12.2.3 fails on them and then leaves
the connection without an answer; and nothing inspects them, so they must not be forwarded. A body of chunks of one byte
each costs thousands of times what a whole one does (CWE-400): beyond the first chunks, they must hold something.
"""

from __future__ import annotations

import h11
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy.layers.http import _http1

MOST_SMALL = 10_000
"""Chunks that may be of any size."""

LEAST_AVERAGE = 64
"""Bytes that the chunks of a body with more of them hold on average."""


class BoundedChunks(ChunkedReader):
    """Reads a chunked body; its end carries no fields."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks = 0
        self._size = 0

    def __call__(self, buf: ReceiveBuffer) -> h11.Data | h11.EndOfMessage | None:
        event: h11.Data | h11.EndOfMessage | None = super().__call__(buf)
        if isinstance(event, h11.EndOfMessage):
            return h11.EndOfMessage()
        if event is not None:
            self._chunks += event.chunk_end
            self._size += len(event.data)
            if self._chunks > MOST_SMALL and self._size < self._chunks * LEAST_AVERAGE:
                raise h11.RemoteProtocolError("too many small chunks")
        return event


def install() -> None:
    """Put our reader in the place of h11's in mitmproxy, for this process."""
    _http1.ChunkedReader = BoundedChunks  # type: ignore[attr-defined]  # what this module is about
