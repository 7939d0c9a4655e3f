"""Decide whether a value is a path that leaves the directory it is put into, or comes to a file that is nobody's.

A configuration, a link or a line of code may name `../shared/logo.png`; so a step up alone tells little. What tells is
where the path comes to, how far out it goes for the place it stands in, and whether it is written so as not to be seen.

Source: CWE-22, CWE-23, CWE-36, CWE-73; CAPEC-126, CAPEC-64, CAPEC-76, CAPEC-79.
Limits: a path of one or two plain steps up to a file of no list passes within JSON, and one step in a parameter; a path
within much other text is told about, not given, and passes. Of a path of over 16 KiB only the ends are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct

from gatelens.languages.paths.catalogue import Catalogue, File, Kind
from gatelens.languages.paths.reading import PADDING, Path, read
from gatelens.model.confirmed import Confirmed

_LONGEST = 16 * 1024
"""Characters of a path that is read as one; of a longer one the start and the end are."""

_PIECE = re.compile(r"[=&|,\"'<>()\[\]?\s]+")
_UP = re.compile(r"\.\.|0x2e|\.[^\w\s]{0,3}\.")
_STREAM = re.compile(r"\w::\$(?:data|index_allocation)\b", re.IGNORECASE)
"""The unnamed stream of a file, or the entries of a directory, in NTFS."""

_EVIDENCE = 200

_SPACES = 8
"""In a whole path; more make a sentence."""

_TOLD = 2_048
"""A value without spaces up to this length is about each of its pieces; in a longer one only the half counts."""


_GARBLED = 3
"""So many times the same unreadable step is no chance."""


class Share(IntEnum):
    """How much a value is about a path in it."""

    MENTION = 1
    PART = 2
    WHOLE = 3


class Place(Struct, frozen=True):
    """Where a value stands. `exposed`: in a parameter, a cookie or a header, not in a document of the client's making.
    `parameter`: where the application may put a directory in front of it, as it may for a field named for a file.
    `names_a_file`: the client itself calls it a file's name. `hidden`: the value is encoded more than its place asks.
    """

    exposed: bool = False
    parameter: bool = False
    names_a_file: bool = False
    hidden: bool = False


class Limits(Struct, frozen=True):
    """Steps out of the starting directory from which a path is an attack whatever it comes to: in a place that is
    exposed, in a document with nothing behind the steps, and in a document. `guarded`: endings of files that servers
    keep to themselves; `roots`: directories that stand at the root of a file system."""

    exposed: int
    aimless: int
    documents: int
    guarded: frozenset[str]
    roots: frozenset[str]


def traversal(text: str, place: Place, catalogue: Catalogue, limits: Limits) -> Confirmed | None:
    """What makes `text` a path traversal; None where nothing does."""
    for piece, share in pieces(text):
        if share is Share.WHOLE and _STREAM.search(piece):
            return Confirmed(piece[:_EVIDENCE], "opens the data of a file under another of its names")
        path = read(piece)
        if words := told(path, place, catalogue, limits, share):
            return Confirmed(piece[:_EVIDENCE], words)
    return None


def pieces(text: str) -> Iterator[tuple[str, Share]]:
    """The parts of `text` that may be paths, each with how much it is about them."""
    value = text.strip(" \t\r\n\"'`")
    if not value:
        return
    spaced = len(value.split(None, 1)) > 1
    begins_as_path = value[0] in "./\\~" or value[1:3] in (":\\", ":/")
    if not spaced or (begins_as_path and "\n" not in value and value.count(" ") <= _SPACES):
        yield from _ends(value, Share.WHOLE)
    if not _UP.search(value):
        return
    short = not spaced and len(value) <= _TOLD
    for piece in _PIECE.split(value):
        if len(piece) > 3 and len(piece) < len(value) and (short or 2 * len(piece) >= len(value)):
            yield from _ends(piece, Share.MENTION if spaced else Share.PART)


def _ends(piece: str, share: Share) -> Iterator[tuple[str, Share]]:
    """`piece`; where it is too long, its start and its end."""
    if len(piece) <= _LONGEST:
        yield piece, share
    else:
        yield piece[: _LONGEST // 2], share
        yield piece[-_LONGEST // 2 :], share


def told(path: Path, place: Place, catalogue: Catalogue, limits: Limits, share: Share) -> str:
    """Why `path` is an attack, in words; empty where it is none."""
    oddities = path.oddities + (("an encoding that its place does not ask for",) if place.hidden else ())
    odd = f", written with {' and '.join(oddities)}" if oddities else ""
    if path.climbs:
        file = catalogue.find(path.target)
        if file and _reached(file, path, place, odd=bool(odd)):
            return f"climbs {_steps(path.climbs)} to {file.words}{odd}"
        if (odd or share is not Share.MENTION) and _leaves(path, place, limits, share, odd=bool(odd)):
            return f"climbs {_steps(path.out)} out of the directory it starts from{odd}"
        return ""
    if path.garbled >= _GARBLED:
        return f"repeats a step that cannot be read {path.garbled} times"
    if share is not Share.WHOLE:
        return ""
    file = catalogue.find(path.target, whole=True, anywhere=place.parameter)
    if file is None:
        return ""
    if path.noise >= (1 if file.kind is Kind.SECRET else 2):
        return f"comes to {file.words} behind segments that cannot be read{odd}"
    if _is_asked_for(file, path, place, limits):
        return f"is the path of {file.words}{odd}"
    return ""


def _is_asked_for(file: File, path: Path, place: Place, limits: Limits) -> bool:
    """Whether it is an attack that a path which does not climb is that of `file`."""
    first = path.target[0]
    rooted = path.rooted or first[1:] == ":" or first == "~"
    if file.kind is Kind.APPLICATION:
        return place.exposed and rooted and (len(file.names) > 1 or (place.parameter and first[0] == "."))
    if file.kind is Kind.KEPT:  # a browser of sources has paths from its own root: only a hidden file tells there
        hidden = file.names[-1][0] == "."
        return place.parameter and rooted and (hidden or first in limits.roots or first[1:] == ":" or first == "~")
    if place.exposed:
        return rooted or place.parameter
    return file.kind is Kind.SECRET and first != "~" and (rooted or bool(path.oddities))


def _reached(file: File, path: Path, place: Place, *, odd: bool) -> bool:
    """Whether it is an attack that a climbing path comes to `file`."""
    if file.kind > Kind.KEPT:
        return True
    return path.out > 0 and (place.exposed or odd or path.out >= (2 if file.kind is Kind.KEPT else 3))


def _leaves(path: Path, place: Place, limits: Limits, share: Share, *, odd: bool) -> bool:
    """Whether a path goes further out than one goes in such a place."""
    out = path.out
    if PADDING in path.oddities:
        return True
    if not out:
        return False
    if odd or place.names_a_file or out >= limits.documents:
        return True
    if place.exposed and (out >= limits.exposed or path.backward or _is_guarded(path, limits)):
        return True
    if path.rooted and share is Share.WHOLE:  # above the root there is nothing: nobody means it
        return True
    if not path.target and out >= limits.aimless:
        return True
    if path.before and (out >= 2 or place.parameter):
        return True
    return bool(path.target) and out >= 3 and path.target[0] in limits.roots


def _is_guarded(path: Path, limits: Limits) -> bool:
    return bool(path.target) and path.target[-1].rpartition(".")[2] in limits.guarded and "." in path.target[-1]


def _steps(count: int) -> str:
    return "one directory" if count == 1 else f"{count} directories"
