"""Read a text as a file path of Unix and of Windows at once: how far it climbs, and to what.

Source: POSIX.1-2017 section 4.13 (pathname resolution); Windows, "Naming Files, Paths, and Namespaces"; CWE-22 to 40.
Limits: links and mounted directories are not known; a path is read by its names alone.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.languages.paths.spelling import plain

_SEPARATOR = re.compile(r"[/\\]")
_AROUND = "\x00\t\n\r \"'`^?*<>|"
_PARAMETER = re.compile("[;\x00]")
_TAIL = re.compile("[\x00;?#^:&|%\"'`<>*\r\n\t]")
_WORD = re.compile(r"\w\w|\w\.\w")
_OPEN = re.compile(r"(?<![^/\\])\.\.(?![^/\\])")
_MIXED = re.compile(r"\.\.(?:\\/|/\\)|\\\.\.++/|/\.\.++\\")
_REPEATED = re.compile(r"(?<!\.)\.\.(?://|\\{3})")
_MAY_CLIMB = re.compile("[.\ufffd]|%2")

_FILTERED = 4
"""Dots of a segment that become two where a filter takes `../` out once."""

_PADDED = 8
"""Segments that go nowhere: more than anybody writes."""

_STAYS = 3
"""Steps to where one is, in a path that does not climb: more than a slip."""

_LONGEST_NAME = 255
"""NAME_MAX: no file system takes a longer one."""

PADDING = "padding that goes nowhere"


class Path(Struct, frozen=True):
    """A text read as a path. `before` are the names in front of the first step up, `target` those behind the last.

    `climbs` counts the steps up, `out` how many of them lead out of the place that the path starts from, `noise` the
    segments that nobody can read; `garbled` is that number where all of them are the same, and may be two dots.
    `backward` says that a step up is written with a backslash. `oddities` are words for what hides it from a filter.
    """

    climbs: int
    out: int
    noise: int
    garbled: int
    rooted: bool
    backward: bool
    before: tuple[str, ...]
    target: tuple[str, ...]
    oddities: tuple[str, ...]


def read(text: str) -> Path:
    """`text` as a path."""
    spelled = plain(text)
    walk = _Walk()
    segments = _SEPARATOR.split(spelled)
    for segment, after in zip(segments, [*segments[1:], ""], strict=True):
        if segment:
            walk.take(segment, after)
    return Path(
        climbs=walk.climbs,
        out=-walk.lowest,
        noise=len(walk.noise),
        garbled=walk.garbled(),
        rooted=spelled[:1] in ("/", "\\"),
        backward="..\\" in spelled,
        before=tuple(walk.before),
        target=tuple(walk.target),
        oddities=tuple(_oddities(text, spelled, walk)),
    )


class _Walk:
    """What was passed on the way through a path's segments."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.target: list[str] = []
        self.noise: list[str] = []
        self.climbs = self.stays = self.lowest = 0
        self.parameters = self.too_long = False
        self._depth = 0

    def take(self, segment: str, after: str) -> None:
        """Go on by `segment`; `after` is the one behind it."""
        bare = segment.strip(_AROUND)
        if ";" in bare or "\x00" in bare:
            name = _PARAMETER.split(bare, 1)[0]
            self.parameters = self.parameters or name == ".."
            bare = name or bare.replace("\x00", "")
        if not bare.strip("."):
            self._dots(len(bare), segment, after)
        elif _WORD.search(bare):
            self._depth += 1
            self.target.append(_name(segment))
            self.too_long = self.too_long or len(segment) > _LONGEST_NAME
        elif bare.isalnum():
            self._depth += 1
            self.target.append(bare.lower())
        elif bare == "~" or bare[1:] in (":", "$"):
            self.target.append(bare.lower())
        else:
            self.noise.append(bare)

    def _dots(self, count: int, segment: str, after: str) -> None:
        """Take a segment of `count` dots, and perhaps something around them."""
        if count == 2 or count >= _FILTERED or (count == 3 and after == "."):
            self.climbs += 1
            self._depth -= 1
            self.lowest = min(self.lowest, self._depth)
            self.before = self.before or self.target
            self.target = []
        elif segment == ".":
            self.stays += 1
        else:
            self.noise.append(segment)

    def garbled(self) -> int:
        """How many times the same unreadable segment stands there that may be a step up, and no other one."""
        if len(set(self.noise)) != 1 or self.before or not _MAY_CLIMB.search(self.noise[0]):
            return 0
        return len(self.noise)


def _oddities(text: str, spelled: str, walk: _Walk) -> list[str]:
    signs = (
        (walk.parameters, "path parameters behind the dots"),
        (walk.climbs > len(_OPEN.findall(text)), "steps that do not look like any"),
        (walk.climbs and _MIXED.search(spelled), "slashes both ways"),
        (walk.climbs and _REPEATED.search(spelled), "repeated slashes"),
        ("\x00" in text, "a null byte"),
        (not walk.climbs and walk.stays >= _STAYS, "steps that go nowhere"),
        (walk.climbs and (walk.stays >= _PADDED or walk.too_long), PADDING),
    )
    return [words for seen, words in signs if seen]


def _name(segment: str) -> str:
    """A segment as the name that it opens: without what a file system or a program in C leaves out."""
    name = segment.strip(_AROUND)
    return (_TAIL.split(name, 1)[0] or name).rstrip(". ").lower()
