"""What commands do and which files are telling: what the analysis of a command line goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property


class Effect(StrEnum):
    """What a command does. The value says it in words."""

    READS = "reads a file"
    WRITES = "writes or moves a file"
    DELETES = "deletes or destroys data"
    SHELL = "runs a shell"
    RUNS = "runs another command"
    CODE = "runs code of another language"
    CONNECTS = "connects to another host"
    DOWNLOADS = "downloads a file"
    TELLS = "tells about the system"
    WAITS = "waits"
    RIGHTS = "changes accounts, rights or settings"
    STOPS = "stops a process or the system"
    INSTALLS = "installs or manages software"
    PRINTS = "prints a text"
    DECODES = "decodes a text"


class Names:
    """Commands by name with their effect, those that are everyday words as well, what tells about the system where it
    stands behind a command's name, and telling files."""

    def __init__(
        self,
        unix: Mapping[Effect, Iterable[str]],
        windows: Mapping[Effect, Iterable[str]],
        everyday: Iterable[str],
        files: Iterable[str],
        telling: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.unix = {name: effect for effect, names in unix.items() for name in names}
        self.windows = {name.lower(): effect for effect, names in windows.items() for name in names}
        self.everyday = frozenset(name.lower() for name in everyday)
        self.telling = {name: frozenset(words) for name, words in (telling or {}).items()}
        self.files = tuple(name.lower() for name in files)
        self._files = re.compile("|".join(re.escape(name) for name in self.files)) if self.files else None

    def effect(self, name: str) -> Effect | None:
        """What a command that is spelled openly does, on whichever system."""
        return self.unix.get(name) or self.windows.get(name.lower())

    def names_file(self, text: str) -> bool:
        """Whether a word names a telling file, in whatever spelling of its path."""
        if self._files is None or len(text) < 4:
            return False
        return self._files.search(_STEPS.sub("/", text.lower().replace("\\", "/"))) is not None

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The telling files that are named from the root, to compare wildcards with."""
        return tuple(name for name in self.files if name.startswith("/"))


_STEPS = re.compile(r"/(?:\.?/)++")
