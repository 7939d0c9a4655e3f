"""The `gatelens` command: what is asked, which part does it, and what the shell is told.

Exit codes: 0 as it should be, 1 a fault of a rule or a difference of a capture, 2 usage or rule error, 3 unreadable
input. Everything but argparse is imported by the sub-command that needs it, so that `gatelens run` starts fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gatelens.masking import printable

if TYPE_CHECKING:
    from io import BufferedReader

    from gatelens.engine import Engine
    from gatelens.policy import Mode
    from gatelens.replay.captures import Outcome
    from gatelens.replay.record import Entry, Kind, Reader, Record, Recording
    from gatelens.replay.verdict import Verdict
    from gatelens.ruleset.faults import Fault

OK = 0
DIFFERENT = 1
WRONG = 2
UNREADABLE_INPUT = 3

_BROKEN_PIPE = 128 + 13
_INTERRUPTED = 128 + 2


def main() -> None:
    """Run the command line of this process and exit with its code."""
    raise SystemExit(command(sys.argv[1:]))


def command(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code. Raises SystemExit(2) for wrong usage."""
    # Before argparse, which would take options of mitmproxy for its own.
    if arguments[:1] == ["run"]:
        from gatelens.mitm import launcher

        return launcher.run(arguments[1:])
    if arguments[:1] == ["showcase"]:
        from gatelens import showcase

        return showcase.run(arguments[1:])
    options = _parser().parse_args(arguments)
    action: Callable[[argparse.Namespace], int] = options.action
    try:
        code = action(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone. Python would flush once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gatelens", description="An inspecting API security gateway.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", add_help=False, help="run the gateway: gatelens run --help")
    commands.add_parser("showcase", add_help=False, help="run the gateway in front of the bundled sample shop")

    inspect = commands.add_parser("inspect", help="judge recorded traffic: one JSON object a line")
    inspect.add_argument("files", nargs="+", metavar="FILE", help=".mitm, .har, .jsonl or .http; - is stdin")
    inspect.add_argument("--rules", type=Path, metavar="DIR", help="directory of rules; default: the built-in ones")
    inspect.add_argument("--mode", choices=("block", "detect"), help="default: as the policy says")
    inspect.add_argument("--bodies", action="store_true", help="print response bodies, redacted")
    inspect.add_argument("--explain", action="store_true", help="draw for a person why, in place of JSON")
    inspect.set_defaults(action=_inspect)

    rules = commands.add_parser("rules", help="check rule files, or write their schemas")
    parts = rules.add_subparsers(required=True, metavar="COMMAND")
    check = parts.add_parser("check", help="check every file and run the rules' own tests")
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="default: the built-in rules")
    check.set_defaults(action=_rules_check)
    schema = parts.add_parser("schema", help="write rule.schema.json and policy.schema.json")
    schema.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="default: both to standard output")
    schema.set_defaults(action=_rules_schema)

    replay = commands.add_parser("replay", help="judge captures and hold them to their expectations")
    replay.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="default: captures/")
    replay.add_argument("--update", action="store_true", help="write what comes out as what is expected")
    replay.add_argument("--rules", type=Path, metavar="DIR", help="in place of the rules that the captures name")
    replay.set_defaults(action=_replay)
    return parser


def _engine(directory: Path | None, mode: Mode | None = None) -> Engine:
    """The engine of a rules directory. Raises RulesetError."""
    from gatelens.engine import Engine
    from gatelens.ruleset.files import builtin_directory
    from gatelens.ruleset.loader import load

    return Engine(load(directory or builtin_directory(), mode))


def _inspect(options: argparse.Namespace) -> int:
    from gatelens.replay.record import Record, SkippedRecord
    from gatelens.replay.verdict import judge
    from gatelens.ruleset.faults import RulesetError

    try:
        engine = _engine(options.rules, options.mode)
    except RulesetError as error:
        return _wrong(error.faults)
    code = OK
    with _progress() as progress:
        for name, entry in _entries(options.files, progress):
            if isinstance(entry, Record):
                if options.explain:
                    _explain(engine, entry)
                else:
                    sys.stdout.buffer.write(_line(judge(engine, entry, bodies=options.bodies)))
                continue
            progress.say(f"{name}: {entry}")
            if not isinstance(entry, SkippedRecord):
                code = UNREADABLE_INPUT
    sys.stdout.buffer.flush()
    return code


def _explain(engine: Engine, record: Record) -> None:
    """Draw the verdict on a record: on its response only where the request got through."""
    from rich.console import Console

    from gatelens.explaining import drawn, explain

    console = Console()
    for message in filter(None, (record.request, record.response)):
        decision = engine.inspect(message)
        console.print(drawn(message, decision, explain(engine, message, decision)))
        if decision.status:
            return


