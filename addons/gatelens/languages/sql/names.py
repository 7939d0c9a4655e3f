"""Names that tell an attack, as a rule lists them, each with what it stands for in our own words."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Names(Struct, frozen=True):
    """All in lower case. `functions` and `tables` say what calling or reading one does.

    `alone` are functions whose call is an attack where it is a whole value; `procedures` are names that are one without
    being called.
    """

    functions: Mapping[str, str]
    tables: Mapping[str, str]
    alone: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()


def named(names: Mapping[str, str], text: str) -> str:
    """What `text`, a name that may have dots, stands for: as a whole, by its first part or by its last."""
    found = names.get(text, "")
    if not found and "." in text:
        found = names.get(text.partition(".")[0]) or names.get(text.rpartition(".")[2], "")
    return found
