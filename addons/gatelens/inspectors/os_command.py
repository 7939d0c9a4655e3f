"""Find values that leave an argument of a command line and run a command of their own.

Source: CWE-78, CWE-77; Su and Wassermann, "The Essence of Command Injection Attacks in Web Applications" (POPL 2006).
Limits: one value at a time. Commands are those that the rule lists. Behind a sentence only a command that does what
attacks do counts; a script in a field that takes scripts by design is none, whatever it does short of a reverse shell,
and in a document neither is a piece of a script (a line that goes on behind its end, or a `fi` or `done` on a line of
its own) short of what is certain. The same goes for a stage that query languages have too, in a pipeline of theirs, and
for lists of three names. A whole command line with a developer's tool passes, and a word such as `id` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from gatelens import source_lines
from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Target, Trigger, View
from gatelens.languages.shell import drawing
from gatelens.languages.shell.confinement import Budget, Place, injection
from gatelens.languages.shell.names import Effect, Names
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Expression = Annotated[str, Meta(min_length=1)]
Listed = dict[Effect, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look; in them `<telling>` stands for the listed commands that are no everyday
    words, `<everyday>` for the others. `unix` and `windows` are commands by what they do; `everyday` those among them
    that are words of prose, code and data too, and need arguments. `files` are telling when a command is given one.
    `telling` are words that make a command
    tell about the system where they stand behind its name.
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
    telling: dict[str, tuple[str, ...]] = {}


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
        if named := list(self._named(view)):
            view = replace(view, hits=[*view.hits, *named])
        return confirm(view, work(view, times=_TIMES), self._judge, _TOO_MUCH, leaves=True)

    def explain(self, hit: Hit) -> Explanation | None:
        """The command line that the value makes of one that takes it as an argument."""
        if self._confirmed(hit) is None:
            return None
        return drawing.explained(hit.target.text, self._names[hit.rule.id])

    def _named(self, view: View) -> Iterator[Hit]:
        """The values of parameters by which web shells take commands, where they are a command that tells about the
        system and nothing else: `id` is a word of data everywhere else."""
        for hit in view.hits:
            known, target = self._names[hit.rule.id], hit.target
            if target.segment.part not in _PARAMETERS or target.text.lower() not in self._parameters[hit.rule.id]:
                continue
            for values, names in view.decoded.parameters:
                value = values.texts[target.index] if names is target.segment else ""
                if known.effect(value.strip()) is Effect.TELLS and value.strip() not in known.everyday:
                    yield Hit(hit.rule, Target(values, target.index, value))

    def _judge(self, hit: Hit, budget: Work) -> Confirmed | None:
        own = Budget(budget.left)
        found = self._confirmed(hit, own)
        if found is not None and (text := source_lines.whole(hit.target)) is not None:
            found = self._confirmed(Hit(hit.rule, text), own)
        budget.left = own.left
        return found

    def _confirmed(self, hit: Hit, budget: Budget | None = None) -> Confirmed | None:
        names = self._names[hit.rule.id]
        target = hit.target
        budget = budget or Budget(len(target.text))
        # A place in a document takes long to find: it is asked for where something is found only.
        in_document = target.segment.part not in _NAMED
        if in_document and injection(target.text, names, Place.DATA, budget) is None:
            return None
        return injection(target.text, names, self._place(target, hit.rule.id), budget)

    def _place(self, target: Target, rule: str) -> Place:
        """What the field that `target` stands in is for."""
        location = target.location
        if location.key:
            return Place.DATA
        if location.part is Part.HEADER:
            return Place.NO_COMMANDS
        if location.part is Part.PATH:
            return Place.LINE
        steps = _STEP.findall(location.pointer.lower())
        if location.part in (Part.QUERY, Part.FORM, Part.COOKIE) and "/" not in location.pointer:
            if "\n" in target.text.strip():
                return Place.DATA
            if steps and steps[-1] in self._parameters[rule]:
                return Place.WEB_SHELL
            return Place.LINE if is_line(target) else Place.DATA
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


_PARAMETERS = frozenset({Part.QUERY, Part.FORM})
_NAMED = frozenset({Part.QUERY, Part.FORM, Part.COOKIE, Part.HEADER, Part.PATH})
_PLACEHOLDER = re.compile("<telling>|<everyday>")
_STEP = re.compile(r"[a-z_][\w-]*")


def _either(names: Iterator[str]) -> str:
    return "|".join(sorted({re.escape(name.lower()) for name in names})) or "(?!)"


def _names(params: Params) -> Names:
    return Names(params.unix, params.windows, params.everyday, params.files, params.telling)


def _lower(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
