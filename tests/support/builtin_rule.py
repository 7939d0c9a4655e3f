"""An engine with one built-in rule and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gatelens.engine import Engine
from ruamel.yaml import YAML

from tests.support.rules import engine_of

_RULES = Path(__file__).parents[2] / "rules"


def engine_with(directory: Path, name: str, **params: Any) -> Engine:
    """The engine of the rule `name`, with other `params` where given, as a rule that blocks."""
    (file,) = _RULES.rglob(f"{name}.yaml")
    data = YAML(typ="safe").load(file)
    return engine_of(directory, {**data, "action": "block", "params": {**data["params"], **params}})
