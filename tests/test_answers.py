"""What a client gets in place of what was blocked: its form, its status, and nothing about the rules."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
from gatelens import answers
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Category, Finding, Severity
from gatelens.model.location import Location, Part
from gatelens.policy import STATUSES

from tests.support.messages import request, response

INCIDENT = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


def found(category: Category, action: Action = Action.BLOCK, severity: Severity = Severity.HIGH) -> Finding:
    return Finding(
        rule="a-rule",
        severity=severity,
        action=action,
        category=category,
        location=Location(Part.BODY, "/password"),
        evidence="' OR •",
        explanation="leaves its literal",
    )


def decided(*findings: Finding, status: int = 403, **more: Any) -> Decision:
    fields: dict[str, Any] = {"action": Action.BLOCK, "verdict": Action.BLOCK, "mode": "block", "mode_source": "x:1"}
    return Decision(route="default", generation=1, status=status, findings=findings, **{**fields, **more})


BLOCKED = decided(found(Category.ATTACK))


def headers(answer: answers.Answer) -> dict[str, str]:
    found = {name.decode(): value.decode() for name, value in answer.headers}
    assert len(found) == len(answer.headers)
    return found


def test_a_block_is_a_problem_document_with_its_incident_and_no_more() -> None:
    answer = answers.answer(BLOCKED, request(b"{}"), INCIDENT)
    assert (answer.status, json.loads(answer.body)) == (
        403,
        {"type": "about:blank", "title": "Forbidden", "status": 403, "instance": f"urn:uuid:{INCIDENT}"},
    )
    assert headers(answer) == {"content-type": "application/problem+json", "cache-control": "no-store"}


def test_a_verbose_policy_tells_rules_and_parts_and_still_no_value_or_name() -> None:
    answer = answers.answer(decided(found(Category.ATTACK), verbose=True), request(b"{}"), INCIDENT)
    assert json.loads(answer.body)["findings"] == [
        {"rule": "a-rule", "location": "body", "explanation": "leaves its literal"}
    ]
    assert b"password" not in answer.body


@pytest.mark.parametrize(
    ("decision", "more"),
    [
        (decided(status=401, challenge='error="invalid_token"'), {"www-authenticate": 'Bearer error="invalid_token"'}),
        (decided(status=401), {"www-authenticate": "Bearer"}),
        (decided(status=429), {"retry-after": "60"}),
        (decided(status=403, challenge='error="invalid_token"'), {}),
        (decided(status=500), {}),
    ],
)
def test_a_status_brings_the_header_that_belongs_to_it(decision: Decision, more: dict[str, str]) -> None:
    given = headers(answers.answer(decision, request(b"{}"), INCIDENT))
    assert given == {"content-type": "application/problem+json", "cache-control": "no-store"} | more


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json;q=0.9", "application/graphql-response+json"),
        ("application/json", "application/json"),
        ("", "application/json"),
    ],
)
def test_a_graphql_request_is_answered_in_graphqls_form(accept: str, content_type: str) -> None:
    decision = decided(found(Category.INVALID), status=422, graphql=True)
    answer = answers.answer(decision, request(b"{}", headers=[("accept", accept)]), INCIDENT)
    assert (answer.status, headers(answer)["content-type"]) == (422, content_type)
    assert json.loads(answer.body) == {
        "errors": [
            {
                "message": "The request was refused.",
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED", "instance": f"urn:uuid:{INCIDENT}"},
            }
        ]
    }


def test_the_code_is_of_the_gravest_finding_that_asks_for_the_verdict() -> None:
    findings = (
        found(Category.INVALID, severity=Severity.LOW),
        found(Category.AUTHENTICATION),
        found(Category.TOO_LARGE, action=Action.LOG, severity=Severity.CRITICAL),
    )
    body = answers.answer(decided(*findings, graphql=True), request(b"{}"), INCIDENT).body
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_throttled_graphql_request_has_a_code_of_its_own() -> None:
    decision = decided(
        found(Category.RATE, Action.THROTTLE),
        status=429,
        action=Action.THROTTLE,
        verdict=Action.THROTTLE,
        graphql=True,
    )
    answer = answers.answer(decision, request(b"{}"), INCIDENT)
    assert json.loads(answer.body)["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert headers(answer)["retry-after"] == "60"


def test_graphql_tells_its_findings_where_the_policy_is_verbose() -> None:
    decision = decided(found(Category.INVALID), graphql=True, verbose=True)
    extensions = json.loads(answers.answer(decision, request(b"{}"), INCIDENT).body)["errors"][0]["extensions"]
    assert [finding["rule"] for finding in extensions["findings"]] == ["a-rule"]


def test_a_blocked_response_is_answered_by_what_its_request_accepts() -> None:
    asked = request(b"{}", headers=[("accept", "application/graphql-response+json")])
    decision = decided(found(Category.RESPONSE), status=502, graphql=True)
    answer = answers.answer(decision, response(b"{}", to=asked), INCIDENT)
    assert headers(answer)["content-type"] == "application/graphql-response+json"


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_status_with_a_name_and_a_code(category: Category) -> None:
    status = STATUSES[category]
    answer = answers.answer(decided(found(category), status=status), request(b"{}"), INCIDENT)
    assert json.loads(answer.body)["title"] == HTTPStatus(status).phrase
    graphql = answers.answer(decided(found(category), status=status, graphql=True), request(b"{}"), INCIDENT)
    assert json.loads(graphql.body)["errors"][0]["extensions"]["code"].isupper()


def test_a_status_without_a_name_is_answered_too() -> None:
    assert json.loads(answers.problem(499, INCIDENT))["title"] == "Refused"
