from __future__ import annotations

import json

import pytest
from gatelens.engine import Engine

from tests.support.builtin_rule import engine_with
from tests.support.messages import request
from tests.support.rules import outcome


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_with(tmp_path_factory.mktemp("rules"), "mail-injection")


def found(engine: Engine, value: object) -> list[tuple[str, str]]:
    return outcome(engine.inspect(request(json.dumps(value).encode())))[1]


def test_a_match_says_where_what_and_why(engine: Engine) -> None:
    decision = engine.inspect(request(b'{"to": "ann@a.example\\nBcc: bob@b.example"}'))
    assert outcome(decision) == ("block", [("mail-injection", "body:/to")])
    words = "adds a field with further addresses to the header of a mail, behind an address"
    assert decision.findings[0].explanation == words


@pytest.mark.parametrize("value", ["a\r\nRCPT TO:<b@b.example>", "a@a.example%0aCc:b@b.example", "\r\nQUIT\r\n"])
def test_a_value_that_goes_on_is_found(engine: Engine, value: str) -> None:
    assert found(engine, [value]) == [("mail-injection", "body:/0")]


@pytest.mark.parametrize("value", ["Fix it\n\nCc: a@a.example", "From: a@a.example\nTo: b@b.example", "a\nquit"])
def test_trailers_and_mails_pass(engine: Engine, value: str) -> None:
    assert found(engine, [value]) == []
