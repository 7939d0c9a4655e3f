"""Draw the expression that a text opens, beside the text that a value in its place would be."""

from __future__ import annotations

from gatelens.languages.code.explaining import tree
from gatelens.languages.templates.effects import Lists
from gatelens.languages.templates.injection import first
from gatelens.model.explanation import Explanation, Tree

_PIECE = 60
_MOST_READ = 65_536


def explain(text: str, lists: Lists) -> Explanation | None:
    """The first expression that is an injection, with the calls in it; None where there is none."""
    found, _ = first(text, lists, _MOST_READ)
    if found is None:
        return None
    expression = found.expression
    starts = [token.start for token in expression.tokens] + [expression.end]
    if found.chain is not None:
        inner = tree(text, found.chain, starts)
    else:
        inner = Tree("computation", planted=True, piece=text[expression.start : expression.end][:_PIECE])
    opened = Tree(f"expression {expression.opening}".rstrip(), (inner,), planted=True)
    return Explanation(
        f"the text of a template: the value {found.words}",
        Tree("template", (Tree("text"),)),
        Tree("template", (Tree("text", piece=text[: expression.start][:_PIECE]), opened)),
    )
