"""Server-sent events are inspected one by one while they stream; one that is blocked ends the stream.

Source: WHATWG HTML section 9.2. mitmproxy hands the chunks of a streamed body to a function, which must not raise.
Limits: a stream with a content-encoding passes unread, where the rules let it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from mitmproxy.proxy.events import Event
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import ResponseData

from gatelens.decoders.event_stream import BASE_EVENTS, Piece, Splitter
from gatelens.mitm import adapter
from gatelens.mitm.body_limits import refuse_response
from gatelens.model.decision import Decision
from gatelens.model.finding import Action

logger = logging.getLogger("gatelens")


class LiveEvents:
    """Takes the chunks of a body, and gives back what may go on to the client. `cut` says that nothing may any more."""

    def __init__(self, limit: int, decide: Callable[[bytes], Decision], note: Callable[[Decision, int], None]) -> None:
        """`limit` in bytes an event; `note` is told each decision with findings, and when it was begun."""
        self.cut = False
        self._limit = limit
        self._splitter = Splitter(limit)
        self._decide = decide
        self._note = note

    def __call__(self, chunk: bytes) -> list[bytes]:
        """`chunk` is empty at the end. An empty piece would end a chunked body, so there is none."""
        if self.cut:
            return []
        try:
            passed = b"".join(self._passing(self._splitter.feed(chunk) if chunk else self._splitter.end()))
        except Exception:  # a fault of ours: what was not inspected does not pass
            logger.exception("an event stream could not be inspected")
            self.cut = True
            return []
        return [passed] if passed else []

    def _passing(self, pieces: Sequence[Piece]) -> Iterator[bytes]:
        waiting: list[bytes] = []
        size = 0
        for piece in pieces:
            size += len(piece.content)
            if waiting and (piece.rest or size > self._limit or len(waiting) == BASE_EVENTS):
                yield from self._judged(waiting)
                if self.cut:
                    return
                waiting, size = [], len(piece.content)
            if piece.rest:
                yield piece.content  # of an event that was judged by its size
            else:
                waiting.append(piece.content)
        yield from self._judged(waiting)

    def _judged(self, events: Sequence[bytes]) -> Iterator[bytes]:
        """Judge `events` together, since most are small and harmless; one by one, where they would be blocked."""
        content = b"".join(events)
        if not content.strip(b"\r\n"):
            yield content
            return
        started = time.perf_counter_ns()
        decision = self._decide(content)
        if decision.verdict >= Action.THROTTLE and len(events) > 1:
            for event in events:
                yield from self._judged([event])
                if self.cut:
                    return
            return
        if decision.findings:
            self._note(decision, started)
        if decision.action >= Action.THROTTLE:
            self.cut = True
        else:
            yield adapter.redacted(decision) if decision.action is Action.REDACT else content


def install() -> None:
    """End a stream as soon as an event of it is blocked, for this process."""
    stream_response_body = HttpStream.state_stream_response_body
    if getattr(stream_response_body, "cuts", False):
        return

    def state_stream_response_body(self: HttpStream, event: Event) -> CommandGenerator[None]:
        yield from stream_response_body(self, event)
        response = self.flow.response
        live = response.stream if response else False
        if isinstance(event, ResponseData) and isinstance(live, LiveEvents) and live.cut:
            yield from refuse_response(self, "an event was blocked")

    state_stream_response_body.cuts = True  # type: ignore[attr-defined]  # a mark, so that it is installed once
    HttpStream.state_stream_response_body = state_stream_response_body  # type: ignore[method-assign]  # the seam of it
