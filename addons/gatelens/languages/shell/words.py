"""What a command line is read into: words with the tricks of their spelling, and the commands they make up."""

from __future__ import annotations

from enum import Enum, StrEnum

from msgspec import Struct


class Dialect(Enum):
    """Whose grammar a text is read by."""

    POSIX = "POSIX shell"
    CMD = "Windows cmd"
    POWERSHELL = "PowerShell"


class Trick(StrEnum):
    """A way to spell a word that nobody uses for words. The value says it in words."""

    QUOTE = "quotes within a word"
    ESCAPE = "escaped letters"
    ANSI_C = "characters by their code"
    EMPTY = "expansions that are empty"
    VARIABLE = "a variable"
    SLICE = "a slice of a variable"
    BRACE = "a brace expansion"
    GLOB = "a wildcard"
    SPACE = "a variable in the place of a space"
    OUTPUT = "the output of a command"
    CASE = "letters of both cases"
    UNSET = "a variable that nothing sets"


HIDING = frozenset(Trick) - {Trick.VARIABLE, Trick.OUTPUT, Trick.UNSET}
"""Tricks that hide a name: scripts have variables and outputs as well."""


class Word(Struct, frozen=True, gc=False):
    """A word as the shell would see it, as it was `written`, and the tricks of that spelling."""

    text: str
    written: str = ""
    tricks: frozenset[Trick] = frozenset()
    quoted: bool = False


class Command(Struct, frozen=True):
    """A simple command. `behind` is the operator before it, or what it stands in (`$(`); empty for the first.

    `targets` are redirections: each an operator and a file. `depth` counts the substitutions around it.
    """

    words: tuple[Word, ...]
    behind: str = ""
    targets: tuple[tuple[str, str], ...] = ()
    depth: int = 0
    start: int = 0
    assigned: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """The commands of a text in the order in which they begin; `complete` unless it was too long to be read."""

    commands: tuple[Command, ...]
    complete: bool
