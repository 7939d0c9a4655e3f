"""Layer 2: the checks. One module a check; its name is the name in rule files and of its test.

A module here defines two classes, and that is all it takes to be found:

* `Params`, a frozen msgspec Struct: the check's parameters, their validation, defaults and schema at once;
* `Inspector`, built with all rules that name the module, with one method, `inspect(view)`.

An inspector with `triggers` is called only when one of them was hit in the shared scan; one without is called for
every message of its phases; a rule for another phase is refused.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol

from msgspec import Struct

from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import Segment
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


def names() -> Iterator[str]:
    """The names of all inspectors, sorted: the modules of this package."""
    return iter(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def params_of(name: str) -> type[Struct]:
    """The Params class of inspector `name`. Raises KeyError for a name that is no module here."""
    return _module(name).Params  # type: ignore[attr-defined,no-any-return]  # every module here defines it: test_layout


def inspector_of(name: str) -> type[Inspector]:
    """The Inspector class of `name`. Raises KeyError for a name that is no module here."""
    return _module(name).Inspector  # type: ignore[attr-defined,no-any-return]  # every module here defines it: test_layout


def _module(name: str) -> object:
    if name not in names():
        raise KeyError(name)
    return importlib.import_module(f"{__name__}.{name}")
