"""Flows become messages with their bytes as they came; decisions become what the client and the upstream get."""

from __future__ import annotations

import pytest
from gatelens.answers import Answer
from gatelens.mitm import adapter
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Edit
from gatelens.model.message import Channel, Message, Phase
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.net.http.http1.read import read_request_head
from mitmproxy.test import tflow, tutils

FIELDS = ((b"Host", b"x"), (b"X-A", b"1"), (b"x-a", b"\xff"))


def decision(content: bytes, *edits: Edit) -> Decision:
    return Decision(
        action=Action.REDACT,
        verdict=Action.REDACT,
        mode="block",
        mode_source="--mode",
        route="default",
        generation=1,
        edits=edits,
        content=content,
    )


def h2(body: bytes | None, *fields: tuple[bytes, bytes], version: bytes = b"HTTP/2.0") -> http.Request:
    request = tutils.treq(http_version=version, headers=http.Headers(fields), content=body)
    request.trailers = http.Headers([(b"x-trailer", b"1")])
    return request


# -- messages


def test_a_request_keeps_order_case_duplicates_and_coding() -> None:
    flow = tflow.tflow(
        req=tutils.treq(
            method=b"PATCH", path=b"/a%20b?q=\xff#f", headers=FIELDS, content=b"\x1f\x8b", timestamp_start=7
        )
    )
    assert adapter.request_message(flow, unread=9) == Message(
        phase=Phase.REQUEST,
        method="PATCH",
        target="/a%20b?q=\ufffd#f",
        headers=FIELDS,
        body=b"\x1f\x8b",
        time=7,
        http_version="HTTP/1.1",
        client="127.0.0.1",
        unread=9,
    )


@pytest.mark.parametrize(
    ("line", "authority"),
    [(b"GET http://a.example:81/b?c HTTP/1.1", "a.example:81"), (b"GET /b?c HTTP/1.1", "")],
)
def test_the_authority_of_an_absolute_form_target_is_kept(line: bytes, authority: str) -> None:
    flow = tflow.tflow(req=read_request_head([line, b"Host: other.example"]))
    message = adapter.request_message(flow)
    assert (message.authority, message.target, message.header(b"host")) == (authority, "/b?c", b"other.example")


def test_a_request_without_body_and_peer_is_a_message_too() -> None:
    flow = tflow.tflow(req=tutils.treq(content=None))
    flow.client_conn.peername = ("", 0)
    message = adapter.request_message(flow)
    assert (message.body, message.client) == (b"", "")


@given(st.binary(max_size=40), st.binary(max_size=20))
def test_a_request_line_of_any_bytes_is_a_message(path: bytes, method: bytes) -> None:
    message = adapter.request_message(tflow.tflow(req=tutils.treq(path=path, method=method)))
    assert message.method.encode("latin-1") == method
    message.target.encode()  # no lone surrogates, which no log could write


def test_a_response_answers_its_request_and_has_its_own_time() -> None:
    flow = tflow.tflow(resp=tutils.tresp(status_code=201, headers=FIELDS, content=b"{}", timestamp_start=9))
    request = adapter.request_message(flow)
    response = adapter.response_message(flow, request, unread=-1)
    assert response == Message(
        phase=Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=FIELDS,
        body=b"{}",
        time=9,
        status=201,
        http_version="HTTP/1.1",
        client=request.client,
        request=request,
        unread=-1,
    )


@pytest.mark.parametrize(("from_client", "phase"), [(True, Phase.REQUEST), (False, Phase.RESPONSE)])
def test_a_websocket_message_goes_one_way_under_the_path_of_its_connection(from_client: bool, phase: Phase) -> None:
    request = adapter.request_message(tflow.tflow(req=tutils.treq(path=b"/socket")))
    message = adapter.websocket_message(request, b"{}", 8, from_client=from_client)
    assert (message.phase, message.channel, message.target, message.body, message.time, message.headers) == (
        *(phase, Channel.WEBSOCKET, "/socket", b"{}", 8),
        (),
    )


# -- answers


def test_an_answer_has_its_length_and_no_header_but_its_own() -> None:
    flow = tflow.tflow(resp=tutils.tresp(headers=((b"set-cookie", b"sid=1"),)))
    adapter.respond(flow, Answer(403, ((b"content-type", b"application/problem+json"),), b'{"status":403}'))
    assert flow.response is not None
    assert (flow.response.status_code, flow.response.raw_content) == (403, b'{"status":403}')
    assert flow.response.headers.fields == (
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"14"),
    )


# -- redaction


def redacted(*fields: tuple[bytes, bytes]) -> tuple[bytes | None, list[tuple[bytes, bytes]]]:
    """Body and headers after the edit of a response that had these headers."""
    flow = tflow.tflow(resp=tutils.tresp(headers=fields, content=b"as it came"))
    adapter.redact(flow, decision(b"card 4111, more", Edit((5, 9), b"*")))
    assert flow.response is not None
    return flow.response.raw_content, list(flow.response.headers.fields)


def test_the_edited_body_has_its_length_and_no_coding() -> None:
    assert redacted((b"Content-Encoding", b"gzip"), (b"Content-Length", b"99"), (b"X-Kept", b"1")) == (
        b"card *, more",
        [(b"Content-Length", b"12"), (b"X-Kept", b"1")],
    )


def test_a_length_is_given_where_there_was_none() -> None:
    assert redacted()[1] == [(b"content-length", b"12")]


def test_a_chunked_body_stays_chunked_and_gets_no_length_beside() -> None:
    assert redacted((b"Transfer-Encoding", b"chunked"))[1] == [(b"Transfer-Encoding", b"chunked")]


def test_a_doubled_length_becomes_one() -> None:
    assert redacted((b"content-length", b"5"), (b"Content-Length", b"5"))[1] == [(b"content-length", b"12")]


# -- framing


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3"])
def test_a_body_without_length_gets_one_and_loses_its_trailers(version: bytes) -> None:
    request = h2(b"GET /smuggled HTTP/1.1\r\n\r\n", version=version)
    adapter.frame_explicitly(request)
    assert (request.headers.fields, request.trailers) == (((b"content-length", b"26"),), None)


@pytest.mark.parametrize("body", [b"", None])
def test_no_body_is_a_length_of_zero(body: bytes | None) -> None:
    request = h2(body)
    adapter.frame_explicitly(request)
    assert request.headers.fields == ((b"content-length", b"0"),)


@pytest.mark.parametrize(
    "fields",
    [
        ((b"content-length", b"99"),),
        ((b"Content-Length", b"1"), (b"content-length", b"2")),
        ((b"transfer-encoding", b"chunked"), (b"content-length", b"3")),
    ],
)
def test_framing_that_the_client_claims_is_replaced_by_what_came(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    request = h2(b"abc", *fields)
    adapter.frame_explicitly(request)
    assert [(name.lower(), value) for name, value in request.headers.fields] == [(b"content-length", b"3")]


def test_a_streamed_body_without_length_goes_in_chunks() -> None:
    request = h2(None)
    adapter.frame_explicitly(request, streamed=500)
    assert (request.headers.fields, request.trailers) == (((b"transfer-encoding", b"chunked"),), None)


def test_a_streamed_body_keeps_its_length() -> None:
    request = h2(None, (b"content-length", b"5000"))
    adapter.frame_explicitly(request, streamed=500)
    assert request.headers.fields == ((b"content-length", b"5000"),)


def test_an_http1_request_is_framed_already() -> None:
    request = h2(b"abc", (b"transfer-encoding", b"chunked"), version=b"HTTP/1.1")
    before = request.get_state()
    adapter.frame_explicitly(request)
    assert request.get_state() == before
