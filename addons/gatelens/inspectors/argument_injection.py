"""Find values that a program takes for an option which runs a command, or reads or writes a file.

Source: CWE-88.
Limits: one value at a time, and only options that the rule lists. In fields that take arguments by design none counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.shell.options import Options, explained, option
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `options` are listed by what they do, in words that go on "is taken for
    an option that …". `by_design` are names of fields that carry arguments of commands: none counts there."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    options: dict[str, tuple[str, ...]]
    by_design: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like options than is analysed in one message"
_STEP = re.compile(r"[a-z_][\w-]*")


class Inspector:
    """All rules on options at once: the shared scan names the values, the reading decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._options = {rule.id: Options(_params(rule).options) for rule in rules}
        self._by_design = {rule.id: frozenset(map(str.lower, _params(rule).by_design)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The option that the value is taken for."""
        options = self._options[hit.rule.id]
        return None if option(hit.target.text, options) is None else explained(hit.target.text, options)

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        steps = _STEP.findall(hit.target.location.pointer.lower())
        if not self._by_design[hit.rule.id].isdisjoint(steps):
            return None
        return option(hit.target.text, self._options[hit.rule.id])


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
