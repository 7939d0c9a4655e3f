from __future__ import annotations

from pathlib import Path

import msgspec
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.shellshock import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

RULE = rule_from(
    msgspec.convert(YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/shellshock.yaml"), RuleFile),
    "test.yaml",
)
REQUEST = Message(phase=Phase.REQUEST, method="GET", target="/", headers=(), body=b"", time=1_800_000_000.0)


def hit(value: str) -> Hit:
    assert RULE is not None
    return Hit(RULE, Target(NamedSegment(Part.HEADER, ["referer"], [value]), 0, value))


def inspect(value: str) -> list[Match]:
    assert RULE is not None
    return list(Inspector([RULE]).inspect(View(REQUEST, Decoded(), (RULE,), [hit(value)])))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("() { :;}; id") == [
        Match(
            rule="shellshock",
            location=Location(Part.HEADER, "referer[0]"),
            evidence="() { :;}; id",
            explanation="is taken by bash for a function, with a command behind its end",
        )
    ]


def test_a_function_alone_counts_where_nobody_writes_code() -> None:
    assert inspect("() { :;}") != []
    assert inspect("zz() { :;}") == []


def test_the_drawing_is_of_what_was_found() -> None:
    assert RULE is not None
    assert Inspector([RULE]).explain(hit("() { :;}; id")) is not None
    assert Inspector([RULE]).explain(hit("plain")) is None
