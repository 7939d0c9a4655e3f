"""Judge a record as the live gateway would: the request first, its response only where the request got through."""

from __future__ import annotations

from base64 import b64encode
from typing import NotRequired, TypedDict

from gatelens import redaction
from gatelens.decoders.compression import CompressionFault, decompress
from gatelens.engine import Engine
from gatelens.model.decision import Decision
from gatelens.model.finding import Finding
from gatelens.model.message import Message, Phase
from gatelens.replay.record import Record


class FindingResult(TypedDict):
    """One finding, fit to be printed. `span` is in bytes of the body after its content-encoding is taken off."""

    rule: str
    severity: str
    action: str
    phase: str
    location: str
    span: list[int] | None
    evidence: str
    explanation: str
    transformations: list[str]
    excluded: str


class Verdict(TypedDict):
    """What is decided about one record. `action` is the effective one, the higher of request and response.

    `status` is that of the answer to a blocked message, else of the recorded response, else None. `body` or `body_b64`
    is the response body as the client would get it, and missing where it would get none of it.
    """

    id: str
    action: str
    status: int | None
    mode: str
    route: str
    findings: list[FindingResult]
    body: NotRequired[str]
    body_b64: NotRequired[str]


def judge(engine: Engine, record: Record, *, bodies: bool = False) -> Verdict:
    """Judge `record`; with `bodies`, give the response body as well."""
    decision = engine.inspect(record.request)
    action = decision.action
    findings = [_finding(found, Phase.REQUEST) for found in decision.findings]
    status = decision.status or None
    response = record.response
    passed: Message | None = None
    if response is not None and not status:
        decision = engine.inspect(response)
        action = max(action, decision.action)
        findings += [_finding(found, Phase.RESPONSE) for found in decision.findings]
        status = decision.status or response.status
        passed = None if decision.status else response
    verdict = Verdict(
        id=record.id,
        action=action.word,
        status=status,
        mode=decision.mode,
        route=decision.route,
        findings=findings,
    )
    if bodies and passed is not None:
        body = _forwarded(engine, passed, decision)
        try:
            verdict["body"] = body.decode()
        except UnicodeDecodeError:
            verdict["body_b64"] = b64encode(body).decode()
    return verdict


def _forwarded(engine: Engine, response: Message, decision: Decision) -> bytes:
    """The body that the client would get, without its content-encoding where that can be taken off."""
    if decision.edits:
        return redaction.apply(decision.content, decision.edits)
    codings = [
        coding.strip()
        for value in response.all_headers(b"content-encoding")
        for coding in value.decode("latin-1").lower().split(",")
    ]
    try:
        return decompress(response.body, codings, engine.route_of(response).limits) if codings else response.body
    except CompressionFault:
        return response.body


def _finding(found: Finding, phase: Phase) -> FindingResult:
    span = found.location.span
    return FindingResult(
        rule=found.rule,
        severity=found.severity.value,
        action=found.action.word,
        phase=phase.value,
        location=str(found.location),
        span=None if span is None else list(span),
        evidence=found.evidence,
        explanation=found.explanation,
        transformations=list(found.transformations),
        excluded=found.excluded,
    )
