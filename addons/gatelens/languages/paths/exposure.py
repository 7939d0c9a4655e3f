"""Tell the path of a request that asks for what a server keeps in its directories and never serves.

Source: CWE-219, CWE-425, CWE-527 to CWE-530, CWE-538, CWE-552; RFC 8615 (`.well-known` alone is meant to be asked for).
Limits: names alone tell; behind a segment that says that files are browsed (`contents`, `blob`) nothing does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

_SEPARATOR = re.compile(r"[/\\]+")
_PARAMETER = re.compile(r";.*", re.DOTALL)
_DISGUISED = re.compile(
    r"\.(?:php\d?|phtml|aspx?|ashx|asmx|jspx?|cgi|pl|cfm|do)(?:;[^/]*|%00|\x00|%0a|\n)\.?[a-z]{2,4}\Z"
)
_TELLING = re.compile(r"[^A-Za-z0-9/_-]")
_LONGEST, _ENDING = 2_048, 128
_MOST_SEGMENTS = 64


class Kept(Struct, frozen=True):
    """What a rule lists, each with words for it: `names` of one segment, `trails` of several as one text, `endings` of
    names; `settings` are names and endings of settings below a directory whose name begins with a dot, which is one of
    `open_directories` or hidden. `copies` are endings of copies, behind one of `sources`. `shelves` are segments below
    which files are browsed by design."""

    names: Mapping[str, str]
    trails: Mapping[str, str]
    endings: Mapping[str, str]
    settings: frozenset[str]
    open_directories: frozenset[str]
    copies: frozenset[str]
    sources: frozenset[str]
    shelves: frozenset[str]


def last_names(kept: Kept) -> frozenset[str]:
    """The names that are listed, alone or at the end of a trail."""
    return frozenset(name.rpartition("/")[2] for name in (*kept.names, *kept.trails))


def is_plain(path: str, listed: AbstractSet[str]) -> bool:
    """Whether `path` is one of plain names, none of them `listed`: so are most, and that is soon seen."""
    return not _TELLING.search(path) and listed.isdisjoint(path.lower().split("/"))


def exposure(path: str, kept: Kept) -> tuple[str, str] | None:
    """The part of `path` that asks for what is kept, and what it is, in words."""
    if _DISGUISED.search(path[-_ENDING:].lower()):
        return path.rsplit("/", 1)[-1], "a program under the ending of another file"
    sent = [segment for segment in _SEPARATOR.split(path[:_LONGEST]) if segment][:_MOST_SEGMENTS]
    hidden = False
    before = ""
    for segment in sent:
        name = _PARAMETER.sub("", segment).rstrip(". \x00").lower()
        if name in kept.shelves:
            return None
        words = kept.names.get(name) or kept.trails.get(f"{before}/{name}") or _by_ending(name, kept)
        if not words and hidden and not kept.settings.isdisjoint((name, name.rpartition(".")[2])):
            words = "settings in a hidden directory"
        if words:
            return segment, words
        if name not in kept.open_directories:
            hidden = hidden or (name[:1] == "." and name[1:2].isalpha())
        before = name
    return None


def _by_ending(name: str, kept: Kept) -> str:
    """What a name's ending tells: a copy that an editor or a person left of a source, or a store of data."""
    if "." not in name:
        return ""
    if name[-1] == "~" and name[:-1].rpartition(".")[2] in kept.sources:
        return "a copy of a source"
    stem, _, ending = name.rpartition(".")
    if ending in kept.copies and stem.rpartition(".")[2] in kept.sources:
        return "a copy of a source"
    return kept.endings.get(ending, "") if stem else ""
