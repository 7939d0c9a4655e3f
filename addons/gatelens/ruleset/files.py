"""The files of a rules directory: which there are, what they hold, and where the built-in ones lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from gatelens.ruleset.faults import Fault, RulesetError

POLICY = "policy.yaml"
SUFFIXES = (".yaml", ".yml")


class Files(Struct, frozen=True):
    """A directory's checked content: plain data, so that it can be kept. `lines` are those of mode and routes."""

    policy: dict[str, object]
    policy_file: str
    lines: list[int]
    rules: dict[str, dict[str, object]]


def builtin_directory() -> Path:
    """The rules that come with Gatelens: inside the wheel, or rules/ of a checkout."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "rules"
    return packaged if packaged.is_dir() else package.parent.parent / "rules"


def files_below(directory: Path) -> Iterator[Path]:
    """Every file under `directory`, sorted. Raises RulesetError where there is no such directory."""
    if not directory.is_dir():
        raise RulesetError([Fault(str(directory), 1, 1, "", "no such directory", "a directory of rules")])
    found = (path for path in directory.rglob("*") if path.is_file())
    return iter(sorted(path for path in found if not _hidden(path.relative_to(directory))))


def _hidden(path: Path) -> bool:
    """An editor's swap file, or the copies that Kubernetes keeps of a mounted ConfigMap."""
    return any(part.startswith(".") for part in path.parts)


def read_file(path: Path) -> bytes:
    """The bytes at `path`. Raises RulesetError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesetError([Fault(str(path), 1, 1, "", error.strerror or "unreadable", "a readable file")]) from error
