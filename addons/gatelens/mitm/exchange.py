"""What the gateway remembers of one flow between its hooks: the proof of inspection, and the audit transaction."""

from __future__ import annotations

import os
import time
from typing import Protocol, cast

from mitmproxy import http
from mitmproxy.websocket import WebSocketMessage

from gatelens.audit import Judged, Transaction
from gatelens.model.decision import Decision
from gatelens.model.message import Message, Phase

MAX_JUDGED = 1000
"""Messages of one WebSocket connection whose findings its event tells."""


class Exchange:
    """One flow's passage. It hangs on the flow as an attribute that mitmproxy neither saves nor copies, and the seal
    takes it off when a flow begins: one that is replayed, duplicated or loaded is inspected anew."""

    __slots__ = ("answered", "logged", "passed", "request", "request_done", "response_done", "streamed", "transaction")

    def __init__(self, request: Message) -> None:
        self.request = request
        self.request_done = False
        self.response_done = False
        self.answered = False
        self.logged = False
        self.streamed = False
        self.passed: WebSocketMessage | None = None
        self.transaction = Transaction(
            incident=incident(),
            time=request.time,
            client=request.client,
            method=request.method,
            path=request.path,
        )

    def judge(self, phase: Phase, decision: Decision, started: int) -> None:
        """Note a decision; `started` is time.perf_counter_ns() at its beginning."""
        if len(self.transaction.judged) < MAX_JUDGED:
            self.transaction.judged.append(Judged(phase, decision, time.perf_counter_ns() - started))


class _Carrier(Protocol):
    gatelens: Exchange


def incident() -> str:
    """A random UUID (RFC 9562 section 5.4), at half the price of uuid.uuid4()."""
    h = os.urandom(16).hex()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:]}"


def begin(flow: http.HTTPFlow, request: Message) -> Exchange:
    """A new exchange for `flow`."""
    exchange = cast("_Carrier", flow).gatelens = Exchange(request)
    return exchange


def forget(flow: http.HTTPFlow) -> None:
    """`flow` begins anew: what an earlier passage proved is void."""
    if of(flow) is not None:
        del cast("_Carrier", flow).gatelens


def of(flow: http.HTTPFlow) -> Exchange | None:
    """The exchange of `flow`, or None where no inspection has seen it."""
    return getattr(flow, "gatelens", None)
