"""Drawing why a message is judged as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from gatelens.engine import Engine
from gatelens.explaining import drawn, explain
from gatelens.inspection import Hit, View
from gatelens.inspectors import pattern
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.finding import Match
from gatelens.model.message import Message
from rich.console import Console

from tests.support.messages import request, response
from tests.support.rules import engine_of, rule, words

EVIL = words("evil", "evil")


class Drawing(pattern.Inspector):
    """A pattern's matches, explained."""

    def inspect(self, view: View) -> Iterator[Match]:
        for match in super().inspect(view):
            yield Match(
                **{**{name: getattr(match, name) for name in match.__struct_fields__}, "explanation": "is evil"}
            )

    def explain(self, hit: Hit) -> Explanation | None:
        planted = Tree("planted element canary", planted=True, piece=hit.target.text)
        return Explanation("a quoted string", Tree("text"), Tree("text", (planted, *(Tree("more"),) * 60)))


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(pattern, "Inspector", Drawing)
    return engine_of(tmp_path, EVIL, rule("odd", "payload_limits", "log", params={"checks": ["json-duplicate-key"]}))


def shown(engine: Engine, message: Message) -> str:
    decision = engine.inspect(message)
    console = Console(width=120, color_system=None)
    with console.capture() as capture:
        console.print(drawn(message, decision, explain(engine, message, decision)))
    return capture.get()


def test_a_finding_is_shown_with_its_decoding_its_place_and_both_trees(engine: Engine) -> None:
    text = shown(engine, request(json.dumps({"a": "some%20evil%20canary"}).encode(), target="/shop?t=canary"))
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0].startswith("POST /shop  block 403  mode block, route default")
    assert "evil (high, block) at body:/a" in lines
    assert "why       is evil" in lines
    assert "put into  a quoted string" in lines
    assert any(line.startswith("harmless") and line.endswith("this value") for line in lines)
    assert "+ • element •" in text


def test_no_word_of_the_message_is_shown_and_a_tree_without_end_is_cut(engine: Engine) -> None:
    text = shown(engine, request(b'{"a": "an evil canary\\u001b[31m"}', target="/shop?t=canary"))
    assert "canary" not in text
    assert "\x1b" not in text
    assert text.count("more") < 50
    assert "…" in text


def test_a_finding_without_a_parser_has_no_trees_and_a_harmless_message_no_findings(engine: Engine) -> None:
    text = shown(engine, request(b'{"a": 1, "a": 2}'))
    assert "odd (high, log)" in text
    assert "this value" not in text
    assert shown(engine, request(b'{"a": 1}')).splitlines() == ["POST /  allow  mode block, route default, score 0"]


def test_a_response_is_shown_by_its_status(engine: Engine) -> None:
    assert shown(engine, response(b"{}")).startswith("response 200  allow")
