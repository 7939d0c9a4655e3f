"""Decode `name=value&…`: the query of a URL and a urlencoded body.

Source: WHATWG URL section 5.1 (application/x-www-form-urlencoded); CWE-235 for the number of parameters.
Limits: brackets in names are not taken apart; spans are not given.
"""

from __future__ import annotations

from gatelens.decoders import percent
from gatelens.decoders.segment import NamedSegment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part


def decode(encoded: str, part: Part, limits: Limits) -> tuple[list[NamedSegment], list[Anomaly]]:
    """Segments of the values, of the names, and of both decoded once where that differs; and an anomaly where there
    are too many of them: all are read all the same."""
    again = percent.ENCODED_AGAIN in encoded
    names: list[str] = []
    values: list[str] = []
    name_steps: list[tuple[str, ...]] = []
    value_steps: list[tuple[str, ...]] = []
    half_names: list[str] = []
    half_values: list[str] = []
    for pair in encoded.split("&"):
        if not pair:
            continue
        raw_name, _, raw_value = pair.partition("=")
        name, steps = percent.decode(raw_name, plus=True)
        names.append(name)
        name_steps.append(steps)
        value, steps = percent.decode(raw_value, plus=True)
        values.append(value)
        value_steps.append(steps)
        if again:
            half_names.append(percent.halfway(raw_name, plus=True))
            half_values.append(percent.halfway(raw_value, plus=True))
    anomalies = []
    if len(names) > limits.parameters:
        anomalies.append(Anomaly(AnomalyKind.PARAMETER_COUNT, str(len(names)), str(limits.parameters), Location(part)))
    segments = [
        NamedSegment(part, names, values, value_steps),
        NamedSegment(part, names, names, name_steps, key=True),
    ]
    if again:
        once = [percent.STEP] * len(names)
        segments.append(NamedSegment(part, names, half_values, once))
        segments.append(NamedSegment(part, names, half_names, once, key=True))
    return segments, anomalies
