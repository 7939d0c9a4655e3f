from __future__ import annotations

from gatelens.languages.ldap.drawing import drawn
from gatelens.model.explanation import Tree


def test_an_ordinary_value_stays_in_its_assertion() -> None:
    assert drawn("value", "") == Tree("filter", (Tree("attribute=value"),))


def test_what_a_value_adds_is_planted() -> None:
    assert drawn("", "kim)(|(cn=*") == Tree(
        "filter", (Tree("attribute=kim"), Tree("(| …)", planted=True), Tree("cn=*", planted=True))
    )


def test_a_drawing_is_small() -> None:
    assert len(drawn("", "a)" + "(b=1)" * 500).children) <= 10
