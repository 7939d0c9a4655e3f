"""Turn mitmproxy's flows into messages, and decisions back into what mitmproxy does with a flow."""

from __future__ import annotations

from mitmproxy import http
from mitmproxy.websocket import WebSocketMessage

from gatelens import redaction
from gatelens.answers import Answer
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


def websocket_message(message: WebSocketMessage, request: Message) -> Message:
    """One WebSocket message of the connection that `request` opened."""
    phase = Phase.REQUEST if message.from_client else Phase.RESPONSE
    return Message(
        phase=phase,
        method=request.method,
        target=request.target,
        headers=(),
        body=message.content,
        time=message.timestamp,
        channel=Channel.WEBSOCKET,
        client=request.client,
        request=request,
    )


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
