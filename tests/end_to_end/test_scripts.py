"""The scripts in addons/, in mitmdump as it comes: alone and several together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.gateway import ROOT, stock_mitmdump
from tests.support.recorder import Recorder, answer

ADDONS = ROOT / "addons"
DUPLICATE = b'{"a": 1, "a": 2}'
INJECTION = b"""{"name": "x' OR 1=1 --"}"""
CARD = b'{"card": "4111111111111111"}'


def test_the_gateway_script_runs_every_inspection(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(CARD)
    with stock_mitmdump(upstream.url, tmp_path, ADDONS / "gateway.py") as running:
        assert running.post(DUPLICATE).status == 400
        assert running.post(INJECTION).status == 403
        assert running.post(b"{}").body == b'{"card": "************1111"}'
        assert [event["event.action"] for event in running.events(3)] == ["block", "block", "redact"]


def test_a_single_purpose_script_runs_its_inspections_alone(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(CARD)
    with stock_mitmdump(upstream.url, tmp_path, ADDONS / "detect_injection.py") as running:
        assert running.post(INJECTION).status == 403
        assert running.post(DUPLICATE).body == CARD
        assert ": 46 rules, block mode" in running.log.read_text()


def test_several_scripts_share_one_gateway_and_answer_once(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(CARD)
    scripts = [ADDONS / f"{name}.py" for name in ("inspect_payloads", "detect_injection", "redact_responses")]
    with stock_mitmdump(upstream.url, tmp_path, *scripts) as running:
        assert running.post(DUPLICATE).status == 400
        assert running.post(INJECTION).status == 403
        assert running.post(b"{}").body == b'{"card": "************1111"}'
        assert len(running.events(3)) == 3


def test_flows_saved_by_mitmdump_are_redacted_already(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(CARD)
    saved = tmp_path / "saved.mitm"
    with stock_mitmdump(upstream.url, tmp_path, ADDONS / "gateway.py", options=["-w", str(saved)]) as running:
        assert running.post(b"{}").status == 200
    assert b"************1111" in saved.read_bytes()
    assert b"4111111111111111" not in saved.read_bytes()


def test_a_request_changed_by_map_or_modify_options_is_inspected_as_changed(tmp_path: Path, upstream: Recorder) -> None:
    options = ["--modify-body", "/~q/innocent/x' OR 1=1 --"]
    with stock_mitmdump(upstream.url, tmp_path, ADDONS / "gateway.py", options=options) as running:
        assert running.post(b'{"name": "innocent"}').status == 403
        assert upstream.received == b""


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("gatelens_mode=blok", "gatelens_mode: 'blok'; block, detect, or empty"),
        ("gatelens_typo=1", "gatelens_typo: no such option"),
    ],
)
def test_a_wrong_option_stops_the_start_with_a_message(
    tmp_path: Path, upstream: Recorder, option: str, told: str
) -> None:
    with (
        pytest.raises(AssertionError, match=told),
        stock_mitmdump(upstream.url, tmp_path, ADDONS / "gateway.py", options=["--set", option]),
    ):
        pass
