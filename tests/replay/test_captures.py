"""Captures held to their expectations: what agrees, what differs, and what is wrong with a file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import gatelens
import pytest
from gatelens.engine import Engine
from gatelens.replay import captures, jsonl
from gatelens.replay.captures import Capture, Expectation, ExpectedFinding, ExpectedFlow, Outcome
from gatelens.replay.record import Kind
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.files import builtin_directory
from gatelens.ruleset.loader import load

from tests.replay import write_rules

BLOCKED = {"id": "a", "method": "POST", "path": "/a", "body": '{"q": "1 union select 2"}'}
ALLOWED = {"request": {"method": "GET", "path": "/b"}, "response": {"status": 200, "body": "fine"}}

EXPECT = """\
# Kept since the incident of March.
comment: an injection, and a harmless request

flows:
  - {action: block, status: 403, findings: [{rule: union-select, location: "body:/q"}]}  # the injection
  - action: allow
    status: 200
"""

UPDATED = """\
# Kept since the incident of March.
comment: an injection, and a harmless request

flows:
  - action: block
    status: 403
    findings:
      - {rule: union-select, location: body:/q}
  - action: allow
    status: 200
"""


@cache
def engine(directory: Path) -> Engine:
    return Engine(load(directory))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rules(tmp_path_factory.mktemp("rules"))


def capture(directory: Path, expect: str | None = EXPECT, *records: object) -> Capture:
    found = Capture(directory / "case.jsonl", directory / "case.expect.yaml")
    found.recording.write_text("\n".join(map(json.dumps, records or (BLOCKED, ALLOWED))))
    if expect is not None:
        found.expect.write_text(expect)
    return found


def replay(found: Capture, rules: Path | None, *, update: bool = False) -> Outcome:
    return captures.replay(found, {Kind.JSONL: jsonl.read}, engine, rules=rules, update=update)


def faults(directory: Path, text: str) -> list[str]:
    path = directory / "case.expect.yaml"
    path.write_text(text)
    with pytest.raises(RulesetError) as caught:
        captures.load(path)
    return [str(fault).replace(f"{directory}/case.expect.yaml:", "") for fault in caught.value.faults]


def test_a_capture_that_comes_out_as_expected_has_no_differences(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path)
    assert replay(found, rules) == Outcome(found, 2)


def test_every_difference_is_told_in_words(tmp_path: Path, rules: Path) -> None:
    expect = """\
flows:
  - action: allow
    status: null
    findings:
      - {rule: union-select, location: "query:q[0]"}
  - {action: allow, status: 204}
  - {action: log, status: null}
