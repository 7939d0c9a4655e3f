"""Find lookups in names, and filters in values, that ask for a secret field through a mapper of objects to tables.

Source: CWE-943, CWE-639; CAPEC-676. Names of parameters and of JSON objects, JSON in values, `$filter` expressions.
Limits: a secret is known by its name. A lookup on another field is a query by design. A GraphQL document is code:
what is asked in its own text, not in its variables, is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents import literal
from gatelens.languages.documents.lookups import Lookups, asks, in_filter
from gatelens.languages.documents.members import UNKNOWN, Operand, Way, steps
from gatelens.languages.documents.names import split, words
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, drawing, way_to

Word = Annotated[str, Meta(pattern=r"^[a-z0-9_]+$")]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. In lower case: `lookups` as last steps of a name, `suffixes` behind a
    field's name within a place of `searches`, `revealing` places that list or order fields, `filters` words in the
    names of values that are filter expressions, `secrets` words in the names of fields that nobody may ask for."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    lookups: Annotated[tuple[Word, ...], Meta(min_length=1)]
    secrets: Annotated[tuple[Word, ...], Meta(min_length=1)]
    suffixes: tuple[Word, ...] = ()
    searches: tuple[Word, ...] = ()
    revealing: tuple[Word, ...] = ()
    filters: tuple[Word, ...] = ()


_TOO_MUCH = "more lookups in names than are analysed in one message"
_EVIDENCE = 200


class Inspector:
    """All filter rules at once: the shared scan finds lookups, the field before them decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._lookups = {rule.id: _lookups(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm_named(view, self._by_name, self._by_text, _TOO_MUCH, self._may_match)

    def _may_match(self, rule: Rule, text: str, is_value: bool) -> bool:
        return not text.isidentifier() or (not is_value and _may_ask(text, self._lookups[rule.id]))

    def explain(self, hit: Hit) -> Explanation | None:
        if not hit.target.location.key:
            return None
        way, name = way_to(hit.target)
        names = [*steps(way), *split(name)]
        return Explanation(
            "the conditions of a query", drawing(names[:-1], "value"), drawing(names, "value", frozenset(names[-1:]))
        )

    def _by_name(self, rule: Rule, way: Way, name: str, operand: Operand) -> str:
        known = self._lookups[rule.id]
        if "[" not in name and "." not in name:
            return asks(steps(way), name, operand, known) if _may_ask(name, known) else ""
        path = [*steps(way), *split(name)]
        if name[:1] == "$" and (said := asks([], name, operand, known)):
            return said
        for at in range(len(path) - 1, -1, -1):
            if said := asks(path[:at], path[at], operand if at == len(path) - 1 else UNKNOWN, known):
                return said
        return ""

    def _by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        text, rule = hit.target.text, hit.rule
        budget.left -= len(text)
        for inner, name, operand in literal.members_of(text, way):
            if said := self._by_name(rule, inner, name, operand):
                return Confirmed(name[:_EVIDENCE], f"JSON in a text: {said}")
        if way is not None and words(way[1]).intersection(_params(rule).filters):
            said = in_filter(text, self._lookups[rule.id])
            return Confirmed(text[:_EVIDENCE], said) if said else None
        return None


def _may_ask(name: str, known: Lookups) -> bool:
    """Whether `name` needs a closer look: most names of a document do not."""
    if "__" in name or name[:1] == "$" or name.lower() in known.lookups:
        return True
    squeezed = name.replace("_", "").replace("-", "").lower()
    return any(secret in squeezed for secret in known.secrets)


def _lookups(params: Params) -> Lookups:
    return Lookups(
        lookups=frozenset(params.lookups),
        suffixes=tuple(f"_{suffix}" for suffix in params.suffixes),
        searches=frozenset(params.searches),
        revealing=frozenset(params.revealing),
        secrets=frozenset(params.secrets),
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
