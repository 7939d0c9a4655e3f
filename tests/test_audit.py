"""Audit events are one line of JSON each, hold no secret, and are neither lost nor waited for."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from gatelens import __version__, audit, masking
from gatelens.audit import AuditLog, Judged, Transaction
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Category, Finding, Severity
from gatelens.model.location import Location, Part
from gatelens.model.message import Channel, Phase
from hypothesis import given
from hypothesis import strategies as st

INCIDENT = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
ANY_TEXT = st.text(st.characters(), max_size=60)


def found(rule: str = "a-rule", action: Action = Action.BLOCK, **more: Any) -> Finding:
    given_fields = {"severity": Severity.HIGH, "category": Category.ATTACK, "location": Location(Part.BODY, "/q")}
    return Finding(rule=rule, action=action, **{**given_fields, **more})


def decided(*findings: Finding, action: Action = Action.ALLOW, verdict: Action | None = None) -> Decision:
    return Decision(
        action=action,
        verdict=action if verdict is None else verdict,
        mode="block",
        mode_source="policy.yaml:1",
        route="default",
        generation=3,
        findings=findings,
    )


def transaction(*decisions: Decision, **more: Any) -> Transaction:
    fields: dict[str, Any] = {"incident": INCIDENT, "time": 1_800_000_000.25, "client": "192.0.2.7"}
    fields |= {"method": "POST", "path": "/orders/7", "status": 200}
    judged = [Judged(Phase.REQUEST, decision, 1_000) for decision in decisions]
    return Transaction(judged=judged, **{**fields, **more})


# -- events


def test_an_event_tells_who_asked_for_what_and_what_came_of_it() -> None:
    finding = found(evidence="' OR •", explanation="leaves its literal", transformations=("percent",))
    assert audit.event(transaction(decided(finding, action=Action.BLOCK), status=403)) == {
        "@timestamp": "2027-01-15T08:00:00.250+00:00",
        "ecs.version": "9.4.0",
        "event.id": INCIDENT,
        "event.kind": "alert",
        "event.category": ["api", "web"],
        "event.type": ["denied"],
        "event.action": "block",
        "event.outcome": "failure",
        "event.duration": 1_000,
        "source.ip": "192.0.2.7",
        "http.request.method": "POST",
        "http.response.status_code": 403,
        "network.protocol": "http",
        "url.path": "/orders/7",
        "gatelens.version": __version__,
        "gatelens.route": "default",
        "gatelens.mode": "block",
        "gatelens.mode_source": "policy.yaml:1",
        "gatelens.verdict": "block",
        "gatelens.generation": 3,
        "rule.id": ["a-rule"],
        "gatelens.findings": [
            {
                "rule": "a-rule",
                "severity": "high",
                "action": "block",
                "phase": "request",
                "location": "body:/q",
                "evidence": "' OR •",
                "explanation": "leaves its literal",
                "transformations": ["percent"],
            }
        ],
        "gatelens.finding_count": 1,
    }


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Action.ALLOW, ("event", ["allowed"], "success")),
        (Action.LOG, ("event", ["allowed"], "success")),
        (Action.REDACT, ("alert", ["change"], "success")),
        (Action.THROTTLE, ("alert", ["denied"], "failure")),
        (Action.BLOCK, ("alert", ["denied"], "failure")),
    ],
)
def test_an_action_is_told_in_the_words_of_ecs(action: Action, told: tuple[str, list[str], str]) -> None:
    event = audit.event(transaction(decided(action=action)))
    assert (event["event.kind"], event["event.type"], event["event.outcome"]) == told


def test_of_request_and_response_the_graver_decision_leads_and_durations_add_up() -> None:
    event = audit.event(transaction(decided(found(action=Action.LOG), action=Action.LOG), decided()))
    assert (event["event.action"], event["event.duration"]) == ("log", 2_000)


def test_what_detect_mode_would_have_done_is_told_as_the_verdict() -> None:
    event = audit.event(transaction(decided(found(), action=Action.LOG, verdict=Action.BLOCK)))
    assert (event["event.action"], event["gatelens.verdict"], event["event.kind"]) == ("log", "block", "event")


def test_a_transaction_that_was_never_judged_has_no_mode_and_no_findings() -> None:
    event = audit.event(transaction(error="refused", status=0))
    assert (event["event.action"], event["event.outcome"], event["error.type"]) == ("allow", "failure", "refused")
    assert {"gatelens.mode", "gatelens.findings", "rule.id"} & set(event) == set()


def test_findings_beyond_the_bound_are_counted() -> None:
    event = audit.event(transaction(decided(*[found("a")] * 40, action=Action.LOG), decided(*[found("b")] * 40)))
    findings = event["gatelens.findings"]
    assert isinstance(findings, list)
    assert (len(findings), event["gatelens.finding_count"], event["rule.id"]) == (50, 80, ["a", "b"])


@pytest.mark.parametrize(("method", "shown"), [("GET", "GET"), ("get", "•"), ("XSECRETTOKEN", "•"), ("", "•")])
def test_a_method_that_http_does_not_know_is_hidden(method: str, shown: str) -> None:
    assert audit.event(transaction(method=method))["http.request.method"] == shown


def test_a_location_is_masked_where_it_does_not_look_like_a_name() -> None:
    assert audit.where(found(location=Location(Part.BODY, "/users/0/email", key=True))) == "body:/users/0/email (key)"
    assert audit.where(found(location=Location(Part.COOKIE, "4f3c2a1b[0]"))) == "cookie:•[0]"


def test_an_exclusion_is_told_with_the_finding() -> None:
    entry = audit.told(found(action=Action.ALLOW, excluded="on purpose (ops, until 2027-01-31)"), Phase.RESPONSE)
    assert (entry["action"], entry["phase"], entry["excluded"]) == (
        "allow",
        "response",
        "on purpose (ops, until 2027-01-31)",
    )


FINDINGS = st.builds(
    found,
    action=st.sampled_from(Action),
    severity=st.sampled_from(Severity),
    location=st.builds(Location, st.sampled_from(Part), ANY_TEXT, st.booleans()),
    evidence=ANY_TEXT.map(masking.evidence),
)
DECISIONS = st.builds(
    lambda findings, action, verdict: decided(*findings, action=action, verdict=verdict),
    st.lists(FINDINGS, max_size=4),
    st.sampled_from(Action),
    st.sampled_from(Action),
)
TRANSACTIONS = st.builds(
    lambda decisions, **more: transaction(*decisions, **more),
    st.lists(DECISIONS, max_size=3),
    method=ANY_TEXT,
    path=ANY_TEXT,
    status=st.integers(0, 599),
    error=st.sampled_from(["", "refused", "aborted"]),
    channel=st.sampled_from(Channel),
    time=st.floats(0, 4e9),
)


@given(TRANSACTIONS)
def test_the_event_of_any_transaction_is_one_parseable_line(made: Transaction) -> None:
    line = audit.line(audit.event(made))
    text = line.decode()
    assert text.splitlines() == [text[:-1]]
    event = json.loads(text)
    assert event["event.id"] == INCIDENT
    assert event["event.action"] == max((judged.decision.action for judged in made.judged), default=Action.ALLOW).word


@given(st.text("0123456789abcdef", min_size=20, max_size=40).filter(lambda text: sum(map(str.isdigit, text)) > 6))
def test_a_secret_in_any_place_of_a_transaction_is_not_in_its_event(secret: str) -> None:
    finding = found(location=Location(Part.BODY, f"/{secret}"), evidence=masking.evidence(f"a {secret}' --"))
    made = transaction(decided(finding, action=Action.BLOCK), method=secret, path=f"/reset/{secret}")
    assert secret not in audit.line(audit.event(made)).decode()


# -- the file


@contextmanager
def opened(target: Path | str) -> Iterator[AuditLog]:
    log = AuditLog(str(target))
    try:
        yield log
    finally:
        log.close()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def wait_for(path: Path, wanted: int) -> list[dict[str, Any]]:
    for _ in range(200):
        if path.exists() and len(written := lines(path)) >= wanted:
            return written
        time.sleep(0.01)
    raise AssertionError(f"not {wanted} lines in {path}")


def test_events_are_written_in_order_behind_those_of_an_earlier_run(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for first in (0, 100):
        with opened(path) as log:
            for number in range(first, first + 100):
                log.write({"n": number})
    assert lines(path) == [{"n": number} for number in range(200)]


def test_an_event_is_written_soon_and_not_only_at_the_end(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as log:
        log.write({"n": 1})
        assert wait_for(tmp_path / "a", 1) == [{"n": 1}]


def test_a_hyphen_is_standard_output_which_stays_open(capfd: pytest.CaptureFixture[str]) -> None:
    with opened("-") as log:
        log.write({"n": 1})
    os.write(1, b"still open\n")
    assert capfd.readouterr().out == '{"n":1}\nstill open\n'


def test_a_file_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        AuditLog(str(tmp_path / "missing" / "audit.jsonl"))


@contextmanager
def stuck_pipe(path: Path) -> Iterator[int]:
    """A named pipe whose reader has stopped reading; yields the reader."""
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield reader
    finally:
        os.close(reader)


def drained(reader: int, log: AuditLog) -> list[dict[str, Any]]:
    """All that comes out of the pipe until the writing thread has closed."""
    log._closing = True
    log._wake.set()
    data = b""
    while log._thread.is_alive():
        try:
            data += os.read(reader, 1 << 20)
        except BlockingIOError:
            time.sleep(0.001)
    while True:
        try:
            data += os.read(reader, 1 << 20)
        except BlockingIOError:
            return [json.loads(line) for line in data.splitlines()]


def test_up_to_the_bound_nothing_is_lost_beyond_it_is_counted_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuditLog, "MAX_PENDING", 500)
    monkeypatch.setattr(AuditLog, "INTERVAL", 0.01)
    with stuck_pipe(tmp_path / "pipe") as reader, opened(tmp_path / "pipe") as log:
        log.write({"n": 0, "filler": "x" * 1_000_000})  # more than a pipe holds: the thread is stuck in its write
        while log._pending:
            time.sleep(0.001)
        begin = time.perf_counter()
        for number in range(1, 901):
            log.write({"n": number})
        assert time.perf_counter() - begin < 0.5
        *events, notice = drained(reader, log)
    assert [event["n"] for event in events] == list(range(501))
    assert (notice["event.action"], notice["gatelens.dropped"]) == ("events-dropped", 400)


def test_closing_does_not_wait_for_ever_for_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AuditLog, "CLOSE_TIMEOUT", 0.1)
    with stuck_pipe(tmp_path / "pipe"):
        log = AuditLog(str(tmp_path / "pipe"))
        for number in range(200):
            log.write({"n": number, "filler": "x" * 1_000})
        begin = time.perf_counter()
        log.close()
        assert time.perf_counter() - begin < 1
    log._thread.join(5)  # the reader has gone, and with it the write


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """What a full disk is like: this process's files may not grow over `size` bytes."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_what_a_full_disk_refuses_is_written_when_there_is_room_and_no_line_is_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuditLog, "INTERVAL", 0.01)
    path = tmp_path / "audit.jsonl"
    with opened(path) as log:
        with files_of_at_most(1_000):
            for number in range(200):
                log.write({"n": number, "filler": "x" * 20})
            while path.stat().st_size < 1_000:
                time.sleep(0.001)
            time.sleep(0.05)
            assert path.stat().st_size == 1_000
        log.write({"n": 200})
    assert [event["n"] for event in lines(path)] == list(range(201))


def test_a_value_that_json_does_not_know_does_not_cost_the_event(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as log:
        log.write({"path": tmp_path})
    assert lines(tmp_path / "a") == [{"path": str(tmp_path)}]


def test_a_notice_is_about_the_gateway_itself() -> None:
    told = audit.notice("rules-reloaded", {"gatelens.generation": 2})
    moment = told.pop("@timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(moment))
    assert told == {
        "ecs.version": "9.4.0",
        "event.kind": "event",
        "event.category": ["configuration"],
        "event.action": "rules-reloaded",
        "gatelens.version": __version__,
        "gatelens.generation": 2,
    }
