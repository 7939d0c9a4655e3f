"""Find names that one object has twice, or that differ in case or form only.

Source: RFC 7493 section 2.3 (names MUST be unique), CWE-436; parsers that match names without regard to case (Go,
.NET), Unicode NFKC and full case folding.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def first_repeated(names: Sequence[str], containers: Sequence[int]) -> int | None:
    """The first of `names` that was there before in the same container."""
    if len(set(zip(containers, names, strict=True))) == len(names):
        return None
    seen: set[tuple[int, str]] = set()
    for index, name in enumerate(zip(containers, names, strict=True)):
        if name in seen:
            return index
        seen.add(name)
    return None


def first_similar(names: Sequence[str], containers: Sequence[int]) -> int | None:
    """The first of `names` that is another one than, but folds to the same as, one before in the same container."""
    if not may_be_similar(names):
        return None
    seen: dict[tuple[int, str], str] = {}
    for index, (container, name, folded) in enumerate(zip(containers, names, _folded(names), strict=True)):
        if seen.setdefault((container, folded), name) != name:
            return index
    return None


def are_similar(names: Sequence[str], sizes: Sequence[int]) -> bool:
    """Whether one object has two different names that fold to the same; `names` are those of all objects, one after
    another, and `sizes` say how many each has."""
    if not may_be_similar(names):
        return False
    containers = [number for number, size in enumerate(sizes) for _ in range(size)]
    return first_similar(names, containers) is not None


def may_be_similar(names: Collection[str]) -> bool:
    """Whether two of `names`, in whatever object, fold to the same."""
    distinct = set(names)
    joined = "".join(distinct)
    if joined.isascii():
        return joined != joined.lower() and len(set(map(str.lower, distinct))) != len(distinct)
    return len(set(_folded(distinct))) != len(distinct)


def _folded(names: Collection[str]) -> Collection[str]:
    joined = "\n".join(names)
    folded = (joined.lower() if joined.isascii() else _fold(joined)).split("\n")
    # A name that holds a line feed itself has become two.
    return folded if len(folded) == len(names) else list(map(_fold, names))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
