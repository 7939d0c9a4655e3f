"""Find requests of scanners: by the product they name themselves, by fields that only they send, by the files that they
probe for, and by the hosts where they wait for an answer.

Source: what the tools themselves send as shipped; CAPEC-310 (scanning), CAPEC-169 (footprinting).
Limits: a tool that was told to call itself a browser is not seen here. Libraries that any program is made with (curl,
Go, Python) are no fingerprint. A host counts where the value has no white space, so that text about it passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.linear_regex import LinearRegex
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Place = Literal["product", "probe", "callback"]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` are matched at the place that `of` says: in the value of a field that names a `product` (`fields`, in
    lower case), in a path (`probe`), or in a value without white space, a `callback`. `explanation` is shown with the
    finding."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    of: Place = "product"
    fields: tuple[str, ...] = ("user-agent",)
    explanation: str = ""


_LONGEST = 2_048
_TOO_MUCH = "more values with a scanner's marks than are read in one message"


class Inspector:
    """All rules on scanners at once: the shared scan names the values, their place decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._regexes = {rule.id: LinearRegex(_params(rule).patterns) for rule in rules}
        self._fields = {rule.id: frozenset(_params(rule).fields) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH)

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        text = hit.target.text[:_LONGEST]
        left.left -= len(text)
        if not self._is_place(hit, text):
            return None
        found = self._regexes[hit.rule.id].search(text)
        return Confirmed(text[slice(*found)], _params(hit.rule).explanation) if found else None

    def _is_place(self, hit: Hit, text: str) -> bool:
        part = hit.target.segment.part
        match _params(hit.rule).of:
            case "product":
                name = hit.target.location.pointer.partition("[")[0].lower()
                return part is Part.HEADER and name in self._fields[hit.rule.id]
            case "probe":
                return part is Part.PATH
            case "callback":
                return not any(character.isspace() for character in text)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
