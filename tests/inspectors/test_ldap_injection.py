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
    return engine_with(tmp_path_factory.mktemp("rules"), "ldap-injection")


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
    decision = engine.inspect(request(b'{"name": "kim)(|(mail=*"}'))
    assert outcome(decision) == ("block", [("ldap-injection", "body:/name")])
    assert decision.findings[0].explanation == "closes an assertion, begins a joined filter"


@pytest.mark.parametrize("value", ["*)(uid=*", "kim)(&)", "*))(|(cn=*", "*(|(mail=*))", "kim))\x00"])
def test_a_value_that_leaves_its_assertion_is_found(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == [("ldap-injection", "body:/a")]


@pytest.mark.parametrize("value", ["kim*", "(uid=kim)", "(&(uid=kim)(cn=a*))", "kim)", "f(a)(b=1)", "a) (n=3), b)"])
def test_whole_filters_prose_and_code_pass(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == []


@pytest.mark.parametrize("target", ["/?n=kim)(%26)", "/?n=kim%2529%2528%257c", "/kim)(cn=*"])
def test_a_value_in_a_target_is_found_in_every_spelling(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "block"


@pytest.mark.parametrize(("target", "action"), [("/?name=(uid=kim)", "block"), ("/?filter=(uid=kim)", "allow")])
def test_a_whole_filter_in_a_parameter_is_judged_by_its_name(engine: Engine, target: str, action: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == action


def test_the_second_of_two_equal_filters_is_judged_by_its_own_place(engine: Engine) -> None:
    decision = engine.inspect(request(method="GET", target="/?filter=(uid=kim)&name=(uid=kim)"))
    assert outcome(decision)[1] == [("ldap-injection", "query:name[0]")]


def test_well_known_attributes_are_the_rules_to_say(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    value: Mapping[str, Any] = {"a": "well) (pet=cat"}
    own = engine_with(tmp_path_factory.mktemp("rules"), "ldap-injection", attributes=["pet"])
    assert found(own, value)
    assert found(engine, value) == []


def test_the_explanation_holds_no_word_of_the_value(engine: Engine) -> None:
    assert why(engine, {"a": "hunter2)(uid=hunter2"})
    assert "hunter2" not in why(engine, {"a": "hunter2)(uid=hunter2"})


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"a": "kim)(uid=*"}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack) == [("filter", False), ("attribute=kim", False), ("uid=*", True)]


@given(st.text(alphabet="()&|!=*uid a", max_size=60))
def test_it_never_fails(engine: Engine, text: str) -> None:
    assert "inspection-failed" not in {rule for rule, _ in found(engine, {"a": f"{text})(uid=*"})}
