"""The two trees that show how a value reads: one node where it is a value, more where it is an attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Explaining, Hit, Target
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.location import Part

from tests.inspectors.test_sql_injection import INSPECTOR, RULE


def explain(value: str) -> Explanation | None:
    return INSPECTOR.explain(Hit(RULE, Target(NamedSegment(Part.QUERY, ["q"], [value]), 0, value)))


def nodes(tree: Tree) -> Iterator[Tree]:
    todo = [tree]
    while todo:
        node = todo.pop()
        yield node
        todo += node.children


def planted(value: str) -> list[str]:
    found = explain(value)
    assert found is not None
    return sorted(node.label for node in nodes(found.attack) if node.planted)


def test_the_inspector_explains() -> None:
    assert isinstance(INSPECTOR, Explaining)


def test_the_harmless_tree_holds_one_value_and_nothing_planted() -> None:
    found = explain("zz' OR 8=8-- ")
    assert found is not None
    condition = Tree("=", (Tree("a column"), Tree("a constant")))
    assert found.harmless == Tree("SELECT", (Tree("a table"), Tree("WHERE", (condition,))))
    assert found.context == "a string in single quotes in a WHERE condition; MySQL"


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("zz' OR 8=8-- ", ["=", "OR", "a constant", "a constant", "the rest is cut off"]),
        ("zz' OR 'q'='q", ["=", "OR", "a constant", "a constant"]),
        ("zz'; DROP TABLE staff", ["DROP", "a table"]),
        ("5 AND NAP(7)-- ", ["AND", "a call", "a constant", "the rest is cut off"]),
        ("root'-- ", ["the rest is cut off"]),
        ("5 UNION SELECT 4", ["SELECT", "UNION", "a constant"]),
        ("concat(", ["ends within a call of a function"]),
    ],
)
def test_what_the_value_brings_is_planted(value: str, labels: list[str]) -> None:
    assert planted(value) == labels


def test_what_no_dialect_parses_is_told_in_words() -> None:
    assert "adds a condition on constants behind OR" in planted("zz' OR 8=8 AND (SELECT ]]]")


def test_a_value_that_is_none_has_no_drawing() -> None:
    assert explain("O'Brien") is None


@pytest.mark.parametrize("value", ["zz' OR " + "8=8 AND " * 40 + "1-- ", "5 UNION SELECT " + "1," * 60 + "1"])
def test_a_drawing_is_small(value: str) -> None:
    found = explain(value)
    assert found is not None
    assert len(list(nodes(found.attack))) <= 12
    assert max(len(node.piece) for node in nodes(found.attack)) <= 24
