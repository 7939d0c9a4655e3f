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
    "header_length": 250,
    "url_length": 100,
    "parameters": 2,
    "parameter_name_length": 10,
    "parameter_length": 40,
    "parts": 2,
    "json_depth": 2,
    "json_keys": 2,
    "json_items": 20,
    "json_nodes": 40,
    "json_key_length": 20,
    "json_string_length": 60,
    "json_number_length": 25,
    "xml_depth": 2,
    "xml_nodes": 20,
    "csv_cells": 4,
    "event_size": 40,
    "nested_depth": 3,
    "nested_bytes": 400,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A rule for each kind, of its name."""
    rules = [rule(kind.value, "payload_limits", params={"checks": [kind.value]}) for kind in AnomalyKind]
    return engine_of(tmp_path_factory.mktemp("rules"), *rules, limits=LIMITS)


def packed(body: bytes) -> Message:
    return request(body, headers=[("content-encoding", "gzip")])


def got(target: str, *headers: tuple[str, str]) -> Message:
    return request(method="GET", target=target, headers=headers)


def multipart(body: str) -> Message:
    return request(body.encode(), content_type="multipart/form-data; boundary=x")


def xml(body: str) -> Message:
    return request(body.encode(), content_type="application/xml")


def form(body: bytes, target: str = "/") -> Message:
    return request(body, target=target, content_type="application/x-www-form-urlencoded")


PART = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'

EXCEEDING: dict[str, tuple[Message, str, str]] = {
    "body-size": (request(b"[" + b"1," * 110 + b"1]", content_type="text/x"), "message", "223, limit 200"),
    "decompressed-size": (packed(gzip.compress(b"ab" * 30_000, 9)), "message", "over 50000, limit 50000"),
    "header-count": (got("/", *[("a", "b")] * 5), "message", "5, limit 4"),
    "header-bytes": (got("/", *[("a", "b" * 100)] * 3), "message", "315, limit 300"),
    "header-length": (got("/", ("a", "b" * 251)), "message", "251, limit 250"),
    "url-length": (got("/" + "a" * 100), "message", "101, limit 100"),
    "parameter-count": (got("/?a&b&c"), "query", "over 2, limit 2"),
    "parameter-name-length": (got("/?" + "a" * 11), "query", "11, limit 10"),
    "parameter-length": (got("/?a=" + "b" * 41), "query", "41, limit 40"),
    "part-count": (multipart(PART * 3 + "--x--\r\n"), "body", "over 2, limit 2"),
    "json-depth": (request(b"[[[]]]"), "body", "3, limit 2"),
    "json-keys": (request(b'{"a":1,"b":2,"c":3}'), "body", "3, limit 2"),
    "json-items": (request(b"[" + b"1," * 20 + b"1]"), "body", "21, limit 20"),
    "json-nodes": (request(b"[" + b"[1,2,3,4,5,6,7,8,9]," * 4 + b"1]"), "body", "41, limit 40"),
    "json-key-length": (request(b'{"' + b"a" * 21 + b'":1}'), "body", "21, limit 20"),
    "json-string-length": (request(b'["' + b"a" * 61 + b'"]'), "body", "61, limit 60"),
    "json-number-length": (request(b"[" + b"1" * 26 + b"]"), "body", "26, limit 25"),
    "xml-depth": (xml("<a><b><c/></b></a>"), "body", "over 2, limit 2"),
    "xml-nodes": (xml("<a>" + "<b/>" * 20 + "</a>"), "body", "over 20, limit 20"),
    "csv-cells": (request(b"a,b\nc,d\ne", content_type="text/csv"), "body", "over 4, limit 4"),
    "event-size": (request(b"data: " + b"a" * 40, content_type="text/event-stream"), "body:/0", "46, limit 40"),
    "nested-depth": (got("/?a=%252525252541"), "query:a[0]", "over 3, limit 3"),
    "nested-bytes": (request(b"[" + b",".join([b'"%b"' % (b"%41" * 18)] * 3) + b"]"), "body", "over 400, limit 400"),
    "json-syntax": (request(b"[1,]"), "body", "trailing comma is not allowed, limit RFC 8259"),
    "json-number": (request(b"[NaN]"), "body", "not finite, limit RFC 8259"),
    "json-comment": (request(b"[1/**/]"), "body", "a comment, limit RFC 8259"),
    "json-trailing-data": (request(b"[1][2]"), "body", "data after the value, limit one value"),
    "json-duplicate-key": (request(b'{"a":1,"a":2}'), "body:/a (key)", "name given twice, limit once"),
    "json-similar-key": (request(b'{"a":1,"A":2}'), "body:/A (key)", "names that fold alike, limit once"),
    "lone-surrogate": (request(b'["\\ud800"]'), "body", "an escape of half a character, limit RFC 8259"),
    "byte-order-mark": (request(b"\xef\xbb\xbf[1]"), "body", "before the text, limit none"),
    "invalid-utf8": (request(b'["\xff"]'), "body", "invalid start byte, limit RFC 3629"),
    "charset": (
        request(b"a", content_type="text/plain; charset=gbk"),
        "header:content-type[0]",
        "gbk, limit utf-8",
    ),
    "charset-unreadable": (
        request(b"a", content_type="text/plain; charset=utf-7"),
        "header:content-type[0]",
        "utf-7, limit utf-8",
    ),
    "content-type": (
        request(b"[1]", headers=[("content-type", "application/x+json")]),
        "message",
        "two content types, limit one",
    ),
    "content-mismatch": (request(b"[1]", content_type="text/plain"), "body", "JSON under another type"),
    "form-syntax": (form(b"a=%ff"), "form", "bytes that are no UTF-8"),
    "multipart-syntax": (
        multipart(PART + "--x--\r\nmore"),
        "body",
        "text behind the last part, limit RFC 2046, RFC 7578",
    ),
    "xml-syntax": (xml("<a>"), "body", "no element found, line 1 column 4, limit XML 1.0"),
    "xml-doctype": (xml("<!DOCTYPE a><a/>"), "body", "a document type declaration, limit none"),
    "content-encoding": (
        request(b"[1]", headers=[("content-encoding", "rot13")]),
        "message",
        "unknown coding, limit gzip, x-gzip, deflate, br, zstd",
    ),
    "transfer-encoding": (
        request(b"[1]", headers=[("transfer-encoding", "gzip, chunked")]),
        "message",
        "a coding beside chunked, limit chunked",
    ),
    "compressed-truncated": (packed(gzip.compress(b"[1]")[:-1]), "message", "stream ends early"),
    "compressed-trailing": (packed(gzip.compress(b"[1]") + b"!"), "message", "1 bytes that are no gzip member"),
    "repeated-parameter": (got("/?a=1&a=2"), "query", "a name given twice with different values, limit once"),
    "polluted-parameter": (form(b"a=2", "/?a=1"), "query:a[0]", "in the query and, differently, in the body"),
    "path-traversal": (got("/a/../b"), "path:1", "a parent segment"),
    "path-control": (got("/a%00"), "path:0", "an encoded NUL"),
    "path-separator": (got("/a%2fb"), "path:0", "an encoded slash"),
    "path-encoding": (got("/a%zz"), "path:0", "a percent sign that begins no escape"),
    "path-empty-segment": (got("/a//b"), "path:1", "an empty segment"),
    "path-parameter": (got("/a;b=c"), "path:0", "a path parameter"),
    "host": (got("/", ("host", "a b")), "header:host[0]", "no host and port"),
    "host-override": (
        got("/", ("x-forwarded-host", "a")),
        "header:x-forwarded-host[0]",
        "a field that overrides the host",
    ),
    "url-override": (got("/", ("x-original-url", "/a")), "header:x-original-url[0]", "a field that overrides the URL"),
    "method-override": (
        got("/", ("x-http-method-override", "PUT")),
        "header:x-http-method-override[0]",
        "a field that overrides the method",
    ),
    "hop-by-hop": (
        got("/", ("connection", "cookie")),
        "header:connection[0]",
        "a field beside those of the connection is named",
    ),
    "header-syntax": (got("/", ("a", "b\x00")), "header:a[0]", "a NUL"),
    "not-inspected": (request(b"\x89PNG\0", content_type="image/png"), "body", "a binary body"),
}

WITHIN = [
    request(b"[" + b"1," * 15 + b"1]"),
    packed(gzip.compress(b"[" + b" " * 40_000 + b"]")),
    request(method="GET", headers=[("a", "b")] * 4),
    request(method="GET", headers=[("a", "b" * 250), ("c", "d" * 37)]),
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
    assert (decision.findings[0].explanation, decision.findings[0].evidence) == (f"{kind}: {explanation}", "")


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
