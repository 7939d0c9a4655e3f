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
    return engine_with(tmp_path_factory.mktemp("rules"), "orm-filter")


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
    decision = engine.inspect(request(b'{"where": {"owner": {"password": {"startsWith": "a"}}}}'))
    assert outcome(decision) == ("block", [("orm-filter", "body:/where/owner/password/startsWith (key)")])
    assert decision.findings[0].explanation == "a lookup asks for a secret"


@pytest.mark.parametrize(
    "target",
    [
        "/?owner__password__startswith=a",
        "/?owner%5f%5ftoken%5f%5fregex=a",
        "/?filter[password][contains]=a",
        "/?q[reset_token_start]=a",
        "/?$filter=startswith(Password,'a')",
        '/?where={"password":{"startsWith":"a"}}',
    ],
)
def test_a_lookup_on_a_secret_is_found(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "block"


@pytest.mark.parametrize(
    "target",
    [
        "/?owner__name__startswith=a",
        "/?filter[title][contains]=password",
        "/?q[title_start]=a",
        "/?$filter=startswith(Name,'a')",
        "/?text=startswith(Password,'a')",
        '/?where={"title":{"startsWith":"a"}}',
        "/?user[password]=a",
    ],
)
def test_a_lookup_on_anything_else_passes(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "allow"


@pytest.mark.parametrize(
    "value", [{"include": {"a": {"select": {"password": True}}}}, {"where": {"$a.password$": "b"}}]
)
def test_a_secret_that_is_asked_for_is_found(engine: Engine, value: object) -> None:
    assert found(engine, value)


@pytest.mark.parametrize("value", [{"select": {"name": True}}, {"password": "abc", "token": "def"}])
def test_a_secret_that_is_given_passes(engine: Engine, value: object) -> None:
    assert found(engine, value) == []


def test_secrets_are_the_rules_to_say(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    own = engine_with(
        tmp_path_factory.mktemp("rules"), "orm-filter", secrets=["diary"], patterns=["diary", "startswith"]
    )
    value: Mapping[str, Any] = {"diary__startswith": "a"}
    assert found(own, value)
    assert found(engine, value) == []
    assert "diary" not in why(own, value)


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"password": {"startsWith": "a"}}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack)[-2:] == [("startsWith", True), ("value", True)]


@given(st.text(alphabet="_password[].$startwih{}:'\"", max_size=60))
def test_it_never_fails(engine: Engine, text: str) -> None:
    assert "inspection-failed" not in {rule for rule, _ in found(engine, {f"{text}password__{text}": text})}
