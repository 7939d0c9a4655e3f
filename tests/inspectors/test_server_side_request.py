from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.server_side_request import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/ssrf.yaml"
FILE: dict[str, Any] = YAML(typ="safe").load(RULE_FILE)


def rule(**params: Any) -> Rule:
    made = rule_from(msgspec.convert({**FILE, "params": {**FILE["params"], **params}}, RuleFile), "test.yaml")
    assert made is not None
    return made


RULE = rule()
INSPECTOR = Inspector([RULE])


def hit(value: str, name: str = "q", part: Part = Part.QUERY, steps: tuple[str, ...] = (), own: Rule = RULE) -> Hit:
    return Hit(own, Target(NamedSegment(part, [name], [value], [steps]), 0, value))


def inspect(*hits: Hit, target: str = "/", inspector: Inspector = INSPECTOR) -> list[Match]:
    """The matches among values that the shared scan named."""
    message = Message(phase=Phase.REQUEST, method="POST", target=target, headers=(), body=b"", time=1_800_000_000.0)
    return list(inspector.inspect(View(message, Decoded(), [found.rule for found in hits[:1]], hits)))


def strict(**params: Any) -> tuple[Rule, Inspector]:
    own = rule(**params)
    return own, Inspector([own])


def test_a_match_says_where_what_and_why() -> None:
    assert inspect(hit("http://2130706433/x", "note", Part.BODY)) == [
        Match(
            rule="ssrf",
            location=Location(Part.BODY, "note[0]"),
            evidence="http://2130706433/x",
            explanation="leads to the server itself, its address written as nobody does",
        )
    ]


def test_the_name_says_what_the_server_fetches() -> None:
    assert inspect(hit("http://localhost/x", "webhook_url", Part.BODY))
    assert not inspect(hit("http://localhost/x", "homepage", Part.BODY))
    assert inspect(hit("http://localhost/x", "homepage", Part.QUERY))
    assert not inspect(hit("http://localhost/x", "redirect_uri", Part.QUERY))


def test_a_document_within_a_parameter_is_a_document() -> None:
    assert not inspect(hit("http://localhost/x", "meta", Part.FORM, ("json",)))


def test_headers_name_inner_hosts_unless_nobody_means_them() -> None:
    assert not inspect(hit("http://localhost:3000", "origin", Part.HEADER))
    assert not inspect(hit("http://10.0.0.7/a", "referer", Part.HEADER))
    assert inspect(hit("http://169.254.169.254/x", "referer", Part.HEADER))


def test_a_url_in_the_path_begins_at_a_segment() -> None:
    assert inspect(hit("/fetch/dict://127.0.0.1:70/x", "", Part.PATH))
    assert not inspect(hit("/fetch/https://shop.example/x", "", Part.PATH))


def test_what_policy_allows_passes() -> None:
    own, inspector = strict(allowed_hosts=["inner.example", "localhost"], allowed_networks=["10.0.0.0/8"])
    for url in ("http://10.1.2.3/x", "http://localhost/x"):
        assert inspect(hit(url))
        assert not inspect(hit(url, own=own), inspector=inspector)
    assert inspect(hit("http://192.168.0.1/x", own=own), inspector=inspector)


def test_the_lists_are_the_rules() -> None:
    own, inspector = strict(names={"the tea": ["teapot"]}, schemes=["brew"])
    assert inspect(hit("http://teapot/x", own=own), inspector=inspector)[0].explanation == "leads to the tea"
    assert inspect(hit("brew://shop.example/x", own=own), inspector=inspector)
    assert not inspect(hit("gopher://shop.example/x", own=own), inspector=inspector)


def test_what_is_found_can_be_drawn_and_what_passes_cannot() -> None:
    found = INSPECTOR.explain(hit("http://anna@127.1/x"))
    assert found is not None
    assert found.context == "a URL that the server fetches"
    assert INSPECTOR.explain(hit("https://shop.example/")) is None


@pytest.mark.parametrize("part", list(Part))
@given(st.text(max_size=60))
def test_inspecting_never_raises(part: Part, value: str) -> None:
    inspect(hit(value, part=part), hit("http://" + value, part=part))
