"""Captures with expectations: recorded traffic in `<case>.mitm|har|jsonl`, and beside it, in `<case>.expect.yaml`, what
is to be decided about each record of it.

    comment: why this capture is kept
    rules: sample               # or a directory, from the repository's root; the built-in rules where absent
    flows:
      - action: block
        status: 403
        findings:
          - {rule: sql-injection, location: "body:/q"}
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

import gatelens
from gatelens.engine import Engine
from gatelens.model.finding import Action
from gatelens.replay.record import UNREADABLE, BrokenRecord, Kind, Reader, Record, open_recording
from gatelens.replay.verdict import Verdict, judge
from gatelens.ruleset import yaml_source
from gatelens.ruleset.faults import Fault, RulesetError
from gatelens.ruleset.files import builtin_directory, read_file
from gatelens.ruleset.parsing import shown
from gatelens.ruleset.yaml_source import Path as YamlPath
from gatelens.ruleset.yaml_source import Source, Yaml

EXPECT = ".expect.yaml"
SUFFIXES = tuple(f".{kind}{packing}" for kind in Kind for packing in ("", ".gz"))

TIME = 1_800_000_000.0
"""When a record that tells no time is judged, so that it is judged alike tomorrow: the time of rules' examples."""

_WORDS = tuple(action.word for action in Action)


class ExpectedFinding(Struct, frozen=True, order=True):
    """A finding by its rule and its place, as Location prints it."""

    rule: str
    location: str

    def __str__(self) -> str:
        return f"{self.rule} at {self.location}"


class ExpectedFlow(Struct, frozen=True):
    """The decision about one record. `status` is None where nothing answered it."""

    action: str
    status: int | None = None
    findings: tuple[ExpectedFinding, ...] = ()


class Expectation(Struct, frozen=True):
    """One expectation file. `rules` is empty for the built-in rules."""

    comment: str = ""
    rules: str = ""
    flows: tuple[ExpectedFlow, ...] = ()


class Capture(Struct, frozen=True):
    """A recording and the file of its expectation, which may not be there yet."""

    recording: Path
    expect: Path

    @property
    def name(self) -> str:
        """The recording as a person would type it."""
        return shown(self.recording)


class Outcome(Struct, frozen=True):
    """What came of one capture. Empty `differences`, `faults` and `broken` say that all is as expected."""

    capture: Capture
    flows: int = 0
    differences: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    broken: tuple[str, ...] = ()
    updated: bool = False


Engines = Callable[[Path], Engine]
"""The engine of a rules directory. Raises RulesetError."""


def find(directory: Path) -> tuple[list[Capture], list[Fault]]:
    """Every capture below `directory`, sorted, and expectation files that belong to none."""
    captures: list[Capture] = []
    expected: set[Path] = set()
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    for path in files:
        suffix = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)
        if suffix is not None:
            expect = path.with_name(path.name.removesuffix(suffix) + EXPECT)
            captures.append(Capture(path, expect))
            expected.add(expect)
    orphans = [
        Fault(shown(path), 1, 1, "", "no recording of this name beside it", " or ".join(SUFFIXES))
        for path in files
        if path.name.endswith(EXPECT) and path not in expected
    ]
    return captures, orphans


def replay(
    capture: Capture, readers: Mapping[Kind, Reader], engines: Engines, *, rules: Path | None = None, update: bool
) -> Outcome:
    """Judge a capture and compare; with `update`, write what came out where it differs from what was expected.

    `rules` takes the place of what the expectation names. A broken capture is judged as far as it goes, and never
    written as expected.
    """
    try:
        expectation = load(capture.expect) if capture.expect.exists() or not update else None
        directory = rules or rules_directory(expectation or Expectation(), capture)
        engine = engines(directory)
    except RulesetError as error:
        return Outcome(capture, faults=error.faults)
    flows, broken = _judged(capture, readers, engine)
    differences = ["no expectation yet"] if expectation is None else list(compare(expectation.flows, flows))
    updated = update and not broken and bool(differences)
    if updated:
        write(capture.expect, Expectation(flows=tuple(flows)))
    return Outcome(capture, len(flows), tuple(differences), (), tuple(broken), updated)


def _judged(capture: Capture, readers: Mapping[Kind, Reader], engine: Engine) -> tuple[list[ExpectedFlow], list[str]]:
    flows: list[ExpectedFlow] = []
    broken: list[str] = []
    try:
        with open_recording(str(capture.recording)) as recording:
            for entry in readers[recording.kind](recording.stream, TIME):
                if isinstance(entry, Record):
                    flows.append(observed(judge(engine, entry)))
                elif isinstance(entry, BrokenRecord):
                    broken.append(str(entry))
    except UNREADABLE as error:
        broken.append(f"cannot be read ({type(error).__name__})")
    if not flows and not broken:
        broken.append("no HTTP exchange in it")
    return flows, broken


def observed(verdict: Verdict) -> ExpectedFlow:
    """A verdict in the terms of an expectation."""
    findings = tuple(ExpectedFinding(found["rule"], found["location"]) for found in verdict["findings"])
    return ExpectedFlow(verdict["action"], verdict["status"], findings)


