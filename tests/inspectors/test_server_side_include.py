from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.server_side_include import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

FILE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/server-side-include.yaml")
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)
_made = rule_from(msgspec.convert(FILE, RuleFile), "test.yaml")
assert _made is not None
RULE = _made
INSPECTOR = Inspector([RULE])


def hit(value: str) -> Hit:
    return Hit(RULE, Target(NamedSegment(Part.QUERY, ["q"], [value]), 0, value))


def inspect(value: str) -> list[Match]:
    return list(INSPECTOR.inspect(View(REQUEST, Decoded(), [RULE], [hit(value)])))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect('zz <!--#exec cmd="date" -->') == [
        Match(
            rule="server-side-include",
            location=Location(Part.QUERY, "q[0]"),
            evidence='<!--#exec cmd="date',
            explanation="runs a command by a server-side include",
        )
    ]


def test_a_directive_without_its_attribute_is_none() -> None:
    assert inspect("<!--#exec -->") == []
    assert inspect("<!--#include it -->") == []


def test_the_directive_is_drawn() -> None:
    shown = INSPECTOR.explain(hit('<!--#exec cmd="date" -->'))
    assert shown is not None
    (directive,) = shown.attack.children
    assert (directive.label, [child.piece for child in directive.children]) == ("directive exec", ["date"])
