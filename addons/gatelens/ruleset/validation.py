"""Check the data of a rule or policy file against its schema, and say everything that is wrong with it.

Source: JSON Schema 2020-12 by way of the jsonschema package.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from gatelens.ruleset.faults import Fault
from gatelens.ruleset.schema import Schema, policy_schema, rule_schema
from gatelens.ruleset.yaml_source import Source

_SHOWN = 60


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(rule_schema() if kind == "rule" else policy_schema())


def faults(source: Source, kind: str) -> Iterator[Fault]:
    """Every fault of `source`, whose `kind` is "rule" or "policy"."""
    found = (fault for error in _validator(kind).iter_errors(source.data) for fault in _explain(source, error))
    yield from dict.fromkeys(
        found
    )  # of several missing names, the schema complains one by one, and we tell all each time


def _explain(source: Source, error: ValidationError) -> Iterator[Fault]:
    if error.context:
        deepest = best_match(iter([error]))
        error = deepest if deepest is not None else error
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(_properties(error.schema))
        for name in error.instance:
            if name not in known:
                yield source.fault((*path, name), "an unknown name", f"one of {', '.join(known)}")
        return
    if error.validator == "required" and isinstance(error.instance, dict):
        for name in error.validator_value:
            if name not in error.instance:
                yield source.fault((*path, name), "missing", "required")
        return
    yield source.fault(path, _seen(error.instance), _allowed(error))


def _properties(schema: Schema) -> dict[str, object]:
    known = schema.get("properties")
    return known if isinstance(known, dict) else {}


def _seen(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _allowed(error: ValidationError) -> str:
    value = error.validator_value
    match error.validator:
        case "enum":
            return "one of " + ", ".join(map(str, value))
        case "type":
            return f"{value}" if isinstance(value, str) else " or ".join(value)
        case "pattern":
            described = error.schema.get("description", "")
            return f"text like {value}" + (f" ({described})" if described else "")
        case "minItems":
            return f"at least {value}"
        case "minLength":
            return "some text"
        case "minimum" | "maximum":
            return f"{error.validator} {value}"
        case _:
            return error.message if len(error.message) <= _SHOWN else f"{error.validator} of the schema"
