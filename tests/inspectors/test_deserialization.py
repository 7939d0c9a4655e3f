from __future__ import annotations

import json

import pytest
from gatelens.engine import Engine
from gatelens.explaining import explain
from gatelens.model.explanation import Tree

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "deserialization")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(b'{"pet": "O:3:\\"Cat\\":0:{}"}'))
    assert outcome(decision) == ("block", [("deserialization", "body:/pet")])
    assert decision.findings[0].explanation == "PHP's serialization: builds objects of classes it names"


@pytest.mark.parametrize(
    "value",
    [
        {"@type": "com.sun.rowset.JdbcRowSetImpl"},
        {"a": {"b": [{"$type": "System.IO.FileInfo, System.IO.FileSystem"}]}},
        {"a": ["org.apache.commons.dbcp2.BasicDataSource", {}]},
        {"a": json.dumps({"@type": "java.lang.AutoCloseable"})},
        {"__js_function": "function(){}"},
    ],
)
def test_types_in_a_body_of_json_are_found(engine: Engine, value: object) -> None:
    assert {rule for rule, _ in found(engine, value)} == {"deserialization"}


@pytest.mark.parametrize(
    "value",
    [
        {"@type": "Person"},
        {"@type": "java.util.HashMap", "a": 1},
        {"$type": "Shop.Cat, Shop"},
        {"type": "java.io.Thing"},
        {"org.springframework.web": "debug"},
        {"a": ["java.util.ArrayList", []]},
    ],
)
def test_types_of_data_pass(engine: Engine, value: object) -> None:
    assert found(engine, value) == []


def test_elements_of_xml_count_and_the_same_names_in_json_do_not(engine: Engine) -> None:
    xml = request(b"<java.beans.EventHandler/>", content_type="application/xml")
    assert outcome(engine.inspect(xml))[0] == "block"
    assert found(engine, {"java.io.Thing": 1}) == []


def test_a_cookie_is_read_like_any_value(engine: Engine) -> None:
    message = request(method="GET", headers=[("cookie", "s=rO0ABXNyAANDYXQAAA")])
    assert outcome(engine.inspect(message)) == ("block", [("deserialization", "cookie:s[0]")])


def test_the_explanation_holds_no_word_of_the_value(engine: Engine) -> None:
    for value in ('O:7:"Hunter2":0:{}', "chunter2\ncancel\n(I7\ntR.", "--- !ruby/object:Hunter2 {}"):
        (finding,) = engine.inspect(request(json.dumps(value).encode())).findings
        assert "unter2" not in finding.explanation


def test_more_than_is_read_in_one_message_is_a_match(engine: Engine) -> None:
    values = [f"eJxTZ{number:05}" + "ab" * 16_384 for number in range(8)]
    assert found(engine, values) in ([], [("deserialization", "message")])


def test_the_objects_are_drawn_beside_plain_data(engine: Engine) -> None:
    message = request(b'{"pet": "a:2:{i:0;O:3:\\"Cat\\":0:{}i:1;O:3:\\"Dog\\":0:{}}"}')
    (explained,) = explain(engine, message, engine.inspect(message))
    assert explained.reading is not None
    assert explained.reading.harmless == Tree("data")
    assert explained.reading.attack == Tree(
        "value", (Tree("Cat", planted=True), Tree("Dog", planted=True)), planted=True
    )
