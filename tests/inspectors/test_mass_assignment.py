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
    return engine_with(tmp_path_factory.mktemp("rules"), "mass-assignment")


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
    decision = engine.inspect(request(b'{"user": {"name": "kim", "is_admin": true}}'))
    assert outcome(decision) == ("block", [("mass-assignment", "body:/user/is_admin (key)")])
    assert decision.findings[0].explanation == "a flag that gives rights is switched on"


@pytest.mark.parametrize(
    "value",
    [
        {"isAdmin": 1},
        {"is-admin": "yes"},
        {"role": "admin"},
        {"roles": ["user", "ROLE_ADMIN"]},
        {"balance": 5},
        {"user[role]": "owner"},
        {"a": '{"is_admin": true}'},
    ],
)
def test_a_property_that_raises_rights_is_found(engine: Engine, value: object) -> None:
    assert found(engine, value)


@pytest.mark.parametrize(
    "value",
    [
        {"isAdmin": False},
        {"isAdmin": None},
        {"role": "reader"},
        {"roles": []},
        {"balance": {"min": 5}},
        {"name": "admin", "note": "is_admin: true"},
        {"a": '{"is_admin": false}'},
    ],
)
def test_a_property_that_raises_nothing_passes(engine: Engine, value: object) -> None:
    assert found(engine, value) == []


@pytest.mark.parametrize(
    ("query", "action"), [("is_admin=1", "block"), ("is_admin=0", "allow"), ("role=guest", "allow")]
)
def test_a_parameter_is_judged_with_its_value(engine: Engine, query: str, action: str) -> None:
    assert engine.inspect(request(method="GET", target=f"/?{query}")).action.word == action


def test_names_are_the_rules_to_say(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    own = engine_with(tmp_path_factory.mktemp("rules"), "mass-assignment", flags=["isking"], patterns=["is_?king"])
    value: Mapping[str, Any] = {"isKing": True}
    assert found(own, value)
    assert found(engine, value) == []
    assert "King" not in why(own, value)


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"user": {"is_admin": true}}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack)[-2:] == [("is_admin", True), ("value", True)]


@given(
    st.dictionaries(
        st.sampled_from(["role", "is_admin", "a[role]", ""]),
        st.none() | st.booleans() | st.text() | st.lists(st.text()),
    )
)
def test_it_never_fails(engine: Engine, value: dict[str, object]) -> None:
    assert "inspection-failed" not in {rule for rule, _ in found(engine, value)}
