from __future__ import annotations

import pytest
from gatelens.engine import Engine

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "parameter-name")


def test_a_line_break_in_a_name_is_told_with_its_place(engine: Engine) -> None:
    decision = engine.inspect(request(method="GET", target="/?a=1&b%0dc=2"))
    assert outcome(decision)[0] == "block"
    assert decision.findings[0].explanation == "a line break in the name of a parameter"


def test_a_line_break_in_a_value_or_in_a_form_passes(engine: Engine) -> None:
    assert engine.inspect(request(method="GET", target="/?a=b%0dc")).action.word == "allow"
    form = request(b"a%0Ab=c", content_type="application/x-www-form-urlencoded")
    assert engine.inspect(form).action.word == "allow"


def test_many_names_are_told_within_bounds(engine: Engine) -> None:
    target = "/?" + "&".join(f"a%0d{number}=1" for number in range(100))
    assert len(engine.inspect(request(method="GET", target=target)).findings) <= 10
