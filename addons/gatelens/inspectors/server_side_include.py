"""Find values that make a server put a page together by their directives: SSI and ESI.

Source: CWE-97; Apache mod_include; ESI Language Specification 1.0.
Limits: as those of `gatelens.languages.templates.includes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.templates import includes
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Name = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `directives` are those of server-side includes by what they do,
    `attributes` the attributes that one must have at least one of to be a directive; `elements` are those of edge-side
    includes by what they do."""

    patterns: Annotated[tuple[Name, ...], Meta(min_length=1)]
    directives: dict[str, tuple[str, ...]]
    attributes: dict[str, tuple[str, ...]] = {}
    elements: dict[str, tuple[str, ...]] = {}


_TOO_MUCH = "more that looks like directives than is read in one message"


class Inspector:
    """All include rules at once."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._words = {rule.id: _words(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The directive that is found, beside a text."""
        return includes.explain(hit.target.text, self._words[hit.rule.id])

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        left.left -= len(hit.target.text)
        return includes.injection(hit.target.text, self._words[hit.rule.id])


def _words(params: Params) -> includes.Words:
    return includes.Words(
        {name.lower(): words for words, names in params.directives.items() for name in names},
        {directive.lower(): frozenset(names) for directive, names in params.attributes.items()},
        {name.lower(): words for words, names in params.elements.items() for name in names},
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
