from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.sql_statement import Inspector
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule, RuleFile
from gatelens.ruleset.loader import rule_from
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULES = Path(__file__).parents[2] / "rules/injection"
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)


def rule(name: str) -> Rule:
    file: dict[str, Any] = YAML(typ="safe").load(RULES / f"{name}.yaml")
    made = rule_from(msgspec.convert(file, RuleFile), "test.yaml")
    assert made is not None
    return made


ELSEWHERE, BY_DESIGN = rule("sql-statement"), rule("query-by-design")


def inspect(value: str, name: str = "id", part: Part = Part.QUERY, own: Rule = ELSEWHERE) -> list[Match]:
    target = Target(NamedSegment(part, [name], [value]), 0, value)
    decoded = Decoded()
    return list(Inspector([own]).inspect(View(REQUEST, decoded, [own], [Hit(own, target)])))


def test_a_match_says_what_the_statement_does() -> None:
    (match,) = inspect("select * from staff")
    assert (match.rule, str(match.location)) == ("sql-statement", "query:id[0]")
    assert (match.evidence, match.explanation) == ("select * from staff", "is a whole statement that reads data")


def test_the_explanation_holds_no_word_of_the_value() -> None:
    assert "hunter2" not in inspect("select hunter2 from hunter2 where 1=1")[0].explanation


@pytest.mark.parametrize("part", [Part.QUERY, Part.PATH, Part.FORM, Part.COOKIE, Part.HEADER])
def test_any_statement_in_a_parameter_is_a_match(part: Part) -> None:
    assert inspect("select * from staff", part=part)


def test_in_a_document_only_one_that_does_what_attacks_do() -> None:
    assert inspect("select * from staff", part=Part.BODY) == []
    assert inspect("select * from information_schema.tables", part=Part.BODY)


@pytest.mark.parametrize("name", ["sql", "rawSql", "dataset_query", "SQL", "query"])
def test_a_field_that_is_named_for_statements_takes_them(name: str) -> None:
    assert inspect("select sleep(7)", name) == []
    assert inspect("select sleep(7)", name, own=BY_DESIGN)


@pytest.mark.parametrize("name", ["id", "sql_table", "queryable", ""])
def test_another_field_does_not(name: str) -> None:
    assert inspect("select sleep(7)", name)


def test_a_statement_that_may_be_a_sentence_passes() -> None:
    assert inspect("select shoes, bags from italy") == []
    assert inspect("select 'shoes', bags from italy")


def test_queries_by_design_are_observed_and_not_scored() -> None:
    assert (BY_DESIGN.action.word, BY_DESIGN.scored) == ("log", False)


def test_a_long_statement_is_read_at_its_beginning() -> None:
    assert inspect("select * from staff where id in (" + "7, " * 100_000)


@given(st.text())
def test_inspect_never_raises(value: str) -> None:
    assert len(inspect("select " + value)) <= 1
