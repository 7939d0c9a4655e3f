"""The gatelens command: what it prints where, and its exit codes."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gatelens import cli
from gatelens.ruleset.schema import policy_schema, rule_schema
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow, tutils

from tests.replay import UNION, write_rules

ATTACK = {"id": "a", "method": "POST", "path": "/a", "body": '{"q": "1 union select 2"}'}
ANSWERED = {"id": "b", "request": {"method": "GET", "path": "/"}, "response": {"status": 200, "body": "fine"}}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache knows rules by their content, and would name the file of another test."""
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path.parent / f"{tmp_path.name}.cache"))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_rules(tmp_path_factory.mktemp("rules")))


def lines(directory: Path, *records: object, name: str = "a.jsonl") -> str:
    path = directory / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return str(path)


def mitm(directory: Path) -> str:
    path = directory / "a.mitm"
    with path.open("wb") as file:
        request = tutils.treq(method=b"GET", path=b"/?q=union+select", content=b"")
        FlowWriter(file).add(tflow.tflow(req=request, resp=True))
        FlowWriter(file).add(tflow.ttcpflow())
    return str(path)


def har(directory: Path) -> str:
    path = directory / "a.har.gz"
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": "GET", "url": "http://h/?q=union%20select", "headers": []},
        "response": {"status": 200, "headers": [], "content": {}},
    }
    path.write_bytes(gzip.compress(json.dumps({"log": {"entries": [entry]}}).encode()))
    return str(path)


