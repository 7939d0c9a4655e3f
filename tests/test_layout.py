"""What the tree promises: where a check has its rule and its test, and how long a file may be."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import re
import sys
from pathlib import Path

import pytest
from gatelens import inspectors
from gatelens.model.rule import RuleFile
from gatelens.ruleset import yaml_source
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
ADDONS = ROOT / "addons"
NAMES = sorted(path.stem for path in (ADDONS / "gatelens" / "inspectors").glob("*.py") if path.stem != "__init__")
MAX_LINES = 400


def rule_files() -> list[Path]:
    return [path for path in (ROOT / "rules").rglob("*.yaml") if path.name != "policy.yaml"]


def test_every_module_of_the_package_is_an_inspector_by_name() -> None:
    assert list(inspectors.names()) == NAMES
    assert "pattern" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_inspector_has_params_and_a_class(name: str) -> None:
    params = inspectors.params_of(name)
    found = inspectors.inspector_of(name)
    assert issubclass(params, Struct)
    assert params.__struct_config__.frozen
    assert params.__struct_config__.forbid_unknown_fields
    assert found.phases
    assert list(inspect.signature(found.inspect).parameters) == ["self", "view"]


@pytest.mark.parametrize("name", NAMES)
def test_an_inspector_has_a_rule(name: str) -> None:
    assert any(re.search(rf"^inspector: {name}$", path.read_text(), re.MULTILINE) for path in rule_files())


@pytest.mark.parametrize("name", NAMES)
def test_an_inspector_has_a_test_of_its_name(name: str) -> None:
    path = ROOT / "tests" / "inspectors" / f"test_{name}.py"
    assert re.search(r"^\s*(?:async )?def test_", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_an_inspector_says_its_source_and_its_limits(name: str) -> None:
    module = ast.parse((ADDONS / "gatelens" / "inspectors" / f"{name}.py").read_text())
    said = ast.get_docstring(module) or ""
    assert re.search(r"^Source: \S", said, re.MULTILINE)
    assert re.search(r"^Limits: \S", said, re.MULTILINE)


@pytest.mark.parametrize("path", rule_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_file_is_named_after_its_rule(path: Path) -> None:
    data = yaml_source.read(path.name, path.read_bytes()).data
    assert isinstance(data, dict)
    assert data["id"] == path.stem
    assert set(data) <= set(RuleFile.__struct_fields__)


def test_no_script_for_mitmproxy_shadows_an_installed_module() -> None:
    scripts = {path.stem for path in ADDONS.glob("*.py")}
    installed = set(importlib.metadata.packages_distributions()) - {"gatelens"}
    assert "gateway" in scripts
    assert scripts & (installed | set(sys.stdlib_module_names)) == set()


def test_scripts_for_mitmproxy_are_thin() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in ADDONS.glob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 20} == {}


def test_no_file_is_too_long_to_have_one_reason() -> None:
    lengths = {
        str(path.relative_to(ADDONS)): len(path.read_text().splitlines())
        for path in ADDONS.rglob("*.py")
        if "bench" not in path.parts
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


@pytest.mark.parametrize(
    "path", sorted((ADDONS / "gatelens").rglob("*.py")), ids=lambda path: str(path.relative_to(ADDONS))
)
def test_a_file_says_its_reason_in_its_first_line(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text())) or "").strip()
