from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from gatelens.engine import Engine
from gatelens.ruleset.faults import RulesetError
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import request, response
from tests.support.rules import engine_of, outcome, rule, words


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    rules = (
        words("traversal", r"(?:^|[/\\])\.\.[/\\]", action="block"),
        words("scanner", r"\bnikto\b", r"\bsqlmap\b", action="log", parts=["header"]),
        words("whole", "^exactly$", action="block"),
        words("trace", r"Traceback \(most recent", action="block", phase="response", category="response"),
        words("split", "left.{0,3}right", action="block"),
    )
    return engine_of(tmp_path_factory.mktemp("rules"), *rules)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("../etc/passwd", ("block", [("traversal", "body")])),
        ("a/..\\b", ("block", [("traversal", "body")])),
        ("EXACTLY", ("block", [("whole", "body")])),
        ("first\nexactly\nlast", ("block", [("whole", "body")])),
        ("left\u00e9right", ("block", [("split", "body")])),
    ],
)
def test_a_value_that_matches_is_found(engine: Engine, value: str, found: tuple[str, list[tuple[str, str]]]) -> None:
    assert outcome(engine.inspect(request(json.dumps(value).encode()))) == found


@pytest.mark.parametrize(
    "value", ["a..b/c", "not exactly", "exactly not", "left1234right", "sqlmap", "Traceback (most recent"]
)
def test_a_value_that_nearly_matches_is_not_found(engine: Engine, value: str) -> None:
    assert outcome(engine.inspect(request(json.dumps(value).encode()))) == ("allow", [])


def test_two_values_that_match_only_together_are_not_found(engine: Engine) -> None:
    assert outcome(engine.inspect(request(b'["left", "right"]'))) == ("allow", [])


def test_a_rule_of_headers_finds_a_header_and_its_second_pattern_too(engine: Engine) -> None:
    message = request(b'["SQLMap"]', headers=[("User-Agent", "SQLMap/1.8"), ("x-other", "nikto")])
    assert outcome(engine.inspect(message)) == (
        "log",
        [("scanner", "header:user-agent[0]"), ("scanner", "header:x-other[0]")],
    )


def test_a_rule_of_responses_finds_a_response(engine: Engine) -> None:
    body = b"Traceback (most recent call last):"
    assert outcome(engine.inspect(response(body, content_type="text/plain"))) == ("block", [("trace", "body")])
    assert outcome(engine.inspect(request(body, content_type="text/plain"))) == ("allow", [])


def test_the_decoding_steps_are_told(engine: Engine) -> None:
    (finding,) = engine.inspect(request(method="GET", target="/?f=%252e%252e%252fpasswd")).findings
    assert (finding.location.pointer, finding.transformations) == ("f[0]", ("percent", "percent"))
    (finding,) = engine.inspect(request(b'{"f": "..\\u002fx"}')).findings
    assert (finding.location.pointer, finding.transformations) == ("/f", ("json-escape",))


def test_the_rule_s_explanation_and_the_masked_match_are_told(tmp_path: Path) -> None:
    data = rule("told", params={"patterns": ["select .* from"], "explanation": "reads a table"})
    (finding,) = engine_of(tmp_path, data).inspect(request(b'["x select canary from y"]')).findings
    assert (finding.explanation, finding.evidence) == ("reads a table", "select • from")


@given(st.lists(st.text(alphabet="ab \n\u00e9exactly", max_size=12), max_size=8))
def test_each_value_is_judged_as_if_it_stood_alone(engine: Engine, values: list[str]) -> None:
    _, found = outcome(engine.inspect(request(json.dumps({"v": values}).encode())))
    expected = [f"body:/v/{n}" for n, text in enumerate(values) if re.search("^exactly$", text, re.MULTILINE)]
    assert [place for rule_id, place in found if rule_id == "whole"] == expected


@pytest.mark.parametrize("patterns", [[], [""], ["(?<=a)b"], ["("], "text", [7]])
def test_params_that_cannot_work_are_refused(tmp_path: Path, patterns: object) -> None:
    with pytest.raises(RulesetError):
        engine_of(tmp_path, rule("bad", params={"patterns": patterns}))