def compare(expected: tuple[ExpectedFlow, ...], flows: list[ExpectedFlow]) -> Iterator[str]:
    """Every difference in words. Findings are compared without regard to their order."""
    for number, (wanted, got) in enumerate(zip(expected, flows, strict=False), 1):
        if wanted.action != got.action:
            yield f"flow {number}: {got.action}, expected {wanted.action}"
        if wanted.status != got.status:
            yield f"flow {number}: status {got.status or 'none'}, expected {wanted.status or 'none'}"
        missing, more = Counter(wanted.findings), Counter(got.findings)
        for finding in sorted((missing - more).elements()):
            yield f"flow {number}: missing {finding}"
        for finding in sorted((more - missing).elements()):
            yield f"flow {number}: unexpected {finding}"
    if len(expected) != len(flows):
        yield f"{len(flows)} flows, expected {len(expected)}"


def rules_directory(expectation: Expectation, capture: Capture) -> Path:
    """The rules that an expectation asks for. Paths start at the repository that the capture is in."""
    if not expectation.rules:
        return builtin_directory()
    if expectation.rules == "sample":
        return Path(gatelens.__file__).parent / "sample" / "rules"
    above = capture.recording.resolve().parents
    root = next(
        (folder for folder in above if (folder / ".git").exists() or (folder / "pyproject.toml").exists()), None
    )
    return (root or Path.cwd()) / expectation.rules


def load(path: Path) -> Expectation:
    """Read an expectation file. Raises RulesetError with every fault in it."""
    if not path.is_file():
        raise RulesetError([Fault(shown(path), 1, 1, "", "missing", "an expectation, which --update writes")])
    source = yaml_source.read(shown(path), read_file(path))
    faults = list(_faults(source))
    if faults:
        raise RulesetError(faults)
    data = source.data
    assert isinstance(data, dict)
    flows = data["flows"]
    assert isinstance(flows, list)
    return Expectation(str(data.get("comment") or ""), str(data.get("rules") or ""), tuple(map(_flow, flows)))


def _flow(data: Yaml) -> ExpectedFlow:
    assert isinstance(data, dict)
    status, findings = data.get("status"), data.get("findings") or []
    assert isinstance(findings, list)
    assert status is None or isinstance(status, int)
    return ExpectedFlow(
        str(data["action"]),
        status,
        tuple(
            ExpectedFinding(str(found["rule"]), str(found["location"])) for found in findings if isinstance(found, dict)
        ),
    )


def _faults(source: Source) -> Iterator[Fault]:
    """Everything that is wrong with an expectation file."""
    if not _is_mapping(source.data):
        yield source.fault((), _kind(source.data), "comment, rules and flows")
        return
    yield from _names(source, (), source.data, required=("flows",), optional=("comment", "rules"))
    yield from _text(source, ("comment",), source.data)
    yield from _text(source, ("rules",), source.data)
    flows = source.data.get("flows", [])
    if not isinstance(flows, list):
        yield source.fault(("flows",), _kind(flows), "a list")
        return
    for index, flow in enumerate(flows):
        yield from _flow_faults(source, ("flows", index), flow)


def _flow_faults(source: Source, path: YamlPath, flow: Yaml) -> Iterator[Fault]:
    if not _is_mapping(flow):
        yield source.fault(path, _kind(flow), "action, status and findings")
        return
    yield from _names(source, path, flow, required=("action", "status"), optional=("findings",))
    if "action" in flow and flow["action"] not in _WORDS:
        yield source.fault((*path, "action"), _kind(flow["action"]), f"one of {', '.join(_WORDS)}")
    status = flow.get("status")
    if status is not None and (isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999):
        yield source.fault((*path, "status"), _kind(status), "a status from 100 to 999, or null")
    findings = flow.get("findings", [])
    if not isinstance(findings, list):
        yield source.fault((*path, "findings"), _kind(findings), "a list")
        return
    for index, finding in enumerate(findings):
        place = (*path, "findings", index)
        if not _is_mapping(finding):
            yield source.fault(place, _kind(finding), "rule and location")
            continue
        yield from _names(source, place, finding, required=("rule", "location"), optional=())
        yield from _text(source, (*place, "rule"), finding)
        yield from _text(source, (*place, "location"), finding)


def _names(
    source: Source, path: YamlPath, data: Mapping[str, Yaml], *, required: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Fault]:
    for name in data:
        if name not in required and name not in optional:
            yield source.fault((*path, name), "an unknown name", f"one of {', '.join(required + optional)}")
    for name in required:
        if name not in data:
            yield source.fault((*path, name), "missing", "required")


def _text(source: Source, path: YamlPath, data: Mapping[str, Yaml]) -> Iterator[Fault]:
    value = data.get(str(path[-1]), "")
    if not isinstance(value, str):
        yield source.fault(path, _kind(value), "text")


def _is_mapping(value: Yaml) -> TypeGuard[dict[str, Yaml]]:
    return isinstance(value, dict)


def _kind(value: Yaml) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else repr(value)


def write(path: Path, expectation: Expectation) -> None:
    """Write `flows` to the file at `path`; what else is in it, comments of YAML too, stays as it is."""
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_bytes()) if path.exists() else CommentedMap(comment="")
    flows = CommentedSeq()
    for flow in expectation.flows:
        entry = CommentedMap(action=flow.action, status=flow.status)
        if flow.findings:
            entry["findings"] = CommentedSeq()
        for finding in flow.findings:
            item = CommentedMap(rule=finding.rule, location=finding.location)
            item.fa.set_flow_style()
            entry["findings"].append(item)
        flows.append(entry)
    data["flows"] = flows
    text = io.BytesIO()
    yaml.dump(data, text)
    path.write_bytes(text.getvalue())
