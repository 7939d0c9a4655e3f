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
    return engine_with(tmp_path_factory.mktemp("rules"), "nosql-injection")


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
    decision = engine.inspect(request(b'{"login": "kim", "password": {"$ne": 0}}'))
    assert outcome(decision) == ("block", [("nosql-injection", "body:/password/$ne (key)")])
    assert decision.findings[0].explanation == "an operator compares a credential instead of a value"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"login": {"$gt": ""}}, "body:/login/$gt (key)"),
        ({"filter": {"a": {"$in": [1]}}, "login": {"$in": [1]}}, "body:/login/$in (key)"),
        ([{"a": {"b": {"$regex": ".*"}}}], "body:/0/a/b/$regex (key)"),
        ({"login[$ne]": 1}, "body:/login[$ne] (key)"),
        ({"a": '{"login": {"$ne": null}}'}, "body:/a"),
        ({"a": "{login: {$gt: undefined}}"}, "body:/a"),
        ({"a": "login[$ne]=1&b=c"}, "body:/a"),
        ({"a": "kim' || 'q'=='q"}, "body:/a"),
    ],
)
def test_operators_and_code_are_found_wherever_they_stand(engine: Engine, value: object, place: str) -> None:
    assert found(engine, value) == [("nosql-injection", place)]


@pytest.mark.parametrize(
    "value",
    [
        {"filter": {"a": {"$ne": 1}}},
        {"a": '{"filter": {"b": {"$ne": 1}}}'},
        {"where": '{"b": {"$in": [1]}}'},
        {"$schema": "x", "$id": "y", "$defs": {"$ref": "z"}},
        {"$set": {"plan": "pro"}, "price": "$in"},
        {"a": "$ne", "$ne": 1}["a"],
    ],
)
def test_queries_by_design_and_other_dollars_pass(engine: Engine, value: object) -> None:
    assert found(engine, value) == []


def test_the_second_of_two_equal_texts_is_judged_by_its_own_place(engine: Engine) -> None:
    text = '{"$and": [{"a": 1}]}'
    assert found(engine, {"filter": text, "login": text}) == [("nosql-injection", "body:/login")]


def test_a_name_given_twice_is_judged_by_its_way(engine: Engine) -> None:
    body = b'{"password": {"$ne": 0}, "password": "x"}'
    assert any(place.startswith("body:/password") for _, place in outcome(engine.inspect(request(body)))[1])


@pytest.mark.parametrize("target", ["/?login[$ne]=1", "/?login%5B%24ne%5D=1", "/?login[%2524ne]=1", "/?login.$ne=1"])
def test_an_operator_in_the_name_of_a_parameter_is_found_in_every_spelling(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "block"


@pytest.mark.parametrize(
    "target", ["/?created[$gte]=2024-05-01", "/?$filter=a&$top=3", "/?filters[a][$eq]=b", "/?a=$ne"]
)
def test_a_range_and_a_filter_by_design_pass(engine: Engine, target: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == "allow"


def test_policy_names_the_places_for_queries(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> None:
    own = engine_with(tmp_path_factory.mktemp("rules"), "nosql-injection", containers=["lens"])
    value: Mapping[str, Any] = {"lens": {"login": {"$ne": "kim"}}}
    assert found(own, value) == []
    assert found(engine, value)


def test_the_explanation_holds_no_word_of_the_value(engine: Engine) -> None:
    for value in ({"hunter2": {"$ne": "hunter2"}}, {"a": "hunter2'; return 'hunter2"}, {"a": "hunter2', $or: [{}"}):
        assert why(engine, value)
        assert "hunter2" not in why(engine, value)


def test_the_reading_shows_what_the_value_brought(engine: Engine) -> None:
    message = request(b'{"password": {"$ne": 0}}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.harmless) == [("document", False), ("password", False), ("value", False)]
    assert labels(explained.reading.attack) == [
        ("document", False),
        ("password", False),
        ("$ne", True),
        ("operand", True),
    ]


def test_the_reading_of_a_text_shows_the_piece(engine: Engine) -> None:
    message = request(b'{"a": "kim\' || 5==5 //"}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert labels(explained.reading.attack)[-1] == ("kim' || 5==5 //", True)


@given(
    st.recursive(
        st.text(alphabet="$neorwhi{}[]'\":;|=", max_size=30),
        lambda inner: (
            st.dictionaries(st.sampled_from(["$ne", "$or", "a", "filter"]), inner, max_size=3)
            | st.lists(inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_it_never_fails(engine: Engine, value: object) -> None:
    assert "inspection-failed" not in {rule for rule, _ in found(engine, value)}
