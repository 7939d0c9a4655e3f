from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.inspection import View
from gatelens.inspectors.sensitive_path import Inspector
from gatelens.model.finding import Match
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/access/sensitive-files.yaml"
FILE: dict[str, Any] = YAML(typ="safe").load(RULE_FILE)


def rule(**params: Any) -> Rule:
    made = rule_from(msgspec.convert({**FILE, "params": {**FILE["params"], **params}}, RuleFile), "test.yaml")
    assert made is not None
    return made


def inspect(target: str, **params: Any) -> list[Match]:
    message = Message(phase=Phase.REQUEST, method="GET", target=target, headers=(), body=b"", time=1_800_000_000.0)
    decoded = Decoded()
    decode(message, decoded, Limits(), set(), set())
    own = rule(**params)
    return list(Inspector([own]).inspect(View(message, decoded, [own], ())))


def test_a_match_says_what_is_asked_for() -> None:
    assert inspect("/shop/.git/config") == [
        Match(
            rule="sensitive-files",
            location=Location(Part.PATH),
            evidence=".git",
            explanation="asks for a repository's own files",
        )
    ]


@pytest.mark.parametrize("target", ["/%2egit/config", "/%252egit/config", "/.GIT/config", "/x/.git;a=b/config"])
def test_another_spelling_is_the_same_file(target: str) -> None:
    assert inspect(target)


@pytest.mark.parametrize("target", ["/", "/git/config", "/items?file=/.git/config", "/a.git", "*"])
def test_only_the_path_is_looked_at(target: str) -> None:
    assert inspect(target) == []


def test_below_a_shelf_files_are_browsed() -> None:
    assert inspect("/contents/.git/config") == []
    assert inspect("/contents/.git/config", shelves=[])


def test_the_rules_lists_are_in_lower_case() -> None:
    for name in ("names", "trails", "endings"):
        listed = [item for items in FILE["params"][name].values() for item in items]
        assert listed == [item.lower() for item in listed]
