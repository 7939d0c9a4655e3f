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


def decode(encoded: str, part: Part, limits: Limits) -> tuple[NamedSegment, NamedSegment, list[Anomaly]]:
    """The values, the names, and an anomaly where there are too many of them; all are read all the same."""
    names: list[str] = []
    values: list[str] = []
    name_steps: list[tuple[str, ...]] = []
    value_steps: list[tuple[str, ...]] = []
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
    anomalies = []
    if len(names) > limits.parameters:
        anomalies.append(Anomaly(AnomalyKind.PARAMETER_COUNT, str(len(names)), str(limits.parameters), Location(part)))
    return (
        NamedSegment(part, names, values, value_steps),
        NamedSegment(part, names, names, name_steps, key=True),
        anomalies,
    )
