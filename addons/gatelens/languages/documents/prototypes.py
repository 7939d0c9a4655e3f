"""Find names that lead from an object to what all objects share: its prototype, class or class loader.

Source: CWE-1321 (prototype pollution), CWE-915; CAPEC-180. ECMA-262 section 20.1.3.8 (`__proto__`); CVE-2022-22965 for
class loaders, "Class Pollution in Python" for classes.
Limits: a text is a name only as a whole: a path that a setter may be given, a query string, an assignment. Prose and
code that speak of prototypes are none. A prototype that is only read (`a.__proto__` with nothing behind it) passes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.documents.names import LONGEST_PATH, split


class Shared(Struct, frozen=True):
    """`names` lead there by themselves, `chains` step by step."""

    names: frozenset[str]
    chains: tuple[tuple[str, ...], ...]


_PATH = re.compile(
    r"\s*+(?:[\w$-]++:/)?[\w$/#?.:\-\[\]\"'`%{}()@*]*+(?:=[^\s&;]*+(?:[&;][^\s=]++=[^\s&;]*+)*+)?\s*+;?\s*+"
)
"""A path as setters take it, with an assignment behind it."""

_PAIR = re.compile(r"(?:\A|[?&;#])([^=&?#;\s]{1,512}+)=")
_ASSIGNMENT = re.compile(r"\s*+([\w$.\[\]\"'`{}()]{1,256}+)\s*+=(?![=>])\s*+\S[^\n;]{0,256}+;?\s*+")
_SPACE = re.compile(r"\s")


def leads_to_shared(steps: Sequence[str], shared: Shared) -> bool:
    """Whether `steps` lead to what objects share. A filter that takes a name out once is undone."""
    for step in steps:
        if step in shared.names:
            return True
        for name in shared.names:
            if name in step and step.replace(name, "", 1) in shared.names:
                return True
    if len(steps) < 2:
        return False
    return any(_follows(steps, chain) for chain in shared.chains)


def _follows(steps: Sequence[str], chain: Sequence[str]) -> bool:
    size = len(chain)
    first = chain[0]
    return any(
        step == first and all(map(str.__eq__, steps[index : index + size], chain)) and index + size <= len(steps)
        for index, step in enumerate(steps)
    )


def in_path(text: str, shared: Shared) -> str:
    """How `text`, as a whole, names a property of what objects share; empty where it does not."""
    whole = not _SPACE.search(text.strip())
    for pair in _PAIR.finditer(text):
        if (whole or not pair.start()) and _sets(pair[1], shared):
            return "a query string sets a property of what all objects share"
    assigned = _ASSIGNMENT.fullmatch(text)
    if assigned and _sets(assigned[1], shared):
        return "an assignment to a property of what all objects share"
    if not whole or not _PATH.fullmatch(text):
        return ""
    if len(text) > LONGEST_PATH and any(name in text for name in shared.names):
        return "a path too long to be read in full has a name of what all objects share"
    path = text.partition("=")[0].rpartition("?")[2]
    return "a path leads to a property of what all objects share" if _sets(path, shared) else ""


def _sets(path: str, shared: Shared) -> bool:
    """Whether `path` goes on behind what objects share."""
    steps = split(path)
    if path.startswith("/") and len(steps) == 1:  # a JSON Pointer may replace it
        return steps[0] in shared.names
    return len(steps) > 1 and leads_to_shared(steps[:-1], shared)
