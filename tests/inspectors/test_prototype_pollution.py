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
    return engine_with(tmp_path_factory.mktemp("rules"), "prototype-pollution")


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
    decision = engine.inspect(request(b'{"a": [{"__proto__": {"b": 1}}]}'))
    assert outcome(decision) == ("block", [("prototype-pollution", "body:/a/0/__proto__ (key)")])
    assert decision.findings[0].explanation == "a name leads to what all objects share"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"constructor": {"prototype": {"b": 1}}}, "body:/constructor/prototype (key)"),
        ({"a.constructor.prototype.b": 1}, "body:/a.constructor.prototype.b (key)"),
        ({"class": {"module": {"classLoader": {}}}}, "body:/class/module/classLoader (key)"),
        ({"__class__": {"__init__": {"__globals__": {}}}}, "body:/__class__/__init__ (key)"),
        ({"path": "/__proto__/b"}, "body:/path"),
        ({"a": '{"__proto__": {"b": 1}}'}, "body:/a"),
        ({"a": "{b: {__proto__: {c: 1}}}"}, "body:/a"),
        ({"a": "__proto__[b]=c"}, "body:/a"),
    ],
)
def test_ways_to_what_is_shared_are_found_wherever_they_stand(engine: Engine, value: object, place: str) -> None:
    assert found(engine, value)[0] == ("prototype-pollution", place)


@pytest.mark.parametrize(
    "value",
    [
        {"constructor": "Ferrari", "prototype": {"id": 1}},
        {"prototype": {"constructor": 1}},
        {"class": {"module": "a"}, "classLoader": "b"},
        {"__class__": "Invoice"},
        {"a": "setting __proto__.b is slow"},
        {"a": "Object.prototype.__proto__"},
        {"a": "x.prototype.map"},
    ],
)
def test_words_and_other_structures_pass(engine: Engine, value: object) -> None:
    assert found(engine, value) == []


@pytest.mark.parametrize(
    "target",
    [
        "/?__proto__[a]=1",
        "/?a[__proto__][b]=1",
        "/?a.__proto__.b=1",
        "/?constructor[prototype][a]=1",
        "/?%5f%5fproto%5f%5f[a]=1",
        "/?__pro__proto__to__[a]=1",
        "/set/__proto__/a",
    ],
)
def test_a_way_in_a_target_is_found_in_every_spelling(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "block"


@pytest.mark.parametrize("target", ["/?q=__proto__", "/?constructor=a&prototype=b", "/docs/prototype"])
def test_a_target_with_the_words_passes(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "allow"


def test_json_in_a_cookie_is_read(engine: Engine) -> None:
    cookie = 'a=j:{"__proto__":{"b":1}}'
    assert engine.inspect(request(method="GET", headers=[("cookie", cookie)])).action.word == "block"


def test_what_is_shared_is_the_rules_to_say(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    value: Mapping[str, Any] = {"__proto__": 1, "shared": 2}
    own = engine_with(tmp_path_factory.mktemp("rules"), "prototype-pollution", names=["shared"], patterns=["shared"])
    assert found(own, value) == [("prototype-pollution", "body:/shared (key)")]
    assert why(own, value) == why(engine, value)


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"a": {"__proto__": 1}}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack) == [("document", False), ("a", False), ("__proto__", True), ("value", True)]


@given(st.text(alphabet="_proto.[]{}:'\"=?&", max_size=60))
def test_it_never_fails(engine: Engine, text: str) -> None:
    assert "inspection-failed" not in {
        rule for rule, _ in found(engine, {"a": f"__proto__{text}", f"{text}__proto__": 1})
    }
