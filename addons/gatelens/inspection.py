"""What passes between the engine and an inspector: what is worth a look, what is seen of a message, what is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol, runtime_checkable

from msgspec import Struct

from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import Segment
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Location
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule


class Trigger(Struct, frozen=True):
    """A pattern of the shared scan, in Hyperscan's linear-time syntax; letters match in either case.

    A trigger names a leaf worth a closer look; it is not yet a match.
    """

    rule: str
    expression: str


class Target(Struct, frozen=True, gc=False):
    """A decoded text and the way back to its place."""

    segment: Segment
    index: int
    text: str

    @property
    def location(self) -> Location:
        """The place of the text in the message."""
        return self.segment.locate(self.index)

    @property
    def transformations(self) -> tuple[str, ...]:
        """The decoding steps that led to the text."""
        return self.segment.transformations(self.index)


class Hit(Struct, frozen=True, gc=False):
    """A target in which a trigger of `rule` was seen."""

    rule: Rule
    target: Target


class View(Struct, frozen=True, gc=False):
    """What an inspector gets to see of a message: `rules` are its own rules in force on this route.

    Of one rule at most `most` things may be looked at in the message, and `told` values found need a match of their
    own; what goes beyond the first must not pass unread, and what goes beyond the second may share a match.
    """

    message: Message
    decoded: Decoded
    rules: Sequence[Rule]
    hits: Sequence[Hit]
    most: int = 1_000
    told: int = 100


class Inspector(Protocol):
    """What every module here defines under the name `Inspector`."""

    phases: ClassVar[frozenset[Phase]]
    triggers: Sequence[Trigger]

    def __init__(self, rules: Sequence[Rule]) -> None: ...

    def inspect(self, view: View) -> Iterable[Match]:
        """The matches in `view`. Pure; an exception is turned into `inspection-failed` by the engine."""
        ...


@runtime_checkable
class Explaining(Protocol):
    """An inspector that can draw how a value it found is read."""

    def explain(self, hit: Hit) -> Explanation | None:
        """How the value of `hit` is read, where `inspect` finds it. Pure; for a person who asks, never live."""
        ...
