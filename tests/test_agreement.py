"""What is written in two places agrees: limits and their overrides, scripts and inspectors, rules and their README."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from gatelens import inspectors
from gatelens.model.limits import Limits
from gatelens.policy import STRICT_SCORING, LimitOverrides, Thresholds, overridden
from gatelens.ruleset.files import POLICY
from gatelens.ruleset.loader import load
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rules"
RULE_FILES = sorted(path for path in RULES.rglob("*.yaml") if path.name != POLICY)
SCRIPTS = sorted((ROOT / "addons").glob("*.py"))


def test_a_route_can_override_every_limit_within_the_same_bounds() -> None:
    def bounds(kind: type[Struct]) -> dict[str, dict[str, object]]:
        hints = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
        return {name: {key: value for key, value in hint.items() if key != "default"} for name, hint in hints.items()}

    assert bounds(LimitOverrides) == bounds(Limits)


def test_an_override_of_nothing_changes_nothing() -> None:
    assert overridden(Limits(), LimitOverrides()) == Limits()
    assert overridden(STRICT_SCORING, Thresholds()) == STRICT_SCORING


def test_a_name_that_is_no_inspector_is_not_imported() -> None:
    with pytest.raises(KeyError, match="os"):
        inspectors.params_of("os")


def test_every_rule_file_is_in_force_and_does_something_and_says_what_it_is_about() -> None:
    rules = {Path(rule.source): rule for rule in load(RULES).rules}
    assert sorted(rules) == RULE_FILES
    assert [rule.id for rule in rules.values() if rule.action.word == "allow"] == []
    assert [rule.id for rule in rules.values() if len(rule.description) < 20 or not rule.tags] == []


def test_rule_files_have_one_suffix() -> None:
    assert list(RULES.rglob("*.yml")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_named_after_itself_and_asks_for_inspectors_that_there_are(path: Path) -> None:
    call = re.search(r"Entry\((.*)\)", path.read_text(), re.DOTALL)
    assert call is not None
    name, *asked = re.findall(r'"(\w+)"', call.group(1))
    assert name == path.stem
    assert set(asked) <= set(inspectors.names())


def test_every_inspector_of_a_rule_on_injection_is_asked_for_by_the_script_for_it() -> None:
    asked = set(re.findall(r'"(\w+)"', (ROOT / "addons" / "detect_injection.py").read_text()))
    rules = [rule for rule in load(RULES).rules if Path(rule.source).parent.name in ("injection", "access", "scanners")]
    assert {rule.inspector for rule in rules} - {"payload_limits"} <= asked


def test_the_readme_of_the_rules_names_files_that_are_there_but_for_its_example() -> None:
    named = set(re.findall(r"`((?:addons|rules|tests|captures)/[\w./-]+)`", (RULES / "README.md").read_text()))
    example = {
        "addons/gatelens/inspectors/iban.py",
        "rules/sensitive-data/iban.yaml",
        "tests/inspectors/test_iban.py",
    }
    assert example <= named, "a new check is three files"
    assert sorted(name for name in named if not (ROOT / name).exists()) == sorted(example)
    assert [name for name in sorted(example) if not (ROOT / name).parent.is_dir()] == []
