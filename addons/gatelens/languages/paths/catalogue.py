"""Know the files that only an attack asks for, wherever a path comes to them.

Source: the rule's lists; CWE-219, CWE-538, CWE-552.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

from msgspec import Struct


class Kind(IntEnum):
    """How much it says that a value names the file: the higher, the more."""

    APPLICATION = 1
    KEPT = 2
    SYSTEM = 3
    SECRET = 4


class File(Struct, frozen=True):
    """A file as a list has it: its names from the last to the first, `*` for any one; `words` for what it is."""

    names: tuple[str, ...]
    kind: Kind
    words: str
    at_home: bool


_SHARE = re.compile(r"[a-z]\$")
"""A whole drive, as Windows shares it with administrators: `\\\\host\\c$`."""

_HOMES = ("home", "users", "export")


class Catalogue:
    """Files by their last name."""

    def __init__(self, lists: Mapping[Kind, Mapping[str, Sequence[str]]]) -> None:
        self._files: dict[str, list[File]] = {}
        for kind in sorted(lists, reverse=True):
            for words, paths in lists[kind].items():
                for path in paths:
                    self._add(path, kind, words)

    def _add(self, path: str, kind: Kind, words: str) -> None:
        names = tuple(path.lower().removeprefix("~").strip("/").split("/"))[::-1]
        self._files.setdefault(names[0], []).append(File(names, kind, words, path.startswith("~/")))

    def find(self, names: Sequence[str], *, whole: bool = False, anywhere: bool = False) -> File | None:
        """The file that a path through `names` comes to; where the path is `whole`, nothing stands in front of it, and
        only where it may begin `anywhere` a file of a home is one without it."""
        for index, name in enumerate(names):
            for file in self._files.get(name, []) + self._files.get("*", []):
                start = index + 1 - len(file.names)
                if start < 0 or any(
                    expected not in ("*", names[index - back]) for back, expected in enumerate(file.names)
                ):
                    continue
                if file.kind is Kind.KEPT and whole and index + 1 == len(names):
                    return file
                if not whole or (anywhere and not start) or _at_root(names[:start], file):
                    return file
        return None


def _at_root(lead: Sequence[str], file: File) -> bool:
    """Whether a path can lead from a root or a home to a file with nothing but `lead` between."""
    if len(lead) == 2 and _SHARE.fullmatch(lead[1]):
        return True
    rest = [name for name in lead if not (len(name) == 2 and name[1] == ":")]
    if not file.at_home:
        return not rest
    return rest in (["root"], ["~"]) or (len(rest) == 2 and rest[0] in _HOMES)