def results(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_inspect_prints_one_object_a_line_for_every_kind_of_recording(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files = [lines(tmp_path, ATTACK, ANSWERED), har(tmp_path), mitm(tmp_path)]
    assert cli.command(["inspect", *files, "--rules", rules, "--bodies"]) == cli.OK
    out, err = capfd.readouterr()
    shown = [
        (r["action"], r["status"], [(f["rule"], f["location"]) for f in r["findings"]], r.get("body"))
        for r in results(out)
    ]
    assert shown == [
        ("block", 403, [("union-select", "body:/q")], None),
        ("allow", 200, [], "fine"),
        ("block", 403, [("union-select", "query:q[0]")], None),
        ("block", 403, [("union-select", "query:q[0]")], None),
    ]
    assert [r["id"] for r in results(out)][:3] == ["a", "b", "1"]
    assert err.startswith(f"{files[2]}: record 2 (byte ")
    assert err.endswith("): skipped: a tcp flow\n")


def test_inspect_takes_the_mode_from_the_command_line(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.command(["inspect", lines(tmp_path, ATTACK), "--rules", rules, "--mode", "detect"]) == cli.OK
    (result,) = results(capfd.readouterr().out)
    assert (result["action"], result["mode"], result["status"]) == ("log", "detect", None)


def test_inspect_reports_broken_records_and_goes_on(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = lines(tmp_path, ATTACK, {"method": "GET"}, ATTACK)
    absent = str(tmp_path / "absent.har")
    good = lines(tmp_path, ANSWERED, name="b.jsonl")
    assert cli.command(["inspect", bad, absent, str(tmp_path), good, "--rules", rules]) == cli.UNREADABLE_INPUT
    out, err = capfd.readouterr()
    assert [r["action"] for r in results(out)] == ["block", "block", "allow"]
    assert err.splitlines() == [
        f"{bad}: record 2 (line 2): neither a request nor a method and a path",
        f"{absent}: No such file or directory",
        f"{tmp_path}: Is a directory",
    ]


def test_inspect_ends_with_2_for_faulty_rules(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken = write_rules(tmp_path / "rules", union=UNION.replace("severity: critical", "severity: dire"))
    assert cli.command(["inspect", lines(tmp_path, ATTACK), "--rules", str(broken)]) == cli.WRONG
    out, err = capfd.readouterr()
    assert out == ""
    assert err == (f'{broken}/union.yaml:5:11: severity: "dire"; one of critical, high, info, low, medium\n')


def test_inspect_prints_an_id_that_is_no_text_as_an_escape(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.command(["inspect", lines(tmp_path, {**ANSWERED, "id": "\udc80"}), "--rules", rules]) == cli.OK
    assert '"id": "\\udc80"' in capfd.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], ["inspect"], ["inspect", "a", "--mode", "off"], ["rules"], ["rules", "mend"], ["replay", "a", "b"], ["fly"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.command(arguments)
    assert ended.value.code == cli.WRONG
    assert "usage: gatelens" in capfd.readouterr().err


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "gatelens", *arguments], input=given, capture_output=True, check=False, timeout=60
    )


def test_the_module_reads_standard_input_and_exits_with_the_code(rules: str) -> None:
    done = run("inspect", "-", "--rules", rules, given=gzip.compress(json.dumps(ATTACK).encode() + b"\n") + b"rubbish")
    assert [r["action"] for r in results(done.stdout.decode())] == ["block"]
    assert b"record 2" in done.stderr
    assert done.returncode == cli.UNREADABLE_INPUT


def test_a_reader_that_goes_away_is_no_error_of_ours(tmp_path: Path, rules: str) -> None:
    many = lines(tmp_path, *[ANSWERED] * 20_000)
    with subprocess.Popen(
        [sys.executable, "-m", "gatelens", "inspect", many, "--rules", rules],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_the_bar_is_drawn_only_where_a_terminal_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    from gatelens.replay.record import open_recording

    errors = Terminal()
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with cli._progress() as progress, open_recording(lines(tmp_path, ATTACK)) as recording:
        progress.start("[red]name", recording)
        recording.stream.read()
        progress.move(recording)
        progress.say("[red]a note\x1b")
    assert "[red]name" in errors.getvalue()
    assert "1 records" in errors.getvalue()
    assert "[red]a note·" in errors.getvalue()
    monkeypatch.setattr(sys, "stdout", Terminal())
    with cli._progress() as progress:
        assert type(progress) is cli._Progress


def test_run_hands_everything_to_the_launcher_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    from gatelens.mitm import launcher

    seen: list[list[str]] = []

    def launch(arguments: list[str]) -> int:
        seen.append(arguments)
        return 7

    monkeypatch.setattr(launcher, "run", launch)
    arguments = ["web", "--upstream", "http://x", "--set", "a=b", "-q", "--help"]
    assert (cli.command(["run", *arguments]), seen) == (7, [arguments])


def test_the_command_starts_without_the_heavy_libraries() -> None:
    heavy = "mitmproxy jsonschema ruamel rich orjson msgspec hyperscan"
    program = f"import sys, gatelens.cli; print([m for m in {heavy.split()} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", program]) == b"[]\n"


def test_rules_check_prints_a_count_or_every_fault(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.command(["rules", "check", rules]) == cli.OK
    assert capfd.readouterr().out == "2 rules, 4 examples, 0 faults\n"
    wrong = write_rules(tmp_path / "rules", union=UNION.replace("the union may select", "union select"))
    assert cli.command(["rules", "check", str(wrong)]) == cli.DIFFERENT
    assert capfd.readouterr().out == (
        f"{wrong}/union.yaml:11:12: tests.ignore[0]: union-select finds it; no finding\n1 rule, 2 examples, 1 fault\n"
    )


def test_rules_schema_writes_both_schemas(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    both = {"rule.schema.json": rule_schema(), "policy.schema.json": policy_schema()}
    both = json.loads(json.dumps(both))
    assert cli.command(["rules", "schema"]) == cli.OK
    assert json.loads(capfd.readouterr().out) == both
    assert cli.command(["rules", "schema", str(tmp_path)]) == cli.OK
    assert {path.name: json.loads(path.read_text()) for path in tmp_path.iterdir()} == both
    assert cli.command(["rules", "schema", str(tmp_path / "absent")]) == cli.WRONG


def captured(directory: Path, expect: str | None, *records: object, case: str = "case") -> str:
    lines(directory, *records, name=f"{case}.jsonl")
    if expect is not None:
        (directory / f"{case}.expect.yaml").write_text(expect)
    return str(directory)


def test_replay_exits_by_the_worst_that_it_met(tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]) -> None:
    def replay() -> int:
        return cli.command(["replay", str(tmp_path), "--rules", rules])

    agreed = "flows: [{action: allow, status: 200}]\n"
    assert replay() == cli.WRONG
    assert capfd.readouterr().err == f"{tmp_path}: no captures\n"
    captured(tmp_path, agreed, ANSWERED)
    assert replay() == cli.OK
    captured(tmp_path, agreed, ATTACK, case="changed")
    assert replay() == cli.DIFFERENT
    assert "flow 1: block, expected allow" in capfd.readouterr().out
    captured(tmp_path, "flows: none\n", ANSWERED, case="faulty")
    assert replay() == cli.WRONG
    captured(tmp_path, agreed, ANSWERED, {}, case="broken")
    assert replay() == cli.UNREADABLE_INPUT


def test_replay_tells_of_an_expectation_without_a_recording(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    captured(tmp_path, "flows: [{action: allow, status: 200}]\n", ANSWERED)
    (tmp_path / "lost.expect.yaml").write_text("flows: []\n")
    assert cli.command(["replay", str(tmp_path), "--rules", rules]) == cli.WRONG
    assert "lost.expect.yaml:1:1: no recording of this name beside it" in capfd.readouterr().err


def test_replay_update_writes_expectations_that_the_next_replay_meets(
    tmp_path: Path, rules: str, capfd: pytest.CaptureFixture[str]
) -> None:
    captured(tmp_path, None, ATTACK, ANSWERED)
    assert cli.command(["replay", str(tmp_path), "--rules", rules]) == cli.WRONG
    assert cli.command(["replay", str(tmp_path), "--rules", rules, "--update"]) == cli.OK
    assert "updated" in capfd.readouterr().out
    assert cli.command(["replay", str(tmp_path), "--rules", rules]) == cli.OK


def test_replay_ends_with_2_for_faulty_rules(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    captured(tmp_path, None, ATTACK)
    assert cli.command(["replay", str(tmp_path), "--rules", str(tmp_path / "absent")]) == cli.WRONG
    assert "absent:1:1: no such directory" in capfd.readouterr().err
