"""Decode the cookies of a request.

Source: RFC 6265 section 5.4; values are percent-decoded because servers commonly do. A pair without `=` is a value
without a name (RFC 6265bis section 5.6), as browsers send it and servers read it.
Limits: names are not read as text; a `;` in quotes ends a pair, as section 5.4 has it.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.model.location import Part


def decode(header: str) -> list[NamedSegment]:
    """The values of one or more Cookie headers joined by `; `, and these decoded once where that differs."""
    again = percent.ENCODED_AGAIN in header
    half: list[str] = []
    names: list[str] = []
    values: list[str] = []
    steps: list[tuple[str, ...]] = []
    for pair in header.split(";"):
        name, equals, raw = pair.strip().partition("=")
        if not equals:
            name, raw = "", name
        raw = raw.strip('"')
        value, taken = percent.decode(raw)
        names.append(name)
        values.append(value)
        steps.append(taken)
        if again:
            half.append(percent.halfway(raw))
    segments = [NamedSegment(Part.COOKIE, names, values, steps)]
    if again:
        segments.append(NamedSegment(Part.COOKIE, names, half, [percent.STEP] * len(names)))
    return segments
