"""A WebSocket echo server and a client, over plain sockets: both sides of a connection through the gateway."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Message, Ping, Request, TextMessage
from wsproto.extensions import Extension, PerMessageDeflate


class Echo:
    """Sends back each message it gets, with `extra` behind a text; keeps them in `messages`. Takes permessage-deflate
    where `deflates`."""

    def __init__(self) -> None:
        self.messages: list[str | bytes] = []
        self.extra = ""
        self.deflates = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        server = WSConnection(ConnectionType.SERVER)
        extensions = [PerMessageDeflate()] if self.deflates else []
        pending = ""
        with connection:
            while data := connection.recv(65536):
                server.receive_data(data)
                for event in server.events():
                    if isinstance(event, Request):
                        connection.sendall(server.send(AcceptConnection(extensions=[*extensions])))
                    elif isinstance(event, TextMessage):
                        pending += event.data
                        if event.message_finished:
                            self.messages.append(pending)
                            connection.sendall(server.send(TextMessage(data=pending + self.extra)))
                            pending = ""
                    elif isinstance(event, BytesMessage):
                        self.messages.append(bytes(event.data))
                    elif isinstance(event, CloseConnection):
                        connection.sendall(server.send(event.response()))
                        return

    def close(self) -> None:
        self._listener.close()


@contextmanager
def echo() -> Iterator[Echo]:
    server = Echo()
    try:
        yield server
    finally:
        server.close()


class Client:
    """One WebSocket connection to 127.0.0.1:`port`."""

    def __init__(self, port: int, target: str = "/socket", extensions: Sequence[Extension] = ()) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._connection = WSConnection(ConnectionType.CLIENT)
        opening = Request(host="localhost", target=target, extensions=[*extensions])
        self._socket.sendall(self._connection.send(opening))
        assert isinstance(self._next(), AcceptConnection)

    def send(self, text: str, *, finished: bool = True) -> None:
        """Send a text message, or a fragment of one."""
        self._socket.sendall(self._connection.send(TextMessage(data=text, message_finished=finished)))

    def send_binary(self, content: bytes) -> None:
        self._socket.sendall(self._connection.send(BytesMessage(data=content)))

    def closed(self) -> int:
        """The code with which the other side closes the connection."""
        while not isinstance(event := self._next(), CloseConnection):
            pass
        return int(event.code)

    def ping(self, payload: bytes) -> None:
        self._socket.sendall(self._connection.send(Ping(payload=payload)))

    def receive(self) -> str:
        """The next text message."""
        while True:
            event = self._next()
            if isinstance(event, Message):
                return str(event.data)

    def receive_whole(self) -> str:
        """The next text message, in however many fragments it comes."""
        whole = ""
        while True:
            event = self._next()
            if isinstance(event, Message):
                whole += str(event.data)
                if event.message_finished:
                    return whole

    def send_raw(self, frames: bytes) -> None:
        self._socket.sendall(frames)

    def close(self) -> None:
        self._socket.sendall(self._connection.send(CloseConnection(code=1000)))
        self._socket.close()

    def _next(self) -> object:
        while True:
            for event in self._connection.events():
                return event
            if not (data := self._socket.recv(65536)):
                raise AssertionError("connection closed")
            self._connection.receive_data(data)
