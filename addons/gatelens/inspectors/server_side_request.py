"""Find URLs that would send the server to itself, to its network, or to its cloud's metadata.

Source: CWE-918; OWASP API7:2023; RFC 6890 (special addresses).
Limits: one value at a time, and no name is resolved. In a document a plain URL of an inner host passes unless its name
or its port tells: name what the server fetches in `fetched`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.urls.drawing import url_drawn
from gatelens.languages.urls.fetches import Asked, Place, fetch
from gatelens.languages.urls.hosts import known
from gatelens.languages.urls.parameter_names import is_one_of, name_at, words_at
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Expression = Annotated[str, Meta(min_length=1)]
Listed = dict[str, tuple[str, ...]]
Port = Annotated[int, Meta(ge=1, le=65_535)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. Hosts are listed by what they are, in words that go on "leads to …":
    `metadata` services by name or address, other `names` of inner hosts. Below a domain of `wildcards` a name holds its
    address, below `loopback_domains` every name is the server's own, below `captures` calls are recorded. `schemes` are
    an attack anywhere, `exposed_schemes` in a parameter. `closed_ports` are of services that speak no HTTP,
    `administration_ports` of services for administrators, `inner_paths` first segments of their pages. Of the names of
    parameters, without what joins their words: `fetched` are of what a server fetches, `followed` of what goes back to
    the browser, `addressed` of any URL or host. `allowed_hosts`, with all below them, and `allowed_networks` are never
    a finding."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    metadata: Listed = {}
    names: Listed = {}
    wildcards: tuple[str, ...] = ()
    loopback_domains: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    exposed_schemes: tuple[str, ...] = ()
    closed_ports: tuple[Port, ...] = ()
    administration_ports: tuple[Port, ...] = ()
    inner_paths: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    followed: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    allowed_networks: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like URLs of inner hosts than is read in one message"
_EXPOSED = frozenset({Part.QUERY, Part.FORM, Part.PATH, Part.COOKIE})


class _Names(Struct, frozen=True):
    fetched: frozenset[str]
    followed: frozenset[str]
    addressed: frozenset[str]


class Inspector:
    """All rules of forged requests at once: the shared scan names the values, the reading of the URL decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._asked = {rule.id: _asked(_params(rule)) for rule in rules}
        self._names = {rule.id: _names(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        place = self._place(hit)
        return fetch(hit.target.text, place, self._asked[hit.rule.id]) if place else None

    def explain(self, hit: Hit) -> Explanation | None:
        """The parts of an ordinary URL beside those of this one."""
        place = self._place(hit)
        found = fetch(hit.target.text, place, self._asked[hit.rule.id]) if place else None
        return url_drawn("a URL that the server fetches", found.evidence) if found else None

    def _place(self, hit: Hit) -> Place | None:
        """Where the value stands; None where it is of no concern."""
        names = self._names[hit.rule.id]
        part = hit.target.segment.part
        if part is Part.PATH:
            return Place(path=True, exposed=True)
        location = hit.target.location
        if location.key:
            return None
        name = name_at(location.pointer)
        words = words_at(name)
        return Place(
            exposed=part in _EXPOSED and is_line(hit.target),
            fetched=is_one_of(name, names.fetched),
            followed=is_one_of(name, names.followed),
            addressed=part is Part.GRAPHQL or not names.addressed.isdisjoint(words),
        )


def _asked(params: Params) -> Asked:
    hosts = known(
        params.metadata,
        params.names,
        params.wildcards,
        params.loopback_domains,
        params.captures,
        params.allowed_hosts,
        params.allowed_networks,
    )
    return Asked(
        hosts,
        frozenset(params.schemes),
        frozenset(params.exposed_schemes),
        frozenset(params.closed_ports),
        frozenset(params.administration_ports),
        frozenset(params.inner_paths),
    )


def _names(params: Params) -> _Names:
    return _Names(
        frozenset(params.fetched),
        frozenset(params.followed),
        frozenset(params.addressed),
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
