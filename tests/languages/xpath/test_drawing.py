from __future__ import annotations

from gatelens.languages.xpath.drawing import drawn
from gatelens.model.explanation import Tree


def test_an_ordinary_value_is_one_comparison() -> None:
    assert drawn("") == Tree("predicate", (Tree("name = 'value'"),))


def test_what_a_value_adds_is_planted() -> None:
    tree = drawn("kim' or count(//*)")
    assert tree.children[0] == Tree("name = 'kim'")
    assert [node.label for node in tree.children[1:]] == ["or", "count(", "//", "*", ")"]
    assert all(node.planted for node in tree.children[1:])


def test_a_drawing_is_small() -> None:
    assert len(drawn("kim'" + " or a" * 100).children) <= 12
