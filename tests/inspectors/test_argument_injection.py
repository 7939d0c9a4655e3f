from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.argument_injection import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

RULE = rule_from(
    msgspec.convert(
        YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/argument-injection.yaml"), RuleFile
    ),
    "test.yaml",
)
REQUEST = Message(phase=Phase.REQUEST, method="GET", target="/", headers=(), body=b"", time=1_800_000_000.0)


def hit(value: str, field: str = "url") -> Hit:
    assert RULE is not None
    return Hit(RULE, Target(NamedSegment(Part.FORM, [field], [value]), 0, value))


def inspect(value: str, field: str = "url") -> list[Match]:
    assert RULE is not None
    return list(Inspector([RULE]).inspect(View(REQUEST, Decoded(), (RULE,), [hit(value, field)])))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("--upload-pack=touch zz") == [
        Match(
            rule="argument-injection",
            location=Location(Part.FORM, "url[0]"),
            evidence="--upload-pack=touch zz",
            explanation="is taken for an option that runs a command",
        )
    ]


@pytest.mark.parametrize("field", ["args", "command", "extra_args"])
def test_a_field_of_arguments_by_design_takes_them(field: str) -> None:
    assert inspect("--upload-pack=touch zz", field) == []


def test_the_drawing_is_of_what_was_found() -> None:
    assert RULE is not None
    drawn = Inspector([RULE]).explain(hit("--upload-pack=touch zz"))
    assert drawn is not None
    assert drawn.attack.children[1].label == "option"
    assert drawn.attack.children[1].planted
    assert Inspector([RULE]).explain(hit("plain")) is None
