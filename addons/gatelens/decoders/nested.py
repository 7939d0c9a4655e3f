"""Unwrap values that are encoded within their own format, layer by layer, so that each reading is matched.

Which server, framework or function undoes which encoding is not known, so every order of steps that changes anything
is tried, within bounds: `nested_depth` steps, `nested_bytes` in all, and less of it in a short message. All texts of a
layer take a step together, where the step allows: a call for each of very many short ones would cost far more.
Values without a sign of an encoding cost no more than the look for the signs. Source: CWE-173, CWE-174 (double
encoding), CWE-177; CAPEC-267.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from gatelens.decoders import unwrapping
from gatelens.decoders.segment import Segment
from gatelens.decoders.unicode_forms import has_signs
from gatelens.decoders.unwrapping import Step
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Span

_TEXT, _CONTAINER, _TRIAL, _FOLDED = 48, 64, 16, 2
"""Bytes that one more text, one that holds a container's mark, one that may be packed whole, and a character that may
be folded count as: what handling it costs."""

_BASE, _PER_BYTE = 64 * 1024, 3
"""What a message may cost for being there, and for each of its bytes."""

_BETWEEN = f"\x1f{secrets.token_hex(2)}\x1f"
"""Stands between texts that take a step together; nobody outside can write it."""

_MAY_BE_PACKED = '{["Bb \t\n\r\xa0'
"""First characters of a text with spaces that is packed all the same."""


class NestedSegment:
    """Texts unwrapped from those of another segment; each stands where its origin stands."""

    __slots__ = ("_origin", "_places", "_steps", "part", "texts")

    def __init__(self, origin: Segment) -> None:
        self.part = origin.part
        self.texts: list[str] = []
        self._origin = origin
        self._places: list[int] = []
        self._steps: list[tuple[str, ...]] = []

    def add(self, place: int, text: str, steps: tuple[str, ...]) -> None:
        """`steps` led from text `place` of the origin to `text`."""
        self.texts.append(text)
        self._places.append(place)
        self._steps.append(steps)

    def locate(self, index: int) -> Location:
        return self._origin.locate(self._places[index])

    def span(self, index: int, start: int, end: int) -> Span | None:
        """All of the value: its encoded bytes do not stand one by one for characters."""
        place = self._places[index]
        return self._origin.span(place, 0, len(self._origin.texts[place]))

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._origin.transformations(self._places[index]) + self._steps[index]


def unwrap(segments: Sequence[Segment], limits: Limits) -> tuple[list[Segment], list[Anomaly]]:
    """What lies within the texts of `segments`, and an anomaly for each bound that stopped the unwrapping."""
    texts: list[str] = []
    for segment in segments:
        texts += segment.texts
    work = _Unwrapping(texts, limits)
    work.run()
    if not work.found and not work.passed:
        return [], []
    starts = list(accumulate((len(segment.texts) for segment in segments), initial=0))
    nested: dict[int, NestedSegment] = {}
    for origin, text, steps in work.found:
        number = bisect_right(starts, origin) - 1
        own = nested.get(number) or nested.setdefault(number, NestedSegment(segments[number]))
        own.add(origin - starts[number], text, steps)
    anomalies = []
    for kind, origin in work.passed.items():
        number = bisect_right(starts, origin) - 1
        limit = limits.nested_depth if kind is AnomalyKind.NESTED_DEPTH else work.room
        place = Location(segments[number].part)
        if kind is AnomalyKind.NESTED_DEPTH:  # else so much was found that even to place it costs
            place = segments[number].locate(origin - starts[number])
        anomalies.append(Anomaly(kind, f"over {limit}", str(limit), place))
    return [*nested.values()], anomalies


type _Found = tuple[int, str, tuple[str, ...]]
"""The number of the text that it comes from, a text, and the steps between them."""


class _Unwrapping:
    """The texts of one message, layer by layer. `passed` are bounds, each with the number of the text where."""

    def __init__(self, texts: list[str], limits: Limits) -> None:
        self.found: list[_Found] = []
        self.passed: dict[AnomalyKind, int] = {}
        self.room = limits.nested_bytes
        self._left = self.room
        self._depth = limits.nested_depth
        self._sent = texts
        self._seen: set[tuple[int, str]] = set()
        self._layer: list[_Found] = []
        self._next: list[_Found] = []

    def run(self) -> None:
        """Work until no step leads further or a bound is passed."""
        texts: Sequence[str] = self._sent
        together = "\n".join(texts)
        self.room = self._left = min(self.room, _BASE + _PER_BYTE * len(together))
        while texts and self._left >= 0:
            self._all_steps(texts, together)
            self.found += self._next
            self._layer, self._next = self._next, []
            texts = [text for _, text, _ in self._layer]
            together = "\n".join(texts)

    def _all_steps(self, texts: Sequence[str], together: str) -> None:
        for mark, weight, name, step in unwrapping.SPELLINGS:
            if mark in together:
                chosen = [index for index, text in enumerate(texts) if mark in text]
                self._spell(texts, chosen, step, (name,), together.count(mark) * weight)
        if not together.isascii() and has_signs(together):
            chosen = [index for index, text in enumerate(texts) if has_signs(text)]
            cost = _FOLDED * sum(len(texts[index]) for index in chosen)
            self._spell(texts, chosen, unwrapping.unicode_form, ("unicode-fold",), cost)
        for mark, opened in unwrapping.CONTAINERS:
            if mark in together:
                self._open(texts, [index for index, text in enumerate(texts) if mark in text], opened, _CONTAINER)
        match = unwrapping.PACKED.match
        chosen = [
            index
            for index, text in enumerate(texts)
            # The first condition spares most texts the second.
            if (" " not in text or text[0] in _MAY_BE_PACKED or text[-1] in " =") and match(text)
        ]
        self._open(texts, chosen, unwrapping.packed, _TRIAL)

    def _spell(
        self, texts: Sequence[str], chosen: Sequence[int], step: Callable[[str], str], name: tuple[str, ...], cost: int
    ) -> None:
        """Take a step that gives one text for one, with all the texts chosen at once."""
        if not chosen or not self._spend(cost, chosen[0]):
            return
        sent = [texts[index] for index in chosen]
        results = step(_BETWEEN.join(sent)).split(_BETWEEN)
        if len(results) != len(sent):
            results = list(map(step, sent))
        for index, before, result in zip(chosen, sent, results, strict=True):
            if result != before and not self._add(index, result, name):
                return

    def _open(self, texts: Sequence[str], chosen: Sequence[int], opened: Step, cost: int) -> None:
        """Take a step that gives any number of texts for one."""
        for index in chosen:
            if not self._spend(cost, index):
                return
            for result, names in opened(texts[index]):
                if not self._add(index, result, names):
                    return

    def _add(self, index: int, text: str, names: tuple[str, ...]) -> bool:
        """Note a text that comes of text `index` of this layer; return whether there is room for more."""
        origin, taken = index, names
        if self._layer:
            origin, _, before = self._layer[index]
            taken = before + names
        key = origin, text
        if not text or key in self._seen or text == self._sent[origin]:
            return True
        if len(taken) > self._depth:
            self.passed.setdefault(AnomalyKind.NESTED_DEPTH, origin)
            return True
        if not self._spend(len(text) + _TEXT, index):
            return False
        self._seen.add(key)
        self._next.append((origin, text, taken))
        return True

    def _spend(self, amount: int, index: int) -> bool:
        self._left -= amount
        if self._left < 0:
            self.passed.setdefault(AnomalyKind.NESTED_BYTES, self._layer[index][0] if self._layer else index)
        return self._left >= 0
