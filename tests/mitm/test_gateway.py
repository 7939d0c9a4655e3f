"""The gateway's hooks on flows: each decision is carried out, told once, and leaves its proof for the seal."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from gatelens.mitm import exchange
from gatelens.mitm.gateway import KEPT_MESSAGES, OFF_LOOP_BYTES, Gateway
from gatelens.mitm.seal import Seal
from gatelens.model.message import Message
from mitmproxy import http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.exceptions import OptionsError
from mitmproxy.test import taddons, tflow, tutils
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from tests.support.rules import rule, words, write

ATTACK = b'{"word": "xyzzy"}'
CARD = b'{"card": "4111 1111 1111 1111"}'
REDACTED = b'{"card": "**** **** **** 1111"}'
JSON = (b"content-type", b"application/json")

RULES = (
    words("forbidden", "xyzzy", phase="request"),
    words("leak", "plugh", phase="response", category="response"),
    words("limit", "too-fast", action="throttle", category="rate"),
    words("curious", "hmm", action="log", severity="low"),
    rule("card", "payment_card", "redact", phase="response", params={"keep": 4}),
    rule("size", "payload_limits", category="too-large", params={"checks": ["body-size"]}),
)
POLICY = {
    "limits": {"request_body": 1_000_000, "response_body": 1_000_000},
    "routes": [
        {"path": "/import", "limits": {"request_body": 2_000_000}},
        {"path": "/trial", "mode": "detect", "limits": {"request_body": 500}},
    ],
}


class Context:
    """A gateway with its seal behind it, and what it wrote."""

    def __init__(self, gateway: Gateway, context: taddons.context, folder: Path) -> None:
        self.gateway = gateway
        self.tctx = context
        self.rules = folder / "rules"
        self.audit = folder / "audit.jsonl"

    def configure(self, **options: Any) -> None:
        self.tctx.configure(self.gateway, **options)

    async def send(self, flow: http.HTTPFlow, *events: str) -> None:
        """Run the flow's hooks: of the gateway, then of the seal."""
        for event in events or ("requestheaders", "request"):
            for addon in (self.gateway, Seal()):
                if (hook := getattr(addon, event, None)) and (result := hook(flow)) is not None:
                    await result

    async def answer(self, flow: http.HTTPFlow, body: bytes = b"{}", *headers: tuple[bytes, bytes]) -> http.Response:
        """Let the upstream answer; return what the client gets."""
        if flow.response is None:
            fields = http.Headers([JSON, (b"content-length", str(len(body)).encode()), *headers])
            flow.response = tutils.tresp(content=body, headers=fields)
        await self.send(flow, "responseheaders", "response")
        assert flow.response is not None
        return flow.response

    def events(self) -> list[dict[str, Any]]:
        """All audit events: this closes the log."""
        self.gateway.done()
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    write(tmp_path / "rules", *RULES, **POLICY)
    gateway = Gateway()
    with taddons.context(Proxyserver(), gateway) as tctx:
        gateway.select(None)
        context = Context(gateway, tctx, tmp_path)
        context.configure(gatelens_rules=str(context.rules), gatelens_audit=str(context.audit))
        yield context
        gateway.done()


def post(body: bytes = b"{}", path: bytes = b"/items", **more: Any) -> http.HTTPFlow:
    headers = http.Headers([JSON, (b"content-length", str(len(body)).encode())])
    return tflow.tflow(req=tutils.treq(method=b"POST", path=path, headers=headers, content=body, **more))


def title(response: http.Response) -> tuple[int, object]:
    return response.status_code, json.loads(response.content or b"")["title"]


# -- requests and responses


async def test_a_clean_request_and_its_response_pass_untouched(context: Context) -> None:
    flow = post()
    before = flow.request.get_state()
    await context.send(flow)
    assert (flow.response, flow.request.get_state()) == (None, before)
    response = await context.answer(flow, b'{"fine": 1}')
    assert (response.status_code, response.content, flow.marked, flow.comment) == (200, b'{"fine": 1}', "", "")
    (event,) = context.events()
    assert (event["event.action"], event["http.response.status_code"], event["url.path"]) == ("allow", 200, "/items")


