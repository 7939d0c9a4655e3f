"""Find messages that pass a limit, or whose form two parsers would read differently.

The decoders count and look while they read; this check says which of their observations a rule is about.
Source: CWE-400, CWE-770, CWE-674 (limits); RFC 8259, RFC 7493 and CWE-436 (strict JSON).
Limits: the numbers themselves are the policy's (`limits`), per route.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.inspection import Trigger, View
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`checks`: the observations that are a match."""

    checks: Annotated[tuple[AnomalyKind, ...], Meta(min_length=1)]


class Inspector:
    """Looks up each anomaly of the message; costs nothing where there is none."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)
    triggers: Sequence[Trigger] = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._checks = {rule.id: frozenset(_params(rule).checks) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        for anomaly in view.decoded.anomalies:
            for rule in view.rules:
                if anomaly.kind in self._checks[rule.id]:
                    limit = f", limit {anomaly.limit}" if anomaly.limit else ""
                    explanation = f"{anomaly.kind}: {anomaly.seen}{limit}"
                    yield Match(rule=rule.id, location=anomaly.location, explanation=explanation)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
