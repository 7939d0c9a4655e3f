"""Tests of gatelens.replay, and a small rules directory that they and those of the command share."""

from __future__ import annotations

from pathlib import Path

POLICY = "mode: block\n"

UNION = r"""
id: union-select
inspector: pattern
description: A query joined to another
severity: critical
action: block
params:
  patterns: ['\bunion\s+select\b']
tests:
  match: ["1 UNION SELECT 2"]
  ignore: [the union may select a speaker]
"""

STACK = r"""
id: stack-trace
inspector: pattern
description: A stack trace in an answer
severity: high
action: block
category: response
phase: response
params:
  patterns: ['Traceback \(most recent call last\)']
tests:
  match: ["Traceback (most recent call last):"]
  ignore: [a traceback of most calls]
"""


def write_rules(directory: Path, *, policy: str = POLICY, **rules: str) -> Path:
    """Write a rules directory; by default with one rule of each phase."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "policy.yaml").write_text(policy)
    for name, text in (rules or {"union": UNION, "stack": STACK}).items():
        (directory / f"{name}.yaml").write_text(text)
    return directory
