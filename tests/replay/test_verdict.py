"""Judging a record: which messages are judged, and what is printed of the decision."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from gatelens.engine import Engine
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Edit
from gatelens.model.message import Headers, Message, Phase
from gatelens.replay.record import Record
from gatelens.replay.verdict import judge
from gatelens.ruleset.loader import load

from tests.replay import write_rules

ATTACK = b'{"q": "1 UNION SELECT 2"}'
TRACE = b"Traceback (most recent call last): secret"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine(load(write_rules(tmp_path_factory.mktemp("rules"))))


def record(
    body: bytes = b"", answer: bytes | None = None, headers: Headers = (), answer_headers: Headers = ()
) -> Record:
    request = Message(phase=Phase.REQUEST, method="POST", target="/a", headers=headers, body=body, time=1.8e9)
    response = None
    if answer is not None:
        response = Message(
            phase=Phase.RESPONSE,
            method="POST",
            target="/a",
            headers=answer_headers,
            body=answer,
            time=1.8e9,
            status=200,
            request=request,
        )
    return Record(1, "r", request, response)


def test_a_request_without_a_finding_is_allowed_and_has_no_status(engine: Engine) -> None:
    assert judge(engine, record(b'{"q": "x"}')) == {
        "id": "r",
        "action": "allow",
        "status": None,
        "mode": "block",
        "route": "default",
        "findings": [],
    }


def test_the_response_to_a_blocked_request_is_not_judged(engine: Engine) -> None:
    assert judge(engine, record(ATTACK, TRACE), bodies=True) == {
        "id": "r",
        "action": "block",
        "status": 403,
        "mode": "block",
        "route": "default",
        "findings": [
            {
                "rule": "union-select",
                "severity": "critical",
                "action": "block",
                "phase": "request",
                "location": "body:/q",
                "span": [6, 24],
                "evidence": "UNION SELECT",
                "explanation": "",
                "transformations": [],
                "excluded": "",
            }
        ],
    }


def test_a_blocked_response_has_the_status_of_its_answer_and_no_body(engine: Engine) -> None:
    verdict = judge(engine, record(answer=TRACE), bodies=True)
    assert (verdict["action"], verdict["status"], "body" in verdict) == ("block", 502, False)
    assert [(f["rule"], f["phase"], f["location"]) for f in verdict["findings"]] == [
        ("stack-trace", "response", "body")
    ]


def test_in_detect_mode_both_messages_are_judged_and_the_recorded_status_stays(tmp_path: Path) -> None:
    engine = Engine(load(write_rules(tmp_path), "detect"))
    verdict = judge(engine, record(ATTACK, TRACE), bodies=True)
    assert (verdict["action"], verdict["status"], verdict["mode"]) == ("log", 200, "detect")
    assert [(f["rule"], f["phase"]) for f in verdict["findings"]] == [
        ("union-select", "request"),
        ("stack-trace", "response"),
    ]
    assert verdict["body"] == TRACE.decode()


def test_the_action_is_the_higher_of_request_and_response(tmp_path: Path) -> None:
    engine = Engine(load(write_rules(tmp_path, policy="mode: detect\n")))
    assert judge(engine, record(ATTACK, b"fine"))["action"] == "log"


def test_bodies_are_printed_as_text_or_else_in_base64(engine: Engine) -> None:
    packed = record(answer=gzip.compress("né".encode()), answer_headers=((b"content-encoding", b"gzip"),))
    assert judge(engine, packed, bodies=True).get("body") == "né"
    verdict = judge(engine, record(answer=b"\xff\x00"), bodies=True)
    assert verdict.get("body_b64") == "/wA="
    assert "body" not in verdict
    undecodable = record(answer=b"\xffx", answer_headers=((b"content-encoding", b"gzip"),))
    assert judge(engine, undecodable, bodies=True).get("body_b64") == "/3g="
    assert "body" not in judge(engine, record(answer=b"x"))
    assert "body" not in judge(engine, record(), bodies=True)


class Redacting(Engine):
    """An engine that takes three bytes out of every response."""

    def inspect(self, message: Message) -> Decision:
        redacts = message.phase is Phase.RESPONSE
        action = Action.REDACT if redacts else Action.ALLOW
        return Decision(
            action=action,
            verdict=action,
            mode="block",
            mode_source="",
            route="default",
            generation=1,
            edits=(Edit((1, 4), b"*"),) if redacts else (),
            content=b"<123>",
        )


def test_edits_are_made_in_the_body_after_its_coding_is_taken_off(tmp_path: Path) -> None:
    engine = Redacting(load(write_rules(tmp_path)))
    packed = record(answer=gzip.compress(b"<123>"), answer_headers=((b"Content-Encoding", b"gzip"),))
    verdict = judge(engine, packed, bodies=True)
    assert (verdict["action"], verdict["status"], verdict["body"]) == ("redact", 200, "<*>")
