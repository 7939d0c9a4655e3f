"""What must hold of every inspection: it ends, raises nothing, is in time, and its findings stand where they say.

Limits: a pointer is followed where the body is JSON to Python's own parser and no name in it is given twice.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from msgspec import Struct

from gatelens.bench import budget
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.engine import FAILED, Engine
from gatelens.model.decision import Decision
from gatelens.model.location import Part
from gatelens.model.message import Message

_TIMES = 3
_ENDLESS = 3.0
"""Seconds on the processor after which an inspection counts as one that does not end.

The timer is that of the process, since pytest has the one of real time. While it runs, the clock of the process ticks
only each few milliseconds, so times are taken from that of the thread."""

_LONGEST_FOLLOWED = 64 * 1024
_FOLLOWED = 50


class Fault(Struct, frozen=True):
    """What is wrong: its `kind` for the machine, and words with figures."""

    kind: str
    words: str


class Trial(Struct, frozen=True):
    """An inspection: `used` is the share of the budget that it took."""

    used: float
    fault: Fault | None = None


class Endless(BaseException):
    """An inspection took far too long. No Exception, since the engine would make a finding of it."""


def trial(engine: Engine, message: Message, slowness: float, factor: float = 1) -> Trial:
    """Inspect `message` and say what is wrong with that, where `factor` times the budget is enough."""
    try:
        with _limited(_ENDLESS):
            begin = time.thread_time()
            decision = engine.inspect(message)
            taken = time.thread_time() - begin
            decoded = Decoded()
            decode(message, decoded, engine.route_of(message).limits, set(), set())
    except Endless:
        return Trial(float("inf"), Fault("endless", f"more than {_ENDLESS} s"))
    except Exception as error:
        return Trial(0, Fault("raised", f"{type(error).__name__} {_place(error)}"))
    allowed = budget.allowed(budget.charged(message, decoded))
    used = taken / slowness / allowed
    if (fault := _misplaced(message, decision, decoded.content)) is not None:
        return Trial(used, fault)
    if used <= factor:
        return Trial(used)
    used = min(used, budget.best(lambda: engine.inspect(message), _TIMES) / budget.slowness() / allowed)
    if used <= factor:
        return Trial(used)
    return Trial(used, Fault("slow", f"{used:.1f} times the budget of {allowed * 1e3:.1f} ms"))


def _misplaced(message: Message, decision: Decision, content: bytes) -> Fault | None:
    """A finding that is a failure of ours, or that does not stand where it says."""
    for finding in decision.findings:
        if finding.rule == FAILED:
            return Fault("failed", finding.explanation)
        spans = [edit.span for edit in finding.edits]
        if finding.location.span is not None:
            spans.append(finding.location.span)
        for start, end in spans:
            if not 0 <= start <= end <= len(content):
                return Fault("span", f"{finding.rule}: [{start}, {end}) of {len(content)} bytes")
    if len(content) <= _LONGEST_FOLLOWED and b"json" in message.header(b"content-type"):
        return _unresolved(decision, content)
    return None


def _unresolved(decision: Decision, content: bytes) -> Fault | None:
    try:
        value = json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    for finding in decision.findings[:_FOLLOWED]:
        place = finding.location
        if place.part is Part.BODY and place.pointer.startswith("/") and not _resolves(value, place.pointer):
            return Fault("pointer", f"{finding.rule}: a pointer of {place.pointer.count('/')} steps leads nowhere")
    return None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _resolves(value: object, pointer: str) -> bool:
    """RFC 6901 section 4. A value within a string of JSON has the string's pointer before its own."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, str):
            return True
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return False
    return True


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}" if trace is not None else ""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise Endless in what runs longer than `seconds` on the processor."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Endless

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
