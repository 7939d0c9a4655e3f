"""Find values that are whole SQL statements, in fields for queries or outside of them.

Source: CWE-89; OWASP API Security Top 10 2023, API8. A statement leaves no literal, so that it is no injection by
confinement: whether it may be sent is a matter of what the field is for, and a rule says so by names and parts.
Limits: only the beginning of a long value is read; a statement behind other text is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.sql.names import Names
from gatelens.languages.sql.whole import Whole, whole
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.location import Location
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Expression = Annotated[str, Meta(min_length=1)]
DeedWord = Literal["reads", "writes", "defines", "destroys", "tells"]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. A statement is a match where it does one of `deeds`, or, in a parameter
    (of the query, the path, a form, a cookie or a header), one of `deeds_in_parameters`. `by_design` are words in which
    names of fields for statements end; `elsewhere` says that those are to pass. `functions` and `tables` are names
    that tell an attack, listed by what calling or reading them does; those of one rule are known to all. `plain` says
    whether a statement of names and commas counts, which may be a sentence."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    deeds: tuple[DeedWord, ...]
    deeds_in_parameters: tuple[DeedWord, ...]
    by_design: tuple[str, ...] = ()
    elsewhere: bool = False
    plain: bool = False
    functions: dict[str, tuple[str, ...]] = {}
    tables: dict[str, tuple[str, ...]] = {}


_TOO_MUCH = "more that looks like SQL statements than is analysed in one message"
_READ = 2_048
_MESSAGE, _PER = 8_192, 32
"""Characters read of one message, and one more for so many bytes of its body."""

_VALUE, _MOST_OF_A_VALUE = 32, 512
"""What a value counts as, and how many of its characters at most in addition: a sentence is left at its third word."""

_EVIDENCE = 200
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STEP = re.compile(r"[^/\[\]:]+")
_LONGEST_NAME = 200


class Inspector:
    """All rules on whole statements at once: each text is analysed once."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._names = _names([_params(rule) for rule in rules])

    def inspect(self, view: View) -> Iterator[Match]:
        most = _MESSAGE + len(view.decoded.content) // _PER
        known: dict[str, Whole | None] = {}

        def judge(hit: Hit, budget: Work) -> Confirmed | None:
            text = hit.target.text[:_READ]
            budget.left -= min(len(text), _MOST_OF_A_VALUE) + _VALUE
            if text not in known:
                known[text] = whole(text, self._names)
            found = known[text]
            return Confirmed(text[:_EVIDENCE], found.words) if found is not None and _counts(found, hit) else None

        return confirm(view, {rule.id: Work(most) for rule in view.rules}, judge, _TOO_MUCH)


def _counts(found: Whole, hit: Hit) -> bool:
    """Whether the statement is one that the rule looks for in that place."""
    params = _params(hit.rule)
    deeds = params.deeds_in_parameters if is_line(hit.target) else params.deeds
    if found.deed.value not in deeds or (found.plain and not params.plain):
        return False
    return not (params.elsewhere and _is_by_design(hit.target.location, params.by_design))


def _is_by_design(location: Location, words: Sequence[str]) -> bool:
    """Whether a name on the way to the value ends in one of `words`: `rawSql`, `dataset_query`, not `sql_table`."""
    for name in _STEP.findall(location.pointer[-_LONGEST_NAME:]):
        own = _WORD.findall(name)
        if own and own[-1].lower().endswith(tuple(words)):
            return True
    return False


def _names(all_params: Sequence[Params]) -> Names:
    """The names of all the rules: a text that several of them name is analysed once."""
    return Names(_by_name(own.functions for own in all_params), _by_name(own.tables for own in all_params))


def _by_name(listed: Iterable[Mapping[str, Sequence[str]]]) -> dict[str, str]:
    return {name.lower(): words for own in listed for words, names in own.items() for name in names}


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
