"""Rules' own tests: what an example stands for, and which outcome is a fault and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from gatelens import rulecheck
from gatelens.engine import Engine
from gatelens.model.rule import Example, ExampleRequest, ExampleResponse
from gatelens.ruleset.loader import load

from tests.replay import STACK, UNION, write_rules


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache knows rules by their content, and would name the file of another test."""
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path.parent / f"{tmp_path.name}.cache"))


def check(directory: Path, **rules: str) -> rulecheck.Report:
    return rulecheck.check(write_rules(directory, **rules))


def faults(directory: Path, **rules: str) -> list[str]:
    """The faults, with the directory taken off."""
    return [str(fault).replace(f"{directory}/", "") for fault in check(directory, **rules).faults]


def with_tests(tests: str, rule: str = UNION) -> str:
    return rule[: rule.index("tests:")] + "tests:\n" + tests


def test_a_good_directory_is_counted(tmp_path: Path) -> None:
    report = check(tmp_path)
    assert (report.rules, report.examples, report.known_gaps, report.faults) == (2, 4, 0, ())
    assert str(report) == "2 rules, 4 examples, 0 faults"


def test_faults_of_the_files_are_told_before_any_test_is_run(tmp_path: Path) -> None:
    report = check(tmp_path, union=UNION.replace("action: block", "action: stop"))
    assert [str(fault).replace(f"{tmp_path}/", "") for fault in report.faults] == [
        'union.yaml:6:9: action: "stop"; one of allow, block, log, redact, throttle'
    ]
    assert str(report) == "0 rules, 0 examples, 1 fault"


def test_a_directory_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    report = rulecheck.check(tmp_path / "absent")
    assert [fault.seen for fault in report.faults] == ["no such directory"]


def test_an_example_that_comes_out_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    tests = "  match:\n    - 1 UNION SELECT 2\n    - nothing\n  ignore:\n    - fine\n    - union select\n"
    assert faults(tmp_path, union=with_tests(tests)) == [
        "union.yaml:12:7: tests.match[1]: union-select does not find it; a finding",
        "union.yaml:15:7: tests.ignore[1]: union-select finds it; no finding",
    ]


def test_a_finding_of_another_rule_is_no_match_and_is_named(tmp_path: Path) -> None:
    other = UNION.replace("id: union-select", "id: other").replace("union\\s+select", "drop table")
    other = with_tests("  match: [a union select]\n  ignore: [drop table]\n", other)
    assert faults(tmp_path, union=UNION, other=other) == [
        "other.yaml:10:11: tests.match[0]: other does not find it, only union-select does; a finding",
        "other.yaml:11:12: tests.ignore[0]: other finds it; no finding",
    ]


def test_a_known_gap_must_come_out_wrong(tmp_path: Path) -> None:
    tests = (
        "  match:\n    - union select\n    - {value: un/**/ion select, known_gap: comments}\n"
        "    - {value: union select, known_gap: closed long ago}\n  ignore: [fine]\n"
    )
    report = check(tmp_path, union=with_tests(tests))
    assert [str(fault).replace(f"{tmp_path}/", "") for fault in report.faults] == [
        "union.yaml:13:7: tests.match[2]: comes out right; no known_gap, which says that it does not"
    ]
    assert str(report) == "1 rule, 4 examples, 1 fault (2 known gaps)"


@pytest.mark.parametrize(
    ("example", "seen"),
    [
        ("{}", "an example of nothing; a value, a request or a response"),
        ("{response: {body: union select}}", "a response; a request, the phase of the rule"),
        ("{value: a, request: {body: b}}", "several bodies; one of value, body and json"),
        ("{request: {body: b, json: null}}", "several bodies; one of value, body and json"),
    ],
)
def test_an_example_that_proves_nothing_is_a_fault(tmp_path: Path, example: str, seen: str) -> None:
    tests = f"  match: [union select]\n  ignore: [{example}]\n"
    assert faults(tmp_path, union=with_tests(tests)) == [f"union.yaml:11:12: tests.ignore[0]: {seen}"]


def test_a_response_rule_needs_responses(tmp_path: Path) -> None:
    tests = '  match: ["Traceback (most recent call last)"]\n  ignore: [{request: {path: /}}]\n'
    assert faults(tmp_path, stack=with_tests(tests, STACK)) == [
        "stack.yaml:13:12: tests.ignore[0]: no response; a response, the phase of the rule"
    ]


def test_an_example_of_a_rule_with_routes_needs_a_path_of_them(tmp_path: Path) -> None:
    routed = UNION.replace("action: block", "action: block\nroutes: [{path: /search, methods: [POST]}]")
    tests = (
        "  match:\n    - union select\n    - {value: union select, request: {path: /search}}\n"
        "  ignore:\n    - fine\n    - {value: union select, request: {path: /other}}\n"
        "    - {value: union select, request: {path: /search, method: PUT}}\n"
    )
    assert faults(tmp_path, union=with_tests(tests, routed)) == [
        "union.yaml:12:7: tests.match[0]: union-select does not find it; a finding",
        "union.yaml:15:7: tests.ignore[0]: no path, so /; a request with a path of the rule's routes",
    ]


def test_examples_become_the_messages_that_they_describe(tmp_path: Path) -> None:
    rules = load(write_rules(tmp_path), "block").rules
    stack, union = sorted(rules, key=lambda rule: rule.id)
    value = rulecheck.message_of(union, Example(value="é", time=7.0))
    assert (value.method, value.target, value.time) == ("POST", "/", 7.0)
    assert (value.headers, value.body) == (((b"content-type", b"application/json"),), '{"value": "é"}'.encode())
    sent = ExampleRequest(method="PUT", path="/a?b", headers={"Content-Type": "x/json"}, json=None)
    request = rulecheck.message_of(union, Example(request=sent))
    assert (request.method, request.target) == ("PUT", "/a?b")
    assert (request.headers, request.body) == (((b"Content-Type", b"x/json"),), b"null")
    answer = ExampleResponse(status=500, headers={"a": "b"}, body="ü")
    response = rulecheck.message_of(stack, Example(request=sent, response=answer))
    assert (response.status, response.headers, response.body) == (500, ((b"a", b"b"),), "ü".encode())
    assert response.request == request
    plain = rulecheck.message_of(stack, Example(value="v"))
    assert (plain.status, plain.method, plain.body) == (200, "GET", b'{"value": "v"}')
    assert plain.request is not None
    assert plain.request.body == b""


def test_an_inspection_that_fails_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gatelens.inspectors import pattern

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pattern.Inspector, "inspect", fail)
    found = faults(tmp_path, union=UNION)
    assert len(found) == 1
    assert found[0].startswith("union.yaml:10:11: tests.match[0]: the inspection failed (ZeroDivisionError")


def test_a_rule_file_that_has_gone_meanwhile_is_still_named(tmp_path: Path) -> None:
    ruleset = load(write_rules(tmp_path, union=with_tests("  match: [none]\n  ignore: [fine]\n")), "block")
    (tmp_path / "union.yaml").unlink()
    (fault,) = rulecheck.run(Engine(ruleset), ruleset).faults
    assert (fault.file, fault.line, fault.path) == (str(tmp_path / "union.yaml"), 1, "tests.match[0]")
