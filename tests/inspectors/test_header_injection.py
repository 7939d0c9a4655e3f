from __future__ import annotations

import json

import pytest
from gatelens.decoders.segment import NamedSegment
from gatelens.engine import Engine
from gatelens.inspection import Hit, Target
from gatelens.inspectors.header_injection import Inspector
from gatelens.model.location import Part

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "header-injection")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(method="GET", target="/?next=/a%0d%0aSet-Cookie:%20b=c"))
    assert outcome(decision) == ("block", [("header-injection", "query:next[0]")])
    assert decision.findings[0].explanation == "ends its line, adds a header field that decides something"


@pytest.mark.parametrize(
    ("target", "action"),
    [
        ("/?a=two%20words%0d%0aLocation:%20/x", "block"),
        ("/?a=x%250d%250aLocation:%2520/x", "block"),
        ("/x%0d%0aX-Any:1", "block"),
        ("/?%0d%0aX-Any:1=2", "block"),
        ("/?a=first%0aLocation:%20Berlin", "allow"),
        ("/?a=GET%20/a%20HTTP/1.1", "block"),
        ("/?a=get%20the%20milk", "allow"),
    ],
)
def test_the_place_decides_what_may_stand_before_the_break(engine: Engine, target: str, action: str) -> None:
    assert engine.inspect(request(method="GET", target=target)).action.word == action


@pytest.mark.parametrize("value", ["de\r\nSet-Cookie: a=b", "\nTransfer-Encoding: chunked", "x\\r\\nLocation: //a"])
def test_a_value_that_goes_on_with_a_field_is_found_in_a_body(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == [("header-injection", "body:/a")]


@pytest.mark.parametrize(
    "value", ["It says:\nSet-Cookie: a=b", "Fix it\n\nHost: a.example", "GET http://a.example/ HTTP/1.1", "a\nb: c"]
)
def test_texts_pass_in_a_body(engine: Engine, value: str) -> None:
    assert found(engine, {"a": value}) == []


def test_the_attack_is_drawn_beside_the_harmless_header(engine: Engine) -> None:
    inspector = Inspector([rule for rule in engine.rules if rule.inspector == "header_injection"])
    segment = NamedSegment(Part.QUERY, ["a"], ["x\r\nSet-Cookie: b=c"])
    drawing = inspector.explain(Hit(engine.rules[0], Target(segment, 0, segment.texts[0])))
    assert drawing is not None
    assert [node.planted for node in drawing.attack.children] == [False, True]
    assert [node.planted for node in drawing.harmless.children] == [False]
