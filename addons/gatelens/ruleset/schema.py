"""The JSON Schemas of rule files and policy.yaml, made from the types, so that they cannot drift apart.

Source: JSON Schema 2020-12. rules/rule.schema.json and rules/policy.schema.json are these, for editors.
"""

from __future__ import annotations

import inspect
from functools import cache

import msgspec

from gatelens import inspectors
from gatelens.model.finding import Category, Severity
from gatelens.model.rule import RuleFile
from gatelens.policy import PolicyFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

type Schema = dict[str, object]


@cache
def rule_schema() -> Schema:
    """The schema of a rule file: `params` depends on `inspector`."""
    names = list(inspectors.names())
    (_rule, *_), definitions = msgspec.json.schema_components([RuleFile], ref_template="#/$defs/{name}")
    definitions = dict(definitions)
    shape = definitions.pop("RuleFile")
    shape["properties"]["inspector"] = {"enum": names}
    shape["properties"]["params"] = {"type": "object"}
    shape["allOf"] = []
    for name in names:
        (_, *_), parts = msgspec.json.schema_components(
            [inspectors.params_of(name)], ref_template=f"#/$defs/{name}.{{name}}"
        )
        definitions |= {f"{name}.{key}": value for key, value in parts.items()}
        shape["allOf"].append(
            {
                "if": {"properties": {"inspector": {"const": name}}},
                "then": {
                    "properties": {
                        "params": {"$ref": f"#/$defs/{name}.Params"},
                        "phase": {"enum": sorted(inspectors.inspector_of(name).phases)},
                    }
                },
            }
        )
    return _schema(shape, definitions)


@cache
def policy_schema() -> Schema:
    """The schema of policy.yaml."""
    _, definitions = msgspec.json.schema_components([PolicyFile], ref_template="#/$defs/{name}")
    definitions = dict(definitions)
    shape = definitions.pop("PolicyFile")
    for name, keys in (("scores", Severity), ("statuses", Category)):
        shape["properties"][name]["propertyNames"] = {"enum": [key.value for key in keys]}
    return _schema(shape, definitions)


def _schema(shape: Schema, definitions: Schema) -> Schema:
    """The whole, with descriptions as Python 3.13 gives docstrings: earlier ones keep the indentation of the source."""
    built = _undented({"$schema": _DIALECT, **shape, "$defs": definitions})
    assert isinstance(built, dict)
    return built


def _undented(part: object) -> object:
    if isinstance(part, dict):
        return {
            key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _undented(value)
            for key, value in part.items()
        }
    return [_undented(entry) for entry in part] if isinstance(part, list) else part
