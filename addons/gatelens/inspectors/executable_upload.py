"""Find uploaded files whose name makes a web server run them.

Source: CWE-434; CAPEC-650; Apache `AddHandler` with several extensions, PHP's session files.
Limits: the name decides, not the content; a file that is saved under another name is not followed. Of files that a
document lists the names pass: traces, changes and reports list them so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Name = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `extensions` are those of files that a server runs, `shown` those that
    it only sends: behind one of the first they hide it. `names` are whole file names that change what a server runs,
    `prefixes` beginnings of names of files that it reads itself. `headers` are those that hold a file's name."""

    patterns: Annotated[tuple[Name, ...], Meta(min_length=1)]
    extensions: Annotated[tuple[Name, ...], Meta(min_length=1)]
    shown: tuple[Name, ...] = ()
    names: tuple[Name, ...] = ()
    prefixes: tuple[Name, ...] = ()
    headers: tuple[Name, ...] = ()


_TOO_MUCH = "more names of files than are read in one message"
_LISTED = re.compile(r"/\d+/filename\Z")
"""A file in a list of a document: it is told about (in a trace, a change, a report), not sent."""
_ENDS = re.compile(r"::\$data\Z|[\s.:\x00]++", re.IGNORECASE)


class Inspector:
    """All upload rules at once."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), _judge, _TOO_MUCH)


def _judge(hit: Hit, left: Work) -> Confirmed | None:
    params = _params(hit.rule)
    if not _is_file_name(hit.target.location, params):
        return None
    name = re.split(r"[/\\]", hit.target.text.strip().lower().partition("\x00")[0])[-1]
    left.left -= len(hit.target.text)
    if name in params.names or name.startswith(params.prefixes):
        return Confirmed(name, "names a file that the server reads for itself")
    parts = [part for part in _ENDS.split(name) if part]
    runs = [part.rstrip("0123456789") in params.extensions or part in params.extensions for part in parts[1:]]
    if runs and (runs[-1] or (any(runs) and (parts[-1] in params.shown or any(map(_is_php, parts[1:]))))):
        return Confirmed(name, "names a file that the server runs")
    return None


def _is_php(extension: str) -> bool:
    """Whether a web server that goes by any extension of a name, not by the last, is likely to run it."""
    return extension.rstrip("0123456789") in ("php", "phtml", "phar")


def _is_file_name(location: Location, params: Params) -> bool:
    if location.key:
        return False
    if location.part is Part.HEADER:
        return location.pointer.partition("[")[0].lower() in params.headers
    return location.pointer.endswith("/filename") and not _LISTED.search(location.pointer)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
