"""An operator's mistakes, all at once, each as `file:line:column: path: seen; allowed`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One mistake. `line` and `column` count from 1; `path` is the way through the file, such as params.patterns[0]."""

    file: str
    line: int
    column: int
    path: str
    seen: str
    allowed: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.seen}; {self.allowed}"


class RulesetError(Exception):
    """Rule files that cannot be used; `faults` says everything that is wrong with them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)
