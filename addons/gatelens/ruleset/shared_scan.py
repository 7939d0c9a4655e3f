"""The one scan: all triggers of all rules of a phase over all texts of a message at once.

Texts are joined by a line feed, so a trigger may run over two of them; that costs a second look, never a finding,
because the inspector looks at each text alone. Work is bounded by the size of the message: each report of a trigger
costs a call back into Python, and each hit a look of an inspector.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from gatelens.inspection import Trigger
from gatelens.linear_regex import PatternSet

_LOOKS = 500
_BYTES_A_LOOK = 128
"""So many looks a message may cost, and one more for so many bytes. Each takes some microseconds, so that all of them
stay within what a message of its size may take (scripts/bench decoders). 5,000 e-mail addresses in records of 120 bytes
are masked; a message with more that looks suspicious is no message to be read."""

_CHARACTERS, _CHARACTERS_A_BYTE = 1_750_000, 2
"""So many characters all inspectors together may be given to look at, and more for each byte: a long text that each
rule is to look at, in each of its unwrapped forms, would else cost what no message may."""

_SHOWN = 100

_BITS = 16
_PATTERN = (1 << _BITS) - 1
"""A trigger's number in the low bits, a place in the others: one integer costs less than a pair."""

_REPORTS_A_LOOK = 2
"""A part of a message with more reports for so many bytes is read text by text, which may be fewer than its reports."""

_TEXT_COST = 2
_COST_OF_A_LOOK = 6
"""Counted in reports: what reading one text alone costs, and what all reading for one look may."""

_DENSE, _BYTES_A_REPORT = 256, 8
"""A text alone may have so many reports, and one more for so many bytes."""

_PART = 16 * 1024
"""So many bytes are read at once: what has too many reports is then read again, and no more than that."""


class Scanned(Struct, frozen=True, gc=False):
    """`hits` are (index of a text, id of a rule with a trigger in it), in the order of the texts.

    `most` is how many looks the message may cost. `complete` says that every text was read and `hits` is all there is;
    where it is not, `hits` are a few of them, to show what it is about.
    """

    hits: Sequence[tuple[int, str]]
    most: int
    complete: bool


