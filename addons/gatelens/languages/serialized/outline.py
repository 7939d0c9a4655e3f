"""What a serialized value is made of: a flat outline that a person can check, and the words on it."""

from __future__ import annotations

from msgspec import Struct

from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Tree

MOST_NODES = 10
"""Nodes that an outline shows: what comes later is as much part of the value, but says no more to a person."""

_MOST_EVIDENCE = 200


class Outline(Struct, frozen=True):
    """An object graph as far as it was read: `format` in our words, `label` of its root, and the names in it in order:
    classes, callables, operations. `text` is the piece of the value that shows it, `why` what it does, in our words.
    `steps` are the encodings taken off."""

    format: str
    label: str
    parts: tuple[str, ...]
    text: str
    why: str
    steps: tuple[str, ...] = ()

    def confirmed(self) -> Confirmed:
        """The outline as a finding has it."""
        return Confirmed(self.text[:_MOST_EVIDENCE], f"{self.format}: {self.why}", self.steps)

    def tree(self) -> Tree:
        """The outline as a tree of planted nodes."""
        parts = tuple(Tree(part, planted=True) for part in self.parts[:MOST_NODES])
        return Tree(self.label, parts, planted=True)
