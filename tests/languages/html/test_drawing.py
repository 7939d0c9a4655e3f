from __future__ import annotations

import pytest
from gatelens.confirmation import Work
from gatelens.languages.html.confinement import injection
from gatelens.languages.html.drawing import drawn
from gatelens.model.explanation import Tree

from .vocabulary import SMALL


def planted(tree: Tree) -> list[tuple[str, str]]:
    """The labels and pieces of what the value brings."""
    own = [(tree.label, tree.piece)] if tree.planted else []
    return own + [node for child in tree.children for node in planted(child)]


@pytest.mark.parametrize(
    ("text", "context", "brings"),
    [
        (
            "a <b onclick=alert(1)>",
            "the text of an element",
            [("element b", ""), ("event handler", "onclick=alert(1)")],
        ),
        (
            "<zz id onclick=alert(1)>",
            "the text of an element",
            [
                ("element", "zz"),
                ("attribute", "id"),
                ("event handler", "onclick=alert(1)"),
            ],
        ),
        ("<script>alert(1)</script>", "the text of an element", [("element script", ""), ("script", "alert(1)")]),
        ('" onclick=zz(1)', "an attribute value in double quotes", [("attribute", ""), ("code", '" onclick=zz(1)')]),
        ("javascript:alert(1)", "a URL that is followed", [("script", ""), ("code", "javascript:alert(1)")]),
    ],
)
def test_what_the_value_brings_is_drawn_beside_the_harmless_page(
    text: str, context: str, brings: list[tuple[str, str]]
) -> None:
    found = injection(text, SMALL, Work(10_000))
    assert found is not None
    explanation = drawn(found)
    assert explanation.context == context
    assert planted(explanation.harmless) == []
    assert planted(explanation.attack) == brings
