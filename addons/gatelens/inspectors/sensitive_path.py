"""Find requests for files that a server keeps in its directories and never serves.

Source: CWE-425, CWE-527 to CWE-530, CWE-538, CWE-552; OWASP WSTG-CONF-04 and WSTG-CONF-05.
Limits: the path's names alone tell; whether there is such a file is not known. The query is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct

from gatelens.inspection import Trigger, View
from gatelens.languages.paths.exposure import Kept, exposure, is_plain, last_names
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Listed = dict[str, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """Lists by what is listed, in words that go on "asks for …"; lower case. `names` are segments of a path, `trails`
    two segments as one text, `endings` of names. `settings` are names and endings of what stands below a directory
    whose name begins with a dot and is none of `open_directories`. `copies` are endings of copies behind an ending of
    `sources`. Below a segment of `shelves` files are browsed by design, and nothing is a finding."""

    names: Listed = {}
    trails: Listed = {}
    endings: Listed = {}
    settings: tuple[str, ...] = ()
    open_directories: tuple[str, ...] = (".well-known",)
    copies: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    shelves: tuple[str, ...] = ()


class Inspector:
    """All rules of what is kept: the path of each request is looked up name by name."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers: Sequence[Trigger] = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._kept = {rule.id: _kept(_params(rule)) for rule in rules}
        self._last_names = {rule: last_names(kept) for rule, kept in self._kept.items()}

    def inspect(self, view: View) -> Iterator[Match]:
        readings = {
            segment.texts[-1]: None for segment in view.decoded.segments if segment.part is Part.PATH and segment.texts
        }
        for rule in view.rules:
            kept, listed = self._kept[rule.id], self._last_names[rule.id]
            for path in readings:
                if not is_plain(path, listed) and (found := exposure(path, kept)):
                    evidence, words = found
                    yield Match(
                        rule=rule.id,
                        location=Location(Part.PATH),
                        evidence=evidence,
                        explanation=f"asks for {words}",
                    )
                    break


def _kept(params: Params) -> Kept:
    return Kept(
        _by_name(params.names),
        _by_name(params.trails),
        _by_name(params.endings),
        frozenset(params.settings),
        frozenset(params.open_directories),
        frozenset(params.copies),
        frozenset(params.sources),
        frozenset(params.shelves),
    )


def _by_name(listed: Listed) -> dict[str, str]:
    return {name: words for words, names in listed.items() for name in names}


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
