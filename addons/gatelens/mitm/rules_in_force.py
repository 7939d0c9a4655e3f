"""The ruleset in force, and its exchange for a better one while traffic flows.

A changed directory is parsed, checked, tested and compiled by a process of its own, which leaves its result in the
cache; only then is it loaded here, in a thread, and swapped whole. A fault of any kind, a deleted directory among
them, leaves the last good set in force. No request waits for any of it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Set
from pathlib import Path

from msgspec import Struct

from gatelens.engine import Engine
from gatelens.policy import Mode
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.loader import load

INTERVAL = 0.5
"""Seconds between two looks at the directory."""

CHECK_TIMEOUT = 60.0
_SHOWN_FAULTS = 5

_PACKAGE = str(Path(__file__).resolve().parents[2])

type Fingerprint = frozenset[tuple[str, int, int]]


class Change(Struct, frozen=True):
    """What came of a changed directory. `text` is for the operator: what was loaded, or the first faults."""

    taken: bool
    generation: int
    text: str


class RulesInForce:
    """An engine that can be exchanged. Reading `engine` is one attribute access."""

    def __init__(self, directory: Path, mode: Mode | None, selection: Set[str] | None) -> None:
        """Raises RulesetError: there is no last good set to fall back on yet."""
        self._directory = directory.resolve()
        self._mode = mode
        self._selection = None if selection is None else frozenset(selection)
        self._seen = _fingerprint(self._directory)
        self.engine = Engine(load(self._directory, mode), selection=self._selection)

    async def changes(self) -> AsyncIterator[Change]:
        """Watch the directory for ever; yield what came of each change."""
        while True:
            await asyncio.sleep(INTERVAL)
            seen = await asyncio.to_thread(_fingerprint, self._directory)
            if seen != self._seen:
                self._seen = seen
                yield await self._reload()

    async def _reload(self) -> Change:
        generation = self.engine.generation
        try:
            if faults := await self._check():
                return Change(False, generation, faults)
            self.engine = await asyncio.to_thread(self._build, generation + 1)
        except Exception as error:  # whatever is wrong with the new set, the old one goes on
            told = str(error) if isinstance(error, RulesetError) else type(error).__name__
            return Change(False, generation, told)
        return Change(True, generation + 1, f"{len(self.engine.rules)} rules")

    def _build(self, generation: int) -> Engine:
        return Engine(load(self._directory, self._mode), generation, self._selection)

    async def _check(self) -> str:
        """Run `gatelens rules check` apart from this process; return the first faults, or nothing."""
        search = os.pathsep.join(filter(None, (_PACKAGE, os.environ.get("PYTHONPATH"))))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gatelens", "rules", "check", str(self._directory),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": search},
        )  # fmt: skip
        try:
            output, _ = await asyncio.wait_for(process.communicate(), CHECK_TIMEOUT)
        except TimeoutError:
            process.kill()
            await process.wait()
            return f"checking took over {CHECK_TIMEOUT:.0f} s"
        if process.returncode == 0:
            return ""
        lines = output.decode("utf-8", "replace").strip().splitlines()
        return "\n".join(lines[:_SHOWN_FAULTS]) or f"the check ended with {process.returncode}"


def _fingerprint(directory: Path) -> Fingerprint:
    """Names, sizes and times of all files; one that cannot be looked at, such as a dangling link, hides no other."""
    found = set()
    for folder, _, names in directory.walk():
        for name in names:
            path = folder / name
            try:
                status = path.stat()
            except OSError:
                found.add((str(path), -1, -1))
            else:
                found.add((str(path), status.st_size, status.st_mtime_ns))
    return frozenset(found)
