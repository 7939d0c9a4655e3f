"""Every connection whose handling has ended is closed.

mitmproxy 12.2.3 leaves a socket open for ever when its handler is cancelled while it waits for a hook to end, as is
the rule when a body is refused while it still comes: a client can use up every file descriptor (CWE-404, CWE-772).
"""

from __future__ import annotations

import contextlib

from mitmproxy.connection import Connection
from mitmproxy.proxy.server import ConnectionHandler


def install() -> None:
    """Put the closing handler in the place of mitmproxy's, for this process."""
    handle = ConnectionHandler.handle_connection
    if getattr(handle, "closes", False):
        return

    async def handle_and_close(self: ConnectionHandler, connection: Connection) -> None:
        try:
            await handle(self, connection)
        finally:
            left = self.transports.pop(connection, None)
            if left is not None and left.writer is not None:
                with contextlib.suppress(OSError):
                    left.writer.close()

    handle_and_close.closes = True  # type: ignore[attr-defined]  # a mark, so that it is installed once
    ConnectionHandler.handle_connection = handle_and_close  # type: ignore[method-assign]  # what this module is about
