"""Decode the cookies of a request.

Source: RFC 6265 section 5.4; values are percent-decoded because servers commonly do.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.model.location import Part


def decode(header: str) -> NamedSegment:
    """The values of one or more Cookie headers joined by `; `."""
    names: list[str] = []
    values: list[str] = []
    steps: list[tuple[str, ...]] = []
    for pair in header.split(";"):
        name, _, raw = pair.strip().partition("=")
        value, taken = percent.decode(raw.strip('"'))
        names.append(name)
        values.append(value)
        steps.append(taken)
    return NamedSegment(Part.COOKIE, names, values, steps)