async def test_a_blocked_request_is_answered_and_told_once(context: Context) -> None:
    flow = post(ATTACK)
    await context.send(flow)
    response = await context.answer(flow)
    assert title(response) == (403, "Forbidden")
    (event,) = context.events()
    assert (event["event.action"], event["http.response.status_code"]) == ("block", 403)
    assert event["rule.id"] == ["forbidden"]
    assert json.loads(response.content or b"")["instance"] == f"urn:uuid:{event['event.id']}"
    assert flow.marked == ":red_circle:"
    assert flow.comment == "block forbidden body:/word '•'"


async def test_a_throttled_request_is_told_when_to_come_again(context: Context) -> None:
    flow = post(b'{"a": "too-fast"}')
    await context.send(flow)
    response = await context.answer(flow)
    assert (title(response), response.headers["retry-after"]) == ((429, "Too Many Requests"), "60")


async def test_detect_mode_lets_the_attack_pass_and_says_what_it_would_do(context: Context) -> None:
    flow = post(ATTACK, b"/trial")
    await context.send(flow)
    assert flow.response is None
    await context.answer(flow)
    (event,) = context.events()
    assert (event["event.action"], event["gatelens.verdict"], event["gatelens.mode"]) == ("log", "block", "detect")
    assert flow.comment.startswith("log (would block) forbidden ")


async def test_a_response_with_a_card_leaves_redacted_with_its_length(context: Context) -> None:
    flow = post()
    await context.send(flow)
    response = await context.answer(flow, CARD.replace(b"}", b', "more": 1}'))
    assert response.raw_content == REDACTED.replace(b"}", b', "more": 1}')
    assert response.headers["content-length"] == str(len(response.raw_content or b""))


async def test_a_blocked_response_is_replaced_and_nothing_of_it_is_left(context: Context) -> None:
    flow = post()
    await context.send(flow)
    response = await context.answer(flow, b'{"trace": "plugh"}', (b"x-secret", b"4711"))
    assert title(response) == (502, "Bad Gateway")
    assert (b"plugh" in (response.content or b""), "x-secret" in response.headers) == (False, False)


