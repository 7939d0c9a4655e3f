"""Find GraphQL documents that ask for more than real applications do, or that are no documents at all.

Source: GraphQL September 2025, sections 2 and 5.5; CWE-770 (resources without limits), CWE-674 (recursion). Everything
is counted with fragments expanded, and in sum over the operations of a request as well as in each.
Limits: knows no schema, so neither what a field costs nor how long a list it returns; of a document with several
operations the largest counts, though one runs. Variables are the payload limits' matter. A text without { asks for
nothing, so it is not called a faulty document: many an API has a search field called `query`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.bounded_cache import BoundedCache
from gatelens.decoders.graphql_request import GraphqlOperation
from gatelens.graphql_measure import Measure, measure
from gatelens.inspection import View
from gatelens.model.finding import Match
from gatelens.model.location import Location
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_REMEMBERED = 4096
_SPELLED_OUT = 10**9
_BATCH_ALLOWANCE = 2
"""How many times the limit of one document all documents of a request may have together."""


class Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`check` says what the rule reports: documents over one of the limits, or documents that cannot be parsed.

    The largest of 2,700 operations of real applications has depth 13, nesting 20, 827 fields, 45 aliases, 14 root
    fields, 15 directives, 2,082 tokens and 19,532 characters; the defaults leave about half as much again.
    """

    check: Literal["limits", "syntax"] = "limits"
    depth: Annotated[int, Meta(ge=1, le=1_000, description="fields nested in each other")] = 20
    nesting: Annotated[int, Meta(ge=1, le=1_000, description="brackets of any kind nested in each other")] = 40
    fields: Annotated[int, Meta(ge=1, le=1_000_000, description="fields, fragments expanded")] = 1_500
    aliases: Annotated[int, Meta(ge=0, le=1_000_000, description="aliases, fragments expanded")] = 75
    root_fields: Annotated[int, Meta(ge=1, le=1_000_000, description="fields of the root type")] = 25
    directives: Annotated[int, Meta(ge=0, le=1_000_000, description="directives, fragments expanded")] = 30
    tokens: Annotated[int, Meta(ge=1, le=100_000, description="tokens as written, comments not counted")] = 4_000
    size: Annotated[int, Meta(ge=1, le=1_000_000, description="characters of a document")] = 65_536
    batch: Annotated[int, Meta(ge=1, le=1_000, description="documents in one request")] = 10


class _Totals:
    """What the documents of a request come to together."""

    __slots__ = ("aliases", "directives", "documents", "fields", "tokens")

    def __init__(self) -> None:
        self.documents = self.tokens = self.fields = self.aliases = self.directives = 0

    def add(self, measured: Measure) -> None:
        self.documents += 1
        self.tokens += measured.tokens
        self.fields += measured.fields
        self.aliases += measured.aliases
        self.directives += measured.directives


class Inspector:
    """All GraphQL rules at once: a document is measured once, whatever the number of rules, and remembered by hash."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._most_tokens = max((_params(rule).tokens for rule in rules), default=0)
        self._most_size = max((_params(rule).size for rule in rules), default=0)
        self._most_documents = max((_params(rule).batch for rule in rules), default=0)
        self._measured = BoundedCache[bytes, Measure](_REMEMBERED)

    def inspect(self, view: View) -> Iterator[Match]:
        documents = view.decoded.graphql
        if not documents:
            return
        limits = [rule for rule in view.rules if _params(rule).check == "limits"]
        syntax = [rule for rule in view.rules if _params(rule).check == "syntax"]
        whole = Location(documents[0].location.part)
        for rule in limits:
            if len(documents) > _params(rule).batch:
                seen = _words("documents in one request", len(documents), _params(rule).batch)
                yield Match(rule=rule.id, location=whole, explanation=seen)
        totals = _Totals()
        for document in documents:
            # Every limit on the whole is passed already: the rest need not be measured.
            if totals.documents == self._most_documents or totals.tokens > self._most_tokens * _BATCH_ALLOWANCE:
                break
            measured = self._measure(document.document)
            if measured is not None:
                totals.add(measured)
            yield from _judge(document, measured, limits, syntax)
        if totals.documents > 1:
            for rule in limits:
                over = _sums_over(_params(rule), totals)
                if over:
                    seen = f"in all documents of the request: {'; '.join(over)}"
                    yield Match(rule=rule.id, location=whole, explanation=seen)

    def _measure(self, document: str) -> Measure | None:
        """The measure of `document`, None where it is longer than every rule allows."""
        if len(document) > self._most_size:
            return None
        key = hashlib.sha256(document.encode("utf-8", "surrogatepass")).digest()
        measured = self._measured.get(key)
        if measured is None:
            measured = measure(document, self._most_tokens)
            self._measured.put(key, measured)
        return measured


def _judge(
    document: GraphqlOperation, measured: Measure | None, limits: Sequence[Rule], syntax: Sequence[Rule]
) -> Iterator[Match]:
    """The matches of one document."""
    fault = measured.fault if measured is not None and "{" in document.document else ""
    for rule in limits:
        over = _over(_params(rule), document, measured)
        if fault and not syntax:
            # What cannot be measured must not pass unseen where no rule reports the fault itself.
            over.append(f"cannot be measured: {fault}")
        if over:
            yield Match(rule=rule.id, location=document.location, explanation="; ".join(over))
    if fault:
        for rule in syntax:
            yield Match(rule=rule.id, location=document.location, explanation=fault)


def _over(limit: Params, document: GraphqlOperation, measured: Measure | None) -> list[str]:
    """Every limit that one document passes, in words."""
    over = []
    if len(document.document) > limit.size:
        over.append(_words("characters", len(document.document), limit.size))
    if measured is None:
        return over
    for name, seen, most in (
        ("tokens", measured.tokens, limit.tokens),
        ("depth", measured.depth, limit.depth),
        ("nesting of brackets", measured.nesting, limit.nesting),
        ("fields", measured.fields, limit.fields),
        ("aliases", measured.aliases, limit.aliases),
        ("root fields", measured.root_fields, limit.root_fields),
        ("directives", measured.directives, limit.directives),
    ):
        if seen > most:
            over.append(_words(name, seen, most))
    if measured.cycle:
        over.append("fragments that spread themselves")
    return over


def _sums_over(limit: Params, totals: _Totals) -> list[str]:
    """Every limit that the documents of a request pass together, in words."""
    return [
        _words(name, seen, most)
        for name, seen, single in (
            ("tokens", totals.tokens, limit.tokens),
            ("fields", totals.fields, limit.fields),
            ("aliases", totals.aliases, limit.aliases),
            ("directives", totals.directives, limit.directives),
        )
        if seen > (most := single * _BATCH_ALLOWANCE)
    ]


def _words(name: str, seen: int, most: int) -> str:
    # A fragment bomb can come to a number of hundreds of digits.
    return f"{name} {seen if seen < _SPELLED_OUT else 'over a thousand million'}, limit {most}"


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
