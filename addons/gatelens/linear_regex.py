"""Many regular expressions over one text in linear time: Hyperscan (Vectorscan), compiled once and kept on disk.

Source: CWE-1333; the Hyperscan developer reference, "Pattern Support", for the syntax.
Limits: no look-around, no back-references. Two threads never share a scratch: that ends the process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import cast

import hyperscan

FINDING = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_UTF8
"""Says that a pattern is there, and where it ends; `^` and `$` also stand at line ends."""

PLACING = FINDING | hyperscan.HS_FLAG_SOM_LEFTMOST
"""Says where it starts as well; slower, so for texts that were hit."""

_WHOLE_TEXT = re.compile(r"(?<!\\)(?:\\\\)*\\[AzZ]|\(\?[a-z]*-[a-z]*m")

type OnMatch[T] = Callable[[int, int, int, int, T], bool | None]


class PatternFault(ValueError):
    """An expression outside the linear-time syntax. The message says which and why."""


def check(expression: str) -> None:
    """Raise PatternFault where `expression` does not compile, or would mean another thing where texts are joined."""
    if _WHOLE_TEXT.search(expression):
        raise PatternFault(r"\A and \z are ends of all texts together; ^ and $ are those of a line")
    try:
        _compile([expression], PLACING)
    except hyperscan.error as error:
        raise PatternFault(str(error)) from error


class PatternSet:
    """Compiled expressions; the id of each is its index. Loading a cached set takes milliseconds, compiling seconds.

    Raises PatternFault where an expression does not compile.
    """

    def __init__(self, expressions: Sequence[str], flags: int = FINDING) -> None:
        self.size = len(expressions)
        self._database = _load(expressions, flags) if expressions else None
        self._scratches = threading.local()

    def scan[T](self, raw: bytes, on_match: OnMatch[T], context: T) -> bool:
        """Call on_match(id, start, end, flags, context) for each match; it ends the scan by returning True.

        `raw` is valid UTF-8. Returns whether the scan came to the end.
        """
        if self._database is None:
            return True
        scratch = getattr(self._scratches, "own", None)
        if scratch is None:
            scratch = self._scratches.own = hyperscan.Scratch(self._database)
        try:
            self._database.scan(
                raw, match_event_handler=cast("OnMatch[object]", on_match), context=context, scratch=scratch
            )
        except hyperscan.ScanTerminated:
            return False
        return True


_ENOUGH = 200
"""Reports after which the leftmost match so far is taken: each costs a call back into Python."""


class LinearRegex:
    """Finds the place of the first match of a few patterns in one text."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = PatternSet(patterns, PLACING)

    def search(self, text: str) -> tuple[int, int] | None:
        """[start, end) in characters of the leftmost, then longest, match, or None."""
        raw = text.encode("utf-8", "replace")
        spans: list[tuple[int, int]] = []
        self._patterns.scan(raw, _collect_span, spans)
        if not spans:
            return None
        start, end = min(spans, key=lambda span: (span[0], -span[1]))
        first = len(raw[:start].decode())
        return first, first + len(raw[start:end].decode())


def _collect_span(_id: int, start: int, end: int, _flags: int, spans: list[tuple[int, int]]) -> bool:
    spans.append((start, end))
    return len(spans) >= _ENOUGH


def cache_directory() -> Path:
    """Where compiled sets are kept: GATELENS_CACHE, else the user's cache directory (XDG base directories)."""
    if chosen := os.environ.get("GATELENS_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gatelens"


def store(path: Path, data: bytes) -> None:
    """Write `data` whole or not at all. A failure costs time at the next start, nothing else, so it is not raised."""
    temporary = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _compile(expressions: Sequence[str], flags: int) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    encoded = [expression.encode() for expression in expressions]
    database.compile(expressions=encoded, ids=list(range(count)), elements=count, flags=[flags] * count)
    return database


def _load(expressions: Sequence[str], flags: int) -> hyperscan.Database:
    """The file's name is the hash of all that went in, so a stale or foreign one is never read."""
    digest = hashlib.sha256(repr((version("hyperscan"), flags, tuple(expressions))).encode()).hexdigest()
    path = cache_directory() / f"{digest[:40]}.hyperscan"
    try:
        return hyperscan.loadb(path.read_bytes(), hyperscan.HS_MODE_BLOCK)
    except (OSError, hyperscan.error):
        pass
    try:
        database = _compile(expressions, flags)
    except hyperscan.error as error:
        for expression in expressions:
            check(expression)
        raise PatternFault(str(error)) from error
    store(path, hyperscan.dumpb(database))
    return database
