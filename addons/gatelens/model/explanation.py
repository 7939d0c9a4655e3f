"""How a value is read as an attack, for a person to check: two small trees, side by side."""

from __future__ import annotations

from msgspec import Struct


class Tree(Struct, frozen=True):
    """A node of a syntax tree. `planted` says that the value brought this node, not the place it is put into.

    `label` is a word of ours or of the language, `piece` a short piece of the value, masked before it is shown.
    """

    label: str
    children: tuple[Tree, ...] = ()
    planted: bool = False
    piece: str = ""


class Explanation(Struct, frozen=True):
    """`context` is the place where the value parses, in words; `harmless` is how that place reads with an ordinary
    value in it, `attack` how it reads with this one."""

    context: str
    harmless: Tree
    attack: Tree
