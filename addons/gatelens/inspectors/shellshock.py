"""Find values that an unpatched bash takes for a function and runs what stands behind it (Shellshock).

Source: CVE-2014-6271 and those that followed; CWE-78.
Limits: the value must begin with the function, as only the beginning of a variable matters to bash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.shell import function_import
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]


_OF_ONE_LINE = frozenset({Part.QUERY, Part.PATH, Part.HEADER, Part.COOKIE})
_TOO_MUCH = "more that looks like functions of bash than is analysed in one message"


class Inspector:
    """All Shellshock rules at once: the shared scan names the values, the reading decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), _judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The function and the command that bash reads in the value."""
        return None if _confirmed(hit) is None else function_import.explained(hit.target.text)


def _judge(hit: Hit, budget: Work) -> Confirmed | None:
    budget.left -= len(hit.target.text)
    return _confirmed(hit)


def _confirmed(hit: Hit) -> Confirmed | None:
    text = hit.target.text
    found = function_import.imported(text)
    if found is None and hit.target.segment.part in _OF_ONE_LINE and "\n" not in text.strip():
        found = function_import.begins(text)
    return found


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
