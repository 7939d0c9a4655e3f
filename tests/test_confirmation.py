"""Confirming what the scan named: within a budget, told within bounds, and place by place where the place counts."""

from __future__ import annotations

import pytest
from gatelens.confirmation import Work, confirm, is_taken_apart, work
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.model.confirmed import Confirmed
from gatelens.model.location import Part
from gatelens.model.rule import Rule
from gatelens.ruleset.loader import load

from tests.support.messages import request
from tests.support.rules import words, write


@pytest.fixture(scope="module")
def rule(tmp_path_factory: pytest.TempPathFactory) -> Rule:
    return load(write(tmp_path_factory.mktemp("rules"), words("evil", "evil"))).rules[0]


def view(rule: Rule, *texts: str, told: int = 100) -> View:
    segment = NamedSegment(Part.QUERY, [f"q{index}" for index in range(len(texts))], texts)
    hits = [Hit(rule, Target(segment, index, text)) for index, text in enumerate(texts)]
    return View(request(), Decoded(), [rule], hits, told=told)


def judge(hit: Hit, budget: Work) -> Confirmed | None:
    budget.left -= len(hit.target.text)
    bad = hit.target.text == "evil" and hit.target.location.pointer != "q0[0]"
    return Confirmed("evidence", "is evil", ("a step",)) if bad else None


def found(view: View, most: int = 1_000, **more: bool) -> list[tuple[str, str]]:
    matches = confirm(view, {view.rules[0].id: Work(most)}, judge, "too much", **more)
    return [(str(match.location), match.explanation) for match in matches]


def test_what_is_harmless_in_one_place_is_judged_again_in_another(rule: Rule) -> None:
    assert found(view(rule, "evil", "evil", "fine")) == [("query:q1[0]", "is evil")]


def test_where_the_text_alone_counts_it_is_judged_once(rule: Rule) -> None:
    assert found(view(rule, "evil", "evil"), anywhere=True) == []


def test_a_match_tells_the_decoding_and_the_steps_of_the_judge(rule: Rule) -> None:
    (match,) = confirm(view(rule, "x", "evil"), {"evil": Work(9)}, judge, "too much")
    assert (match.rule, match.evidence, match.transformations) == ("evil", "evidence", ("a step",))


def test_what_is_left_when_the_budget_is_spent_is_one_match_for_the_whole_message(rule: Rule) -> None:
    assert found(view(rule, "fine", "fine", "evil", "evil"), most=8) == [("message", "too much")]


def test_more_than_is_told_one_by_one_is_one_match_more(rule: Rule) -> None:
    assert found(view(rule, *["x"], *["evil"] * 5, told=2)) == [
        ("query:q1[0]", "is evil"),
        ("query:q2[0]", "is evil"),
        ("message", "too much"),
    ]


def test_a_rule_that_is_not_in_force_is_not_judged(rule: Rule) -> None:
    assert list(confirm(view(rule, "x", "evil"), {}, judge, "too much")) == []


def test_work_grows_with_the_body(rule: Rule) -> None:
    seen = view(rule)
    assert work(seen, least=10, times=3)["evil"].left == 10
    seen.decoded.content = b"12345"
    assert work(seen, least=10, times=3)["evil"].left == 25


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ('{"a": "x"}', True),
        (' ["x", {"a": []}]', True),
        ('"x"', False),
        ('" or true() or "', False),
        ("{}", True),
        ('{"a": "x", "a": "y"}', False),
        ('[{"a": "x", "\\u0061": "y"}]', False),
        ('{"a": "x"}\' or 1=1', False),
        ("{'a': 1}", False),
        ("[NaN]", False),
        ("[" * 5_000 + "]" * 5_000, False),
        ('["' + "x" * 70_000 + '"]', False),
        ("12", False),
        ("", False),
    ],
)
def test_json_whose_values_all_are_texts_of_their_own_is_taken_apart(text: str, apart: bool) -> None:
    assert is_taken_apart(text) is apart


def test_where_leaves_count_json_is_not_judged_as_a_whole(rule: Rule) -> None:
    texts = ["x", '{"evil": "evil"}', '{"evil": "evil", "evil": 1}']

    def any_evil(hit: Hit, _: Work) -> Confirmed | None:
        return Confirmed("", "is evil") if "evil" in hit.target.text else None

    def places(**more: bool) -> list[str]:
        return [str(m.location) for m in confirm(view(rule, *texts), {"evil": Work(99)}, any_evil, "", **more)]

    assert places() == ["query:q1[0]", "query:q2[0]"]
    assert places(leaves=True) == ["query:q2[0]"]
