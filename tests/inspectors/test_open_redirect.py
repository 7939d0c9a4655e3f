from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.open_redirect import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/open-redirect.yaml"
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
    assert inspect(hit("/\\o.example", "next")) == [
        Match(
            rule="open-redirect",
            location=Location(Part.QUERY, "next[0]"),
            evidence="/\\o.example",
            explanation="leads to another site behind slashes that look like a path's",
        )
    ]


def test_the_name_says_where_a_browser_is_sent() -> None:
    assert inspect(hit("//o.example", "returnTo", Part.BODY))
    assert not inspect(hit("//o.example", "url", Part.BODY))
    assert inspect(hit("//o.example", "url", Part.QUERY))
    assert not inspect(hit("//o.example", "image", Part.QUERY))


def test_a_document_within_a_parameter_is_a_document() -> None:
    assert not inspect(hit("//o.example", "url", Part.FORM, ("json",)))


def test_paths_and_headers_are_no_targets() -> None:
    for part in (Part.PATH, Part.HEADER):
        assert not inspect(hit("///o.example", "next", part))


def test_a_plain_url_is_a_finding_only_where_hosts_are_listed() -> None:
    own, inspector = strict(allowed_hosts=["shop.example"])
    assert not inspect(hit("https://o.example/", "next"))
    assert inspect(hit("https://o.example/", "next", own=own), inspector=inspector)
    assert not inspect(hit("https://www.shop.example/", "next", own=own), inspector=inspector)


def test_what_is_found_can_be_drawn_and_what_passes_cannot() -> None:
    found = INSPECTOR.explain(hit("/\\o.example", "next"))
    assert found is not None
    assert found.context == "where a browser is sent next"
    assert INSPECTOR.explain(hit("/cart", "next")) is None


@pytest.mark.parametrize("part", list(Part))
@given(st.text(max_size=60))
def test_inspecting_never_raises(part: Part, value: str) -> None:
    inspect(hit(value, "next", part), hit("//" + value, "next", part))
