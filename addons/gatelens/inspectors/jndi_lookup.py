"""Find lookups in values that a logging library would follow to another server.

Source: CVE-2021-44228 (Log4Shell), CVE-2022-42889 (Text4Shell); CWE-917.
Limits: as those of `gatelens.languages.lookups.injection`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.lookups import injection
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Name = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `schemes` are those by which a JNDI lookup reaches out. `running` are
    prefixes of lookups that run or fetch what they name. `telling` are beginnings of lookups that tell about the
    server: an attack where one is the whole value. `secret` are words in names of environment variables that
    nobody may ask for in a line of text."""

    patterns: Annotated[tuple[Name, ...], Meta(min_length=1)]
    schemes: Annotated[tuple[Name, ...], Meta(min_length=1)]
    running: tuple[Name, ...] = ()
    telling: tuple[Name, ...] = ()
    secret: tuple[Name, ...] = ()


_TOO_MUCH = "more that looks like lookups than is read in one message"


class Inspector:
    """All lookup rules at once."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._names = {rule.id: _names(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The lookups by which the one found is spelled."""
        return injection.explain(hit.target.text, self._names[hit.rule.id], is_line=is_line(hit.target))

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        left.left -= len(hit.target.text)
        return injection.injection(hit.target.text, self._names[hit.rule.id], is_line=is_line(hit.target))


def _names(params: Params) -> injection.Names:
    return injection.Names(
        _lower(params.schemes), _lower(params.running), _lower(params.telling), _lower(params.secret)
    )


def _lower(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
