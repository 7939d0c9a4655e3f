"""Find properties that a client should not set for itself, with values that raise what it may do.

Source: CWE-915; OWASP API3:2023. Names of parameters and of JSON objects, JSON in values.
Limits: who may set a role is not seen from one request: so this only tells, unless a rule with `routes` of your own
blocks. An interface's schema that lists its properties is the better guard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents import literal
from gatelens.languages.documents.members import UNKNOWN, Operand, Way, steps
from gatelens.languages.documents.names import split
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, drawing, way_to

Squeezed = Annotated[str, Meta(pattern=r"^[a-z0-9]+$")]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the properties worth a look. Names and values are in lower case, without `_` and `-`: `flags`
    raise where they are switched on, `roles` where one of the values `privileged` is given, `owned` with any value."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    flags: tuple[Squeezed, ...] = ()
    roles: tuple[Squeezed, ...] = ()
    privileged: tuple[Squeezed, ...] = ()
    owned: tuple[Squeezed, ...] = ()


_TOO_MUCH = "more privileged properties than are analysed in one message"
_EVIDENCE = 200
_ON = frozenset({"true", "1", "yes", "on", "y", "t"})


class _Names(Struct, frozen=True):
    """The names and values of a rule."""

    flags: frozenset[str]
    roles: frozenset[str]
    privileged: frozenset[str]
    owned: frozenset[str]
    all: frozenset[str]


class Inspector:
    """All mass assignment rules at once: the shared scan finds the names, their values decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._names = {rule.id: _names(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm_named(view, self._by_name, self._by_text, _TOO_MUCH, self._may_match)

    def _may_match(self, rule: Rule, text: str, is_value: bool) -> bool:
        if literal.is_literal(text):
            return True
        return not is_value and _squeezed(_own(text)) in self._names[rule.id].all

    def explain(self, hit: Hit) -> Explanation | None:
        if not hit.target.location.key:
            return None
        way, name = way_to(hit.target)
        names = [*steps(way), *split(name)]
        return Explanation(
            "the properties of an object", drawing(names[:-1], "…"), drawing(names, "value", frozenset(names[-1:]))
        )

    def _by_name(self, rule: Rule, way: Way, name: str, operand: Operand) -> str:
        known = self._names[rule.id]
        own = _squeezed(_own(name))
        if own in known.flags:
            return "a flag that gives rights is switched on" if _is_on(operand) else ""
        if own in known.roles:
            return "a privileged role is given" if _is_privileged(operand, known.privileged) else ""
        if own in known.owned and not isinstance(operand, dict | list):
            return "a property that the server keeps is set"
        return ""

    def _by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        for inner, name, operand in literal.members_of(hit.target.text, way):
            if words := self._by_name(hit.rule, inner, name, operand):
                return Confirmed(name[:_EVIDENCE], f"JSON in a text: {words}")
        return None


def _own(name: str) -> str:
    """The last step of `name`."""
    return (split(name) or [name])[-1] if "[" in name or "." in name else name


def _squeezed(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _is_on(operand: Operand) -> bool:
    return (
        operand is UNKNOWN or operand is True or operand == 1 or (isinstance(operand, str) and operand.lower() in _ON)
    )


def _is_privileged(operand: Operand, privileged: frozenset[str]) -> bool:
    values = operand if isinstance(operand, list) else [operand]
    return any(isinstance(value, str) and _squeezed(value).removeprefix("role") in privileged for value in values)


def _names(params: Params) -> _Names:
    return _Names(
        frozenset(params.flags),
        frozenset(params.roles),
        frozenset(params.privileged),
        frozenset(params.owned),
        frozenset((*params.flags, *params.roles, *params.owned)),
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
