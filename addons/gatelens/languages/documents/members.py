"""Walk a parsed document: every named value with the way to it, without recursion.

The step to an item of a list is its number from 0, as in a JSON Pointer (RFC 6901).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from gatelens.decoders.json_document import Json

type Way = tuple[Way, str] | None
"""The names that lead to an object, the last one first: a link costs the same however deep it stands."""


class Unknown:
    """An operand that was not read to its end, or that stands where it cannot be told."""


UNKNOWN: Final = Unknown()

type Operand = Json | Unknown
"""What a name stands for. Lists and objects of a literal that is not JSON hold UNKNOWN for what was not kept."""

type Member = tuple[Way, str, Operand]
"""The way to an object, a name in it, and what that stands for."""


_HOLDING = (dict, list)


def members(value: Json, wanted: AbstractSet[str]) -> Iterator[Member]:
    """The values in `value` that have one of the `wanted` names; outer ones first."""
    stack: list[tuple[Way, Json]] = [(None, value)]
    while stack:
        way, item = stack.pop()
        if isinstance(item, dict):
            for name, inner in item.items():
                if name in wanted:
                    yield way, name, inner
                if isinstance(inner, _HOLDING):
                    stack.append(((way, name), inner))
        elif isinstance(item, list):
            stack += [((way, str(at)), inner) for at, inner in enumerate(item) if isinstance(inner, _HOLDING)]


def steps(way: Way, most: int = 64) -> list[str]:
    """The last `most` names of `way`, in its order."""
    names: list[str] = []
    while way is not None and len(names) < most:
        way, name = way
        names.append(name)
    names.reverse()
    return names


def way_of(names: Iterable[str]) -> Way:
    """The way that `names` tell."""
    way: Way = None
    for name in names:
        way = way, name
    return way
