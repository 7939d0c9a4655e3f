"""An upstream that keeps every byte it gets, and answers each request by a function of the test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

type Answering = Callable[[bytes, bytes], bytes]

JSON_OK = b'{"ok":true}'


def answer(
    body: bytes = JSON_OK, *headers: str, status: str = "200 OK", content_type: str = "application/json"
) -> bytes:
    """An HTTP/1.1 response with its length."""
    lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Recorder:
    """`received` is all that came in, over all connections; `requests` the heads and bodies told apart."""

    def __init__(self) -> None:
        self.received = b""
        self.requests: list[tuple[bytes, bytes]] = []
        self.connections = 0
        self.answering: Answering = lambda _head, _body: answer()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def clear(self) -> None:
        """Forget what came so far."""
        self.received = b""
        self.requests.clear()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        pending = b""
        with connection:
            while True:
                try:
                    data = connection.recv(65536)
                except OSError:
                    return
                if not data:
                    return
                self.received += data
                pending += data
                while (request := self._take(pending)) is not None:
                    head, body, pending = request
                    self.requests.append((head, body))
                    try:
                        connection.sendall(self.answering(head, body))
                    except OSError:
                        return

    @staticmethod
    def _take(pending: bytes) -> tuple[bytes, bytes, bytes] | None:
        """One whole request off the front, as a server frames it."""
        end = pending.find(b"\r\n\r\n")
        if end < 0:
            return None
        head, rest = pending[:end], pending[end + 4 :]
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
        if fields.get(b"transfer-encoding", b"").strip() == b"chunked":
            if (last := rest.find(b"0\r\n\r\n")) < 0:
                return None
            return head, rest[:last], rest[last + 5 :]
        length = int(fields.get(b"content-length", b"0"))
        return None if len(rest) < length else (head, rest[:length], rest[length:])


@contextmanager
def recorder() -> Iterator[Recorder]:
    upstream = Recorder()
    try:
        yield upstream
    finally:
        upstream.close()
