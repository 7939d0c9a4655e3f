"""Unwrap values that are encoded within their own format, layer by layer, so that each reading is matched.

Which server, framework or function undoes which encoding is not known, so every order of steps that changes anything
is tried, within bounds: `nested_depth` layers, `nested_bytes` in all. A value without a sign of an encoding costs no
more than the look for the signs. Source: CWE-173, CWE-174 (double encoding), CWE-177; CAPEC-267.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from gatelens.decoders import unwrapping
from gatelens.decoders.segment import Segment
from gatelens.decoders.unicode_forms import has_signs
from gatelens.decoders.unwrapping import Results, Step
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Span

_WORK = 64
"""Bytes that one more text, or one more escape, counts as: what handling it costs beside its length."""

_BY_MARK: tuple[tuple[str, Step], ...] = (
    ("%", unwrapping.percent_encoding),
    ("&", unwrapping.html_entities),
    ("\\", unwrapping.escapes),
    ("\x00", unwrapping.null_bytes),
    ("/*", unwrapping.comments),
    ("+A", unwrapping.utf7),
    ("eyJ", unwrapping.token),
    ("base64,", unwrapping.data_url),
)
"""Steps, each with what a text must hold for it."""

_MAY_BE_PACKED = '{["Bb \t\n'
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
    work = _Work(limits)
    found: list[Segment] = []
    anomalies: dict[AnomalyKind, Anomaly] = {}
    for segment in segments:
        nested: NestedSegment | None = None
        for place in _candidates(segment.texts):
            for result, steps in work.layers(segment.texts[place]):
                if nested is None:
                    nested = NestedSegment(segment)
                    found.append(nested)
                nested.add(place, result, steps)
            for kind in work.passed - anomalies.keys():
                anomalies[kind] = _passed(kind, limits, segment.locate(place))
            if AnomalyKind.NESTED_BYTES in work.passed:
                return found, list(anomalies.values())
    return found, list(anomalies.values())


def _passed(kind: AnomalyKind, limits: Limits, place: Location) -> Anomaly:
    limit = limits.nested_depth if kind is AnomalyKind.NESTED_DEPTH else limits.nested_bytes
    return Anomaly(kind, f"over {limit}", str(limit), place)


def _candidates(texts: Sequence[str]) -> Sequence[int]:
    """The texts with a sign of an encoding. One look at all texts together settles most of the signs."""
    together = "\n".join(texts)
    match = unwrapping.PACKED.match
    found = {
        index
        for index, text in enumerate(texts)
        # The first condition spares most texts the second, which spares most the third.
        if (" " not in text or text[0] in _MAY_BE_PACKED) and match(text) and any(unwrapping.packed(text))
    }
    for mark, _ in _BY_MARK:
        if mark in together:
            found.update(index for index, text in enumerate(texts) if mark in text)
    if not together.isascii() and has_signs(together):
        found.update(index for index, text in enumerate(texts) if has_signs(text))
    return sorted(found)


def _steps(text: str) -> Iterator[tuple[int, Step]]:
    """The steps to try, each with the number of escapes it has to undo."""
    for mark, step in _BY_MARK:
        if mark in text:
            yield text.count(mark), step
    if not text.isascii() and has_signs(text):
        yield 0, unwrapping.unicode_form
    if unwrapping.PACKED.match(text):
        yield 0, unwrapping.packed


class _Work:
    """What may be spent on one message."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.nested_bytes
        self.passed: set[AnomalyKind] = set()

    def layers(self, text: str) -> Results:
        """Every text that steps lead to from `text`, nearest first, each once."""
        seen = {text}
        waiting: deque[tuple[str, tuple[str, ...]]] = deque([(text, ())])
        while waiting:
            current, taken = waiting.popleft()
            for escapes, step in _steps(current):
                if not self._spend(escapes * _WORK):
                    return
                for result, names in step(current):
                    if result in seen or not result:
                        continue
                    if len(taken) + len(names) > self._limits.nested_depth:
                        self.passed.add(AnomalyKind.NESTED_DEPTH)
                        continue
                    if not self._spend(len(result) + _WORK):
                        return
                    seen.add(result)
                    waiting.append((result, taken + names))
                    yield result, taken + names

    def _spend(self, amount: int) -> bool:
        self._left -= amount
        if self._left < 0:
            self.passed.add(AnomalyKind.NESTED_BYTES)
        return self._left >= 0
