from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.graphql_request import GraphqlOperation
from gatelens.inspection import View
from gatelens.inspectors.graphql_limits import Inspector, Params
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st

REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/graphql", headers=(), body=b"", time=1_800_000_000.0)
PLACE = Location(Part.BODY, "/query")


def rule(name: str = "limits", **params: Any) -> Rule:
    file = {
        "id": name,
        "inspector": "graphql_limits",
        "description": "a rule of this test",
        "severity": "high",
        "action": "block",
        "params": params,
        "tests": {"match": ["a"], "ignore": ["b"]},
    }
    made = rule_from(msgspec.convert(file, RuleFile), "test.yaml")
    assert made is not None
    return made


SYNTAX = rule("syntax", check="syntax")


def findings(documents: str | list[str], *rules: Rule) -> list[tuple[str, str, str]]:
    """Rule, place and explanation of each match."""
    decoded = Decoded()
    if isinstance(documents, str):
        decoded.graphql = [GraphqlOperation(documents, PLACE)]
    else:
        places = [Location(Part.BODY, f"/{index}/query") for index in range(len(documents))]
        decoded.graphql = [GraphqlOperation(*pair) for pair in zip(documents, places, strict=True)]
    matches = list(Inspector(rules).inspect(View(REQUEST, decoded, rules, ())))
    assert not any(match.evidence for match in matches)
    return [(match.rule, str(match.location), match.explanation) for match in matches]


def nested(depth: int) -> str:
    return "{a" * depth + "}" * depth


@pytest.mark.parametrize(
    ("limit", "over", "explanation", "within"),
    [
        ({"depth": 2}, "{ a { b { c } } }", "depth 3, limit 2", "{ a { b } c { d } }"),
        ({"depth": 1}, "{ a { ...A } } fragment A on T { b }", "depth 2, limit 1", "{ ...A } fragment A on T { b }"),
        ({"nesting": 3}, "{ a(b: [[1]]) }", "nesting of brackets 4, limit 3", "{ a(b: [1, 2]) }"),
        ({"nesting": 3}, "{ ... { ... { ... { a } } } }", "nesting of brackets 4, limit 3", "{ ... { ... { a } } }"),
        ({"fields": 2}, "{ ...A ...A ...A } fragment A on T { a }", "fields 3, limit 2", "{ a { b } }"),
        ({"aliases": 1}, "{ a: __typename b: __typename }", "aliases 2, limit 1", "{ a: __typename __typename }"),
        ({"root_fields": 1}, "{ a b }", "root fields 2, limit 1", "{ a { b c } }"),
        ({"directives": 1}, "{ a @x @y }", "directives 2, limit 1", "{ a(b: \"@x @y\") @x }"),
        ({"tokens": 4}, "{ a b c }", "tokens 5, limit 4", "{ a, b } # c d"),
        ({"size": 9}, "{ a b c d }", "characters 11, limit 9", "{ a b c }"),
    ],
)  # fmt: skip
def test_a_document_over_a_limit_is_found_and_one_just_within_is_not(
    limit: dict[str, Any], over: str, explanation: str, within: str
) -> None:
    assert findings(over, rule(**limit)) == [("limits", "body:/query", explanation)]
    assert findings(within, rule(**limit)) == []


def test_every_limit_that_a_document_passes_is_named_in_one_match() -> None:
    assert findings("{ a: b c: d }", rule(aliases=1, root_fields=1)) == [
        ("limits", "body:/query", "aliases 2, limit 1; root fields 2, limit 1")
    ]


def test_a_fragment_bomb_is_found_and_its_number_not_written_out() -> None:
    chain = " ".join(f"fragment F{n} on T {{ ...F{n + 1} ...F{n + 1} }}" for n in range(36))
    [(_, _, explanation)] = findings(f"{{ a {{ ...F0 }} }} {chain} fragment F36 on T {{ b }}", rule())
    assert explanation == "fields over a thousand million, limit 1500"


def test_fragments_that_spread_themselves_are_found() -> None:
    document = "{ ...A } fragment A on T { ...B } fragment B on T { ...A }"
    assert findings(document, rule()) == [("limits", "body:/query", "fragments that spread themselves")]


def test_fragments_that_do_not_spread_themselves_are_not_found() -> None:
    assert findings("{ ...A ...B } fragment A on T { ...B } fragment B on T { b }", rule()) == []


