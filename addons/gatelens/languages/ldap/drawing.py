"""Draw an LDAP filter with a value in it, as a server reads it.

Source: RFC 4515. Limits: the first ten nodes.
"""

from __future__ import annotations

import re

from gatelens.model.explanation import Tree

_PIECE = re.compile(r"\(\s*(?P<join>[&|!])|\((?P<open>)|\)(?P<close>)|(?P<text>[^()]+)")
_MOST = 10
_LABEL = 40


def drawn(value: str, planted: str) -> Tree:
    """`(attribute=VALUE)` with `value` in it, and `planted` behind that as what a value brought."""
    if not planted:
        return Tree("filter", (Tree(f"attribute={value}"),))
    nodes: list[Tree] = []
    left = False
    for piece in _PIECE.finditer(planted):
        if len(nodes) == _MOST:
            break
        if piece["close"] is not None:
            left = True
        elif piece["join"]:
            nodes.append(Tree(f"({piece['join']} …)", planted=True))
        elif piece["text"] and piece["text"].strip():
            label = piece["text"].strip()[:_LABEL]
            nodes.append(Tree(label if left or nodes else f"attribute={label}", planted=left or bool(nodes)))
    return Tree("filter", tuple(nodes))
