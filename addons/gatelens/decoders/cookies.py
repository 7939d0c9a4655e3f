"""Decode the cookies of a request.

Source: RFC 6265 section 5.4; values are percent-decoded because servers commonly do. A pair without `=` is a value
without a name (RFC 6265bis section 5.6), as browsers send it and servers read it.
A `;` in quotes ends a pair, as section 5.4 has it; since some servers read on to the closing quote (RFC 2109), the
first value with an odd number of quotes is given with what follows it as well.
Limits: names are not percent-decoded; of what follows an open quote only the beginning is given.
"""

from __future__ import annotations

import re

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.model.location import Part

_QUOTE = re.compile(rb"['\"`]|%2[27]|%60")
_READ_ON = 4_096


def decode(header: bytes) -> tuple[NamedSegment, NamedSegment]:
    """The values and the names of one or more Cookie headers joined by `; `."""
    names: list[str] = []
    raws: list[bytes] = []
    read_on: tuple[str, bytes] | None = None
    start = 0
    for pair in header.split(b";"):
        name, equals, raw = pair.strip().partition(b"=")
        if not equals:
            name, raw = b"", name
        names.append(name.decode("utf-8", "replace"))
        raws.append(raw.strip(b'"'))
        start += len(pair) + 1
        if read_on is None and start < len(header) and len(_QUOTE.findall(raw)) % 2:
            read_on = names[-1], raw + header[start - 1 : start + _READ_ON]
    keys = NamedSegment(Part.COOKIE, names, names, key=True)
    if read_on is not None:
        names = [*names, read_on[0]]
        raws.append(read_on[1])
    return NamedSegment(Part.COOKIE, names, *percent.decode_all(raws)), keys
