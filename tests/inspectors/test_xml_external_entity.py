from __future__ import annotations

import json

import pytest
from gatelens.engine import Engine

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "xml-external-entity")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


XI = '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{}"/></a>'


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(b'{"x": "<!DOCTYPE a [<!ENTITY b SYSTEM \'file:///c\'>]><a/>"}'))
    assert outcome(decision) == ("block", [("xml-external-entity", "body:/x")])
    assert decision.findings[0].explanation == "a document that declares an external entity"


def test_an_inclusion_is_found_in_a_value_and_in_a_body(engine: Engine) -> None:
    assert found(engine, [XI.format("file:///x")]) == [("xml-external-entity", "body:/0")]
    assert found(engine, [XI.format("part.xml")]) == []
    for address, action in (("file:///x", "block"), ("part.xml", "allow")):
        message = request(XI.format(address).encode(), content_type="application/xml")
        assert engine.inspect(message).action.word == action


@pytest.mark.parametrize("value", ["write <!ENTITY b SYSTEM 'x'> there", "<!DOCTYPE html><p>", "<a>b</a>"])
def test_talk_and_plain_documents_pass(engine: Engine, value: str) -> None:
    assert found(engine, [value]) == []
