"""Find values that leave an argument of a command line and run a command of their own.

Source: CWE-78, CWE-77; Su and Wassermann, "The Essence of Command Injection Attacks in Web Applications" (POPL 2006).
Limits: one value at a time. Commands are those that the rule lists. Behind a sentence only a command that does what
attacks do counts; a script in a field that takes scripts by design is none, whatever it does short of a reverse shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.shell import drawing
from gatelens.languages.shell.confinement import Budget, Place, injection
from gatelens.languages.shell.names import Effect, Names
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Expression = Annotated[str, Meta(min_length=1)]
Listed = dict[Effect, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look; in them `<telling>` stands for the listed commands that are no everyday
    words, `<everyday>` for the others. `unix` and `windows` are commands by what they do; `everyday` those among them
    that are words of prose, code and data too, and need arguments. `files` are telling when a command is given one.
    `by_design` are names of fields that carry commands: there only what nobody but an attacker runs counts.
    `parameters` are names in queries, forms and cookies by which web shells take commands: there, as in headers, a
    value that is a whole command line counts."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    unix: Listed
    windows: Listed = {}
    everyday: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    by_design: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like commands than is analysed in one message"
_TIMES = 8


class Inspector:
    """All rules on commands at once: the shared scan names the values, the reading decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._names = {rule.id: _names(_params(rule)) for rule in rules}
        self._by_design = {rule.id: _lower(_params(rule).by_design) for rule in rules}
        self._parameters = {rule.id: _lower(_params(rule).parameters) for rule in rules}
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in self._patterns(rule)]

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view, times=_TIMES), self._judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The command line that the value makes of one that takes it as an argument."""
        if self._confirmed(hit) is None:
            return None
        return drawing.explained(hit.target.text, self._names[hit.rule.id])

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        own = Budget(budget.left)
        found = self._confirmed(hit, own)
        budget.left = own.left
        return found

    def _confirmed(self, hit: Hit, budget: Budget | None = None) -> Confirmed | None:
        rule = hit.rule.id
        place = self._place(hit.target.location, rule)
        return injection(hit.target.text, self._names[rule], place, budget or Budget(len(hit.target.text)))

    def _place(self, location: Location, rule: str) -> Place:
        """What the field at `location` is for."""
        if location.key:
            return Place.DATA
        if location.part is Part.HEADER:
            return Place.NO_COMMANDS
        steps = _STEP.findall(location.pointer.lower())
        if location.part in (Part.QUERY, Part.FORM, Part.COOKIE):
            return Place.WEB_SHELL if steps and steps[-1] in self._parameters[rule] else Place.DATA
        return Place.BY_DESIGN if not self._by_design[rule].isdisjoint(steps) else Place.DATA

    def _patterns(self, rule: Rule) -> Iterator[str]:
        """The rule's patterns, with the names of its commands in their places."""
        names = self._names[rule.id]
        listed = names.unix.keys() | names.windows.keys()
        words = {
            "<telling>": _either(name for name in listed if name.lower() not in names.everyday),
            "<everyday>": _either(name for name in listed if name.lower() in names.everyday),
        }
        for pattern in _params(rule).patterns:
            yield _PLACEHOLDER.sub(lambda found: words[found.group()], pattern)


_PLACEHOLDER = re.compile("<telling>|<everyday>")
_STEP = re.compile(r"[a-z_][\w-]*")


def _either(names: Iterator[str]) -> str:
    return "|".join(sorted({re.escape(name.lower()) for name in names})) or "(?!)"


def _names(params: Params) -> Names:
    return Names(params.unix, params.windows, params.everyday, params.files)


def _lower(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
