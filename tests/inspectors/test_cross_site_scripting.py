from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.cross_site_scripting import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/cross-site-scripting.yaml"
FILE: dict[str, Any] = YAML(typ="safe").load(RULE_FILE)
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def rule(**params: Any) -> Rule:
    made = rule_from(msgspec.convert({**FILE, "params": {**FILE["params"], **params}}, RuleFile), "test.yaml")
    assert made is not None
    return made


RULE = rule()
INSPECTOR = Inspector([RULE])


def hits(
    *values: str, name: str = "q", own: Rule = RULE, steps: tuple[str, ...] = (), part: Part = Part.QUERY
) -> list[Hit]:
    segment = NamedSegment(part, [name] * len(values), values, [steps] * len(values) if steps else ())
    return [Hit(own, Target(segment, index, value)) for index, value in enumerate(values)]


def inspect(found: list[Hit], own: Rule = RULE, inspector: Inspector = INSPECTOR) -> list[Match]:
    """The matches where every value was named by a trigger."""
    decoded = Decoded()
    decoded.content = "\n".join(hit.target.text for hit in found).encode("utf-8", "replace")
    return list(inspector.inspect(View(REQUEST, decoded, (own,), found)))


def test_a_match_says_where_what_and_why() -> None:
    assert inspect(hits("plain", "a <zz onclick=alert(1)> b")) == [
        Match(
            rule="cross-site-scripting",
            location=Location(Part.QUERY, "q[1]"),
            evidence="<zz onclick=alert(1)",
            explanation="stands in a text, opens a tag with an event handler that opens a dialog",
        )
    ]


def test_a_pair_that_was_parted_within_markup_is_read_as_it_was_sent() -> None:
    assert inspect(hits("alert(1)>press here", name="<zz onclick"))
    assert not inspect(hits("alert(1)>press here"))


def test_a_query_that_was_parted_within_markup_is_read_as_it_was_sent() -> None:
    message = msgspec.structs.replace(REQUEST, target="/?a=b&<svg/onload=%26nbsp;alert&%2340;1)>")
    found = hits("<svg/onload", "nothing")
    matches = list(INSPECTOR.inspect(View(message, Decoded(), (RULE,), found)))
    assert [match.location for match in matches] == [Location(Part.QUERY, "q[0]")]
    assert not inspect(found)


@pytest.mark.parametrize(
    ("part", "found"),
    [(Part.GRAPHQL, []), (Part.FORM, ["image"]), (Part.QUERY, ["image", "link"]), (Part.COOKIE, ["image", "link"])],
)
def test_harmless_markup_is_none_where_a_line_of_plain_text_is_asked_for(part: Part, found: list[str]) -> None:
    texts = {"image": "<img src=https://host.example/a.png>", "link": '<a href="/a?b=1">zz</a>', "bold": "<b>zz</b>"}
    assert [name for name, text in texts.items() if inspect(hits(text, part=part))] == found


def test_what_stood_in_base64_is_a_document_and_no_line() -> None:
    assert not inspect(hits('<svg xmlns="http://host.example/a" width="1"/>', steps=("base64",)))


@pytest.mark.parametrize(("name", "is_found"), [("source_lines", False), ("contextLine", False), ("title", True)])
def test_a_bare_expression_passes_where_code_is_asked_for(name: str, is_found: bool) -> None:
    assert bool(inspect(hits("alert(7);", name=name, part=Part.BODY))) is is_found
    assert inspect(hits("<script>alert(7)</script>", name=name, part=Part.BODY))


def test_entities_that_parted_a_query_are_read_as_they_were_sent() -> None:
    message = msgspec.structs.replace(REQUEST, target="/?&quot;&gt;&lt;zz/onclick=zz(7)&gt;")
    found = hits("", name="lt;zz/onclick") + hits("quot;")
    assert list(INSPECTOR.inspect(View(message, Decoded(), (RULE,), found)))


def test_what_was_escaped_in_a_code_element_is_shown_only() -> None:
    text = "<p>Try <code><zz onclick=alert(1)></code></p>"
    assert not inspect(hits(text, steps=("html-entity",)))
    assert inspect(hits(text))


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"rich_text": False}, "a <b>bold</b> word"),
        ({"markdown": False}, "Use the tag `<zz onclick=alert(1)>` for this"),
        ({"hosts": []}, "<iframe src=https://www.youtube.com/embed/zz></iframe>"),
    ],
)
def test_policy_may_be_stricter(params: dict[str, Any], text: str) -> None:
    own = rule(**params)
    assert not inspect(hits(text, part=Part.GRAPHQL))
    assert inspect(hits(text, own=own, part=Part.GRAPHQL), own, Inspector([own]))


def test_strict_rules_look_at_every_tag() -> None:
    assert len(Inspector([rule(rich_text=False)]).triggers) == len(INSPECTOR.triggers) + 1


def test_an_explanation_is_drawn_for_what_is_found_and_for_nothing_else() -> None:
    found, harmless = hits("<zz onclick=alert(1)>", "<b>")
    explanation = INSPECTOR.explain(found)
    assert explanation is not None
    assert explanation.context == "the text of an element"
    assert INSPECTOR.explain(harmless) is None


def test_what_goes_beyond_the_budget_is_refused_as_a_whole() -> None:
    matches = inspect(hits("<a b='" * 40_000, "<b>"))
    assert matches
    assert matches[-1].location in (WHOLE_MESSAGE, Location(Part.QUERY, "q[0]"))


@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_value_raises(values: list[str]) -> None:
    assert len(inspect(hits(*values))) <= len(values)