def _entries(names: Iterable[str], progress: _Progress) -> Iterator[tuple[str, Entry | str]]:
    """Every entry of every file, and a reason for a file that has none."""
    import time

    from gatelens.replay.record import UNREADABLE, open_recording

    readers = _readers()
    now = time.time()
    for name in names:
        try:
            recording = open_recording(name)
        except UNREADABLE as error:
            reason = error.strerror if isinstance(error, OSError) else None
            yield name, reason or f"cannot be read ({type(error).__name__})"
            continue
        with recording:
            progress.start(name, recording)
            for entry in readers[recording.kind](recording.stream, now):
                yield name, entry
                progress.move(recording)


def _readers() -> dict[Kind, Reader]:
    from gatelens.replay import har, jsonl, raw_request
    from gatelens.replay.record import Kind

    def flows(stream: BufferedReader, default_time: float) -> Iterator[Entry]:
        from gatelens.mitm import flow_file  # mitmproxy takes half a second to import

        return flow_file.read(stream, default_time)

    return {Kind.JSONL: jsonl.read, Kind.HAR: har.read, Kind.HTTP: raw_request.read, Kind.MITM: flows}


def _line(verdict: Verdict) -> bytes:
    import json

    import orjson

    try:
        return orjson.dumps(verdict, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        # A lone surrogate, which an id or a key may hold; JSON can tell it only as an escape.
        return json.dumps(verdict).encode() + b"\n"


class _Progress:
    """How far the reading has come. This one keeps silent; notes go to standard error."""

    def start(self, name: str, recording: Recording) -> None:
        """A file is begun."""

    def move(self, recording: Recording) -> None:
        """A record of the file is done."""

    def say(self, text: str) -> None:
        """Tell something beside the progress."""
        print(printable(text), file=sys.stderr)


@contextmanager
def _progress() -> Iterator[_Progress]:
    """A bar on standard error where that is a terminal, and the results do not run over the same one."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield _Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Bar(_Progress):
        def start(self, name: str, recording: Recording) -> None:
            self.task = bar.add_task(printable(name), total=recording.size, records="")
            self.records = 0

        def move(self, recording: Recording) -> None:
            self.records += 1
            if self.records % 100 == 0 or recording.position() == recording.size:
                bar.update(self.task, completed=recording.position(), records=f"{self.records:,} records")

        def say(self, text: str) -> None:
            bar.console.print(Text(printable(text)))

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[records]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield Bar()


def _wrong(faults: Iterable[Fault]) -> int:
    for fault in faults:
        print(printable(str(fault)), file=sys.stderr)
    return WRONG


def _rules_check(options: argparse.Namespace) -> int:
    from gatelens import rulecheck
    from gatelens.ruleset.files import builtin_directory

    report = rulecheck.check(options.directory or builtin_directory())
    for fault in report.faults:
        print(printable(str(fault)))
    print(report)
    return DIFFERENT if report.faults else OK


def _rules_schema(options: argparse.Namespace) -> int:
    from gatelens.ruleset.schema import policy_schema, rule_schema

    texts = {"rule.schema.json": rule_schema(), "policy.schema.json": policy_schema()}
    if options.directory is None:
        print(_json(texts), end="")
        return OK
    try:
        for name, content in texts.items():
            (options.directory / name).write_text(_json(content), encoding="utf-8")
    except OSError as error:
        print(f"{options.directory}: {error.strerror}", file=sys.stderr)
        return WRONG
    return OK


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _replay(options: argparse.Namespace) -> int:
    from functools import cache

    from gatelens.replay import captures
    from gatelens.replay.table import print_table
    from gatelens.ruleset.faults import RulesetError

    directory = options.directory or _captures_directory()
    engines = cache(_engine)
    found, orphans = captures.find(directory)
    if not found:
        print(f"{directory}: no captures", file=sys.stderr)
        return WRONG
    try:
        if options.rules:
            engines(options.rules)
    except RulesetError as error:
        return _wrong(error.faults)
    readers = _readers()
    outcomes = [
        captures.replay(capture, readers, engines, rules=options.rules, update=options.update) for capture in found
    ]
    print_table(outcomes)
    code = _wrong(orphans) if orphans else OK
    return max(code, *map(_code, outcomes))


def _code(outcome: Outcome) -> int:
    if outcome.broken:
        return UNREADABLE_INPUT
    if outcome.faults:
        return WRONG
    return DIFFERENT if outcome.differences and not outcome.updated else OK


def _captures_directory() -> Path:
    """captures/ here, else that of the checkout."""
    from gatelens.ruleset.files import builtin_directory

    here = Path("captures")
    return here if here.is_dir() else builtin_directory().parent / "captures"
