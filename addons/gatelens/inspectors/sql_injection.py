"""Find values that leave their literal when they are put into an SQL statement.

Source: CWE-89; Su and Wassermann, "The Essence of Command Injection Attacks in Web Applications" (POPL 2006).
Limits: one value at a time. A value that is a whole statement and leaves no literal is a query, not an injection: see
`sql_statement`. A bare condition on names only passes (`status = open or price > cap`), as a filter would send it, and
so does `5 or 6`, as a sentence would, and so does what leaves a name in backticks that has a blank in it. Of very many
values that leave a literal the first hundred are told one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.confirmation import confirm
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.sql.confinement import Budget, Grammar, explain, injection
from gatelens.languages.sql.fragments import BEGUN_CALL
from gatelens.languages.sql.grammar import warm_up
from gatelens.languages.sql.names import Names
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Dialect = Literal["mysql", "postgres", "tsql", "oracle", "sqlite"]
Expression = Annotated[str, Meta(min_length=1)]
Listed = Mapping[str, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `functions` and `tables` are names that tell an attack, listed by what
    calling or reading them does, in words that go on "closes a string, …"; `alone` are functions whose call is an
    attack also where it is all of a value, `procedures` names that are one without being called. The rest are limits:
    `max_nesting` of parentheses in a text that is parsed, `max_tokens` read of one value, and what may be spent on one
    message: tokens read (a value counts as one, a place where it leaves a literal as four) and statements parsed (of 16
    tokens; a longer one counts as several). A message may have one token more for each 80 bytes of its body, and one
    statement for each 64 KiB. What goes beyond a limit and looks like SQL is a match: fail closed."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    functions: dict[str, tuple[str, ...]] = {}
    tables: dict[str, tuple[str, ...]] = {}
    alone: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    dialects: Annotated[tuple[Dialect, ...], Meta(min_length=1)] = ("mysql", "postgres", "tsql", "oracle", "sqlite")
    max_nesting: Annotated[int, Meta(ge=1, le=64)] = 32
    max_tokens: Annotated[int, Meta(ge=16, le=4096)] = 1024
    message_tokens: Annotated[int, Meta(ge=16)] = 1_200
    message_parses: Annotated[int, Meta(ge=1, le=1000)] = 8


_BYTES_A_TOKEN = 80
_BYTES_A_PARSE = 64 * 1024

_TOO_MUCH = "more that looks like SQL than is analysed in one message"


class Inspector:
    """All SQL injection rules at once: the shared scan names the values, the analysis decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [
            Trigger(rule.id, pattern) for rule in rules for pattern in (*_params(rule).patterns, BEGUN_CALL)
        ]
        for rule in rules:
            warm_up(_params(rule).dialects)
        self._grammars = {rule.id: _grammar(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        size = len(view.decoded.content)
        budgets = {rule.id: _budget(_params(rule), size) for rule in view.rules}
        return confirm(view, budgets, self._judge, _TOO_MUCH, anywhere=True)

    def explain(self, hit: Hit) -> Explanation | None:
        """How the value of `hit` reads in a statement, beside an ordinary one."""
        return explain(hit.target.text, self._grammars[hit.rule.id], _budget(_params(hit.rule), 0))

    def _judge(self, hit: Hit, budget: Budget) -> Confirmed | None:
        return injection(hit.target.text, self._grammars[hit.rule.id], budget)


def _grammar(params: Params) -> Grammar:
    names = Names(
        functions=_by_name(params.functions),
        tables=_by_name(params.tables),
        alone=frozenset(map(str.lower, params.alone)),
        procedures=frozenset(map(str.lower, params.procedures)),
    )
    return Grammar(names, params.dialects, params.max_nesting, params.max_tokens)


def _budget(params: Params, size: int) -> Budget:
    """What may be spent on a message of `size` bytes."""
    return Budget(params.message_tokens + size // _BYTES_A_TOKEN, params.message_parses + size // _BYTES_A_PARSE)


def _by_name(listed: Listed) -> dict[str, str]:
    return {name.lower(): words for words, names in listed.items() for name in names}


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
