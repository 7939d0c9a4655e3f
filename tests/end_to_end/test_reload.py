"""Rules change while traffic flows: good ones within two seconds, bad ones never."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from tests.support.gateway import Running, gateway
from tests.support.recorder import Recorder

POLICY = "extends: builtin\nmode: block\n"
RULE = """\
id: forbidden-word
inspector: pattern
description: A word for this test
severity: high
action: block
params: {patterns: [xyzzy]}
tests: {match: [xyzzy], ignore: [plugh]}
"""
BODY = b'{"word": "xyzzy"}'
ATTACK = b'{"a": 1, "a": 2}'


def rules_directory(folder: Path) -> Path:
    rules = folder / "rules"
    rules.mkdir()
    (rules / "policy.yaml").write_text(POLICY)
    return rules


def wait_for_status(running: Running, status: int, within: float) -> float:
    """Seconds until BODY is answered with `status`."""
    begin = time.monotonic()
    while time.monotonic() < begin + within:
        if running.post(BODY).status == status:
            return time.monotonic() - begin
        time.sleep(0.05)
    raise AssertionError(f"not {status} within {within} s:\n{running.log.read_text()}")


def test_a_new_rule_is_in_force_within_seconds_and_delays_no_request(tmp_path: Path, upstream: Recorder) -> None:
    rules = rules_directory(tmp_path)
    with gateway(upstream.url, tmp_path, "--rules", str(rules)) as running:
        assert running.post(BODY).status == 200
        slowest = 0.0
        stop = threading.Event()

        def load() -> None:
            nonlocal slowest
            while not stop.is_set():
                begin = time.monotonic()
                assert running.request("GET", "/").status == 200
                slowest = max(slowest, time.monotonic() - begin)

        thread = threading.Thread(target=load)
        thread.start()
        (rules / "forbidden.yaml").write_text(RULE)
        wait_for_status(running, 403, within=8)
        stop.set()
        thread.join()
        assert slowest < 1
        running.wait_for_log("rules: generation 2")
        assert running.event(event_action="block")["gatelens.generation"] == 2


def test_a_broken_rule_leaves_the_last_good_set_in_force_and_is_named(tmp_path: Path, upstream: Recorder) -> None:
    rules = rules_directory(tmp_path)
    (rules / "forbidden.yaml").write_text(RULE)
    with gateway(upstream.url, tmp_path, "--rules", str(rules)) as running:
        (rules / "forbidden.yaml").write_text(RULE.replace("severity: high", "severity: grave"))
        log = running.wait_for_log("generation 1 kept")
        assert "forbidden.yaml:4:11: severity: " in log
        assert running.post(BODY).status == 403


def test_a_rule_that_fails_its_own_tests_is_not_taken(tmp_path: Path, upstream: Recorder) -> None:
    rules = rules_directory(tmp_path)
    (rules / "forbidden.yaml").write_text(RULE)
    with gateway(upstream.url, tmp_path, "--rules", str(rules)) as running:
        (rules / "forbidden.yaml").write_text(RULE.replace("ignore: [plugh]", "ignore: [xyzzy]"))
        running.wait_for_log("generation 1 kept")
        assert running.post(BODY).status == 403


def test_a_deleted_rules_directory_takes_no_inspection_away(tmp_path: Path, upstream: Recorder) -> None:
    rules = rules_directory(tmp_path)
    (rules / "forbidden.yaml").write_text(RULE)
    with gateway(upstream.url, tmp_path, "--rules", str(rules)) as running:
        shutil.rmtree(rules)
        running.wait_for_log("generation 1 kept")
        assert running.post(BODY).status == 403
        assert running.post(ATTACK).status == 400
        assert running.post(b"{}").status == 200


def test_a_gateway_does_not_start_without_valid_rules(tmp_path: Path, upstream: Recorder) -> None:
    rules = rules_directory(tmp_path)
    (rules / "policy.yaml").write_text("mode: blok\n")
    with (
        pytest.raises(AssertionError, match=r'policy\.yaml:1:7: mode: "blok"; one of block, detect'),
        gateway(upstream.url, tmp_path, "--rules", str(rules)),
    ):
        pass