class SharedScan:
    """Compiled triggers of one phase."""

    def __init__(self, triggers: Iterable[Trigger], own: Iterable[Trigger] = ()) -> None:
        """`own` are those of an operator's rules: a set of their own, so that a change to one of them does not compile
        the built-in ones again."""
        self._owners: list[tuple[str, ...]] = []
        self._sets: list[tuple[int, PatternSet]] = []
        for group in (triggers, own):
            rules: dict[str, list[str]] = {}
            for trigger in group:
                rules.setdefault(trigger.expression, []).append(trigger.rule)
            if rules:
                self._sets.append((len(self._owners), PatternSet(list(rules))))
                self._owners += (tuple(dict.fromkeys(ids)) for ids in rules.values())

    def find(self, texts: Sequence[str], size: int = 0) -> Scanned:
        """The texts hit, each with the rules that hit it, in a message of `size` bytes. Linear in their length."""
        joined = "\n".join(texts).encode("utf-8", "replace")
        most = _LOOKS + max(size, len(joined)) // _BYTES_A_LOOK
        left = most * _COST_OF_A_LOOK
        spare = _LOOKS * _REPORTS_A_LOOK
        ends = _ends(texts, joined) if len(joined) > _PART else []
        hits: list[tuple[int, str]] = []
        first = start = 0
        is_dense = False
        while first < len(texts):
            last = max(first + 1, bisect_right(ends, start + _PART)) if ends else len(texts)
            stop = ends[last - 1] if ends else len(joined) + 1
            share = spare + (stop - start) * _REPORTS_A_LOOK // _BYTES_A_LOOK
            alone = (last - first) * _TEXT_COST
            reports: list[int] = []
            # A part behind one that had too many reports will have too many as well; and one text needs no second look.
            is_read = not (is_dense and alone <= share) and (last - first > 1 or not ends)
            if is_read:
                raw = joined[start : stop - 1] if ends else joined
                is_read = self._scan(raw, reports, min(max(share, alone), left))
                left -= len(reports)
                if not reports and is_read:
                    first, start, is_dense = last, stop, False
                    continue
                ends = ends or _ends(texts, joined)
            if is_read:
                spare = max(0, min(spare, share - len(reports)))
                hits += self._hits(sorted(_keys(reports, ends, first, start)))
            else:
                left -= alone
                if left < 0:
                    shown = hits or self._hits(sorted(_keys(reports[:_SHOWN], ends, first, start)))
                    return Scanned(shown[:_SHOWN], most, False)
                # Reports come in no order that could be relied on: what is not read through is read again.
                for index in range(first, last):
                    hits += self._hits([index << _BITS | pattern for pattern in self._patterns_in(texts[index])])
            if len(hits) > most:
                return Scanned(hits[:_SHOWN], most, False)
            first, start, is_dense = last, stop, not is_read
        room = _CHARACTERS + _CHARACTERS_A_BYTE * max(size, len(joined))
        within = _within(hits, texts, room)
        return Scanned(hits or (), most, True) if within == len(hits) else Scanned(hits[:within][:_SHOWN], most, False)

    def _scan(self, raw: bytes, reports: list[int], most: int) -> bool:
        """Collect at most `most` reports; whether `raw` was read to its end."""
        report = reports.append

        def collect(pattern: int, _start: int, end: int, _flags: int, first: int) -> bool:
            report(end << _BITS | first + pattern)  # a number, unlike a tuple, is nothing to the garbage collector
            return len(reports) >= most

        return all(patterns.scan(raw, collect, first) for first, patterns in self._sets)

    def _hits(self, keys: Sequence[int]) -> list[tuple[int, str]]:
        """The texts and rules of `keys`, which come in order; several triggers of a rule may have hit one text."""
        hits: list[tuple[int, str]] = []
        last = -1
        for key in keys:
            index = key >> _BITS
            rules = self._owners[key & _PATTERN]
            if index != last:
                last = index
                first = len(hits)
            for rule in rules:
                if (hit := (index, rule)) not in hits[first:]:
                    hits.append(hit)
        return hits

    def _patterns_in(self, text: str) -> Iterable[int]:
        """The triggers in `text`; each of them where it is so dense with them that it is not read to its end.
        A set of patterns that report once would not need this, but takes twice as long to compile."""
        found: set[int] = set()
        raw = text.encode("utf-8", "replace")
        left = _DENSE + len(raw) // _BYTES_A_REPORT

        def collect(pattern: int, _start: int, _end: int, _flags: int, first: int) -> bool:
            nonlocal left
            found.add(first + pattern)
            left -= 1
            return left <= 0

        is_read = all(patterns.scan(raw, collect, first) for first, patterns in self._sets)
        return found if is_read else range(len(self._owners))


def _within(hits: Sequence[tuple[int, str]], texts: Sequence[str], room: int) -> int:
    """How many of the first hits are of texts that come to `room` characters together; a text counts for each rule."""
    if len(hits) * max(map(len, texts), default=0) <= room:
        return len(hits)
    for number, (index, _) in enumerate(hits):
        room -= len(texts[index])
        if room < 0:
            return number
    return len(hits)


def _ends(texts: Sequence[str], joined: bytes) -> list[int]:
    """Where each text ends in `joined`, behind its line feed."""
    if len(joined) == sum(map(len, texts)) + len(texts) - 1:
        return list(accumulate(len(text) + 1 for text in texts))
    return list(accumulate(len(text.encode("utf-8", "replace")) + 1 for text in texts))


def _keys(reports: Sequence[int], ends: Sequence[int], first: int, begin: int) -> set[int]:
    """Index of a text and number of a trigger, for each report on a part that begins at `begin`, with text `first`."""
    keys: set[int] = set()
    start = stop = -1
    index = first
    for report in reports:
        end = begin + (report >> _BITS)
        if not start < end <= stop:
            # A match ends behind its last byte; one of no width, such as ^$, ends where it begins.
            index = min(bisect_right(ends, end - 1, first), len(ends) - 1) if end > begin else first
            start, stop = ends[index - 1] if index else 0, ends[index]
        keys.add(index << _BITS | report & _PATTERN)
    return keys
