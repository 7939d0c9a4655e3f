"""Parse and check the files of a rules directory, and of the built-in rules where its policy extends them."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from gatelens import __version__
from gatelens.linear_regex import PatternFault, cache_directory, check, store
from gatelens.ruleset import validation, yaml_source
from gatelens.ruleset.faults import Fault, RulesetError
from gatelens.ruleset.files import POLICY, SUFFIXES, Files, builtin_directory, files_below, read_file
from gatelens.ruleset.schema import rule_schema
from gatelens.ruleset.yaml_source import Source, Yaml


def parse(directory: Path) -> Files:
    """Read every file; raise RulesetError with all faults of all of them."""
    problems: list[Fault] = []
    policy = _policy(directory, problems)
    data = policy.data if isinstance(policy.data, dict) else {}
    layers = [directory]
    if data.get("extends") == "builtin" and directory != builtin_directory():
        layers.insert(0, builtin_directory())
    rules: dict[str, dict[str, Yaml]] = {}
    for layer in layers:
        own = _layer(layer, problems)
        # A rule of the directory takes the place of the built-in one of the same id.
        taken = {str(rule["id"]) for rule in own.values() if "id" in rule}
        rules = {name: rule for name, rule in rules.items() if str(rule.get("id")) not in taken} | own
    identifiers = {str(rule.get("id")) for rule in rules.values()}
    problems += _unknown_rules(policy, data, identifiers)
    problems += _no_days(policy, data)
    if problems:
        raise RulesetError(problems)
    routes = data.get("routes")
    count = len(routes) if isinstance(routes, list) else 0
    lines = [policy.line(("mode",)), *(policy.line(("routes", index)) for index in range(count))]
    return Files(dict(data), policy.file, lines, {name: dict(rule) for name, rule in rules.items()})


def _policy(directory: Path, problems: list[Fault]) -> Source:
    path = directory / POLICY
    if not path.is_file():
        raise RulesetError([Fault(shown(path), 1, 1, "", "missing", "a policy in every rules directory")])
    source = yaml_source.read(shown(path), read_file(path))
    problems += validation.faults(source, "policy")
    return source


def _unknown_rules(policy: Source, data: dict[str, Yaml], known: set[str]) -> list[Fault]:
    """An exclusion or a `disabled` entry that names no rule does nothing, and its author should know."""
    named: list[tuple[tuple[str | int, ...], Yaml]] = []
    for index, exclusion in enumerate(_list(data.get("exclusions"))):
        if isinstance(exclusion, dict):
            named.append((("exclusions", index, "rule"), exclusion.get("rule")))
    named += [(("disabled", index), name) for index, name in enumerate(_list(data.get("disabled")))]
    return [
        policy.fault(path, f"no rule {name!r}", "the id of a rule")
        for path, name in named
        if isinstance(name, str) and name not in known
    ]


def _no_days(policy: Source, data: dict[str, Yaml]) -> Iterator[Fault]:
    """A day that the calendar does not have would be found out by the first message that an exclusion is about."""
    for index, exclusion in enumerate(_list(data.get("exclusions"))):
        expires = exclusion.get("expires") if isinstance(exclusion, dict) else None
        if isinstance(expires, str):
            try:
                datetime.date.fromisoformat(expires)
            except ValueError:
                yield policy.fault(("exclusions", index, "expires"), f"no day {expires!r}", "a day of the calendar")


def _list(value: Yaml | None) -> list[Yaml]:
    return value if isinstance(value, list) else []


def _layer(directory: Path, problems: list[Fault]) -> dict[str, dict[str, Yaml]]:
    rules: dict[str, dict[str, Yaml]] = {}
    owners: dict[str, str] = {}
    for path in files_below(directory):
        if path.suffix not in SUFFIXES or path == directory / POLICY:
            continue
        try:
            source = yaml_source.read(shown(path), read_file(path))
        except RulesetError as error:
            problems += error.faults
            continue
        problems += _faults(source, path)
        if isinstance(source.data, dict):
            identifier = str(source.data.get("id"))
            if identifier in owners:
                problems.append(source.fault(("id",), f"{identifier} is in {owners[identifier]} too", "one rule an id"))
            owners[identifier] = shown(path)
            rules[str(path)] = source.data
    return rules


@cache
def _checks() -> bytes:
    """All that a rule file is checked against, but for its own content."""
    return repr((__version__, version("hyperscan"), rule_schema())).encode()


def _faults(source: Source, path: Path) -> list[Fault]:
    """What is wrong in a rule file. That nothing was is remembered by its content: compiling patterns takes long."""
    digest = hashlib.sha256(_checks() + read_file(path))
    known = cache_directory() / f"{digest.hexdigest()[:40]}.checked"
    if known.exists():
        return []
    found = list(validation.faults(source, "rule")) or [*_expressions(source), *_redacted_requests(source)]
    if not found:
        store(known, b"")
    return found


def _expressions(source: Source) -> list[Fault]:
    """Regular expressions outside the linear-time syntax; every inspector calls such a parameter `patterns`."""
    data = source.data
    params = data.get("params") if isinstance(data, dict) else None
    found: list[Fault] = []
    if isinstance(params, dict):
        for index, expression in enumerate(_list(params.get("patterns"))):
            try:
                check(str(expression))
            except PatternFault as fault:
                path = ("params", "patterns", index)
                found.append(source.fault(path, str(fault).rstrip("."), "Hyperscan's linear-time syntax"))
    return found


def _redacted_requests(source: Source) -> list[Fault]:
    """A request is forwarded as it was inspected, or not at all: a change would break its meaning and signatures."""
    data = source.data
    if isinstance(data, dict) and data.get("action") == "redact" and data.get("phase", "request") == "request":
        return [source.fault(("action",), "redact in a rule for requests", "phase: response, or another action")]
    return []


def shown(path: Path) -> str:
    """A path as a person at this directory would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
