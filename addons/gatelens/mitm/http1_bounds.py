"""HTTP/1 messages are read within bounds of memory and of time.

mitmproxy 12.2.3 keeps a head, a chunk's first line, trailers and pipelined requests of any size, and waits for them as
long as one byte comes every ten minutes. Here a head over its limit is answered 431 (414, where not even its first line
has ended), and one that does not come in time 408. A body's time is longer by a second for each MIN_RATE bytes of it.
Source: CWE-400, CWE-770; RFC 6585 section 5 (431), RFC 9110 sections 15.5.15 (414) and 15.5.9 (408).
Limits: a connection that waits for its next request, and has nothing of it yet, is mitmproxy's (tcp_timeout).
"""

from __future__ import annotations

import time
from typing import ClassVar, Protocol

from h11._receivebuffer import ReceiveBuffer
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestProtocolError,
    ResponseProtocolError,
)

FLOOR = 64 * 1024
"""Bytes that are kept in any case: no policy is asked about them."""

MIN_RATE = 500
"""Bytes a second below which a body is too slow, once its time is over."""

TOO_SLOW = "request body not sent in time"
"""The error of a flow that was ended for that."""


class Guard(Protocol):
    """What the readers ask of the gateway."""

    def head_limit(self) -> int:
        """The most bytes of a head, first line and fields, that any route takes."""
        ...

    def pipeline_limit(self) -> int:
        """The most bytes that may come while the request before them is not answered."""
        ...

    def unread_limit(self) -> int:
        """The most bytes of answers that are kept for one client which does not read them."""
        ...

    def times(self) -> tuple[float, float]:
        """Seconds for a head, and for a body."""
        ...

    def refused(self, client: Client, status: int, reason: str) -> str:
        """Note that a client was refused before there was a request to judge; return the incident for the answer."""
        ...


def install(guard: Guard) -> None:
    """Put our readers in the place of mitmproxy's, for this process."""
    BoundedServer.guard = guard
    http_layers.Http1Server = BoundedServer  # type: ignore[attr-defined]  # the seams this module is about
    BoundedClient.guard = guard
    http_layers.Http1Client = BoundedClient  # type: ignore[attr-defined]


def is_waiting(context: Context, stream_id: int) -> bool:
    """Whether the request `stream_id` waits for something and keeps what comes meanwhile."""
    parent = context.layers[-2]
    assert isinstance(parent, http_layers.HttpLayer)
    stream = parent.streams.get(stream_id)
    return stream is not None and stream._paused is not None


class BoundedServer(_http1.Http1Server):
    """The side towards the client."""

    guard: ClassVar[Guard]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._reading: tuple[int, object] | None = None
        self._since = 0.0
        self._received = 0
        self._waiting = 0
        self._waking = False

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.Wakeup):
            self._waking = False
            yield from self._look_at_the_clock()
            return
        yield from super()._handle_event(event)
        size = len(self.buf)
        if size > FLOOR:
            yield from self._check_size(size)
        if self.state == self.read_body or (size and self.state == self.read_headers):
            reading = (self.stream_id, self.state)
            if reading != self._reading:
                self._reading, self._since, self._received = reading, time.monotonic(), 0
            elif isinstance(event, events.DataReceived):
                self._received += len(event.data)
                yield from self._check_waiting(len(event.data))
            if self._reading and not self._waking:
                yield from self._wake_in(self._allowed())
        else:
            self._reading = None

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        """A body that breaks the protocol is answered; mitmproxy only closes."""
        for command in super().read_body(event):
            if isinstance(command, commands.CloseConnection) and self._may_answer():
                yield commands.SendData(self.conn, _http1.make_error_response(400))
            yield command

    def _may_answer(self) -> bool:
        return self.response is None and bool(self.conn.state & ConnectionState.CAN_WRITE)

    def _allowed(self) -> float:
        head, body = self.guard.times()
        return body + self._received / MIN_RATE if self.state == self.read_body else head

    def _wake_in(self, seconds: float) -> CommandGenerator[None]:
        self._waking = True
        yield commands.RequestWakeup(seconds)

    def _look_at_the_clock(self) -> CommandGenerator[None]:
        if self._reading is None:
            return
        left = self._since + self._allowed() - time.monotonic()
        if left > 0:
            yield from self._wake_in(left + 0.01)
        elif self.state == self.read_body:
            yield from self._end(408, TOO_SLOW, begun=True)
        else:
            yield from self._end(408, "head too slow")

    def _check_size(self, size: int) -> CommandGenerator[None]:
        if self.state == self.read_headers:
            if size > self.guard.head_limit():
                if bytes(self.buf).find(b"\n") < 0:
                    yield from self._end(414, "request line over its limit")
                else:
                    yield from self._end(431, "head over its limit")
        elif self.state == self.read_body:  # all but a chunk's first line and the trailers was taken out of the buffer
            yield from self._end(400, "chunk line or trailers over their limit", begun=True)
        elif self.state == self.wait and size > self.guard.pipeline_limit():
            yield from self._end(0, "pipelined requests over their limit", begun=True)

    def _check_waiting(self, size: int) -> CommandGenerator[None]:
        """A streamed body is kept by mitmproxy for as long as the upstream's connection is not there."""
        self._waiting = self._waiting + size if is_waiting(self.context, self.stream_id) else 0
        if self._waiting > self.guard.pipeline_limit():
            yield from self._end(413, "too much of a body before its upstream is there", begun=True)

    def _end(self, status: int, reason: str, *, begun: bool = False) -> CommandGenerator[None]:
        """Answer, where there is no answer yet, and close. With a request that was `begun`, its flow ends."""
        incident = "" if begun else self.guard.refused(self.context.client, status, reason)
        self._reading = None
        self.buf = ReceiveBuffer()
        if status and self._may_answer():
            yield commands.SendData(self.conn, _http1.make_error_response(status, incident))
        yield commands.CloseConnection(self.conn)
        if begun:
            yield ReceiveHttp(RequestProtocolError(self.stream_id, reason, ErrorCode.GENERIC_CLIENT_ERROR))
        self.state = self.done


class BoundedClient(_http1.Http1Client):
    """The side towards the upstream."""

    guard: ClassVar[Guard]

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from super()._handle_event(event)
        size = len(self.buf)
        if size <= FLOOR or self.state not in (self.read_headers, self.read_body) or size <= self.guard.head_limit():
            return
        self.buf = ReceiveBuffer()
        self.state = self.done
        yield commands.CloseConnection(self.conn)
        if self.stream_id is not None:
            reason = "response head, chunk line or trailers over their limit"
            yield ReceiveHttp(ResponseProtocolError(self.stream_id, reason, ErrorCode.GENERIC_SERVER_ERROR))