"""
    assert replay(capture(tmp_path, expect), rules).differences == (
        "flow 1: block, expected allow",
        "flow 1: status 403, expected none",
        "flow 1: missing union-select at query:q[0]",
        "flow 1: unexpected union-select at body:/q",
        "flow 2: status 200, expected 204",
        "2 flows, expected 3",
    )


def test_the_order_of_findings_is_no_difference_but_their_number_is() -> None:
    a, b = ExpectedFinding("a", "body:/a"), ExpectedFinding("b", "body:/b")
    got = [ExpectedFlow("log", None, (b, a, a))]
    assert list(captures.compare((ExpectedFlow("log", None, (a, a, b)),), got)) == []
    assert list(captures.compare((ExpectedFlow("log", None, (a, b)),), got)) == ["flow 1: unexpected a at body:/a"]


def test_each_record_is_judged_at_its_own_time_and_one_without_at_a_fixed_one(tmp_path: Path) -> None:
    exclusion = (
        "mode: block\nexclusions:\n  - {rule: union-select, path: /**, location: body, reason: r, owner: o, "
        'expires: "2026-12-31"}\n'
    )
    rules = write_rules(tmp_path / "rules", policy=exclusion)
    found = capture(tmp_path, EXPECT, {**BLOCKED, "time": 1_790_000_000}, BLOCKED)
    assert replay(found, rules).differences == (
        "flow 1: allow, expected block",
        "flow 1: status none, expected 403",
        "flow 2: block, expected allow",
        "flow 2: status 403, expected 200",
        "flow 2: unexpected union-select at body:/q",
    )


def test_update_writes_what_comes_out_and_keeps_what_people_wrote(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path, EXPECT.replace("403", "404"))
    assert replay(found, rules, update=True).updated
    assert found.expect.read_text() == UPDATED
    assert replay(found, rules) == Outcome(found, 2)


def test_update_leaves_a_file_alone_that_agrees(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path)
    assert replay(found, rules, update=True) == Outcome(found, 2)
    assert found.expect.read_text() == EXPECT


def test_update_writes_a_first_expectation_that_is_then_met(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path, None)
    outcome = replay(found, rules, update=True)
    assert (outcome.updated, outcome.differences) == (True, ("no expectation yet",))
    assert found.expect.read_text().startswith("comment: ''\nflows:\n  - action: block\n")
    assert replay(found, rules) == Outcome(found, 2)


def test_update_writes_locations_that_look_like_something_else(tmp_path: Path) -> None:
    path = tmp_path / "case.expect.yaml"
    odd = ["body:/yes: no", "body:/#", "body:/a}, {b (key)", "body:/é\U0001f600", "body:/ ", "'", 'q"', "body:/\x1b[0m"]
    flows = (ExpectedFlow("log", None, tuple(ExpectedFinding("a", location) for location in odd)),)
    captures.write(path, Expectation(flows=flows))
    assert captures.load(path).flows == flows


def test_update_does_not_touch_a_file_with_faults(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path, "flows: 1\n")
    outcome = replay(found, rules, update=True)
    assert [fault.seen for fault in outcome.faults] == ["1"]
    assert found.expect.read_text() == "flows: 1\n"


def test_a_broken_record_is_told_the_rest_judged_and_nothing_updated(tmp_path: Path, rules: Path) -> None:
    found = capture(tmp_path, EXPECT, BLOCKED, {"method": 1}, ALLOWED)
    outcome = replay(found, rules, update=True)
    assert outcome == Outcome(found, 2, broken=("record 2 (line 2): Expected `str | null`, got `int` - at `$.method`",))
    assert found.expect.read_text() == EXPECT


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "no HTTP exchange in it"), (b"\x1f\x8b\x08\x00", "cannot be read (EOFError)")],
)
def test_a_recording_with_nothing_to_judge_is_broken(tmp_path: Path, rules: Path, content: bytes, reason: str) -> None:
    found = capture(tmp_path)
    found.recording.write_bytes(content)
    assert replay(found, rules).broken == (reason,)


def test_a_missing_expectation_is_a_fault(tmp_path: Path, rules: Path) -> None:
    (fault,) = replay(capture(tmp_path, None), rules).faults
    assert (fault.seen, fault.allowed) == ("missing", "an expectation, which --update writes")


def test_faults_of_the_rules_are_faults_of_the_capture(tmp_path: Path) -> None:
    (fault,) = replay(capture(tmp_path, "rules: absent\nflows: []\n"), None).faults
    assert fault.seen == "no such directory"


def test_rules_are_named_from_the_repository_that_holds_the_capture(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    topic = tmp_path / "captures" / "injection"
    topic.mkdir(parents=True)
    found = capture(topic)
    assert captures.rules_directory(Expectation(rules="own/rules"), found) == tmp_path / "own" / "rules"
    assert captures.rules_directory(Expectation(), found) == builtin_directory()
    sample = Path(gatelens.__file__).parent / "sample" / "rules"
    assert captures.rules_directory(Expectation(rules="sample"), found) == sample
    write_rules(tmp_path / "own" / "rules")
    found.expect.write_text("rules: own/rules\n" + EXPECT)
    assert replay(found, None) == Outcome(found, 2)


def test_captures_are_found_at_any_depth_and_orphans_told(tmp_path: Path) -> None:
    for name in ("b/x.har", "a/y.mitm.gz", "a/y.expect.yaml", "z.jsonl", "b/lost.expect.yaml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found, orphans = captures.find(tmp_path)
    assert [(c.recording.name, c.expect.name) for c in found] == [
        ("y.mitm.gz", "y.expect.yaml"),
        ("x.har", "x.expect.yaml"),
        ("z.jsonl", "z.expect.yaml"),
    ]
    assert [fault.seen for fault in orphans] == ["no recording of this name beside it"]


def test_every_fault_of_an_expectation_is_told_with_its_line(tmp_path: Path) -> None:
    text = """\
comment: [a]
rule: x
flows:
  - action: deny
    status: "403"
    findings:
      - {rule: 5, place: body}
      - body
  - {action: allow, status: 20, findings: none}
  - block
"""
    assert faults(tmp_path, text) == [
        "2:7: rule: an unknown name; one of flows, comment, rules",
        "1:10: comment: a list; text",
        "4:13: flows[0].action: 'deny'; one of allow, log, redact, throttle, block",
        "5:13: flows[0].status: '403'; a status from 100 to 999, or null",
        "7:26: flows[0].findings[0].place: an unknown name; one of rule, location",
        "7:9: flows[0].findings[0].location: missing; required",
        "7:16: flows[0].findings[0].rule: 5; text",
        "8:9: flows[0].findings[1]: 'body'; rule and location",
        "9:29: flows[1].status: 20; a status from 100 to 999, or null",
        "9:43: flows[1].findings: 'none'; a list",
        "10:5: flows[2]: 'block'; action, status and findings",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1:1: nothing; comment, rules and flows"),
        ("- a\n", "1:1: a list; comment, rules and flows"),
        ("comment: x\n", "1:1: flows: missing; required"),
        ("flows:\n", "2:1: flows: nothing; a list"),
        ("flows: [{action: [block], status: true}]\n", "1:18: flows[0].action: a list; one of allow, log"),
        ("flows: [\n", "2:1: "),
        ("a: &a 1\nb: *a\n", ""),
    ],
)
def test_a_file_of_another_shape_is_a_fault(tmp_path: Path, text: str, fault: str) -> None:
    assert faults(tmp_path, text)[0].startswith(fault)
