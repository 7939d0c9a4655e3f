from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.path_traversal import Inspector
from gatelens.model.finding import Match
from gatelens.model.limits import Limits
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.support.messages import request

RULE_FILE = Path(__file__).parents[2] / "rules/injection/path-traversal.yaml"
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
    assert inspect(hit("../../../etc/passwd", "file")) == [
        Match(
            rule="path-traversal",
            location=Location(Part.QUERY, "file[0]"),
            evidence="../../../etc/passwd",
            explanation="climbs 3 directories to the accounts of a Unix system",
        )
    ]


def test_the_explanation_holds_no_word_of_the_value() -> None:
    (match,) = inspect(hit("../../../../hunter2/x"))
    assert "hunter2" not in match.explanation


def test_a_parameter_is_less_free_than_a_document() -> None:
    for part in (Part.QUERY, Part.FORM, Part.COOKIE, Part.HEADER, Part.PATH, Part.GRAPHQL):
        assert inspect(hit("../../plan.pdf", part=part))
    assert not inspect(hit("../../plan.pdf", part=Part.BODY))


def test_a_document_within_a_parameter_is_a_document() -> None:
    assert not inspect(hit("../../plan.pdf", part=Part.FORM, steps=("percent", "json")))


class _FileNames(NamedSegment):
    """Names of files as the multipart decoder places them."""

    def locate(self, index: int) -> Location:
        return Location(Part.FORM, f"{super().locate(index).pointer}/filename")


def test_the_file_name_of_an_upload_never_climbs() -> None:
    name = Target(_FileNames(Part.FORM, ["photo"], ["../plan.pdf"]), 0, "../plan.pdf")
    assert inspect(Hit(RULE, name))
    assert not inspect(hit("../plan.pdf", "photo", Part.FORM))


def test_a_step_that_an_overlong_form_made_is_hidden() -> None:
    assert inspect(hit("../plan.pdf", part=Part.BODY, steps=("overlong-utf8",)))
    assert not inspect(hit("../plan.pdf", part=Part.BODY, steps=("percent",)))


def test_the_lists_and_limits_are_the_rules() -> None:
    own, inspector = strict(secrets={}, system={"the tea": ["/var/tea"]}, exposed=9, documents=9)
    assert inspect(hit("/var/tea", own=own), inspector=inspector)[0].explanation == "is the path of the tea"
    assert not inspect(hit("../../etc/passwd", own=own), inspector=inspector)


def test_files_that_need_no_step_up_are_triggers() -> None:
    expressions = [trigger.expression for trigger in INSPECTOR.triggers]
    assert set(FILE["params"]["patterns"]) < set(expressions)
    assert any(expression.endswith("passwd") for expression in expressions)
    assert not any("appsettings" in expression for expression in expressions)


def test_what_is_found_can_be_drawn_and_what_passes_cannot() -> None:
    found = INSPECTOR.explain(hit("../../../etc/passwd"))
    assert found is not None
    assert found.context == "a file name below a directory of the application"
    assert INSPECTOR.explain(hit("a/b")) is None


@given(st.text(max_size=100))
def test_inspecting_never_raises(value: str) -> None:
    for part in (Part.QUERY, Part.BODY):
        assert bool(inspect(hit(value, part=part))) == (INSPECTOR.explain(hit(value, part=part)) is not None)


@pytest.mark.parametrize("text", ["../" * 30_000, "\ufffd." * 50_000, "..\\/" * 20_000])
def test_what_is_too_much_for_one_message_is_told(text: str) -> None:
    matches = inspect(*[hit(text + str(number), part=Part.BODY) for number in range(3)])
    assert matches[-1].location == WHOLE_MESSAGE
    assert matches[-1].explanation.startswith("more that looks like paths")


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"file": "../../plan"}, True),
        ({"variables": {"templatePath": "../../plan"}}, True),
        ({"name": "../../plan"}, False),
        ({"jobs": {"file": "../../plan"}}, False),
        ({"file": ["../../plan"]}, False),
    ],
)
def test_a_field_named_for_a_file_in_a_list_of_parameters_is_one(document: dict[str, Any], found: bool) -> None:
    decoded = Decoded()
    decode(request(msgspec.json.encode(document)), decoded, Limits(), set(), set())
    (own,) = (
        Hit(RULE, Target(segment, at, text))
        for segment in decoded.segments
        for at, text in enumerate(segment.texts)
        if text == "../../plan"
    )
    assert bool(inspect(own)) == found