def test_an_unknown_fragment_is_not_found() -> None:
    assert findings("{ a ...Missing }", rule(), SYNTAX) == []


def test_a_document_of_2000_levels_is_found_by_its_depth() -> None:
    assert findings(nested(2_000), rule(tokens=10_000)) == [
        ("limits", "body:/query", "depth 2000, limit 20; nesting of brackets 2000, limit 40; fields 2000, limit 1500")
    ]


def test_with_default_limits_a_large_document_is_not_found() -> None:
    fields = " ".join(f"a{n}: field{n}(id: $id) {{ id name @include(if: true) }}" for n in range(20))
    document = f"query Page($id: ID!) {{ page {{ {fields} {' '.join(f'f{n}' for n in range(700))} }} }}"
    assert findings(document, rule(), SYNTAX) == []


def test_more_documents_than_allowed_in_one_request_are_found() -> None:
    assert findings(["{ a }"] * 4, rule(batch=3)) == [("limits", "body", "documents in one request 4, limit 3")]


def test_as_many_documents_as_allowed_in_one_request_are_not_found() -> None:
    assert findings(["{ a }"] * 3, rule(batch=3)) == []


def test_documents_each_within_a_limit_are_found_by_their_sum() -> None:
    assert findings(["{ a: b c: d }"] * 5, rule(aliases=2)) == [
        ("limits", "body", "in all documents of the request: aliases 10, limit 4")
    ]


def test_documents_whose_sum_is_twice_a_limit_are_not_found() -> None:
    assert findings(["{ a: b c: d }", "{ a: b c: d }", "{ a }"], rule(aliases=2)) == []


def test_a_faulty_document_in_a_batch_is_found_at_its_place() -> None:
    assert findings(["{ a }", "{ a"], rule(), SYNTAX) == [("syntax", "body:/1/query", "a selection expected at 1:4")]


def test_the_explanation_holds_nothing_of_the_document() -> None:
    [(_, _, explanation)] = findings('{ secret(token: "hunter2" }', SYNTAX)
    assert explanation == "a name expected at 1:27"


def test_a_document_that_parses_is_not_found_by_the_syntax_check() -> None:
    assert findings(nested(100), SYNTAX) == []


def test_a_faulty_document_is_not_found_by_the_limits_where_the_syntax_check_reports_it() -> None:
    assert [found[0] for found in findings("{ a", rule(), SYNTAX)] == ["syntax"]


def test_a_faulty_document_is_found_by_the_limits_where_no_syntax_check_is_in_force() -> None:
    assert findings("{ a", rule()) == [("limits", "body:/query", "cannot be measured: a selection expected at 1:4")]


@pytest.mark.parametrize("text", ["red shoes", "query plans", "mutation", ""])
def test_a_text_without_a_brace_is_not_called_a_faulty_document(text: str) -> None:
    assert findings(text, rule(), SYNTAX) == []


def test_a_request_without_graphql_is_not_found() -> None:
    assert findings([], rule(), SYNTAX) == []


def test_rules_with_different_limits_judge_one_document_each_by_its_own() -> None:
    assert findings("{ a b c }", rule("loose", tokens=9), rule("tight", tokens=4)) == [
        ("tight", "body:/query", "tokens 5, limit 4")
    ]


def test_a_document_seen_before_is_judged_the_same_and_faster() -> None:
    decoded = Decoded()
    decoded.graphql = [GraphqlOperation("{" + "a { b c } " * 500 + "}", PLACE)]
    limits = rule(root_fields=499)
    inspector = Inspector([limits])
    view = View(REQUEST, decoded, [limits], ())
    times = []
    answers = []
    for _ in range(3):
        started = time.perf_counter()
        answers.append(list(inspector.inspect(view)))
        times.append(time.perf_counter() - started)
    assert answers[0] == answers[1] == answers[2] != []
    assert min(times[1:]) < times[0] / 3


@pytest.mark.parametrize(
    "params",
    [{"depth": 0}, {"tokens": 10**6}, {"batch": 0}, {"aliases": -1}, {"check": "both"}, {"deepness": 3}],
)
def test_params_out_of_bounds_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, Params)


@given(st.lists(st.one_of(st.text(), st.text('{}()[]:$@. "#a\n\\')), max_size=15))
def test_no_documents_make_it_raise(documents: list[str]) -> None:
    for _, place, _ in findings(documents, rule(depth=1, tokens=5), SYNTAX):
        assert place.startswith("body")
