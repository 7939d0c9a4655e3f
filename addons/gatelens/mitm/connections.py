"""Every connection whose handling has ended is closed, and one on which a client says nothing too.

mitmproxy 12.2.3 leaves a socket open for ever when its handler is cancelled while it waits for a hook to end, as is
the rule when a body is refused while it still comes: a client can use up every file descriptor (CWE-404, CWE-772). A
client that connects and does not come as far as HTTP, or TLS and then HTTP, would keep its own for ten minutes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from mitmproxy.connection import Connection
from mitmproxy.proxy.layers import HttpLayer
from mitmproxy.proxy.server import ConnectionHandler


def install(patience: Callable[[], float]) -> None:
    """Put the closing handler in the place of mitmproxy's, for this process. `patience`: seconds until a client must
    have begun to speak HTTP."""
    handle = ConnectionHandler.handle_connection
    if getattr(handle, "closes", False):
        return

    async def handle_and_close(self: ConnectionHandler, connection: Connection) -> None:
        deadline = None
        if connection is self.client:
            deadline = asyncio.get_running_loop().call_later(patience(), _end_where_silent, self)
        try:
            await handle(self, connection)
        finally:
            if deadline:
                deadline.cancel()
            left = self.transports.pop(connection, None)
            if left is not None and left.writer is not None:
                with contextlib.suppress(OSError):
                    left.writer.close()

    handle_and_close.closes = True  # type: ignore[attr-defined]  # a mark, so that it is installed once
    ConnectionHandler.handle_connection = handle_and_close  # type: ignore[method-assign]  # what this module is about


def _end_where_silent(handler: ConnectionHandler) -> None:
    task = handler.transports[handler.client].handler if handler.client in handler.transports else None
    if task and not any(isinstance(layer, HttpLayer) for layer in handler.layer.context.layers):
        task.cancel("silent")
