"""Turn mitmproxy's flows into messages, and decisions back into what mitmproxy does with a flow."""

from __future__ import annotations

import time

from mitmproxy import http

from gatelens import redaction
from gatelens.answers import Answer
from gatelens.decoders.event_stream import CONTENT_TYPE
from gatelens.model.decision import Decision
from gatelens.model.message import Channel, Message, Phase


def request_message(flow: http.HTTPFlow, unread: int = 0) -> Message:
    """The request of `flow`, body still encoded. `unread`: see Message."""
    data = flow.request.data
    peer = flow.client_conn.peername
    return Message(
        phase=Phase.REQUEST,
        method=data.method.decode("latin-1"),
        target=data.path.decode("utf-8", "replace"),
        authority=data.authority.decode("utf-8", "replace"),
        headers=data.headers.fields,
        body=data.content or b"",
        time=data.timestamp_start,
        http_version=data.http_version.decode("latin-1"),
        client=peer[0] if peer else "",
        unread=unread,
    )


def response_message(flow: http.HTTPFlow, request: Message, unread: int = 0) -> Message:
    """The response of `flow`, body still encoded. `flow.response` must be there."""
    assert flow.response is not None
    data = flow.response.data
    return Message(
        phase=Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=data.headers.fields,
        body=data.content or b"",
        time=data.timestamp_start or request.time,
        status=data.status_code,
        http_version=data.http_version.decode("latin-1"),
        client=request.client,
        request=request,
        unread=unread,
    )


def websocket_message(
    request: Message, content: bytes, received: float, *, from_client: bool, unread: int = 0
) -> Message:
    """One WebSocket message of the connection that `request` opened, which came at the time `received`."""
    return Message(
        phase=Phase.REQUEST if from_client else Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=(),
        body=content,
        time=received,
        channel=Channel.WEBSOCKET,
        client=request.client,
        request=request,
        unread=unread,
    )


def event_message(flow: http.HTTPFlow, request: Message, content: bytes) -> Message:
    """Whole events, as they stand in the stream that answers `request`."""
    assert flow.response is not None
    return Message(
        phase=Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=((b"content-type", CONTENT_TYPE.encode()),),
        body=content,
        time=time.time(),
        status=flow.response.status_code,
        channel=Channel.EVENT_STREAM,
        client=request.client,
        request=request,
    )


def is_event_stream(response: http.Response) -> bool:
    """Whether the body is a stream of server-sent events."""
    content_type: str = response.headers.get("content-type", "")
    return content_type.partition(";")[0].strip().lower() == CONTENT_TYPE


def ask_for_plain_events(request: http.Request) -> None:
    """Have a stream of events sent without a content-encoding, which could not be taken off event by event."""
    if "accept-encoding" in request.headers and CONTENT_TYPE in request.headers.get("accept", "").lower():
        request.headers["accept-encoding"] = "identity"


def frame_as_stream(flow: http.HTTPFlow) -> None:
    """Take the length off the response of `flow`, which may change on the way. Chunks tell the client a stream that is
    cut off from one that has ended."""
    response = flow.response
    assert response is not None
    response.headers.pop("content-length", None)
    if flow.request.is_http11 and "transfer-encoding" not in response.headers:
        response.headers["transfer-encoding"] = "chunked"
        response.http_version = "HTTP/1.1"


def respond(flow: http.HTTPFlow, answer: Answer) -> None:
    """Answer `flow` in place of the upstream."""
    headers = http.Headers([*answer.headers, (b"content-length", str(len(answer.body)).encode())])
    flow.response = http.Response.make(answer.status, answer.body, headers)


def redacted(decision: Decision) -> bytes:
    """The body with the decision's edits in it, without content-encoding."""
    return redaction.apply(decision.content, decision.edits)


def redact(flow: http.HTTPFlow, decision: Decision) -> None:
    """Splice the decision's edits into the response of `flow`; length and coding follow."""
    response = flow.response
    assert response is not None
    body = redacted(decision)
    response.headers.pop("content-encoding", None)
    response.data.content = body
    if "transfer-encoding" not in response.headers:
        response.headers["content-length"] = str(len(body))


def frame_explicitly(request: http.Request, streamed: int = 0) -> None:
    """Give a request that came by HTTP/2 or /3 its length in so many words.

    mitmproxy writes such a body to an HTTP/1 upstream with no framing at all, and the upstream reads it as the next
    request, which no inspection saw (CWE-444). Trailers crash mitmproxy's HTTP/1 side. A body that is `streamed`, its
    length unknown, goes in chunks.
    """
    if not (request.is_http2 or request.is_http3):
        return
    request.trailers = None
    if streamed:
        if "content-length" not in request.headers:
            request.headers["transfer-encoding"] = "chunked"
    else:
        request.headers["content-length"] = str(len(request.raw_content or b""))
        request.headers.pop("transfer-encoding", None)
