"""The answer to a blocked message: problem+json, or GraphQL's own form.

Source: RFC 9457 (problem details), RFC 6750 section 3 (WWW-Authenticate), GraphQL over HTTP (6 Aug 2026 draft)
section 7 (`errors`, application/graphql-response+json), RFC 9110 section 10.2.3 (Retry-After).
"""

from __future__ import annotations

from http import HTTPStatus

import orjson
from msgspec import Struct

from gatelens.model.decision import Decision
from gatelens.model.finding import Category, Finding
from gatelens.model.message import Message

GRAPHQL_TYPE = b"application/graphql-response+json"

_CODES = {
    Category.MALFORMED: "BAD_REQUEST",
    Category.AUTHENTICATION: "UNAUTHENTICATED",
    Category.AUTHORIZATION: "FORBIDDEN",
    Category.TOO_LARGE: "PAYLOAD_TOO_LARGE",
    Category.URI_TOO_LONG: "URI_TOO_LONG",
    Category.HEADERS_TOO_LARGE: "REQUEST_HEADER_FIELDS_TOO_LARGE",
    Category.UNSUPPORTED: "UNSUPPORTED_MEDIA_TYPE",
    Category.INVALID: "GRAPHQL_VALIDATION_FAILED",
    Category.RATE: "RATE_LIMITED",
    Category.ATTACK: "FORBIDDEN",
    Category.RESPONSE: "BAD_GATEWAY",
    Category.ERROR: "INTERNAL_SERVER_ERROR",
}


class Answer(Struct, frozen=True):
    """An HTTP answer of our own. The headers lack content-length, which the rim sets."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def answer(decision: Decision, message: Message, incident: str) -> Answer:
    """The answer to the blocked `message`. It tells the client an incident number and nothing about rules, unless the
    policy says `verbose`; never a value of the message."""
    status = decision.status
    request = message.request or message
    if decision.graphql:
        graphql_type, body = _graphql(decision, request, incident)
        headers = [(b"content-type", graphql_type)]
    else:
        headers = [(b"content-type", b"application/problem+json")]
        body = problem(status, incident, decision.findings if decision.verbose else ())
    headers.append((b"cache-control", b"no-store"))
    if status == 401:
        parameters = f" {decision.challenge}" if decision.challenge else ""
        headers.append((b"www-authenticate", f"Bearer{parameters}".encode()))
    if status == 429:
        headers.append((b"retry-after", b"60"))
    return Answer(status, tuple(headers), body)


def problem(status: int, incident: str, findings: tuple[Finding, ...] = ()) -> bytes:
    """A problem document. `findings` are told only where given."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase if status in _KNOWN else "Refused",
        "status": status,
        "instance": f"urn:uuid:{incident}",
    }
    if findings:
        document["findings"] = [_told(finding) for finding in findings]
    return orjson.dumps(document)


_KNOWN = frozenset(status.value for status in HTTPStatus)


def _told(finding: Finding) -> dict[str, str]:
    return {"rule": finding.rule, "location": finding.location.part, "explanation": finding.explanation}


def _graphql(decision: Decision, request: Message, incident: str) -> tuple[bytes, bytes]:
    causes = [finding for finding in decision.findings if finding.action is decision.verdict]
    cause = max(causes, key=lambda finding: finding.severity.rank, default=None)
    extensions: dict[str, object] = {
        "code": _CODES[cause.category if cause else Category.ATTACK],
        "instance": f"urn:uuid:{incident}",
    }
    if decision.verbose:
        extensions["findings"] = [_told(finding) for finding in decision.findings]
    body = orjson.dumps({"errors": [{"message": "The request was refused.", "extensions": extensions}]})
    wants = request.header(b"accept")
    return (GRAPHQL_TYPE if GRAPHQL_TYPE in wants else b"application/json"), body
