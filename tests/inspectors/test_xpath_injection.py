from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from gatelens.engine import Engine
from gatelens.explaining import explain
from gatelens.model.explanation import Tree
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "xpath-injection")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


def why(engine: Engine, value: object) -> str:
    return "; ".join(finding.explanation for finding in engine.inspect(request(json.dumps(value).encode())).findings)


def labels(tree: Tree) -> list[tuple[str, bool]]:
    """The nodes of a tree from the root down, and whether the value brought each."""
    nodes = [tree]
    seen = []
    while nodes:
        node = nodes.pop()
        seen.append((node.label, node.planted))
        nodes += reversed(node.children)
    return seen


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(b"{\"name\": \"kim' or position()=2 or 'q'='\"}"))
    assert outcome(decision) == ("block", [("xpath-injection", "body:/name")])
    expected = "closes a string in single quotes of XPath, calls a function that tells about the document"
    assert decision.findings[0].explanation == expected


@pytest.mark.parametrize(
    "value", ["kim'] | //* | //a['", "kim' or name()='a", "count(//*)", "doc('https://x.example/a')"]
)
def test_a_value_that_leaves_its_literal_is_found(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == [("xpath-injection", "body:/a")]


@pytest.mark.parametrize("value", ["//a/text()", "count(//item)", "it's 5 or 6, contains (nuts)", "O'Brien or name"])
def test_whole_expressions_and_prose_pass(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == []


def test_functions_are_the_rules_to_say(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    own = engine_with(tmp_path_factory.mktemp("rules"), "xpath-injection", asking=["last"])
    value: Mapping[str, Any] = {"a": "kim' or position()=2 or 'q'='"}
    assert found(own, value) == []
    assert found(engine, value)


def test_the_explanation_holds_no_word_of_the_value(engine: Engine) -> None:
    value: Mapping[str, Any] = {"a": "hunter2' or contains(hunter2,'hunter2') or 'q'='"}
    assert why(engine, value)
    assert "hunter2" not in why(engine, value)


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"a": "kim\' or //*"}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack)[1:] == [("name = 'kim'", False), ("or", True), ("//", True), ("*", True)]


@given(st.text(alphabet="'\"/*:[]()or =1", max_size=60))
def test_it_never_fails(engine: Engine, text: str) -> None:
    assert "inspection-failed" not in {rule for rule, _ in found(engine, {"a": f"{text}' or count({text}"})}
