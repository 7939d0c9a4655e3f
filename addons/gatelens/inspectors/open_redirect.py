"""Find redirect targets that lead to another site while they look like a path, or like a site that is allowed.

Source: CWE-601; WHATWG URL section 4.4.
Limits: a plain URL of another site is a finding only where `allowed_hosts` says which are not; a target under a name
that is not listed is seen only by slashes that nobody writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.urls.drawing import url_drawn
from gatelens.languages.urls.parameter_names import is_one_of, name_at
from gatelens.languages.urls.redirects import Place, redirect
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Expression = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look, `followed` the names of what holds where a browser is sent, and
    `followed_parameters` of what does in a query, form or cookie only, both without what joins their words. With
    `allowed_hosts`, every URL of a host that is none of them, nor below one, is a finding in these."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    followed: tuple[str, ...] = ()
    followed_parameters: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like redirects than is read in one message"
_EXPOSED = frozenset({Part.QUERY, Part.FORM, Part.COOKIE})


class Inspector:
    """All rules of redirects at once: the shared scan names the values, the reading of the URL decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._followed = {rule.id: frozenset(_params(rule).followed) for rule in rules}
        self._exposed = {
            rule.id: self._followed[rule.id] | frozenset(_params(rule).followed_parameters) for rule in rules
        }
        self._allowed = {rule.id: frozenset(host.lower() for host in _params(rule).allowed_hosts) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        return self._redirect(hit)

    def explain(self, hit: Hit) -> Explanation | None:
        """The parts of an ordinary target beside those of this one."""
        found = self._redirect(hit)
        return url_drawn("where a browser is sent next", found.evidence) if found else None

    def _redirect(self, hit: Hit) -> Confirmed | None:
        if hit.target.segment.part in (Part.PATH, Part.HEADER):
            return None
        rule = hit.rule.id
        location = hit.target.location
        exposed = hit.target.segment.part in _EXPOSED and "json" not in hit.target.transformations
        names = (self._exposed if exposed else self._followed)[rule]
        place = Place(not location.key and is_one_of(name_at(location.pointer), names))
        return redirect(hit.target.text, place, self._allowed[rule])


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
