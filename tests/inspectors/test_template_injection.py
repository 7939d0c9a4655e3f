from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.template_injection import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

FILE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/template-injection.yaml")
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)
_made = rule_from(msgspec.convert(FILE, RuleFile), "test.yaml")
assert _made is not None
RULE = _made
INSPECTOR = Inspector([RULE])


def hit(value: str) -> Hit:
    return Hit(RULE, Target(NamedSegment(Part.BODY, ["q"], [value]), 0, value))


def inspect(*values: str) -> list[Match]:
    decoded = Decoded()
    decoded.content = "\n".join(values).encode("utf-8", "replace")
    return list(INSPECTOR.inspect(View(REQUEST, decoded, [RULE], [hit(value) for value in values])))


def why(value: str) -> str:
    return "".join(match.explanation for match in inspect(value))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("zz {{ 8*9 }} zz") == [
        Match(
            rule="template-injection",
            location=Location(Part.BODY, "q[0]"),
            evidence="{{ 8*9 }}",
            explanation="opens a template expression, works out constants",
        )
    ]


@pytest.mark.parametrize(
    ("value", "near_miss"),
    [
        ("{{ 8*9 }}", "{{ width*9 }}"),
        ("{{ a.__class__.__mro__ }}", "{{ a.__class__.__name__ }}"),
        ("{{ a['__cla'+'ss__'] }}", "{{ a['cla'+'ss'] }}"),
        ("{{ a|attr('__class__') }}", "{{ a|attr('name') }}"),
        ("{{ ['date']|map('passthru') }}", "{{ names|map('upper') }}"),
        ("<%= system('date') %>", "<%= system(command) %>"),
        ("{passthru('date')}", "{ passthru('date'); }"),
        ("{% include '/etc/hosts' %}", "{% include 'header.html' %}"),
        ("{{ a.constructor('return 7')() }}", "{{ race.constructor }}"),
        ("${T(java.lang.Runtime).getRuntime()}", "${java.version}"),
        ("{{config}}", "{{ config.title }}"),
    ],
)
def test_an_expression_is_told_by_what_it_does(value: str, near_miss: str) -> None:
    assert why(value)
    assert not why(near_miss)


def test_prose_does_not_hide_a_walk_to_a_class_but_shown_code_is_a_mention() -> None:
    attack = "{{ a.__class__.__mro__ }}"
    prose = "as we have said before, this is how it is written in the pages of the book"
    assert why(f"{prose} {attack}")
    assert not why(f"{prose} `{attack}`")


def test_the_explanation_holds_no_word_of_the_value() -> None:
    assert "hunter2" not in why("{{ hunter2.__class__.__mro__ }}")


def test_the_expression_is_drawn() -> None:
    shown = INSPECTOR.explain(hit("a {{ b.__class__.__mro__ }}"))
    assert shown is not None
    expression = shown.attack.children[-1]
    assert expression.planted
    assert [step.piece for step in expression.children[0].children] == ["__class__", "__mro__"]
    assert INSPECTOR.explain(hit("{{ b }}")) is None


def test_what_goes_beyond_the_budget_is_a_match() -> None:
    matches = inspect(*("{{ a " * 900 + str(number) for number in range(9)))
    assert matches
    assert matches[-1].location in (WHOLE_MESSAGE, Location(Part.BODY, "q[0]"))


@given(st.text(alphabet="{}$#%<>@[]()=*'\"_ab8 .|?!-\\", max_size=300))
def test_no_text_raises(text: str) -> None:
    inspect(text)
    INSPECTOR.explain(hit(text))
