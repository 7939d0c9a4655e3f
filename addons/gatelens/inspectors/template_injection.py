"""Find values that a template engine or an expression language would run.

Source: CWE-1336, CWE-917; Kettle, "Server-Side Template Injection" (2015).
Limits: as those of `gatelens.languages.templates.injection`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.decoders.xml_tree import AttributeSegment
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.code.names import Names
from gatelens.languages.templates import effects, explaining, injection
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Name = Annotated[str, Meta(min_length=1)]
_WORD = re.compile(r"[\w$]++")
Listed = Mapping[str, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. The first lists are names by what they do in an expression, in words
    that go on "opens a template expression, …": `f` is a function, `.f` a member of anything, `a.f` the member of an
    a, `''.f` of a string. `functions` count where they are called with constants or with what a request brings, `sure`
    wherever
    they are called, `members` wherever they stand behind an object, `variables` by themselves, `strings` where they are
    written as a string. `filters` call what they are given by its name, `builtins` (Freemarker's `?name`, or filters)
    make objects or read files, `debugging` are whole expressions that tell about the application, `statements` likewise
    between `{%` and `%}`. `showing` are functions by which a probe without delimiters shows what it works out,
    `loaders` functions that load one of `modules`, `pure` functions and filters that nobody gives a constant, `secrets`
    members that count where the value is a single line, as in a query."""

    patterns: Annotated[tuple[Name, ...], Meta(min_length=1)]
    functions: dict[str, tuple[str, ...]] = {}
    sure: dict[str, tuple[str, ...]] = {}
    members: dict[str, tuple[str, ...]] = {}
    variables: dict[str, tuple[str, ...]] = {}
    strings: dict[str, tuple[str, ...]] = {}
    filters: tuple[str, ...] = ()
    builtins: tuple[str, ...] = ()
    debugging: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    showing: tuple[str, ...] = ()
    pure: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like templates than is read in one message"


class Inspector:
    """All template rules at once."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._lists = {rule.id: _lists(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view, least=131_072, times=6), self._judge, _TOO_MUCH, leaves=True)

    def explain(self, hit: Hit) -> Explanation | None:
        """The expression that is found, beside a text."""
        return explaining.explain(hit.target.text, self._lists[hit.rule.id])

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        is_field = is_line(hit.target) or isinstance(hit.target.segment, AttributeSegment)
        found, cost = injection.injection(hit.target.text, self._lists[hit.rule.id], left.left, is_field=is_field)
        left.left -= cost
        return found


def _lists(params: Params) -> effects.Lists:
    names = Names(
        calls=_by_name(params.functions),
        sure=_by_name(params.sure),
        members=_by_name(params.members),
        variables=_by_name(params.variables),
        loaders=_lower(params.loaders),
        modules=_lower(params.modules),
    )
    return effects.Lists(
        names,
        _by_name(params.strings),
        _lower(params.filters),
        _lower(params.builtins),
        _lower(params.debugging),
        _lower(params.statements),
        _lower(params.showing),
        _lower(params.pure),
        _lower(params.secrets),
        frozenset(_telling(params)),
    )


def _telling(params: Params) -> Iterator[str]:
    """Every word of the names that a rule lists."""
    by_what = (params.functions, params.sure, params.members, params.variables, params.strings)
    listed = [names for each in by_what for names in each.values()] + [params.debugging, params.secrets]
    for names in listed:
        for name in names:
            yield from _WORD.findall(name.lower())


def _by_name(listed: Listed) -> dict[str, str]:
    return {name.lower(): words for words, names in listed.items() for name in names}


def _lower(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
