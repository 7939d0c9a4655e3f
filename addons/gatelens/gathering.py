"""Gather what one rule finds in many values of a message into few matches, so that an answer full of it stays cheap.

The first values found are matches of their own, each with its place. The rest become one match that holds only their
edits: to know each place costs as much as to find and mask what stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gatelens.model.finding import Edit, Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Span


class Place(Protocol):
    """A text and where it stands: an inspector's Target."""

    @property
    def location(self) -> Location: ...

    @property
    def transformations(self) -> tuple[str, ...]: ...


class Gathering:
    """What one rule found in one message so far. `things` are the words for one and for several."""

    __slots__ = ("_edits", "_found", "_most", "_rule", "_things", "_told", "left")

    def __init__(self, rule: str, things: tuple[str, str], most: int, told: int) -> None:
        """`most` are the places that may be looked at, `told` the values that become matches of their own."""
        self.left = most
        self._most = most
        self._told = told
        self._rule = rule
        self._things = things
        self._found = 0
        self._edits: list[Edit] = []

    def add(self, place: Place, edits: Sequence[tuple[Span | None, bytes]]) -> Match | None:
        """The match of a value in which there are `edits`, one for each thing found. None where it was only added.

        What cannot be edited in every place, because its bytes are not known, has no edits: it must not pass.
        """
        known = [Edit(span, replacement) for span, replacement in edits if span is not None]
        if len(known) < len(edits):
            known = []
        elif self._told <= 0:
            self._found += len(edits)
            self._edits += known
            return None
        self._told -= 1
        return Match(
            rule=self._rule,
            location=place.location,
            explanation=self._words(len(edits)),
            transformations=place.transformations,
            edits=tuple(known),
        )

    def rest(self) -> Match | None:
        """One match for all that was only added, if there is any."""
        if not self._edits:
            return None
        words = f"{self._words(self._found)} in further values"
        return Match(rule=self._rule, location=WHOLE_MESSAGE, explanation=words, edits=tuple(self._edits))

    def too_many(self) -> Match:
        """The match of a message with more to look at than there is time for. It has no edits, so it does not pass."""
        words = f"more than {self._most} places that may hold {self._things[1]}"
        return Match(rule=self._rule, location=WHOLE_MESSAGE, explanation=words)

    def _words(self, count: int) -> str:
        return f"{count} {self._things[count != 1]}"
