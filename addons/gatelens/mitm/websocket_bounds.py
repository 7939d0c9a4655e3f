"""WebSocket messages are put together within bounds: one over its size ends the connection with 1009.

mitmproxy 12.2.3 keeps a message of any size until it is whole, and inflates it without limit (64 KB become 66 MB).
Source: RFC 6455 sections 5.4 (fragments) and 7.4.1 (1009), RFC 7692 (permessage-deflate); CWE-409, CWE-770.
Limits: where the rules let a message over its size pass, it passes unread up to PASSED_SIZES times that size.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from typing import ClassVar, Protocol

import wsproto.extensions
from mitmproxy import http
from mitmproxy.proxy.events import Event as ProxyEvent
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import websocket
from wsproto.events import CloseConnection, Event, Message
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol

PASSED_SIZES = 16
FRAGMENT_COST = 64
"""Bytes that each fragment of a message counts for beside its own: an empty one takes memory too."""

INFLATED = 4 * 1024 * 1024
"""Bytes that what is read at once, 64 KB at most, may become: more is a bomb, whatever the limits."""


class Guard(Protocol):
    """What the size check asks of the gateway."""

    def message_limit(self, flow: http.HTTPFlow) -> int:
        """The most bytes of a message on the connection of `flow`."""
        ...

    def pass_oversized(self, flow: http.HTTPFlow, size: int, *, from_client: bool) -> bool:
        """Judge a message that passes its limit at `size` bytes; return whether it may go on unread."""
        ...


class BoundedDeflate(wsproto.extensions.PerMessageDeflate):
    """permessage-deflate that stops at INFLATED."""

    def frame_inbound_payload_data(self, proto: FrameDecoder | FrameProtocol, data: bytes) -> bytes | CloseReason:
        if not self._inbound_compressed or not self._inbound_is_compressible:
            return data
        assert self._decompressor is not None
        try:
            inflated = self._decompressor.decompress(data, INFLATED)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        return CloseReason.MESSAGE_TOO_BIG if len(inflated) == INFLATED else inflated


class BoundedConnection(websocket.WebsocketConnection):
    """One side of a connection. `passes` is asked when a message passes `limit`."""

    limit = 0
    passes: Callable[[int], bool] | None = None
    _size = 0

    def events(self) -> Generator[Event, None, None]:
        for event in super().events():
            if isinstance(event, Message):
                if self._too_big(event):
                    yield CloseConnection(code=CloseReason.MESSAGE_TOO_BIG, reason="")
                    return
            elif isinstance(event, CloseConnection) and event.code is CloseReason.MESSAGE_TOO_BIG:
                self._ask(max(self._size, INFLATED))
            yield event

    def _too_big(self, message: Message) -> bool:  # type: ignore[type-arg]  # of text or of bytes
        data = message.data
        before = self._size
        self._size += len(data.encode()) if isinstance(data, str) and not data.isascii() else len(data)
        if message.message_finished:
            size, self._size = self._size, 0
        else:
            size = self._size = self._size + FRAGMENT_COST * message.frame_finished
        over = size > self.limit >= before or size > self.limit * PASSED_SIZES
        return over and not self._ask(size)

    def _ask(self, size: int) -> bool:
        return self.passes is not None and self.passes(size)


class BoundedLayer(websocket.WebsocketLayer):
    """mitmproxy's layer, whose two sides ask the gateway."""

    guard: ClassVar[Guard]

    def start(self, event: ProxyEvent) -> CommandGenerator[None]:
        yield from super().start(event)
        limit = self.guard.message_limit(self.flow)
        for side, from_client in ((self.client_ws, True), (self.server_ws, False)):
            assert isinstance(side, BoundedConnection)
            side.limit = limit
            side.passes = lambda size, from_client=from_client: self.guard.pass_oversized(  # bound now
                self.flow, size, from_client=from_client
            )

    _handle_event = start


def install(guard: Guard) -> None:
    """Put our layer in the place of mitmproxy's, for this process."""
    BoundedLayer.guard = guard
    wsproto.extensions.PerMessageDeflate = BoundedDeflate  # type: ignore[misc]  # the seams this module is about
    websocket.WebsocketConnection = BoundedConnection  # type: ignore[misc]
    websocket.WebsocketLayer = BoundedLayer  # type: ignore[misc]
