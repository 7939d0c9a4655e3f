"""HTTP/2 clients are read, and written to, within bounds of memory and of time.

hyper-h2 bounds the fields of a head (64 KiB here, or the policy's limit where that is higher), CONTINUATION frames (64)
and open streams (100). mitmproxy 12.2.3 lets a frame be 128 KiB, waits for the rest of a head or a body for ever, works
through any number of empty frames, and keeps what a client does not read, however much it is.
Source: RFC 9113 sections 6.5.2 and 10.5; CWE-400, CWE-770.
Limits: HTTP/3 has mitmproxy's own bounds only.
"""

from __future__ import annotations

import time
from typing import ClassVar

import h2.errors
import h2.events
import h2.stream
from mitmproxy.connection import Client
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers.http import _http2
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import ErrorCode, RequestProtocolError, ResponseData

from gatelens.mitm.http1_bounds import MIN_RATE, TOO_SLOW, Guard, is_waiting

FRAME = 16 * 1024
"""The least that RFC 9113 section 6.5.2 lets a server take: 64 frames of it are the most that a head keeps."""

SPARE_FRAMES = 10_000
"""Frames of a connection that may be of no use. A request justifies 20 more, and each 64 bytes of a body one."""

LOOK_BYTES = 1024 * 1024
"""Bytes of answers after which it is looked at how much of them is kept."""

LOOK = 5.0
"""Seconds between two looks at what a connection waits for, at most."""


class BoundedServer(_http2.Http2Server):
    """The side towards the client."""

    guard: ClassVar[Guard]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        settings = self.h2_conn.local_settings
        settings.max_frame_size = FRAME
        settings.max_header_list_size = self.guard.head_limit()
        settings.acknowledge()  # else the old ones are sent
        self.h2_conn.max_inbound_frame_size = FRAME
        self.h2_conn.decoder.max_header_list_size = self.guard.head_limit()
        self._bodies: dict[int, tuple[float, int]] = {}
        """When a request's body began, and how much of it there is."""
        self._head_since = 0.0
        self._spare_frames: float = SPARE_FRAMES
        self._answered = 0
        self._waiting = 0
        self._waking = False

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.Wakeup):
            self._waking = False
            yield from self._look_at_the_clock()
        else:
            yield from super()._handle_event(event)
            if isinstance(event, ResponseData):
                self._answered += len(event.data)
                if self._answered > LOOK_BYTES:
                    self._answered = 0
                    yield from self._check_unread()
        if not self._head_is_open():
            self._head_since = 0.0
        elif not self._head_since:
            self._head_since = time.monotonic()
        if not self._waking and (self._bodies or self._head_since):
            self._waking = True
            yield commands.RequestWakeup(min(LOOK, *self.guard.times()))

    def handle_h2_event(self, event: h2.events.Event) -> CommandGenerator[bool]:
        self._spare_frames -= 1
        if isinstance(event, h2.events.RequestReceived):
            self._spare_frames += 20
            if not event.stream_ended:
                self._bodies[event.stream_id] = time.monotonic(), 0
        elif isinstance(event, h2.events.DataReceived):
            self._spare_frames += len(event.data) / 64
            if event.stream_id in self._bodies:
                since, size = self._bodies[event.stream_id]
                self._bodies[event.stream_id] = since, size + len(event.data)
            if is_waiting(self.context, event.stream_id):
                self._waiting += len(event.data)
            else:
                self._waiting = 0
            if self._waiting > self.guard.pipeline_limit():
                yield from self.protocol_error("too much of a body before its upstream is there")
                return True
        elif isinstance(event, h2.events.StreamEnded | h2.events.StreamReset):
            self._bodies.pop(event.stream_id, None)
        if self._spare_frames < 0:
            yield from self.protocol_error("too many small frames", h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)
            return True
        return (yield from super().handle_h2_event(event))

    def protocol_error(
        self, message: str, error_code: int = h2.errors.ErrorCodes.PROTOCOL_ERROR
    ) -> CommandGenerator[None]:
        assert isinstance(self.conn, Client)
        self.guard.refused(self.conn, 0, "http2 protocol error")
        yield from super().protocol_error(message, error_code)

    def close_connection(self, msg: str) -> CommandGenerator[None]:
        self._bodies.clear()
        self._head_since = 0.0
        yield from super().close_connection(msg)

    def _head_is_open(self) -> bool:
        """Whether a head has begun and not ended, or some other frame has, while no body is on its way."""
        pending = self.h2_conn.incoming_buffer
        return bool(pending._headers_buffer or (pending._data and not self._bodies))

    def _look_at_the_clock(self) -> CommandGenerator[None]:
        now = time.monotonic()
        head, body = self.guard.times()
        for stream_id, (since, size) in list(self._bodies.items()):
            if now >= since + body + size / MIN_RATE:
                del self._bodies[stream_id]
                yield from self._end(stream_id)
        if self._head_since and now >= self._head_since + head:
            yield from self.protocol_error("head too slow")

    def _end(self, stream_id: int) -> CommandGenerator[None]:
        """Answer 408, where there is no answer yet, and end the stream."""
        if self.is_open_for_us(stream_id):
            if not self.h2_conn.streams[stream_id].state_machine.headers_sent:
                self.h2_conn.send_headers(stream_id, [(b":status", b"408")], end_stream=True)
            self.h2_conn.reset_stream(stream_id, h2.errors.ErrorCodes.NO_ERROR)
            yield commands.SendData(self.conn, self.h2_conn.data_to_send())
        self.streams.pop(stream_id, None)
        yield ReceiveHttp(RequestProtocolError(stream_id, TOO_SLOW, ErrorCode.GENERIC_CLIENT_ERROR))

    def _check_unread(self) -> CommandGenerator[None]:
        kept = self.h2_conn.stream_buffers
        if kept and sum(len(part.data) for parts in kept.values() for part in parts) > self.guard.unread_limit():
            yield from self.protocol_error("too much is not read", h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)


def install(guard: Guard) -> None:
    """Put our reader in the place of mitmproxy's, for this process."""
    BoundedServer.guard = guard
    http_layers.Http2Server = BoundedServer  # type: ignore[attr-defined]  # the seam this module is about
