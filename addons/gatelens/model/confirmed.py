"""What confirms that a value is an attack, before it is known which rule asked and where the value stands."""

from __future__ import annotations

from msgspec import Struct


class Confirmed(Struct, frozen=True):
    """`evidence` is the piece of the value that shows it, `explanation` says why in our own words, `steps` are decoding
    steps beyond those that led to the value."""

    evidence: str
    explanation: str
    steps: tuple[str, ...] = ()
