"""A WebSocket echo server and a client, over plain sockets: both sides of a connection through the gateway."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Message, Ping, Request, TextMessage


class Echo:
    """Sends back each message it gets, with `extra` behind a text; keeps them in `messages`."""

    def __init__(self) -> None:
        self.messages: list[str | bytes] = []
        self.extra = ""
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
        with connection:
            while data := connection.recv(65536):
                server.receive_data(data)
                for event in server.events():
                    if isinstance(event, Request):
                        connection.sendall(server.send(AcceptConnection()))
                    elif isinstance(event, TextMessage):
                        self.messages.append(event.data)
                        connection.sendall(server.send(TextMessage(data=event.data + self.extra)))
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

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._connection = WSConnection(ConnectionType.CLIENT)
        self._socket.sendall(self._connection.send(Request(host="localhost", target="/socket")))
        assert isinstance(self._next(), AcceptConnection)

    def send(self, text: str) -> None:
        self._socket.sendall(self._connection.send(TextMessage(data=text)))

    def ping(self, payload: bytes) -> None:
        self._socket.sendall(self._connection.send(Ping(payload=payload)))

    def receive(self) -> str:
        """The next text message."""
        while True:
            event = self._next()
            if isinstance(event, Message):
                return str(event.data)

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
