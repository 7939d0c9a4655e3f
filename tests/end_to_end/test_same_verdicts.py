"""What the gateway decided live, `gatelens inspect` decides again over the recorded flows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.gateway import ROOT, gateway
from tests.support.recorder import Recorder, answer

BODIES = (
    b'{"q": "tea"}',
    b"""{"q": "x' or 1=1 --"}""",
    b'{"a": 1, "a": 2}',
    b'{"query": "{ me { name } }"}',
    b'{"cut": "off',
)


def test_recorded_flows_are_judged_offline_as_they_were_live(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(b'{"card": "4111 1111 1111 1111"}')
    saved = tmp_path / "saved.mitm"
    with gateway(upstream.url, tmp_path, "--mode", "detect", "-w", str(saved)) as running:
        for body in BODIES:
            assert running.post(body).status == 200
        events = running.events(len(BODIES))
    live = [(event["gatelens.verdict"], event["rule.id"]) for event in events]

    command = [sys.executable, "-m", "gatelens", "inspect", str(saved), "--mode", "detect"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    offline = [list(dict.fromkeys(finding["rule"] for finding in result["findings"])) for result in results]
    assert offline == [rules for _, rules in live]
    assert {result["action"] for result in results} == {"log"}
    assert [verdict for verdict, _ in live] == ["redact", "block", "block", "redact", "block"]
