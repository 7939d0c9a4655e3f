"""Bodies are refused, or passed unread where the rules allow it, as soon as they pass their size: not after.

mitmproxy knows one limit for requests and responses alike and no route; its check is replaced by this one. Memory per
exchange is bounded by the two limits of its route. Source: CWE-400, CWE-770.
"""

from __future__ import annotations

from typing import Protocol

from mitmproxy import flow as mitm_flow
from mitmproxy import http
from mitmproxy.net.http.http1 import expected_http_body_size
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers.http import HttpStream, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestProtocolError,
    ResponseData,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpRequestHeadersHook


class Guard(Protocol):
    """What the size check asks of the gateway."""

    def body_limit(self, flow: http.HTTPFlow, size: int, *, request: bool) -> int:
        """The most bytes that a body on the flow's route may have; any bound over `size` will do where it is less."""
        ...

    def refuse_unread(self, flow: http.HTTPFlow, size: int) -> str:
        """The incident of a request refused for its size; empty where it may pass."""
        ...

    def pass_unread(self, flow: http.HTTPFlow, size: int) -> bool:
        """Whether a response of that size may stream through."""
        ...


def install(guard: Guard) -> None:
    """Put our size check in the place of mitmproxy's, for this process."""

    def check_body_size(self: HttpStream, request: bool) -> CommandGenerator[bool]:
        received = self.request_body_buf if request else self.response_body_buf
        size = len(received) or _announced(self.flow, request=request)
        if size <= guard.body_limit(self.flow, size, request=request):
            return False
        if request:
            incident = guard.refuse_unread(self.flow, size)
            if incident:
                return (yield from _refuse_request(self, incident, seen=bool(received)))
            self.flow.request.stream = True
        elif not guard.pass_unread(self.flow, size):
            return (yield from refuse_response(self, "response body over its limit"))
        if received:
            yield from _stream_the_rest(self, request=request)
        return False

    # mitmproxy's own buffer takes 50 bytes more for each chunk, and a chunk may be one byte.
    http_layers.ReceiveBuffer = bytearray  # type: ignore[assignment,attr-defined]
    HttpStream.check_body_size = check_body_size  # type: ignore[method-assign]  # the seam this module is about


def _announced(flow: http.HTTPFlow, *, request: bool) -> int:
    try:
        return expected_http_body_size(flow.request, None if request else flow.response) or 0
    except ValueError:
        return 0


def _refuse_request(stream: HttpStream, incident: str, *, seen: bool) -> CommandGenerator[bool]:
    if not seen:
        yield HttpRequestHeadersHook(stream.flow)
    stream.flow.error = mitm_flow.Error("request body over its limit")
    yield HttpErrorHook(stream.flow)
    yield SendHttp(
        ResponseProtocolError(stream.stream_id, incident, ErrorCode.REQUEST_TOO_LARGE), stream.context.client
    )
    stream.client_state = stream.state_errored
    stream.flow.live = False
    return True


def refuse_response(stream: HttpStream, reason: str) -> CommandGenerator[bool]:
    """End the response to the client and the connection to the upstream. The client gets 502 where it has no head."""
    stream.flow.error = mitm_flow.Error(reason)
    yield HttpErrorHook(stream.flow)
    code = ErrorCode.RESPONSE_TOO_LARGE
    yield SendHttp(ResponseProtocolError(stream.stream_id, "response", code), stream.context.client)
    yield SendHttp(RequestProtocolError(stream.stream_id, "response", code), stream.context.server)
    stream.client_state = stream.server_state = stream.state_errored
    stream.flow.live = False
    return True


def _stream_the_rest(stream: HttpStream, *, request: bool) -> CommandGenerator[None]:
    if request:
        sent = bytes(stream.request_body_buf)
        stream.request_body_buf.clear()
        yield from stream.start_request_stream()
        yield from stream.handle_event(RequestData(stream.stream_id, sent))
        return
    kept = bytes(stream.response_body_buf)
    stream.response_body_buf.clear()
    yield from stream.start_response_stream()
    yield from stream.handle_event(ResponseData(stream.stream_id, kept))
