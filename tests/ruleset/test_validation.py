from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from gatelens.model.rule import RuleFile
from gatelens.policy import PolicyFile
from gatelens.ruleset import validation, yaml_source

from tests.support.rules import rule, words

EXCLUSION = {
    "rule": "a",
    "path": "/**",
    "location": "body",
    "reason": "r",
    "owner": "o",
    "expires": "2030-01-01",
}


def seen(kind: str, data: object) -> list[str]:
    """Every fault, without file and place."""
    source = yaml_source.read("a.yaml", json.dumps(data).encode())
    return [f"{fault.path}: {fault.seen}; {fault.allowed}" for fault in validation.faults(source, kind)]


def changed(**more: Any) -> dict[str, Any]:
    return {**words("a-rule", "x"), **more}


def without(name: str) -> dict[str, Any]:
    data = words("a-rule", "x")
    del data[name]
    return data


def test_a_good_rule_and_a_good_policy_have_no_fault() -> None:
    assert seen("rule", words("a-rule", "x")) == []
    assert seen("policy", {"mode": "block", "exclusions": [EXCLUSION], "limits": {"json_depth": 3}}) == []
    assert seen("policy", {}) == []


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (changed(severity="grave"), ['severity: "grave"; one of critical, high, info, low, medium']),
        (changed(action="stop"), ['action: "stop"; one of allow, block, log, redact, throttle']),
        (changed(id="A Rule"), ['id: "A Rule"; text like ^[a-z0-9]+(-[a-z0-9]+)*$']),
        (changed(description=""), ['description: ""; some text']),
        (changed(enabled="yes"), ['enabled: "yes"; boolean']),
        (without("severity"), ["severity: missing; required"]),
        (without("tests"), ["tests: missing; required"]),
        (changed(tests={"match": [], "ignore": ["b"]}), ["tests.match: []; at least 1"]),
        (changed(tests={"match": ["a"]}), ["tests.ignore: missing; required"]),
        (changed(params={}), ["params.patterns: missing; required"]),
        (changed(params={"patterns": []}), ["params.patterns: []; at least 1"]),
        (
            changed(routes=[{"path": "admin"}]),
            ['routes[0].path: "admin"; text like ^(/|\\*\\*$) (segments; * is one segment, ** any number)'],
        ),
        (
            changed(parts=["boddy"]),
            ['parts[0]: "boddy"; one of body, cookie, form, graphql, header, message, path, query'],
        ),
        (rule("a", "payment_card", params={"keep": 9}), ["params.keep: 9; maximum 4"]),
        (rule("a", "payload_limits", params={"checks": ["x" * 80]}), None),
        (None, ["a rule file"]),
        ([], ["a rule file"]),
        ("text", ["a rule file"]),
    ],
)
def test_a_fault_says_where_what_was_seen_and_what_is_allowed(data: object, found: list[str] | None) -> None:
    faults = seen("rule", data)
    if found is None or found == ["a rule file"]:
        assert len(faults) == 1
    else:
        assert faults == found


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    (fault,) = seen("rule", changed(sevrity="high"))
    assert fault.startswith("sevrity: an unknown name; one of id, inspector, description, severity, action")
    (fault,) = seen("rule", changed(params={"patterns": ["x"], "pattern": "y"}))
    assert fault.startswith("params.pattern: an unknown name; one of patterns, explanation")


def test_an_unknown_inspector_is_told_with_the_known_ones() -> None:
    (fault,) = seen("rule", rule("a", "payment-card"))
    assert fault.startswith('inspector: "payment-card"; one of argument_injection, ')


def test_all_faults_are_told_at_once() -> None:
    data = changed(severity="grave", action="stop", unknown=1, tests={})
    assert sorted(fault.split(":")[0] for fault in seen("rule", data)) == [
        "action",
        "severity",
        "tests.ignore",
        "tests.match",
        "unknown",
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"mode": "blok"},
        {"limits": {"json_depth": 0}},
        {"limits": {"request_body": 0}},
        {"routes": [{"path": "a"}]},
        {"routes": [{"path": "/a", "mode": "blok"}]},
        {"statuses": {"attack": 200}},
        {"thresholds": {"request": 0}},
        {"scores": {"grave": 1}},
        {"exclusions": [{**EXCLUSION, "location": "boddy"}]},
        {"exclusions": [{**EXCLUSION, "expires": "soon"}]},
        {"exclusions": [{**EXCLUSION, "owner": ""}]},
        {"exclusions": [{name: value for name, value in EXCLUSION.items() if name != "reason"}]},
        {"unknown": 1},
    ],
)
def test_schema_and_types_refuse_the_same_policies(data: object) -> None:
    assert seen("policy", data)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, PolicyFile)


@pytest.mark.parametrize("data", [words("a-rule", "x"), rule("b", "email", params={"keep": 2})])
def test_schema_and_types_take_the_same_rules(data: object) -> None:
    assert seen("rule", data) == []
    assert msgspec.convert(data, RuleFile).id


def test_a_long_value_is_cut() -> None:
    (fault,) = seen("rule", changed(severity="x" * 500))
    assert len(fault) < 200
