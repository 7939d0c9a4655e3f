"""Decode `name=value&…`: the query of a URL and a urlencoded body.

Source: WHATWG URL section 5.1 (application/x-www-form-urlencoded); CWE-235 (too many, or repeated, parameters).
Limits: a name in brackets (`a[b][]`) is one name; what stands in the brackets is part of its text. Reading stops at the
limit of parameters. Inside a value that holds escapes, a span is the whole value's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.decoders.utf8 import OVERLONG
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part, Span

_BLANKS = 1024
"""Empty pairs that may stand between the others before they count as pairs."""

_PAIR = re.compile(rb"([^&=]*)(=?)([^&]*)(?:&|\Z)")


class FormSegment(NamedSegment):
    """The values, or the names, of a form in the body: as NamedSegment, with the bytes where each stands."""

    __slots__ = ("_raw", "_spans")

    def __init__(
        self,
        raw: bytes,
        names: Sequence[str],
        texts: Sequence[str],
        steps: Sequence[tuple[str, ...]],
        *,
        key: bool = False,
    ) -> None:
        super().__init__(Part.FORM, names, texts, steps, key=key)
        self._raw = raw
        self._spans: list[Span] = []

    def locate(self, index: int) -> Location:
        place = super().locate(index)
        return Location(place.part, place.pointer, place.key, self._whole(index))

    def span(self, index: int, start: int, end: int) -> Span:
        first, last = self._whole(index)
        if self.transformations(index) or last - first != len(self.texts[index]):
            return first, last
        return first + start, first + end

    def _whole(self, index: int) -> Span:
        if not self._spans:
            group = 1 if self._key else 3
            self._spans = [pair.span(group) for pair in _PAIR.finditer(self._raw) if pair[1] or pair[2]]
        return self._spans[index]


def decode(raw: bytes, part: Part, limits: Limits) -> tuple[NamedSegment, NamedSegment, list[Anomaly]]:
    """Segments of the values and of the names, and what is wrong with them, once a kind."""
    seen: dict[AnomalyKind, Anomaly] = {}

    def note(kind: AnomalyKind, what: str, limit: str = "") -> None:
        seen[kind] = Anomaly(kind, what, limit, Location(part))

    pairs = [pair.partition(b"=") for pair in raw.split(b"&", limits.parameters + _BLANKS) if pair]
    if len(pairs) > limits.parameters:
        note(AnomalyKind.PARAMETER_COUNT, f"over {limits.parameters}", str(limits.parameters))
        del pairs[limits.parameters :]
    names, name_steps = percent.decode_all([name for name, _, _ in pairs], plus=True)
    values, value_steps = percent.decode_all([value for _, _, value in pairs], plus=True)
    for kind, texts, limit in (
        (AnomalyKind.PARAMETER_NAME_LENGTH, names, limits.parameter_name_length),
        (
            AnomalyKind.PARAMETER_LENGTH,
            values,
            limits.form_value_length if part is Part.FORM else limits.parameter_length,
        ),
    ):
        longest = max(map(len, texts), default=0)
        if longest > limit:
            note(kind, str(longest), str(limit))
    if any(OVERLONG in steps for steps in (*name_steps, *value_steps)):
        note(AnomalyKind.INVALID_UTF8, "an overlong form")
    elif any("\ufffd" in text for text in (*names, *values)):
        note(AnomalyKind.FORM_SYNTAX, "bytes that are no UTF-8")
    if _repeats(names, values):
        note(AnomalyKind.REPEATED_PARAMETER, "a name given twice with different values", "once")
    if part is Part.FORM:
        in_body = FormSegment(raw, names, values, value_steps), FormSegment(raw, names, names, name_steps, key=True)
        return *in_body, list(seen.values())
    found = NamedSegment(part, names, values, value_steps), NamedSegment(part, names, names, name_steps, key=True)
    return *found, list(seen.values())


def _repeats(names: Sequence[str], values: Sequence[str]) -> bool:
    """Whether a name comes again with another value; names in brackets say that they are lists."""
    if len(set(names)) == len(names):
        return False
    first: dict[str, str] = {}
    return any(
        first.setdefault(name, value) != value for name, value in zip(names, values, strict=True) if name[-1:] != "]"
    )