async def test_a_large_body_is_inspected_off_the_loop_with_the_same_outcome(context: Context) -> None:
    large = b'{"word": "xyzzy", "more": ["' + b'a", "' * (OFF_LOOP_BYTES // 5) + b'"]}'
    await context.send(flow := post(large))
    assert flow.response is not None
    assert title(flow.response) == (403, "Forbidden")


async def test_while_a_large_body_is_inspected_the_request_has_no_proof(context: Context) -> None:
    pending = context.gateway.request(flow := post(b" " * OFF_LOOP_BYTES))
    state = exchange.of(flow)
    assert state is not None
    assert pending is not None
    done = [state.request_done]
    await pending
    assert [*done, state.request_done] == [False, True]


async def test_a_flow_that_is_replayed_from_a_file_is_inspected_although_it_is_answered(context: Context) -> None:
    flow = post(ATTACK)
    flow.response = tutils.tresp()
    flow.live = False
    await context.send(flow, "requestheaders", "request", "responseheaders", "response")
    assert flow.response.status_code == 403


async def test_a_flow_that_is_sent_again_is_inspected_again(context: Context) -> None:
    flow = post()
    await context.send(flow)
    await context.answer(flow)
    flow.response = None
    flow.request.content = ATTACK
    await context.send(flow)
    assert title(await context.answer(flow)) == (403, "Forbidden")


# -- our own faults


class Broken:
    """A fault of the engine itself, which catches those of inspectors."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def inspect(self, _message: Message) -> None:
        raise MemoryError("a secret")


async def test_a_fault_of_the_engine_blocks_and_the_secret_is_not_told(context: Context) -> None:
    assert context.gateway.rules is not None
    context.gateway.rules.engine = Broken(context.gateway.rules.engine)  # type: ignore[assignment]  # a fault put in
    flow = post()
    await context.send(flow)
    response = await context.answer(flow)
    assert title(response) == (500, "Internal Server Error")
    (event,) = context.events()
    (finding,) = event["gatelens.findings"]
    assert (finding["rule"], finding["explanation"].split(":")[0]) == ("inspection-failed", "MemoryError at inspect")
    assert "secret" not in context.audit.read_text()


async def test_without_rules_nothing_passes(context: Context) -> None:
    context.gateway.rules = None
    flow = post()
    with pytest.raises(RuntimeError, match="no rules loaded"):  # mitmproxy logs it and goes on
        context.gateway.request(flow)
    Seal().request(flow)
    assert [title(response) for response in [flow.response] if response] == [(503, "Service Unavailable")]


async def test_a_response_to_a_request_that_was_not_inspected_is_left_to_the_seal(context: Context) -> None:
    flow = post()
    await context.answer(flow)
    assert flow.response is not None
    assert title(flow.response) == (502, "Bad Gateway")


# -- flows that end early


async def test_a_flow_broken_off_before_and_behind_its_inspection_is_told_apart(context: Context) -> None:
    refused, aborted = post(), post()
    await context.send(aborted)
    for flow in (refused, aborted):
        await context.send(flow, "error")
    assert [(event["error.type"], event["event.outcome"]) for event in context.events()] == [
        ("refused", "failure"),
        ("aborted", "failure"),
    ]


async def test_an_error_after_the_answer_is_no_second_event(context: Context) -> None:
    flow = post()
    await context.send(flow)
    await context.answer(flow)
    await context.send(flow, "error")
    assert len(context.events()) == 1


# -- bodies that are not kept


async def test_a_size_needs_no_route_below_the_least_limit_of_all(context: Context) -> None:
    assert context.gateway.body_limit(post(), 500, request=True) == 500


@pytest.mark.parametrize(
    ("path", "limit"), [(b"/items", 1_000_000), (b"/import", 2_000_000), (b"/%69mport", 1_000_000)]
)
async def test_a_size_is_held_to_the_limit_of_its_route(context: Context, path: bytes, limit: int) -> None:
    assert context.gateway.body_limit(post(path=path), 1_500_000, request=True) == limit


async def test_a_response_has_a_limit_of_its_own(context: Context) -> None:
    assert context.gateway.body_limit(post(path=b"/import"), 1_500_000, request=False) == 1_000_000


async def test_a_request_over_its_limit_is_refused_with_its_incident(context: Context) -> None:
    flow = post()
    incident = context.gateway.refuse_unread(flow, 1_000_001)
    await context.send(flow, "error")
    (event,) = context.events()
    assert (event["event.id"], event["rule.id"], event["http.response.status_code"]) == (incident, ["size"], 413)


async def test_in_detect_mode_a_request_over_its_limit_streams_and_is_not_inspected_twice(context: Context) -> None:
    flow = post(path=b"/trial")
    flow.request.http_version = "HTTP/2.0"
    del flow.request.headers["content-length"]
    assert context.gateway.refuse_unread(flow, 501) == ""
    flow.request.stream = True
    await context.send(flow)
    assert (flow.response, flow.request.stream) == (None, True)
    assert flow.request.headers["transfer-encoding"] == "chunked"
    await context.answer(flow)
    (event,) = context.events()
    assert (event["event.action"], event["gatelens.verdict"], event["gatelens.finding_count"]) == ("log", "block", 1)


async def test_a_streamed_request_that_broke_off_is_inspected_when_it_is_sent_again(context: Context) -> None:
    flow = post(ATTACK)
    flow.request.path = "/trial"
    context.gateway.refuse_unread(flow, 501)
    await context.send(flow, "error")
    flow.request.path = "/items"
    await context.send(flow)
    assert flow.response is not None
    assert title(flow.response) == (403, "Forbidden")


async def test_an_event_stream_with_a_coding_passes_unread_where_the_rules_let_it(context: Context) -> None:
    flow = post()
    await context.send(flow)
    headers = ((b"Content-Type", b"Text/Event-Stream; charset=utf-8"), (b"content-encoding", b"gzip"))
    flow.response = tutils.tresp(headers=headers)
    await context.send(flow, "responseheaders")
    assert flow.response.stream is True


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [("text/event-stream", "identity"), ("text/html, Text/Event-Stream;q=0.9", "identity"), ("*/*", "gzip")],
)
async def test_the_upstream_is_asked_for_events_without_a_coding(context: Context, accepted: str, asked: str) -> None:
    flow = post()
    flow.request.headers["accept"] = accepted
    flow.request.headers["accept-encoding"] = "gzip"
    await context.send(flow)
    assert flow.request.headers["accept-encoding"] == asked


async def test_an_event_stream_is_inspected_event_by_event(context: Context) -> None:
    flow = post()
    await context.send(flow)
    headers = ((b"Content-Type", b"Text/Event-Stream; charset=utf-8"), (b"content-length", b"99"))
    flow.response = tutils.tresp(headers=headers, content=None)
    await context.send(flow, "responseheaders")
    assert callable(flow.response.stream)
    assert "content-length" not in flow.response.headers
    assert flow.response.stream(b"data: %s\n\n" % CARD) == [b"data: %s\n\n" % REDACTED]
    assert flow.response.stream(b"data: a plugh\n\n") == []
    assert flow.response.stream(b"data: b\n\n") == []
    await context.send(flow, "response")
    (event,) = context.events()
    assert (event["event.action"], event["rule.id"]) == ("block", ["card", "leak"])


@pytest.mark.parametrize(("version", "framed"), [("HTTP/1.1", "chunked"), ("HTTP/1.0", None), ("HTTP/2.0", None)])
async def test_an_event_stream_is_chunked_where_the_client_knows_chunks(
    context: Context, version: str, framed: str | None
) -> None:
    flow = post()
    flow.request.http_version = version
    await context.send(flow)
    flow.response = tutils.tresp(headers=((b"content-type", b"text/event-stream"),), content=None)
    await context.send(flow, "responseheaders")
    assert flow.response.headers.get("transfer-encoding") == framed


async def test_the_head_of_an_event_stream_is_judged_before_it_goes_on(context: Context) -> None:
    write(context.rules, rule("many", "payload_limits", phase="response", params={"checks": ["header-count"]}))
    context.configure(gatelens_rules=str(context.rules))
    flow = post()
    await context.send(flow)
    fields = [(b"content-type", b"text/event-stream"), *((b"x-%d" % number, b"a") for number in range(101))]
    flow.response = tutils.tresp(headers=fields, content=None)
    await context.send(flow, "responseheaders")
    assert flow.response.stream is False


async def test_what_only_looks_like_an_event_stream_is_kept_and_inspected(context: Context) -> None:
    flow = post()
    await context.send(flow)
    flow.response = tutils.tresp(content=CARD, headers=((b"content-type", b"application/json; a=text/event-stream"),))
    await context.send(flow, "responseheaders", "response")
    assert flow.response.content == REDACTED


async def test_a_stream_is_not_let_through_where_the_rules_block_it(context: Context) -> None:
    write(
        context.rules,
        rule("stream", "payload_limits", phase="response", params={"checks": ["not-inspected", "body-size"]}),
    )
    context.configure(gatelens_rules=str(context.rules))
    flow = post()
    await context.send(flow)
    headers = ((b"content-type", b"text/event-stream"), (b"content-encoding", b"gzip"))
    flow.response = tutils.tresp(headers=headers)
    await context.send(flow, "responseheaders")
    assert flow.response.stream is False
    assert not context.gateway.pass_unread(flow, 1_000_001)


# -- WebSocket


async def connected(context: Context, path: bytes = b"/socket") -> http.HTTPFlow:
    flow = tflow.twebsocketflow()
    flow.request.path = path.decode()
    assert flow.websocket is not None
    flow.websocket.messages.clear()
    await context.send(flow)
    await context.answer(flow)
    return flow


async def sent(context: Context, flow: http.HTTPFlow, content: bytes, from_client: bool = True) -> WebSocketMessage:
    assert flow.websocket is not None
    flow.websocket.messages.append(message := WebSocketMessage(Opcode.TEXT, from_client, content))
    await context.send(flow, "websocket_message")
    return message


async def test_a_websocket_message_passes_is_dropped_or_is_redacted(context: Context) -> None:
    flow = await connected(context)
    clean, attack = await sent(context, flow, b'{"n": 1}'), await sent(context, flow, ATTACK)
    reply, leak = await sent(context, flow, CARD, False), await sent(context, flow, b'"plugh"', False)
    assert [message.dropped for message in (clean, attack, reply, leak)] == [False, True, False, True]
    assert (clean.content, reply.content) == (b'{"n": 1}', REDACTED)


async def test_what_is_found_one_way_is_not_looked_for_the_other(context: Context) -> None:
    flow = await connected(context)
    up, down = await sent(context, flow, CARD), await sent(context, flow, ATTACK, False)
    assert (up.content, up.dropped, down.content, down.dropped) == (CARD, False, ATTACK, False)


async def test_a_connection_is_one_event_at_its_end(context: Context) -> None:
    flow = await connected(context)
    await sent(context, flow, ATTACK)
    await sent(context, flow, b'"hmm"')
    await context.send(flow, "websocket_end")
    (event,) = context.events()
    assert (event["network.protocol"], event["event.action"]) == ("websocket", "block")
    assert event["rule.id"] == ["forbidden", "curious"]


async def test_a_long_connection_keeps_only_its_last_messages(context: Context) -> None:
    flow = await connected(context)
    for number in range(KEPT_MESSAGES + 10):
        await sent(context, flow, b"%d" % number)
    assert flow.websocket is not None
    assert [message.content for message in flow.websocket.messages] == [
        b"%d" % number for number in range(10, KEPT_MESSAGES + 10)
    ]


async def test_a_message_of_a_connection_that_was_not_inspected_is_dropped(context: Context) -> None:
    flow = tflow.twebsocketflow()
    assert (await sent(context, flow, b'{"n": 1}')).dropped


# -- options


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"gatelens_mode": "blok"}, "gatelens_mode: 'blok'; block, detect"),
        ({"gatelens_head_seconds": 0}, "gatelens_head_seconds: 0; seconds, from 1 on"),
        ({"gatelens_body_seconds": -1}, "gatelens_body_seconds: -1; seconds, from 1 on"),
        ({"gatelens_audit": "/missing/audit"}, "gatelens_audit: '/missing/audit': No such file"),
        ({"gatelens_rules": "/missing"}, "rules not loaded:\n/missing:1:1: "),
        ({"stream_large_bodies": "1m"}, "stream_large_bodies would forward bodies uninspected"),
        ({"ignore_hosts": ["example"]}, "ignore_hosts and allow_hosts would let a client choose"),
        ({"allow_hosts": ["example"]}, "ignore_hosts and allow_hosts would let a client choose"),
    ],
)
async def test_an_option_that_cannot_be_done_is_refused_and_the_rules_in_force_stay(
    context: Context, options: dict[str, object], told: str
) -> None:
    rules = context.gateway.rules
    with pytest.raises(OptionsError) as refused:
        context.configure(**options)
    assert str(refused.value).startswith(told)
    assert context.gateway.rules is not None
    flow = post(ATTACK)
    await context.send(flow)
    assert flow.response is not None
    assert rules is not None


async def test_the_operators_mode_wins_over_the_policy_and_its_routes(context: Context) -> None:
    context.configure(gatelens_mode="block")
    flow = post(ATTACK, b"/trial")
    await context.send(flow)
    assert flow.response is not None
    assert title(flow.response) == (403, "Forbidden")


async def test_only_the_selected_inspectors_run_and_a_selection_only_grows(tmp_path: Path) -> None:
    write(tmp_path / "rules", *RULES, **POLICY)
    gateway = Gateway()
    with taddons.context(Proxyserver(), gateway) as tctx:
        selections = []
        for asked in ({"payment_card"}, {"pattern"}, {"pattern"}, None, {"email"}):
            gateway.select(asked)
            selections.append(gateway.selection)
        assert selections == [{"payment_card"}, both := {"payment_card", "pattern"}, both, None, None]
        gateway.selection = {"payment_card"}
        tctx.configure(gateway, gatelens_rules=str(tmp_path / "rules"))
        gateway.request(flow := post(ATTACK))
        assert flow.response is None


async def test_asking_again_for_what_runs_already_takes_nothing_out_of_force(context: Context) -> None:
    """A script that is edited while the rules are broken must not leave the gateway without any."""
    rules = context.gateway.rules
    context.gateway.select(None)
    assert context.gateway.rules is rules


async def test_after_a_change_of_mode_the_rules_are_still_watched(context: Context) -> None:
    rules = write(context.rules.parent / "watched")
    context.gateway.running()
    await asyncio.sleep(0.1)  # it is watching
    context.configure(gatelens_rules=str(rules))
    context.configure(gatelens_mode="block")
    await asyncio.sleep(0)
    write(rules, words("fresh", "frobnicate", tests={"match": ["frobnicate"], "ignore": ["b"]}), mode="detect")
    end = time.monotonic() + 15
    while time.monotonic() < end:
        await asyncio.sleep(0.1)
        await context.send(flow := post(b'{"a": "frobnicate"}'))
        if flow.response is not None:
            break
    else:
        raise AssertionError("the new rule is not in force")
    assert context.gateway.rules is not None
    assert context.gateway.rules.engine.generation == 2
    assert [event["event.action"] for event in context.events()] == ["rules-reloaded"]
