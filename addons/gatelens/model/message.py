"""A request, a response or one WebSocket message, as it came over the wire."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

Headers = tuple[tuple[bytes, bytes], ...]


class Phase(StrEnum):
    """Which way a message goes: towards the upstream (request) or back to the client (response)."""

    REQUEST = "request"
    RESPONSE = "response"


class Channel(StrEnum):
    """What carries the message."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    EVENT_STREAM = "event-stream"


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """One message. Bytes are kept as sent; nothing is decoded or normalised here.

    `target` is the request target in origin form, path and query as sent. `headers` keep order,
    case and duplicates. `authority` came with the target, or is HTTP/2's `:authority`; empty where neither was sent.
    `body` is the raw body with its content-encoding still on. `time` is in Unix
    seconds: the only clock that inspection knows, so that a recorded message is judged at its own time.
    `unread` is what is known of a body that was not kept: its size in bytes so far, or -1 for a stream without end.
    A response carries the `request` that it answers.
    """

    phase: Phase
    method: str
    target: str
    authority: str = ""
    headers: Headers
    body: bytes
    time: float
    status: int = 0
    http_version: str = "HTTP/1.1"
    channel: Channel = Channel.HTTP
    client: str = ""
    unread: int = 0
    request: Message | None = None

    @property
    def path(self) -> str:
        """The target without its query, as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the first `?` of the target, as sent; empty where there is none."""
        return self.target.partition("?")[2]

    def header(self, name: bytes) -> bytes:
        """The first value of the header `name` (lower case), or b""."""
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return b""

    def all_headers(self, name: bytes) -> list[bytes]:
        """Every value of the header `name` (lower case), in order."""
        return [value for key, value in self.headers if key.lower() == name]
