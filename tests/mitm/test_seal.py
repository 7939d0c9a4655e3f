"""What no inspection has stamped does not pass, whatever was there before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gatelens.mitm import adapter, exchange
from gatelens.mitm.exchange import Exchange
from gatelens.mitm.seal import Seal
from mitmproxy import http
from mitmproxy.test import tflow
from mitmproxy.websocket import WebSocketMessage

PROBLEM = "application/problem+json"


def begun(flow: http.HTTPFlow, **state: Any) -> Exchange:
    """An exchange for `flow`, with these of its fields set."""
    found = exchange.begin(flow, adapter.request_message(flow))
    for name, value in state.items():
        setattr(found, name, value)
    return found


def answered(flow: http.HTTPFlow) -> tuple[int, str, object]:
    """Status, type and title of the flow's response."""
    assert flow.response is not None
    document = json.loads(flow.response.content or b"")
    return flow.response.status_code, flow.response.headers["content-type"], document["title"]


def test_a_request_that_no_inspection_has_seen_is_answered_503() -> None:
    flow = tflow.tflow()
    Seal().request(flow)
    assert answered(flow) == (503, PROBLEM, "Service Unavailable")


def test_a_request_whose_inspection_did_not_end_is_answered_503() -> None:
    flow = tflow.tflow()
    begun(flow)
    Seal().request(flow)
    assert answered(flow)[0] == 503


def test_an_inspected_request_passes_untouched() -> None:
    flow = tflow.tflow()
    before = flow.request.get_state()
    begun(flow, request_done=True)
    Seal().request(flow)
    assert (flow.response, flow.request.get_state()) == (None, before)


def test_a_response_made_by_a_script_for_an_uninspected_request_is_replaced() -> None:
    flow = tflow.tflow(resp=True)
    Seal().request(flow)
    assert answered(flow)[0] == 503


def test_the_answer_tells_nothing_of_the_request_or_the_upstream() -> None:
    flow = tflow.tflow()
    Seal().request(flow)
    assert flow.response is not None
    assert sorted(json.loads(flow.response.content or b"")) == ["instance", "status", "title", "type"]
    assert sorted(flow.response.headers) == ["cache-control", "content-length", "content-type"]


def test_the_seals_own_answer_passes_the_seal() -> None:
    flow = tflow.tflow()
    seal = Seal()
    seal.request(flow)
    seal.response(flow)
    assert answered(flow)[0] == 503


def test_a_response_that_no_inspection_has_seen_is_answered_502() -> None:
    flow = tflow.tflow(resp=True)
    begun(flow, request_done=True)
    Seal().response(flow)
    assert answered(flow) == (502, PROBLEM, "Bad Gateway")


@pytest.mark.parametrize("proof", ["response_done", "answered"])
def test_a_response_that_was_inspected_or_is_our_own_answer_passes(proof: str) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    before = flow.response.get_state()
    begun(flow, request_done=True, **{proof: True})
    Seal().response(flow)
    assert flow.response.get_state() == before


def test_a_flow_without_a_response_gets_none() -> None:
    flow = tflow.tflow()
    Seal().response(flow)
    assert flow.response is None


def test_the_mark_of_a_sealed_answer_opens_no_later_response() -> None:
    """A saved or replayed flow may bring the mark with it."""
    flow = tflow.tflow(resp=True)
    seal = Seal()
    seal.request(flow)
    begun(flow, request_done=True)
    seal.request(flow)
    flow.response = http.Response.make(200, b"from the upstream")
    seal.response(flow)
    assert answered(flow)[0] == 502


def test_a_sealed_answer_that_was_inspected_leaves_no_mark() -> None:
    flow = tflow.tflow()
    seal = Seal()
    seal.request(flow)
    begun(flow, response_done=True)
    seal.response(flow)
    assert [name for name in flow.metadata if "gatelens" in name] == []


def test_a_replayed_flow_brings_no_proof_of_its_first_passage() -> None:
    """The console replays a flow as the same object."""
    flow = tflow.tflow()
    begun(flow, request_done=True, response_done=True)
    seal = Seal()
    seal.requestheaders(flow)
    seal.request(flow)
    assert answered(flow)[0] == 503


def test_neither_a_copy_nor_a_saved_flow_has_the_proof() -> None:
    flow = tflow.tflow()
    begun(flow, request_done=True)
    for other in (flow.copy(), http.HTTPFlow.from_state(flow.get_state())):
        assert isinstance(other, http.HTTPFlow)
        assert exchange.of(other) is None
    assert exchange.of(flow) is not None


def test_streaming_that_a_script_switched_on_is_switched_off() -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    for message in (flow.request, flow.response):
        message.stream = lambda data: data
    seal = Seal()
    seal.requestheaders(flow)
    seal.responseheaders(flow)
    assert [message.stream for message in (flow.request, flow.response)] == [False, False]


def test_streaming_that_the_gateway_has_judged_stays_on() -> None:
    flow = tflow.tflow(resp=True)
    flow.request.stream = True
    assert flow.response is not None
    flow.response.stream = True
    state = begun(flow, request_done=True, streamed=True, response_done=True)
    seal = Seal()
    seal.requestheaders(flow)
    seal.responseheaders(flow)
    assert (flow.request.stream, flow.response.stream, exchange.of(flow)) == (True, True, state)


def last_message(flow: http.HTTPFlow) -> WebSocketMessage:
    assert flow.websocket is not None
    return flow.websocket.messages[-1]


def test_a_websocket_message_that_no_inspection_has_seen_is_dropped() -> None:
    flow = tflow.twebsocketflow()
    Seal().websocket_message(flow)
    assert last_message(flow).dropped


def test_the_proof_of_one_message_is_none_for_the_next() -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    begun(flow, passed=flow.websocket.messages[0])
    Seal().websocket_message(flow)
    assert [message.dropped for message in flow.websocket.messages] == [False, False, True]


def test_an_inspected_websocket_message_passes() -> None:
    flow = tflow.twebsocketflow()
    begun(flow, passed=last_message(flow))
    Seal().websocket_message(flow)
    assert not last_message(flow).dropped


def test_raw_connections_are_killed() -> None:
    tcp, udp = tflow.ttcpflow(), tflow.tudpflow()
    tcp.live = udp.live = True
    Seal().tcp_start(tcp)
    Seal().udp_start(udp)
    assert tcp.error is not None
    assert udp.error is not None
    assert (tcp.error.msg, udp.error.msg) == ("Connection killed.", "Connection killed.")


def test_a_raw_connection_that_has_ended_is_no_fault() -> None:
    tcp = tflow.ttcpflow()
    tcp.live = False
    Seal().tcp_start(tcp)
    assert tcp.error is None


def test_two_sealed_flows_have_two_incidents() -> None:
    flows = [tflow.tflow(), tflow.tflow()]
    for flow in flows:
        Seal().request(flow)
    bodies = {flow.response.content for flow in flows if flow.response}
    assert len(bodies) == 2
