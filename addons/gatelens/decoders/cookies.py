"""Decode the cookies of a request.

Source: RFC 6265 section 5.4; values are percent-decoded because servers commonly do. A pair without `=` is a value
without a name (RFC 6265bis section 5.6), as browsers send it and servers read it.
Limits: names are not percent-decoded; a `;` in quotes ends a pair, as section 5.4 has it.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.model.location import Part


def decode(header: bytes) -> tuple[NamedSegment, NamedSegment]:
    """The values and the names of one or more Cookie headers joined by `; `."""
    names: list[str] = []
    raws: list[bytes] = []
    for pair in header.split(b";"):
        name, equals, raw = pair.strip().partition(b"=")
        if not equals:
            name, raw = b"", name
        names.append(name.decode("utf-8", "replace"))
        raws.append(raw.strip(b'"'))
    values = NamedSegment(Part.COOKIE, names, *percent.decode_all(raws))
    return values, NamedSegment(Part.COOKIE, names, names, key=True)
