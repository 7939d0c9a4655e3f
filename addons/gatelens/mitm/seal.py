"""The seal: what no inspection has stamped does not pass.

It stands last in the chain and survives when a script is unloaded, so a hook that crashed, an addon that was removed or
a flow that came in by another way ends in 503 towards the client, and nothing goes to the upstream.
"""

from __future__ import annotations

import logging
import uuid

from mitmproxy import http, tcp, udp

from gatelens.answers import Answer, problem
from gatelens.mitm import adapter, exchange

logger = logging.getLogger("gatelens")

_SEALED = "gatelens-sealed"
"""Marks a flow whose response is the seal's own. Saved files keep it, so it holds for one passage only."""


class Seal:
    """The last addon of the chain."""

    name = "gatelens-seal"

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        state = exchange.of(flow)
        if not (state and state.streamed):
            flow.request.stream = False  # a streamed request body is forwarded before it is inspected
            exchange.forget(flow)  # the console replays a flow as the same object, with the proof of its last passage

    def request(self, flow: http.HTTPFlow) -> None:
        flow.metadata.pop(_SEALED, None)
        state = exchange.of(flow)
        if state is None or not state.request_done:
            self._refuse(flow, 503)
            flow.metadata[_SEALED] = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        state = exchange.of(flow)
        if flow.response is not None and not (state and state.response_done):
            flow.response.stream = False

    def response(self, flow: http.HTTPFlow) -> None:
        sealed = flow.metadata.pop(_SEALED, False)
        state = exchange.of(flow)
        if state is not None and (state.response_done or state.answered):
            return
        if flow.response is not None and not sealed:
            self._refuse(flow, 502)

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        state = exchange.of(flow)
        if flow.websocket and flow.websocket.messages:
            last = flow.websocket.messages[-1]
            if state is None or state.passed is not last:
                last.drop()

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        self._kill(flow)

    def udp_start(self, flow: udp.UDPFlow) -> None:
        self._kill(flow)

    def _kill(self, flow: tcp.TCPFlow | udp.UDPFlow) -> None:
        logger.error("sealed: a raw connection, which nothing can inspect")
        if flow.killable:
            flow.kill()  # type: ignore[no-untyped-call]  # mitmproxy is typed in part

    def _refuse(self, flow: http.HTTPFlow, status: int) -> None:
        logger.error("sealed: a message that no inspection has seen is answered %d", status)
        headers = ((b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"))
        adapter.respond(flow, Answer(status, headers, problem(status, str(uuid.uuid4()))))
