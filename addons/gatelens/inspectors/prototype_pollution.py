"""Find names that lead to a prototype, a class or a class loader, which all objects share.

Source: CWE-1321, CWE-915; CAPEC-180. Names of parameters and of JSON objects, paths given as values, JSON in values.
Limits: code that reaches a prototype by itself is code injection. Of an XML element only its own name counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents import literal
from gatelens.languages.documents.members import Operand, Way, steps
from gatelens.languages.documents.names import split, words
from gatelens.languages.documents.prototypes import Shared, in_path, leads_to_shared
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, drawing, way_to

Name = Annotated[str, Meta(min_length=2)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `names` lead to what objects share by themselves; `chains` are names
    that do so one behind the other, the first one first. `paths` are words in the names of values that name a property:
    there a name by itself leads there as well."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    names: Annotated[tuple[Name, ...], Meta(min_length=1)]
    chains: tuple[Annotated[tuple[Name, ...], Meta(min_length=2)], ...] = ()
    paths: tuple[Annotated[str, Meta(min_length=1)], ...] = ()


_TOO_MUCH = "more that may name what objects share than is analysed in one message"
_BY_NAME = "a name leads to what all objects share"
_BY_PATH = "a value that names a property leads to what all objects share"
_IN_JSON = "JSON in a text has a name that leads to what all objects share"
_EVIDENCE = 200


class Inspector:
    """All prototype pollution rules at once: the shared scan finds the names, their way decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._paths = {rule.id: frozenset(_params(rule).paths) for rule in rules}
        self._shared = {rule.id: _shared(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm_named(view, self._by_name, self._by_text, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        way, name = way_to(hit.target)
        shared = self._shared[hit.rule.id]
        names = [*steps(way), *(split(name) if hit.target.location.key else (name, *split(hit.target.text)))]
        if not leads_to_shared(names, shared):
            return None
        planted = shared.names.union(*shared.chains)
        kept = [step for step in names if step not in planted]
        return Explanation(
            "the names of an object's properties", drawing(kept, "value"), drawing(names, "value", planted)
        )

    def _by_name(self, rule: Rule, way: Way, name: str, operand: Operand) -> str:
        shared = self._shared[rule.id]
        own = split(name) if not name.isidentifier() else [name]
        if leads_to_shared(own, shared) or _ends_chain(way, own, shared):
            return _BY_NAME
        return ""

    def _by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        shared, target = self._shared[hit.rule.id], hit.target
        text = target.text
        budget.left -= len(text)
        if target.segment.part is Part.PATH and text in shared.names:
            return Confirmed(text, _BY_NAME)
        if text in shared.names and "jwt" in target.transformations:
            return Confirmed(text, _IN_JSON)
        if text in shared.names and _names_a_property(way, self._paths[hit.rule.id]):
            return Confirmed(text, _BY_PATH)
        for inner, name, operand in literal.members_of(text):
            if self._by_name(hit.rule, inner, name, operand):
                return Confirmed(name[:_EVIDENCE], _IN_JSON)
        said = in_path(text, shared)
        return Confirmed(text[:_EVIDENCE], said) if said else None


def _ends_chain(way: Way, own: Sequence[str], shared: Shared) -> bool:
    """Whether a chain ends in `own`, the names behind `way`; looked at only where its last name is among them."""
    return any(chain[-1] in own for chain in shared.chains) and leads_to_shared([*steps(way), *own], shared)


def _names_a_property(way: Way, paths: frozenset[str]) -> bool:
    """Whether the value that `way` led to is named for one: itself, or the list that it is an item of."""
    named = next((step for step in reversed(steps(way)) if not step.isdecimal()), "")
    return bool(words(named) & paths)


def _shared(params: Params) -> Shared:
    return Shared(frozenset(params.names), params.chains)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
