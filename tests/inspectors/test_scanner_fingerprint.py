from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gatelens.engine import Engine
from ruamel.yaml import YAML

from tests.support.messages import request
from tests.support.rules import engine_of, outcome

NAMES = ("scanner-user-agent", "attack-tool", "scanner-probe", "scanner-callback")
RULES = Path(__file__).parents[2] / "rules/scanners"


def file_of(name: str) -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(RULES / f"{name}.yaml")
    return data


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(
        tmp_path_factory.mktemp("rules"),
        *map(file_of, NAMES),
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("user-agent", "nikto/2.5", ("log", [("scanner-user-agent", "header:user-agent[0]")])),
        ("user-agent", "sqlmap/1.8", ("block", [("attack-tool", "header:user-agent[0]")])),
        ("referer", "https://docs.example/sqlmap/nikto", ("allow", [])),
        ("user-agent", "curl/8.0", ("allow", [])),
        ("user-agent", "python-requests/2.32", ("allow", [])),
    ],
)
def test_a_product_is_known_in_the_field_that_names_it(
    engine: Engine, name: str, value: str, told: tuple[str, list[tuple[str, str]]]
) -> None:
    assert outcome(engine.inspect(request(method="GET", headers=[(name, value)]))) == told


def test_a_probe_is_known_in_the_path_alone(engine: Engine) -> None:
    assert engine.inspect(request(method="GET", target="/nmaplowercheck17")).action.word == "log"
    assert engine.inspect(request(method="GET", target="/?a=nmaplowercheck17")).action.word == "allow"


def test_a_host_that_waits_for_calls_is_known_in_a_value_and_not_in_a_text(engine: Engine) -> None:
    host = "a1b2c3d4.oast.fun"
    assert engine.inspect(request(json.dumps([f"http://{host}/"]).encode())).action.word == "block"
    assert engine.inspect(request(json.dumps([f"we saw {host} in a log"]).encode())).action.word == "allow"
