"""Find parameters of the query whose name has a line break: no form field is called so, but a header field that is
smuggled in by its name is.

Source: CWE-93, CWE-113; RFC 3986 section 2.1 (what is encoded in a query is a name all the same).
Limits: names in a form body are not looked at: a text that is sent as a form by mistake has line breaks in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct

from gatelens.inspection import Trigger, View
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_TOLD = 10


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`characters` are those that no name may have."""

    characters: str = "\r\n"


class Inspector:
    """Looks at the names of the query; costs next to nothing where there is none."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers: Sequence[Trigger] = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._characters = {rule.id: frozenset(_params(rule).characters) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        for values, names in view.decoded.parameters:
            if values.part is not Part.QUERY:
                continue
            for rule in view.rules:
                barred = self._characters[rule.id]
                found = [index for index, name in enumerate(names.texts) if not barred.isdisjoint(name)]
                for index in found[:_TOLD]:
                    yield Match(
                        rule=rule.id,
                        location=names.locate(index),
                        evidence=names.texts[index][:160],
                        explanation="a line break in the name of a parameter",
                    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
