"""Small rules directories and the engines that they make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gatelens.engine import Engine
from gatelens.model.decision import Decision
from gatelens.ruleset.loader import load

type RuleData = dict[str, Any]


def rule(name: str, inspector: str = "pattern", action: str = "block", **more: Any) -> RuleData:
    """The data of a rule file; `more` are further keys, or others in place of these."""
    return {
        "id": name,
        "inspector": inspector,
        "description": "a rule of this test",
        "severity": "high",
        "action": action,
        "tests": {"match": ["a"], "ignore": ["b"]},
        **more,
    }


def words(name: str, *patterns: str, action: str = "block", **more: Any) -> RuleData:
    """A `pattern` rule."""
    return rule(name, action=action, params={"patterns": list(patterns)}, **more)


def write(directory: Path, *rules: RuleData, **policy: Any) -> Path:
    """A directory with these rules, in block mode where `policy` says nothing else. JSON is YAML."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "policy.yaml").write_text(json.dumps({"mode": "block", **policy}))
    for data in rules:
        (directory / f"{data['id']}.yaml").write_text(json.dumps(data))
    return directory


def engine_of(directory: Path, *rules: RuleData, **policy: Any) -> Engine:
    return Engine(load(write(directory, *rules, **policy)))


def outcome(decision: Decision) -> tuple[str, list[tuple[str, str]]]:
    """The action, and rule and location of every finding."""
    return decision.action.word, [(finding.rule, str(finding.location)) for finding in decision.findings]
