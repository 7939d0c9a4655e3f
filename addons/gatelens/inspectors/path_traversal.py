"""Find values that climb out of the directory they are put into, or come to a file that is nobody's.

Source: CWE-22, CWE-23, CWE-36, CWE-73; OWASP ASVS 5.2.
Limits: one value at a time; what is written about a path in a longer text passes. A plain `../name` in a document
passes: configuration is full of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents.names import words
from gatelens.languages.paths.catalogue import Catalogue, Kind
from gatelens.languages.paths.drawing import drawn
from gatelens.languages.paths.traversal import Limits, Place, traversal
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Expression = Annotated[str, Meta(min_length=1)]
Listed = dict[str, tuple[Annotated[str, Meta(min_length=2)], ...]]
Count = Annotated[int, Meta(ge=1, le=64)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. Files are listed by what they are, in words that go on "climbs 3
    directories to …"; `*` stands for one name, `~/` for a home: `secrets` are an attack wherever a value is their path,
    `system` files where a step up or a parameter comes to them, `kept` files where two steps up do, or a parameter from
    a root, `application` files where a step up in a parameter or several steps do. A field of a document is a parameter
    where one of the words in its name is of `fields`, and where it lies in nothing but `envelopes`. `exposed`,
    `aimless` and `documents` are the steps out of the starting directory from which a path is an attack whatever it
    comes to: in a parameter, cookie or header; in a document, with nothing behind the steps; in a document. `guarded`
    are endings of files that servers keep to themselves, `roots` directories that stand at the root of a file
    system."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    secrets: Listed = {}
    system: Listed = {}
    kept: Listed = {}
    application: Listed = {}
    fields: tuple[str, ...] = ()
    envelopes: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    exposed: Count = 2
    aimless: Count = 4
    documents: Count = 5


_TOO_MUCH = "more that looks like paths than is read in one message"
_BETWEEN = r"(?:[^a-z0-9\s]|%\w%?\w)+"
_EXPOSED = frozenset({Part.QUERY, Part.FORM, Part.PATH, Part.COOKIE, Part.HEADER, Part.GRAPHQL})
_PARAMETERS = frozenset({Part.QUERY, Part.FORM, Part.COOKIE})
_HIDING = frozenset({"overlong-utf8", "utf-7", "null-bytes"})


class Inspector:
    """All rules of paths at once: the shared scan names the values, the reading of each decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [
            Trigger(rule.id, pattern) for rule in rules for pattern in (*_params(rule).patterns, *_named(_params(rule)))
        ]
        self._catalogues = {rule.id: _catalogue(_params(rule)) for rule in rules}
        self._limits = {rule.id: _limits(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        rule = hit.rule.id
        return traversal(hit.target.text, self._place(hit), self._catalogues[rule], self._limits[rule])

    def explain(self, hit: Hit) -> Explanation | None:
        """The path that an ordinary value makes beside the one that this value makes."""
        rule = hit.rule.id
        return drawn(hit.target.text, self._place(hit), self._catalogues[rule], self._limits[rule])

    def _place(self, hit: Hit) -> Place:
        target = hit.target
        part = target.segment.part
        document = part is Part.BODY or "json" in target.transformations
        field = document and self._is_field(hit)
        return Place(
            exposed=field or (not document and part in _EXPOSED),
            parameter=field or (not document and part in _PARAMETERS),
            names_a_file=part is Part.FORM and target.location.pointer.endswith("/filename"),
            hidden=not _HIDING.isdisjoint(target.transformations),
        )

    def _is_field(self, hit: Hit) -> bool:
        """Whether a document is a list of parameters, and one named for a file holds the text: what lies deeper is of a
        configuration, which names files as it likes."""
        location = hit.target.location
        if location.key:
            return False
        params = _params(hit.rule)
        first, *lead = location.pointer.split("/")
        name = lead.pop() if lead else first
        return not words(name).isdisjoint(params.fields) and all(step in params.envelopes for step in lead)


def _named(params: Params) -> Iterator[str]:
    """A trigger for each file that no step up need lead to."""
    for paths in (*params.secrets.values(), *params.system.values()):
        for path in paths:
            names = path.removeprefix("~").strip("/").split("/")
            yield _BETWEEN.join(r"[^/\\\s]+" if name == "*" else re.escape(name) for name in names)
    kept = sorted({path.lower().rpartition("/")[2] for paths in params.kept.values() for path in paths})
    if kept:
        yield rf"[/\\](?:{'|'.join(map(re.escape, kept))})(?:[^\w./\\-]|$)"


def _catalogue(params: Params) -> Catalogue:
    return Catalogue(
        {
            Kind.SECRET: params.secrets,
            Kind.SYSTEM: params.system,
            Kind.KEPT: params.kept,
            Kind.APPLICATION: params.application,
        },
    )


def _limits(params: Params) -> Limits:
    return Limits(params.exposed, params.aimless, params.documents, frozenset(params.guarded), frozenset(params.roots))


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
