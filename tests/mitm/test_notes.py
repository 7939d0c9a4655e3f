"""A flow with findings is marked for the analyst, in one line, by its gravest finding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gatelens import masking
from gatelens.audit import MAX_FINDINGS, Judged, Transaction
from gatelens.mitm import notes
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Category, Finding, Severity
from gatelens.model.location import Location, Part
from gatelens.model.message import Phase
from mitmproxy import http
from mitmproxy.test import tflow


def found(rule: str, action: Action, severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    fields: dict[str, Any] = {"category": Category.ATTACK, "location": Location(Part.QUERY, "q[0]")}
    return Finding(rule=rule, action=action, severity=severity, **{**fields, **more})


def decided(*findings: Finding, action: Action, verdict: Action | None = None, mode: str = "block") -> Decision:
    return Decision(
        action=action,
        verdict=action if verdict is None else verdict,
        mode=mode,
        mode_source="policy.yaml:2",
        route="default",
        generation=2,
        findings=findings,
    )


def annotated(*decisions: Decision) -> http.HTTPFlow:
    flow = tflow.tflow()
    transaction = Transaction(incident="an-id", time=0.0, client="", method="GET", path="/")
    phases = (Phase.REQUEST, Phase.RESPONSE)
    transaction.judged = [Judged(phase, decision, 1) for phase, decision in zip(phases, decisions, strict=False)]
    notes.annotate(flow, transaction)
    return flow


def test_a_flow_without_findings_stays_as_it_is() -> None:
    flow = annotated(decided(action=Action.ALLOW), decided(action=Action.ALLOW))
    assert (flow.marked, flow.comment, flow.metadata) == ("", "", {})


@pytest.mark.parametrize(
    ("action", "marker"),
    [
        (Action.BLOCK, ":red_circle:"),
        (Action.THROTTLE, ":red_circle:"),
        (Action.REDACT, ":large_blue_circle:"),
        (Action.LOG, ":yellow_circle:"),
        (Action.ALLOW, ""),
    ],
)
def test_the_marker_says_what_was_done(action: Action, marker: str) -> None:
    assert annotated(decided(found("a", action), action=action)).marked == marker


def test_the_line_tells_the_gravest_finding_and_how_many_more_there_are() -> None:
    decision = decided(
        found("low", Action.BLOCK, Severity.LOW),
        found("high", Action.BLOCK, evidence="' OR •", explanation="leaves its literal"),
        found("worst", Action.LOG, Severity.CRITICAL),
        action=Action.BLOCK,
    )
    assert notes.line(decision) == 'block high query:q[0] "\' OR •": leaves its literal and 2 more'


def test_the_line_tells_the_steps_that_led_to_what_was_found() -> None:
    finding = found("a", Action.BLOCK, evidence="'", transformations=("base64", "percent"))
    assert notes.line(decided(finding, action=Action.BLOCK)) == 'block a query:q[0] (base64, percent) "\'"'


def test_the_line_of_one_finding_counts_no_more() -> None:
    assert notes.line(decided(found("a", Action.REDACT), action=Action.REDACT)) == "redact a query:q[0]"


def test_the_line_says_what_detect_mode_would_have_done() -> None:
    decision = decided(found("a", Action.BLOCK), action=Action.LOG, verdict=Action.BLOCK, mode="detect")
    assert notes.line(decision) == "log (would block) a query:q[0]"


def test_the_graver_of_request_and_response_leads_and_all_findings_are_in_the_metadata() -> None:
    first = decided(found("early", Action.LOG), action=Action.LOG)
    second = decided(found("late", Action.REDACT), action=Action.REDACT)
    flow = annotated(first, second)
    assert flow.comment == "redact late query:q[0]"
    told = flow.metadata["gatelens"]
    assert [(finding["rule"], finding["phase"]) for finding in told["findings"]] == [
        ("early", "request"),
        ("late", "response"),
    ]
    assert {name: told[name] for name in ("incident", "action", "mode", "route", "generation")} == {
        "incident": "an-id",
        "action": "redact",
        "mode": "block (policy.yaml:2)",
        "route": "default",
        "generation": 2,
    }


def test_the_metadata_is_bounded_and_can_be_saved() -> None:
    flow = annotated(decided(*[found("a", Action.LOG)] * 80, action=Action.LOG))
    assert len(flow.metadata["gatelens"]["findings"]) == MAX_FINDINGS
    assert http.HTTPFlow.from_state(flow.get_state()).metadata == flow.metadata
    json.dumps(flow.metadata)


def test_a_comment_stays_on_one_line_and_holds_no_name_that_could_be_a_secret() -> None:
    location = Location(Part.BODY, "/4f3c2a1b9d8e\nx")
    finding = found("a", Action.BLOCK, location=location, evidence=masking.evidence("line\nsecret\x1b[31m"))
    flow = annotated(decided(finding, action=Action.BLOCK))
    assert flow.comment == "block a body:/• '•·•·[•'"
