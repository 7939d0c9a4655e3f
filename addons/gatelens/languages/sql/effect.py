"""One thing that a text does in a statement."""

from __future__ import annotations

from enum import Enum, IntEnum, auto

from msgspec import Struct


class Grade(IntEnum):
    """How telling an effect is: CHANCE may be prose, LIKELY needs a statement that parses, CERTAIN needs no more."""

    CHANCE = 0
    LIKELY = 1
    CERTAIN = 2


class Act(Enum):
    """Of what kind an effect is, where that matters to what else must hold."""

    QUERY = auto()
    CONDITION = auto()
    CONSTANT = auto()
    OTHER = auto()


class Effect(Struct, frozen=True):
    """What is done, in our own words."""

    grade: Grade
    words: str
    act: Act = Act.OTHER
