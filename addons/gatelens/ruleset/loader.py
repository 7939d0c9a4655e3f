"""Load a directory of rules: every file read, checked whole, and turned into rules and a policy.

A directory holds policy.yaml and, at any depth, one rule a file. What was read and found good is kept in the cache by
the hash of all its files, so that the next start need not parse YAML again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from gatelens import __version__, inspectors
from gatelens.linear_regex import cache_directory, store
from gatelens.model.finding import Action
from gatelens.model.rule import Rule, RuleFile
from gatelens.policy import Mode, Policy, PolicyFile, build
from gatelens.ruleset.faults import Fault, RulesetError
from gatelens.ruleset.files import Files, builtin_directory, files_below, read_file


class Ruleset(Struct, frozen=True):
    """Rules and policy in force together. `digest` names the files they came from."""

    rules: tuple[Rule, ...]
    policy: Policy
    directory: Path
    digest: str


def digest_of(directory: Path) -> str:
    """The hash of every file that loading `directory` would read, and of its place.

    Raises RulesetError where one cannot be read.
    """
    digest = hashlib.sha256(__version__.encode())
    seen = [directory]
    if directory != builtin_directory():
        seen.append(builtin_directory())
    for folder in seen:
        digest.update(f"{folder.resolve()}\0".encode())
        for path in files_below(folder):
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(read_file(path) + b"\0")
    return digest.hexdigest()


def is_builtin(rule: Rule) -> bool:
    """Whether `rule` is one of those that come with the package."""
    return Path(rule.source).is_relative_to(builtin_directory())


def load(directory: Path, mode: Mode | None = None) -> Ruleset:
    """Load and check the rules in `directory`. Raises RulesetError with every fault there is."""
    directory = directory.resolve()
    digest = digest_of(directory)
    cached = cache_directory() / f"{digest[:40]}.ruleset"
    try:
        files = msgspec.msgpack.decode(cached.read_bytes(), type=Files)
    except (OSError, msgspec.MsgspecError):
        from gatelens.ruleset import parsing  # YAML and JSON Schema take 0.3 s to import: only when files changed

        files = parsing.parse(directory)
        rules = _rules(files)
        store(cached, msgspec.msgpack.encode(files))
    else:
        rules = _rules(files)
    policy = build(_policy(files), files.policy_file, files.lines, mode)
    enabled = tuple(rule for rule in rules if rule.id not in policy.disabled)
    return Ruleset(enabled, policy, directory, digest)


def _policy(files: Files) -> PolicyFile:
    try:
        return msgspec.convert(files.policy, PolicyFile)
    except msgspec.ValidationError as error:
        raise RulesetError([Fault(files.policy_file, 1, 1, "", str(error), "what a policy allows")]) from error


def _rules(files: Files) -> list[Rule]:
    rules: list[Rule] = []
    problems: list[Fault] = []
    for name, data in files.rules.items():
        try:
            rule = rule_from(msgspec.convert(data, RuleFile), name)
        except (msgspec.ValidationError, ValueError) as error:
            problems.append(Fault(name, 1, 1, "params", str(error), "what the inspector's Params allow"))
        else:
            if rule is not None:
                rules.append(rule)
    if problems:
        raise RulesetError(problems)
    return rules


def rule_from(file: RuleFile, source: str) -> Rule | None:
    """A rule ready for use, or None where it is not enabled. Raises msgspec.ValidationError for bad params."""
    if not file.enabled:
        return None
    params = msgspec.convert(_resolved(file.params, source), inspectors.params_of(file.inspector))
    return Rule(
        id=file.id,
        inspector=file.inspector,
        description=file.description,
        severity=file.severity,
        action=Action.of(file.action),
        category=file.category,
        phase=file.phase,
        parts=frozenset(file.parts),
        routes=file.routes,
        scored=file.scored,
        tags=file.tags,
        params=params,
        tests=file.tests,
        source=source,
    )


def _resolved(params: Mapping[str, object], source: str) -> dict[str, object]:
    """Parameters named `*_file`, at any depth, are paths beside the rule file."""
    return {name: _resolved_value(name, value, source) for name, value in params.items()}


def _resolved_value(name: str, value: object, source: str) -> object:
    if isinstance(value, str) and name.endswith("_file"):
        return str(Path(source).parent / value)
    if isinstance(value, Mapping):
        return _resolved(value, source)
    if isinstance(value, list | tuple):
        return [_resolved_value(name, entry, source) for entry in value]
    return value
