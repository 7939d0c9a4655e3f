"""Find values that are formulas which act when the table that they are exported into is opened.

Source: CWE-1236; OWASP, CSV Injection.
Limits: those of languages/formulas: formulas that only compute pass, and one in the midst of a sentence does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.formulas.cell import acting_cell
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `functions` are those that reach beyond the table by themselves: they
    fetch or run something. `addresses` are those that make an address of what they are given."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    functions: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


_CHARACTERS = 4_096
_TOO_MUCH = "more cells that look like formulas than are read in one message"


class Inspector:
    """All formula rules at once: the shared scan names the values, the cells in them decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._functions = {rule.id: _upper(_params(rule).functions) for rule in rules}
        self._addresses = {rule.id: _upper(_params(rule).addresses) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        left.left -= min(len(hit.target.text), _CHARACTERS)
        return acting_cell(hit.target.text, self._functions[hit.rule.id], self._addresses[hit.rule.id])


def _upper(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(str.upper, names))


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
