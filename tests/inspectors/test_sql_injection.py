from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.sql_injection import Inspector, Params
from gatelens.languages.sql.fragments import BEGUN_CALL
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE_FILE = Path(__file__).parents[2] / "rules/injection/sql-injection.yaml"
FILE: dict[str, Any] = YAML(typ="safe").load(RULE_FILE)
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def rule(name: str = "sql-injection", **params: Any) -> Rule:
    file = {**FILE, "id": name, "params": {**FILE["params"], **params}}
    made = rule_from(msgspec.convert(file, RuleFile), "test.yaml")
    assert made is not None
    return made


RULE = rule()
INSPECTOR = Inspector([RULE])


def inspect(*values: str, rules: tuple[Rule, ...] = (RULE,), inspector: Inspector = INSPECTOR) -> list[Match]:
    """The matches where every value was named by a trigger of every rule."""
    segment = NamedSegment(Part.QUERY, ["q"] * len(values), values)
    targets = [Target(segment, index, value) for index, value in enumerate(values)]
    hits = [Hit(rule, target) for target in targets for rule in rules]
    decoded = Decoded()
    decoded.content = "\n".join(values).encode("utf-8", "replace")  # what may be spent depends on its size
    return list(inspector.inspect(View(REQUEST, decoded, rules, hits)))


def explanation(value: str) -> str:
    """Why `value` is an injection; empty where it is none."""
    return "".join(match.explanation for match in inspect(value))


def limited(**params: Any) -> tuple[tuple[Rule, ...], Inspector]:
    own = rule(**params)
    return (own,), Inspector([own])


def test_a_match_says_where_what_and_why() -> None:
    assert inspect("plain", "zz' OR 8=8-- ") == [
        Match(
            rule="sql-injection",
            location=Location(Part.QUERY, "q[1]"),
            evidence="' OR 8=8-- ",
            explanation="closes a single-quoted string, adds a condition on constants behind OR",
        )
    ]


def test_a_match_tells_the_steps_that_led_to_the_text() -> None:
    (match,) = inspect("zz'+union+select+1,2--+")
    assert match.transformations == ("plus",)
    assert match.evidence == "' union select 1,2-- "


def test_the_explanation_holds_no_word_of_the_value() -> None:
    for secret in ("zz' UNION SELECT hunter2 FROM hunter2-- ", "zz' AND hunter2 LIKE 'hunter2%' -- "):
        assert explanation(secret)
        assert "hunter2" not in explanation(secret)


def test_triggers_are_the_rules_patterns_and_the_functions_of_databases() -> None:
    assert [trigger.expression for trigger in INSPECTOR.triggers] == [*FILE["params"]["patterns"], BEGUN_CALL]
    assert {trigger.rule for trigger in INSPECTOR.triggers} == {"sql-injection"}


def test_each_rule_reports_for_itself() -> None:
    rules = (RULE, rule("other"))
    found = inspect("zz' OR 8=8-- ", rules=rules, inspector=Inspector(rules))
    assert [match.rule for match in found] == ["sql-injection", "other"]


def test_the_same_attack_in_two_places_is_reported_twice() -> None:
    places = [match.location.pointer for match in inspect("zz' OR 8=8-- ", "fine", "zz' OR 8=8-- ")]
    assert places == ["q[0]", "q[2]"]


def test_a_name_tells_an_attack_only_where_the_rule_lists_it() -> None:
    assert "waits for tea" in inspect("5-brew(1)-- ", **_with(functions={"waits for tea": ["BREW"]}))[0].explanation
    assert inspect("5-brew(1)-- ", **_with(functions={})) == []


def _with(**params: Any) -> dict[str, Any]:
    rules, inspector = limited(**params)
    return {"rules": rules, "inspector": inspector}


def test_a_statement_must_parse_in_one_of_the_rules_dialects() -> None:
    value = "zz' SOUNDS LIKE 'zz"
    assert explanation(value).endswith("; mysql")
    assert inspect(value, **_with(dialects=["oracle"])) == []


def test_a_dialect_that_is_not_known_is_a_fault_of_the_rule() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"patterns": ["a"], "dialects": ["cobol"]}, Params)


# Budgets


