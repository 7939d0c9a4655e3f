"""The schemas beside the rules are the ones that the types give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gatelens.ruleset.schema import Schema, policy_schema, rule_schema

RULES = Path(__file__).parent.parent / "rules"


@pytest.mark.parametrize(
    ("name", "current"), [("rule.schema.json", rule_schema()), ("policy.schema.json", policy_schema())]
)
def test_a_committed_schema_is_current(name: str, current: Schema) -> None:
    committed = json.loads((RULES / name).read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(current)), "gatelens rules schema rules/ writes it anew"
