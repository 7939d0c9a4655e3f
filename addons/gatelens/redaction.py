"""Apply redactions to a body: bytes are spliced at spans, nothing is written anew.

So numbers, key order, duplicates and white space outside the spans stay byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence

from gatelens.model.finding import Edit


def apply(body: bytes, edits: Sequence[Edit]) -> bytes:
    """`body` with each edit's span replaced. Where spans overlap, the first in the body, then the longest, wins and
    swallows the others, so that no byte that any edit covers is left."""
    pieces: list[bytes] = []
    position = 0
    for start, end, replacement in _merged(edits):
        pieces += (body[position:start], replacement)
        position = end
    pieces.append(body[position:])
    return b"".join(pieces)


def _merged(edits: Sequence[Edit]) -> list[tuple[int, int, bytes]]:
    merged: list[tuple[int, int, bytes]] = []
    for edit in sorted(edits, key=lambda edit: (edit.span[0], -edit.span[1])):
        start, end = edit.span
        if merged and start < merged[-1][1]:
            first, last, replacement = merged[-1]
            merged[-1] = first, max(last, end), replacement
        else:
            merged.append((start, end, edit.replacement))
    return merged
