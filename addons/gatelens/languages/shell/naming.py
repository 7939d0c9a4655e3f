"""What a word names: a command, spelled openly or hidden, or a telling file.

Source: POSIX.1-2024 Shell Command Language, sections 2.9.1.4 (command search) and 2.14 (pattern matching).
"""

from __future__ import annotations

import re

from gatelens.languages.shell import expansion
from gatelens.languages.shell.names import Effect, Names
from gatelens.languages.shell.words import HIDING, Dialect, Trick, Word

_WINDOWS_NAME = re.compile(r"(?:.*[\\/])?([\w.-]+?)(?:\.(?:exe|com|bat|cmd|ps1))?\Z", re.IGNORECASE | re.DOTALL)
_POSIX_PATH = re.compile(r"/(?!windows|winnt|system32)[^\\]*+\Z", re.IGNORECASE)
"""A path that names no program of Windows'."""


def find(word: Word, names: Names, dialect: Dialect) -> tuple[str, Effect | None, str]:
    """The command a word names, its effect, and the trick that hides it, in words."""
    text = word.text
    if dialect is Dialect.POSIX:
        directory, slash, name = text.rpartition("/")
        if slash and not _is_of_programs(directory):
            return name, None, ""  # `/users/id` is a path
        effect = names.unix.get(name)
        if effect is None and name[-1:].isdigit():
            unversioned = _VERSION.sub("", name)
            if names.unix.get(unversioned) is Effect.CODE:
                return unversioned, Effect.CODE, ""
        if effect is None and len(name) > 2 and not name.islower() and not name.istitle():
            name = name.lower()  # some file systems take either case, and so do filters of attacks
            effect = None if name in names.everyday else names.unix.get(name)
            if effect is not None and not text.isupper():
                return name, effect, Trick.CASE.value
    else:
        found = None if _POSIX_PATH.match(text) else _WINDOWS_NAME.match(text)
        name = found[1].lower() if found else ""
        effect = names.windows.get(name)
    hiding = word.tricks & HIDING
    if effect in _HELD_IN_VARIABLES and Trick.VARIABLE in word.tricks and len(name) > 1:
        hiding |= {Trick.VARIABLE}
    if effect is not None:
        if len(name) < 2 or not hiding - {Trick.GLOB}:
            return name, effect, ""
        return name, effect, min(trick.value for trick in hiding - {Trick.GLOB})
    if Trick.BRACE in hiding:
        return name, None, ""
    if Trick.GLOB in hiding and dialect is Dialect.POSIX:
        return _by_wildcard(text, names)
    return name, None, ""


def _by_wildcard(text: str, names: Names) -> tuple[str, Effect | None, str]:
    """The first command that a wildcard stands for: `/???/c?t`, `/bin/c[a]t`, `c[a]t`."""
    directory, slash, last = text.rpartition("/")
    letters = sum(map(str.isalnum, last))
    if (
        not letters
        or len(last) < 2
        or (not slash and last[0] == "*")
        or (not slash and letters < 2)
        or not _is_of_programs(directory)
    ):
        return "", None, ""
    pattern = expansion.wildcard(last)
    if pattern is None:
        return "", None, ""
    for name, effect in names.unix.items():
        if len(name) > 1 and pattern.fullmatch(name):
            return name, effect, Trick.GLOB.value
    return "", None, ""


_VERSION = re.compile(r"-?\d[\d.]*+\Z")
_HELD_IN_VARIABLES = frozenset({Effect.TELLS, Effect.READS, Effect.CONNECTS, Effect.SHELL})
"""What no script keeps in a variable to run it: it keeps tools."""

_PROGRAMS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "opt/bin", "snap/bin", "tmp")


def _is_of_programs(directory: str) -> bool:
    """Whether a directory, spelled with wildcards or not, is one that holds programs."""
    if not directory or directory[0] in ".~" or directory.removeprefix("/") in _PROGRAMS:
        return True
    if not expansion.is_wildcard(directory):
        return False
    pattern = expansion.wildcard(directory)
    return pattern is not None and any(pattern.fullmatch(f"/{one}") for one in _PROGRAMS)


def is_wildcard_of_file(text: str, names: Names) -> bool:
    pattern = expansion.wildcard(text)
    return pattern is not None and any(pattern.fullmatch(path) for path in names.paths)


def tells(word: Word, names: Names) -> bool:
    """Whether a word names a telling file, also by wildcards that leave some of its letters."""
    if Trick.UNSET in word.tricks and word.written.lstrip("\"'")[:1] == "$":
        return False  # `$ROOT/etc/hosts` is somewhere else
    if names.names_file(word.text):
        return True
    return (
        Trick.GLOB in word.tricks
        and word.text[:1] == "/"
        and any(map(str.isalpha, word.text))
        and is_wildcard_of_file(word.text, names)
    )
