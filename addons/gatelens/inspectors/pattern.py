"""Find values that match one of a rule's regular expressions.

Source: the rule. Expressions are Hyperscan's, which runs in time linear in the text whatever the pattern
(no back-references, no look-around; CWE-1333).
Limits: one value at a time; a match over two fields is not seen. Of very many values that match the first hundred are
told one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.inspection import Trigger, View
from gatelens.linear_regex import LinearRegex
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_FURTHER = "further values; they are not looked at one by one"


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns`: a value matches when one of them is found in it; letters in either case. `explanation` is
    shown with the finding. `status_from`: of responses, only those with this status or a higher one."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    explanation: str = ""
    status_from: Annotated[int, Meta(ge=0, le=599)] = 0


class Inspector:
    """All pattern rules at once: the shared scan names the leaves, a scan of each such leaf gives the place."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._regexes = {rule.id: LinearRegex(_params(rule).patterns) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        told = {rule.id: view.told for rule in view.rules}
        for hit in view.hits:
            if view.message.status < _params(hit.rule).status_from or told[hit.rule.id] < 0:
                continue
            found = self._regexes[hit.rule.id].search(hit.target.text)
            if found is None:
                continue
            start, end = found
            told[hit.rule.id] -= 1
            if told[hit.rule.id] < 0:
                yield Match(rule=hit.rule.id, location=WHOLE_MESSAGE, explanation=_FURTHER)
                continue
            yield Match(
                rule=hit.rule.id,
                location=hit.target.location,
                evidence=hit.target.text[start:end],
                explanation=_params(hit.rule).explanation,
                transformations=hit.target.transformations,
            )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
