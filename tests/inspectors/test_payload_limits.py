from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from gatelens.engine import Engine
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.message import Message
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.loader import load
from msgspec import structs

from tests.support.messages import request, response
from tests.support.rules import engine_of, outcome, rule

BUILTIN = Path(__file__).parents[2] / "rules"
LIMITS = {
    "request_body": 200,
    "decompressed": 50_000,
    "header_count": 4,
    "header_bytes": 300,
    "url_length": 100,
    "parameters": 2,
    "json_depth": 2,
    "json_keys": 2,
    "json_items": 20,
    "json_nodes": 40,
    "json_key_length": 20,
    "json_string_length": 60,
    "json_number_length": 25,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A rule for each kind, of its name."""
    rules = [rule(kind.value, "payload_limits", params={"checks": [kind.value]}) for kind in AnomalyKind]
    return engine_of(tmp_path_factory.mktemp("rules"), *rules, limits=LIMITS)


def packed(body: bytes) -> Message:
    return request(body, headers=[("content-encoding", "gzip")])


EXCEEDING = {
    "body-size": (request(b"[" + b"1," * 110 + b"1]", content_type="text/x"), "message", "body-size: 223, limit 200"),
    "decompressed-size": (
        packed(gzip.compress(b"ab" * 30_000, 9)),
        "message",
        "decompressed-size: over 50000, limit 50000",
    ),
    "header-count": (request(method="GET", headers=[("a", "b")] * 5), "message", "header-count: 5, limit 4"),
    "header-bytes": (request(method="GET", headers=[("a", "b" * 299)]), "message", "header-bytes: 304, limit 300"),
    "url-length": (request(method="GET", target="/" + "a" * 100), "message", "url-length: 101, limit 100"),
    "parameter-count": (request(method="GET", target="/?a&b&c"), "query", "parameter-count: 3, limit 2"),
    "json-depth": (request(b"[[[]]]"), "body", "json-depth: 3, limit 2"),
    "json-keys": (request(b'{"a":1,"b":2,"c":3}'), "body", "json-keys: 3, limit 2"),
    "json-items": (request(b"[" + b"1," * 20 + b"1]"), "body", "json-items: 21, limit 20"),
    "json-nodes": (request(b"[" + b"[1,2,3,4,5,6,7,8,9]," * 4 + b"1]"), "body", "json-nodes: 41, limit 40"),
    "json-key-length": (request(b'{"' + b"a" * 21 + b'":1}'), "body", "json-key-length: 21, limit 20"),
    "json-string-length": (request(b'["' + b"a" * 61 + b'"]'), "body", "json-string-length: 61, limit 60"),
    "json-number-length": (request(b"[" + b"1" * 26 + b"]"), "body", "json-number-length: 26, limit 25"),
    "json-duplicate-key": (
        request(b'{"a":1,"a":2}'),
        "body:/a (key)",
        "json-duplicate-key: name given twice, limit once",
    ),
    "content-type": (
        request(b"[1]", headers=[("content-type", "text/x")]),
        "message",
        "content-type: two content types, limit one",
    ),
    "content-encoding": (
        request(b"[1]", headers=[("content-encoding", "rot13")]),
        "message",
        "content-encoding: unknown coding, limit gzip, x-gzip, deflate, br, zstd",
    ),
    "transfer-encoding": (
        request(b"[1]", headers=[("transfer-encoding", "gzip, chunked")]),
        "message",
        "transfer-encoding: a coding beside chunked, limit chunked",
    ),
    "compressed-truncated": (packed(gzip.compress(b"[1]")[:-1]), "message", "compressed-truncated: stream ends early"),
    "compressed-trailing": (
        packed(gzip.compress(b"[1]") + b"!"),
        "message",
        "compressed-trailing: 1 bytes that are no gzip member",
    ),
    "not-inspected": (request(b"\x89PNG", content_type="image/png"), "body", "not-inspected: a binary body"),
    "json-syntax": (
        request(b"[1,]"),
        "body",
        "json-syntax: trailing comma is not allowed, line 1 column 3, limit RFC 8259",
    ),
}

WITHIN = [
    request(b"[" + b"1," * 15 + b"1]"),
    packed(gzip.compress(b"[" + b" " * 40_000 + b"]")),
    request(method="GET", headers=[("a", "b")] * 4),
    request(method="GET", headers=[("a", "b" * 295)]),
    request(method="GET", target="/" + "a" * 99),
    request(method="GET", target="/?a&b"),
    request(b"[[]]"),
    request(b'{"a":1,"b":2}'),
    request(b'{"' + b"a" * 20 + b'":1}'),
    request(b'["' + b"a" * 60 + b'"]'),
    request(b"[" + b"1" * 25 + b"]"),
    request(b'{"a":{"a":1}}'),
    request(b"[1]", headers=[("content-encoding", "identity"), ("transfer-encoding", "Chunked")]),
    packed(gzip.compress(b"[1]")),
    request(b"<p>", content_type="text/html"),
]


@pytest.mark.parametrize("kind", EXCEEDING)
def test_what_passes_a_limit_is_blocked_and_told_by_its_numbers(engine: Engine, kind: str) -> None:
    message, place, explanation = EXCEEDING[kind]
    decision = engine.inspect(message)
    assert outcome(decision) == ("block", [(kind, place)])
    assert (decision.findings[0].explanation, decision.findings[0].evidence) == (explanation, "")


@pytest.mark.parametrize("message", WITHIN)
def test_what_stays_within_its_limits_passes(engine: Engine, message: Message) -> None:
    assert outcome(engine.inspect(message)) == ("allow", [])


def test_every_kind_has_a_test() -> None:
    assert {kind.value for kind in AnomalyKind} - set(EXCEEDING) == {"decompression-ratio"}


def test_a_ratio_over_its_limit_is_blocked(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, rule("ratio", "payload_limits", params={"checks": ["decompression-ratio"]}))
    decision = engine.inspect(packed(gzip.compress(bytes(1_000_000))))
    assert outcome(decision) == ("block", [("ratio", "message")])
    assert decision.findings[0].explanation == "decompression-ratio: over 100, limit 100"


def test_a_rule_speaks_of_its_own_kinds_only(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, rule("depth", "payload_limits", params={"checks": ["json-depth", "json-keys"]}))
    assert outcome(engine.inspect(request(b'{"a": 1, "a": 2}'))) == ("allow", [])


def test_a_response_has_rules_and_a_size_of_its_own(tmp_path: Path) -> None:
    large = rule("large", "payload_limits", "log", phase="response", severity="low", params={"checks": ["body-size"]})
    engine = engine_of(tmp_path, large, limits={"response_body": 10, "request_body": 5})
    assert outcome(engine.inspect(response(b"[1,2,3,4,5]"))) == ("log", [("large", "message")])
    assert outcome(engine.inspect(response(b"[1,2,3]"))) == ("allow", [])
    assert outcome(engine.inspect(structs.replace(response(), unread=11))) == ("log", [("large", "message")])


@pytest.mark.parametrize("checks", [[], ["json"], ["json-depth", "jason"], "json-depth"])
def test_a_check_that_does_not_exist_is_refused(tmp_path: Path, checks: object) -> None:
    with pytest.raises(RulesetError):
        engine_of(tmp_path, rule("bad", "payload_limits", params={"checks": checks}))


def test_every_kind_is_in_some_built_in_rule_of_requests() -> None:
    rules = [found for found in load(BUILTIN).rules if found.inspector == "payload_limits"]
    named = {kind for found in rules if found.phase == "request" for kind in getattr(found.params, "checks", ())}
    assert set(AnomalyKind) - named <= {AnomalyKind.NOT_INSPECTED}
