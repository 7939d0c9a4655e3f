"""Find values that leave their literal when they are put into an XPath or XQuery expression.

Source: CWE-643, CWE-652; CAPEC-83, CAPEC-84.
Limits: a whole expression that names what it looks for is a query by design.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.xpath.confinement import Functions, injection
from gatelens.languages.xpath.drawing import drawn
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$")]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. Functions, without a prefix: `asking` about the document, `reading`
    another one."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    asking: Annotated[tuple[Name, ...], Meta(min_length=1)]
    reading: tuple[Name, ...] = ()


_TOO_MUCH = "more that looks like XPath than is analysed in one message"
_LOOK = 64
"""Characters that a look costs whatever the length of the text."""


class Inspector:
    """All XPath injection rules at once: the shared scan names the values, the analysis decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._functions = {
            rule.id: Functions(frozenset(_params(rule).asking), frozenset(_params(rule).reading)) for rule in rules
        }

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        found = injection(hit.target.text, self._functions[hit.rule.id])
        if found is None:
            return None
        return Explanation("//node[name='VALUE']", drawn(""), drawn(hit.target.text))

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        text = hit.target.text
        budget.left -= _LOOK + len(text)
        return injection(text, self._functions[hit.rule.id])


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
