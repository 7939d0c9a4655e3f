"""Trailers of chunked HTTP/1 messages are taken off, as an intermediary may (RFC 9110 section 6.5.1).

mitmproxy 12.2.3 fails on them and then leaves the connection without an answer; and nothing inspects them, so they must
not be forwarded.
"""

from __future__ import annotations

import h11
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy.layers.http import _http1


class WithoutTrailers(ChunkedReader):
    """Reads a chunked body; its end carries no fields."""

    def __call__(self, buf: ReceiveBuffer) -> h11.Data | h11.EndOfMessage | None:
        event: h11.Data | h11.EndOfMessage | None = super().__call__(buf)
        return h11.EndOfMessage() if isinstance(event, h11.EndOfMessage) else event


def install() -> None:
    """Put our reader in the place of h11's in mitmproxy, for this process."""
    _http1.ChunkedReader = WithoutTrailers  # type: ignore[attr-defined]  # what this module is about