def test_more_sql_than_is_analysed_is_a_match_of_the_whole_message() -> None:
    values = [f"{n}' and more" for n in range(9)]
    assert inspect(*values) == []
    found = inspect(*values, **_with(message_tokens=30))
    assert found[-1].location is WHOLE_MESSAGE
    assert "than is analysed in one message" in found[-1].explanation


def test_a_larger_message_may_cost_more() -> None:
    values = [f"{n} the boys' or girls' room (see f(x), page 7) or else" for n in range(600)]
    assert inspect(*values)[-1].location is WHOLE_MESSAGE
    assert inspect(*values, "a long text " * 80_000) == []


def test_of_many_attacks_only_so_many_are_told_one_by_one() -> None:
    found = inspect(*[f"zz{n}' OR 8=8-- " for n in range(150)])
    assert [match.location is WHOLE_MESSAGE for match in found] == [False] * 100 + [True]


def test_a_value_seen_before_costs_nothing() -> None:
    assert inspect(*["5' and more"] * 9, **_with(message_tokens=30)) == []


def test_a_value_that_goes_on_as_sql_beyond_what_is_read_is_a_match() -> None:
    assert explanation("zz' + " + "1 + " * 2000).endswith("too long to be read in full")


def test_a_long_prose_with_apostrophes_is_not() -> None:
    assert inspect("it's the dog's and the cat's; or not. " * 2000) == []


def test_statements_that_are_too_many_to_parse_are_a_match() -> None:
    values = [f"zz' and name{n} like = other and '" for n in range(4)]
    assert inspect(*values) == []
    found = inspect(*values, **_with(message_parses=2))
    assert "too many such values" in found[0].explanation
    assert found[1].location is WHOLE_MESSAGE


def test_an_attack_behind_a_long_text_is_found() -> None:
    assert explanation("lorem ipsum " * 50_000 + "' OR 8=8-- ")


def test_an_attack_behind_much_white_space_is_found() -> None:
    assert explanation("zz'" + " " * 50_000 + "OR 8=8-- ")


def test_an_attack_with_a_long_string_is_found() -> None:
    assert explanation("zz' OR '" + "a" * 50_000 + "'<'b")


def test_a_bulk_of_prose_is_quick() -> None:
    values = [f"{n} people's views; it's {n} or more -- o'clock" for n in range(2000)]
    began = time.perf_counter()
    assert inspect(*values) == []
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "value",
    [
        "' or " + "(" * 60_000,
        "' or " + "(select " * 5_000,
        "' or " + "case when 1=1 then " * 3_000,
        "' or " + "not " * 20_000 + "a=b",
        "' or " + "- " * 30_000,
        "1 or " + "a[" * 20_000,
        "' or a = " + "cast(" * 60 + "1" + " as int)" * 60 + " -- ",
        "' or a in (" * 40,
        "' or " + "(with a as " * 32,
        "'" * 65_000,
        "'/*" * 20_000,
        "$$" * 30_000,
        "*/" * 30_000,
        "%27" * 20_000,
        "\\'" * 30_000,
        "a\u200b" * 30_000,
        "\u2019 or " * 10_000,
        "x" * 1_000_000 + "' or",
    ],
    ids=lambda value: value[:12],
)
def test_no_value_takes_long(value: str) -> None:
    """The aim is 20 ms; ten times that tells an accident from a busy machine."""
    inspect(value)
    began = time.perf_counter()
    inspect(value)
    assert time.perf_counter() - began < 0.2


PIECES = st.sampled_from(
    "' \" ` ( ) [ ] , ; . = < > || && -- # /* */ /*!50000 $$ %27 %2527 \\ @ @@v : :: -> ? 1 0x1 1e 'x' a b.c or and "
    "not in is null like between union select from where case when then end cast( as int exists( values with over "
    "update set interval sleep( date array[ { } + - * % ! ~ \x00 \x16 \u200b \u2019 \uff07 \ud800 \U0001f600".split(" ")
)


@given(st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join) | st.text())
def test_inspect_never_raises(value: str) -> None:
    for match in inspect(value):
        assert match.location == Location(Part.QUERY, "q[0]")


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"])))
def test_text_without_punctuation_that_is_no_sql_passes(value: str) -> None:
    assert inspect(f"about {value}") == []
