"""Find values that leave their assertion when they are put into an LDAP search filter.

Source: CWE-90; RFC 4515; CAPEC-136.
Limits: a whole filter in a document, or in a parameter named for it, is a query by design; `*` alone and distinguished
names are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents.members import Operand, Way, steps
from gatelens.languages.documents.names import words
from gatelens.languages.ldap.drawing import drawn
from gatelens.languages.ldap.filters import injection, whole
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, way_to
from gatelens.places import is_line


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `attributes` are well-known ones: an assertion on one of them tells a
    filter from prose and code with parentheses. `credentials` are those that are secret: a filter with a wildcard or an
    order on one is no query by design. `by_design` are words in the names of parameters that take whole filters."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    attributes: tuple[Annotated[str, Meta(min_length=1)], ...] = ()
    credentials: tuple[Annotated[str, Meta(min_length=1)], ...] = ()
    by_design: tuple[Annotated[str, Meta(min_length=1)], ...] = ()


_TOO_MUCH = "more that looks like LDAP filters than is analysed in one message"
_PARAMETERS = frozenset({Part.QUERY, Part.FORM, Part.PATH})


class Inspector:
    """All LDAP injection rules at once: the shared scan names the values, the analysis decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._attributes = {rule.id: _lowered(_params(rule).attributes) for rule in rules}
        self._by_design = {rule.id: _lowered(_params(rule).by_design) for rule in rules}
        self._credentials = {rule.id: _lowered(_params(rule).credentials) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm_named(view, _by_name, self._by_text, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        way, name = way_to(hit.target)
        if self._by_text(hit, (way, name), Work(0)) is None:
            return None
        return Explanation("(attribute=VALUE)", drawn("value", ""), drawn("", hit.target.text))

    def _by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        rule, text = hit.rule.id, hit.target.text
        budget.left -= len(text)
        if found := injection(text, self._attributes[rule], self._credentials[rule]):
            return found
        by_design = self._by_design[rule]
        asked = hit.target.segment.part in _PARAMETERS and is_line(hit.target)
        if not asked or any(words(step) & by_design for step in steps(way)):
            return None
        return whole(text, self._attributes[rule])


def _by_name(rule: Rule, way: Way, name: str, operand: Operand) -> str:
    """A name alone is no filter."""
    return ""


def _lowered(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
