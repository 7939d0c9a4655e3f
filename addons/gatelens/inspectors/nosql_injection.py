"""Find values that become conditions, code or commands of databases without SQL.

Source: CWE-943; CAPEC-676; the MongoDB manual. Operators among the names of documents and parameters, in JSON within
texts; texts that leave a literal of a document, of `$where` JavaScript, of Cypher or CQL, or a line of Redis or
memcached.
Limits: an array or object where a scalar was to be is a matter of the interface's schema. Selectors of CouchDB and
Elasticsearch have no mark of their own; a script in one is code injection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from gatelens.confirmation import Work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.documents import literal, script, textual
from gatelens.languages.documents.breakout import breakout
from gatelens.languages.documents.members import UNKNOWN, Operand, Way, steps
from gatelens.languages.documents.names import split
from gatelens.languages.documents.operators import Operators, misuse
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, drawing, way_to

Operator = Annotated[str, Meta(pattern=r"^\$[A-Za-z]+$")]
Word = Annotated[str, Meta(pattern=r"^[a-z0-9]+$")]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. Operators by what they do: `comparing` a field, `connecting` conditions,
    `running` code, `reaching` other collections; `bracketed` are operators that compare, but count only in brackets and
    paths, since they are ordinary names in JSON; `also` are names that count only behind a literal that was left.
    `containers` are words in the names of places where operators may stand by design: put the names that your own
    interfaces have for queries there. `credentials` are words in the names of secrets, `identities` in those of whom or
    which one a request is about."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    comparing: Annotated[tuple[Operator, ...], Meta(min_length=1)]
    connecting: tuple[Operator, ...] = ()
    running: tuple[Operator, ...] = ()
    reaching: tuple[Operator, ...] = ()
    bracketed: tuple[Operator, ...] = ()
    also: tuple[Operator, ...] = ()
    containers: tuple[Word, ...] = ()
    credentials: tuple[Word, ...] = ()
    identities: tuple[Word, ...] = ()


_TOO_MUCH = "more that looks like operators of a query than is analysed in one message"
_EVIDENCE = 200
_MOST_PAIRS = 64
_LABEL = 60
_PAIR = re.compile(
    r"(?:\A|[?&;])(?P<name>[\w.\-]{0,128}+(?:\[[^\[\]=&]{0,128}+\]|(?<=\.)\$\w{1,32}+)++)(?:\Z|=(?P<value>[^&;]{0,256}+))"
)


class Inspector:
    """All NoSQL injection rules at once: the shared scan names the values, the analysis decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._operators = {rule.id: _operators(_params(rule)) for rule in rules}
        self._in_brackets = {
            rule.id: replace(
                self._operators[rule.id], comparing=frozenset((*_params(rule).comparing, *_params(rule).bracketed))
            )
            for rule in rules
        }
        self._also = {rule.id: frozenset(_params(rule).also) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm_named(view, self._by_name, self._by_text, _TOO_MUCH, _may_match)

    def explain(self, hit: Hit) -> Explanation | None:
        known = self._operators[hit.rule.id]
        way, name = way_to(hit.target)
        names = [*steps(way), *split(name)]
        planted = frozenset(step for step in names if step in known)
        if hit.target.location.key and planted:
            kept = [step for step in names if step not in planted]
            return Explanation("a document of a query", drawing(kept, "value"), drawing(names, "operand", planted))
        found = self._by_text(hit, (way, name), Work(0))
        if found is None:
            return None
        piece = Tree(found.evidence[:_LABEL], planted=True)
        return Explanation("a value in a query", Tree("query", (Tree("value"),)), Tree("query", (Tree("value"), piece)))

    def _by_name(self, rule: Rule, way: Way, name: str, operand: Operand) -> str:
        if "$" not in name:
            return ""
        known = self._operators[rule.id]
        if name in known:
            return misuse(steps(way), name, operand, known)
        known = self._in_brackets[rule.id]
        path = steps(way)
        own = split(name)
        for at, step in enumerate(own):
            if step in known:
                inner = operand if at == len(own) - 1 else UNKNOWN
                if words := misuse([*path, *own[:at]], step, inner, known):
                    return words
        return ""

    def _by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        text, rule = hit.target.text, hit.rule
        known = self._operators[rule.id]
        budget.left -= len(text)
        if "$" in text:
            for inner, name, operand in literal.members_of(text, way):
                if words := self._by_name(rule, inner, name, operand):
                    return Confirmed(name[:_EVIDENCE], f"JSON in a text: {words}")
            for count, pair in enumerate(_PAIR.finditer(text)):
                if pair["value"] is None and hit.target.location.key:
                    break  # the name itself, which was judged with its value
                if count == _MOST_PAIRS:
                    return Confirmed(pair[0][:_EVIDENCE], "a query string in a text: more names than are read")
                if words := self._by_name(rule, way if pair.start() else None, pair["name"], pair["value"] or ""):
                    return Confirmed(pair[0][:_EVIDENCE], f"a query string in a text: {words}")
            if found := breakout(text, known, self._also[rule.id]):
                return found
        return _leaves_a_literal(text)


def _leaves_a_literal(text: str) -> Confirmed | None:
    return script.injection(text) or textual.injection(text)


def _may_match(rule: Rule, text: str, is_value: bool) -> bool:
    """A value without an operator counts by its text alone."""
    return not is_value or "$" in text or _leaves_a_literal(text) is not None


def _operators(params: Params) -> Operators:
    return Operators(
        comparing=frozenset(params.comparing),
        connecting=frozenset(params.connecting),
        running=frozenset(params.running),
        reaching=frozenset(params.reaching),
        containers=frozenset(params.containers),
        credentials=frozenset(params.credentials),
        identities=frozenset(params.identities),
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
