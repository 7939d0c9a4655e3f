"""The table of a replay says each capture's result, and nothing that a terminal would obey."""

from __future__ import annotations

import io
from pathlib import Path

from gatelens.replay.captures import Capture, Outcome
from gatelens.replay.table import print_table
from gatelens.ruleset.faults import Fault
from rich.console import Console

CAPTURE = Capture(Path("captures/a/[red]x.har"), Path("captures/a/[red]x.expect.yaml"))


def printed(*outcomes: Outcome) -> str:
    out = io.StringIO()
    print_table(outcomes, Console(file=out, width=120))
    return out.getvalue()


def test_each_result_has_its_word() -> None:
    outcomes = [
        Outcome(CAPTURE, 2),
        Outcome(CAPTURE, 2, ("flow 1: block, expected allow",)),
        Outcome(CAPTURE, 2, ("flow 1: block, expected allow",), updated=True),
        Outcome(CAPTURE, faults=(Fault("x.expect.yaml", 1, 2, "flows", "1", "a list"),)),
        Outcome(CAPTURE, 1, broken=("record 2 (line 2): no JSON",)),
    ]
    text = printed(*outcomes)
    for word in ("as expected", "different", "updated", "bad expectation", "broken"):
        assert word in text
    assert "flow 1: block, expected allow" in text
    assert "x.expect.yaml:1:2: flows: 1; a list" in text
    assert "record 2 (line 2): no JSON" in text


def test_names_are_not_read_as_markup_and_control_characters_do_not_come_through() -> None:
    text = printed(Outcome(CAPTURE, 1, ("flow 1: unexpected a at body:/\x1b[31m\u202e",)))
    assert "captures/a/[red]x.har" in text
    assert "body:/·[31m·" in text
    assert "\x1b" not in text
