from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gatelens.engine import Engine
from ruamel.yaml import YAML

from tests.support.messages import request
from tests.support.rules import engine_of, outcome

RULES = Path(__file__).parents[2] / "rules/access"


def file_of(name: str) -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(RULES / f"{name}.yaml")
    return data


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("rules"), *map(file_of, ("unusual-method", "method-override")))


@pytest.mark.parametrize(
    ("method", "action"),
    [("GET", "allow"), ("PROPFIND", "allow"), ("TRACE", "block"), ("GETT", "block"), ("get", "block")],
)
def test_a_method_that_is_not_known_is_blocked(engine: Engine, method: str, action: str) -> None:
    assert engine.inspect(request(method=method)).action.word == action


@pytest.mark.parametrize(
    ("method", "asked", "told"),
    [
        ("POST", "DELETE", ("allow", [])),
        ("POST", "ZORK", ("block", [("method-override", "header:x-http-method-override[0]")])),
        ("GET", "DELETE", ("block", [("method-override", "header:x-http-method-override[0]")])),
        ("GET", "get", ("allow", [])),
    ],
)
def test_an_override_may_not_contradict_the_method(
    engine: Engine, method: str, asked: str, told: tuple[str, list[tuple[str, str]]]
) -> None:
    assert outcome(engine.inspect(request(method=method, headers=[("x-http-method-override", asked)]))) == told
