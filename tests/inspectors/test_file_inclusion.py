from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.file_inclusion import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/file-inclusion.yaml"
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
    assert inspect(hit("expect://zz", "note", Part.BODY)) == [
        Match(
            rule="file-inclusion",
            location=Location(Part.BODY, "note[0]"),
            evidence="expect://zz",
            explanation="opens a stream wrapper that runs a command",
        )
    ]


def test_a_remote_file_is_an_attack_on_a_script() -> None:
    value = hit("http://o.example/run.gif", "zz")
    assert inspect(value, target="/a/view.PHP?zz=1")
    assert not inspect(value, target="/a/view")


@pytest.mark.parametrize("name", ["cfg[theme_path]", "includePath", "mainroot", "page", "LANG"])
def test_the_name_of_a_path_takes_no_url(name: str) -> None:
    assert inspect(hit("http://o.example/run", name), target="/view.php")


@pytest.mark.parametrize("name", ["url", "image_src", "feedUrl", "payload", "profile"])
def test_the_name_of_a_link_takes_urls(name: str) -> None:
    assert not inspect(hit("http://o.example/run", name), target="/view.php")


def test_outside_a_parameter_a_remote_file_is_a_link() -> None:
    for part in (Part.BODY, Part.HEADER, Part.GRAPHQL):
        assert not inspect(hit("http://o.example/run.txt?", "page", part), target="/view.php")
    assert not inspect(hit("http://o.example/run.txt?", "page", Part.FORM, ("json",)), target="/view.php")


def test_a_wrapper_in_the_path_begins_at_a_segment() -> None:
    assert inspect(hit("/files/php://input", "", Part.PATH))
    assert not inspect(hit("/files/input", "", Part.PATH))


def test_what_policy_allows_passes() -> None:
    own, inspector = strict(allowed_hosts=["cdn.example"])
    assert inspect(hit("http://cdn.example/a.txt", "page"))
    assert not inspect(hit("http://cdn.example/a.txt", "page", own=own), inspector=inspector)


def test_what_is_found_can_be_drawn_and_what_passes_cannot() -> None:
    assert INSPECTOR.explain(hit("php://input")) is not None
    assert INSPECTOR.explain(hit("https://shop.example/")) is None


@pytest.mark.parametrize("part", list(Part))
@given(st.text(max_size=60))
def test_inspecting_never_raises(part: Part, value: str) -> None:
    inspect(hit(value, part=part), hit("http:" + value, part=part), target="/view.php")
