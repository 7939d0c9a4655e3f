"""The one scan: all triggers of all rules of a phase over all texts of a message at once.

Texts are joined by a line feed, so a trigger may run over two of them; that costs a second look, never a finding,
because the inspector looks at each text alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from gatelens.inspectors import Trigger
from gatelens.linear_regex import PatternSet

type Found = set[tuple[int, str]]
"""(index of a text, id of a rule with a trigger in it)."""

_ENOUGH = 512
_ENOUGH_EACH = 2
"""Reports, in all and more for each text, after which a message is scanned text by text: each report costs a call back
into Python, and each text a scan of its own costs eight times that."""

_ENOUGH_IN_ONE = 256
"""Reports after which one text counts as hit by every rule: fail closed, at a bounded price."""


class SharedScan:
    """Compiled triggers of one phase."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        owners: dict[str, list[str]] = {}
        for trigger in triggers:
            owners.setdefault(trigger.expression, []).append(trigger.rule)
        self._owners = list(owners.values())
        self._all = {rule for rules in self._owners for rule in rules}
        self._patterns = PatternSet(list(owners))

    def find(self, texts: Sequence[str]) -> Found:
        """The texts hit, each with the rules that hit it. Linear in the length of the texts."""
        joined = "\n".join(texts).encode("utf-8", "replace")
        reports: list[tuple[int, int]] = []
        enough = _ENOUGH + _ENOUGH_EACH * len(texts)

        def collect(pattern: int, _start: int, end: int, _flags: int, _context: None) -> bool:
            reports.append((pattern, end))
            return len(reports) >= enough

        if not self._patterns.scan(joined, collect, None):
            return self._one_by_one(texts)
        if not reports:
            return set()
        if len(joined) == sum(map(len, texts)) + len(texts) - 1:
            lengths = [len(text) + 1 for text in texts]
        else:
            lengths = [len(text.encode("utf-8", "replace")) + 1 for text in texts]
        ends = list(accumulate(lengths))
        found: Found = set()
        for pattern, end in reports:
            # A match ends behind its last byte; one of no width, such as ^$, ends where it begins.
            index = bisect_right(ends, end - 1) if end else 0
            for rule in self._owners[pattern]:
                found.add((index, rule))
        return found

    def _one_by_one(self, texts: Sequence[str]) -> Found:
        found: Found = set()
        for index, text in enumerate(texts):
            reports: list[tuple[int, int]] = []
            if self._patterns.scan(text.encode("utf-8", "replace"), _collect_in_one, reports):
                found.update((index, rule) for pattern, _ in reports for rule in self._owners[pattern])
            else:
                found.update((index, rule) for rule in self._all)
        return found


def _collect_in_one(pattern: int, _start: int, end: int, _flags: int, reports: list[tuple[int, int]]) -> bool:
    reports.append((pattern, end))
    return len(reports) >= _ENOUGH_IN_ONE
