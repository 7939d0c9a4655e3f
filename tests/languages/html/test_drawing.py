from __future__ import annotations

import pytest
from gatelens.confirmation import Work
from gatelens.languages.html.confinement import injection
from gatelens.languages.html.drawing import drawn
from gatelens.model.explanation import Tree

from .vocabulary import SMALL


def planted(tree: Tree) -> list[str]:
    """The labels of what the value brings."""
    own = [tree.label] if tree.planted else []
    return own + [label for child in tree.children for label in planted(child)]


@pytest.mark.parametrize(
    ("text", "context", "brings"),
    [
        ("a <zz onclick=alert(1)>", "the text of an element", ["element zz", "onclick = alert(1)"]),
        ("<script>alert(1)</script>", "the text of an element", ["element script", "alert(1)"]),
        ('" onclick=zz(1)', "an attribute value in double quotes", ["attribute", '" onclick=zz(1)']),
        ("javascript:alert(1)", "a URL that is followed", ["script", "javascript:alert(1)"]),
    ],
)
def test_what_the_value_brings_is_drawn_beside_the_harmless_page(text: str, context: str, brings: list[str]) -> None:
    found = injection(text, SMALL, Work(10_000))
    assert found is not None
    explanation = drawn(found)
    assert explanation.context == context
    assert planted(explanation.harmless) == []
    assert planted(explanation.attack) == brings
