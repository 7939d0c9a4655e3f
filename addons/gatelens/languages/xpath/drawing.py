"""Draw a predicate of XPath with a value in it.

Source: XPath 1.0 section 3. Limits: the first ten tokens behind the literal.
"""

from __future__ import annotations

import re

from gatelens.languages.xpath.lexer import tokens
from gatelens.model.explanation import Tree

_LITERAL = re.compile(r"[^'\"]*+['\"]")
_MOST = 9
_LABEL = 40


def drawn(value: str) -> Tree:
    """`[name='…']` with `value` in it; an ordinary one where it is empty."""
    if not value:
        return Tree("predicate", (Tree("name = 'value'"),))
    left = _LITERAL.match(value)
    start = left.end() if left else 0
    nodes = [Tree(f"name = '{value[: start - 1][:_LABEL]}'")] if left else []
    for token in tokens(value, start, operand=left is not None):
        nodes.append(Tree(token.text[:_LABEL], planted=True))
        if len(nodes) > _MOST:
            break
    return Tree("predicate", tuple(nodes))
