"""The audit log: one JSON event a transaction, with no secret in it.

Source: Elastic Common Schema 9.4.0 field names. A body, a token, a cookie value or a query never gets here: events are
built from decisions, whose evidence is masked, and from names and paths that are masked again (CWE-532, CWE-117).
"""

from __future__ import annotations

import contextlib
import datetime
import threading
from collections import deque

import orjson
from msgspec import Struct

from gatelens import __version__, masking
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Finding
from gatelens.model.location import Location
from gatelens.model.message import Channel, Phase

ECS_VERSION = "9.4.0"

MAX_FINDINGS = 50
"""Findings that an event tells one by one; their number is told in any case."""

_TYPES = {Action.ALLOW: "allowed", Action.LOG: "allowed", Action.REDACT: "change"}
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "CONNECT"})


class Judged(Struct, frozen=True):
    """A decision, and what of the transaction it was about. `took` is the inspection's time in nanoseconds."""

    phase: Phase
    decision: Decision
    took: int


class Transaction(Struct, kw_only=True):
    """What the log tells of one request and its response; `status` is what the client got, 0 where nothing."""

    incident: str
    time: float
    client: str
    method: str
    path: str
    status: int = 0
    judged: list[Judged] = []
    error: str = ""
    channel: Channel = Channel.HTTP


def event(transaction: Transaction) -> dict[str, object]:
    """The ECS event of `transaction`."""
    decisions = [judged.decision for judged in transaction.judged]
    leading = max(decisions, key=lambda decision: (decision.action, decision.verdict), default=None)
    action = leading.action if leading else Action.ALLOW
    findings = [(judged.phase, finding) for judged in transaction.judged for finding in judged.decision.findings]
    built: dict[str, object] = {
        "@timestamp": datetime.datetime.fromtimestamp(transaction.time, datetime.UTC).isoformat(
            timespec="milliseconds"
        ),
        "ecs.version": ECS_VERSION,
        "event.id": transaction.incident,
        "event.kind": "alert" if action > Action.LOG else "event",
        "event.category": ["api", "web"],
        "event.type": [_TYPES.get(action, "denied")],
        "event.action": action.word,
        "event.outcome": "failure" if action >= Action.THROTTLE or transaction.error else "success",
        "event.duration": sum(judged.took for judged in transaction.judged),
        "source.ip": transaction.client,
        "http.request.method": shown_method(transaction),
        "http.response.status_code": transaction.status,
        "network.protocol": transaction.channel.value,
        "url.path": masking.path(transaction.path),
        "gatelens.version": __version__,
    }
    if leading:
        built |= {
            "gatelens.route": leading.route,
            "gatelens.mode": leading.mode,
            "gatelens.mode_source": leading.mode_source,
            "gatelens.verdict": max(decision.verdict for decision in decisions).word,
            "gatelens.generation": leading.generation,
        }
    if findings:
        built["rule.id"] = list(dict.fromkeys(finding.rule for _, finding in findings))
        built["gatelens.findings"] = [told(finding, phase) for phase, finding in findings[:MAX_FINDINGS]]
        built["gatelens.finding_count"] = len(findings)
    if transaction.error:
        built["error.type"] = transaction.error
    return built


def shown_method(transaction: Transaction) -> str:
    """The method, where it is one that HTTP knows."""
    return transaction.method if transaction.method in _METHODS else masking.HIDDEN


def _iso(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def where(finding: Finding) -> str:
    """A finding's location, with the names in it masked where they do not look like names."""
    location = finding.location
    return str(Location(location.part, masking.pointer(location.pointer), location.key))


def told(finding: Finding, phase: Phase) -> dict[str, object]:
    """A finding as the log tells it."""
    entry: dict[str, object] = {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "action": finding.action.word,
        "phase": phase.value,
        "location": where(finding),
    }
    for name in ("evidence", "explanation", "excluded"):
        if text := getattr(finding, name):
            entry[name] = text
    if finding.transformations:
        entry["transformations"] = list(finding.transformations)
    return entry


class AuditLog:
    """Writes events as lines to a file or to standard output.

    Lines are gathered and written by a thread, so that a slow disk delays no request; the memory for them is bounded,
    and what had to be dropped is counted and told by an event of its own. What a full disk refuses is tried again.
    """

    MAX_PENDING = 20_000
    INTERVAL = 0.2
    CLOSE_TIMEOUT = 5.0

    def __init__(self, target: str) -> None:
        """`target` is a path, or `-` for standard output. Raises OSError where the file cannot be opened."""
        to_stdout = target == "-"
        # Unbuffered: of a write that fails, it is known how much of it was done.
        self._file = open(1 if to_stdout else target, "ab", buffering=0, closefd=not to_stdout)  # noqa: SIM115  # open for the process's life
        self._pending: deque[bytes] = deque()
        self._unwritten = b""
        self._dropped = 0
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="gatelens-audit", daemon=True)
        self._thread.start()

    def write(self, built: dict[str, object]) -> None:
        """Queue one event. Never blocks."""
        if len(self._pending) >= self.MAX_PENDING:
            self._dropped += 1
            return
        self._pending.append(line(built))

    def close(self) -> None:
        """Write what is pending and close the file."""
        self._closing = True
        self._wake.set()
        self._thread.join(self.CLOSE_TIMEOUT)
        if not self._thread.is_alive():
            self._file.close()

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(self.INTERVAL)
            self._flush()
        self._flush()

    def _flush(self) -> None:
        with contextlib.suppress(OSError):
            while lines := self._unwritten or self._gathered():
                self._unwritten = lines
                written = self._file.write(lines)
                if written is None:  # standard output of somebody who made it non-blocking
                    return
                self._unwritten = lines[written:]

    def _gathered(self) -> bytes:
        """What is pending, and how much was dropped."""
        lines = [self._pending.popleft() for _ in range(len(self._pending))]
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            lines.append(line(notice("events-dropped", {"gatelens.dropped": dropped})))
        return b"".join(lines)


def line(built: dict[str, object]) -> bytes:
    """One event as it is written: JSON and a line feed."""
    return orjson.dumps(built, option=orjson.OPT_APPEND_NEWLINE, default=str)


def notice(action: str, more: dict[str, object]) -> dict[str, object]:
    """An event about the gateway itself, such as a reload of its rules."""
    return {
        "@timestamp": _iso(datetime.datetime.now(datetime.UTC)),
        "ecs.version": ECS_VERSION,
        "event.kind": "event",
        "event.category": ["configuration"],
        "event.action": action,
        "gatelens.version": __version__,
        **more,
    }
