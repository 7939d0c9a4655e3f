from __future__ import annotations

import pytest
from gatelens.bench import budget, decoders
from gatelens.bench.__main__ import main as bench
from gatelens.bench.cases import BENIGN, NASTY
from gatelens.decoders.decoded import Decoded
from gatelens.model.limits import Limits
from gatelens.model.message import Phase

from tests.support.messages import decoded, request


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in (*BENIGN, *NASTY)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", (*BENIGN, *NASTY), ids=lambda case: case.name)
def test_a_case_is_about_as_large_as_it_is_asked_to_be_and_never_over_the_limit(case) -> None:  # type: ignore[no-untyped-def]
    small, large = case.build(512), case.build(64 * 1024)
    assert len(large.body) <= Limits().request_body
    assert budget.charged(large, Decoded()) > budget.charged(small, Decoded()) or case.name.startswith("gzip")
    if large.body and not case.name.startswith(("gzip", "form", "multipart", "percent", "base64", "JSON in JSON")):
        assert 0.7 * 65_536 < len(large.body) < 1.1 * 65_536


def test_there_are_cases_of_both_phases() -> None:
    assert {case.build(64).phase for case in NASTY} == set(Phase)


def test_a_compressed_body_is_charged_for_as_it_is_read() -> None:
    import gzip

    packed = request(gzip.compress(b"[" + b"1," * 5_000 + b"1]"), headers=[("content-encoding", "gzip")])
    assert budget.charged(packed, decoded(packed)) > 10_000 > budget.charged(packed, Decoded())


def test_the_budget_is_five_milliseconds_and_fifty_for_a_mebibyte() -> None:
    assert budget.allowed(0) == pytest.approx(0.005)
    assert budget.allowed(2 * 1024 * 1024) == pytest.approx(0.105)


def test_the_table_names_the_cases_and_a_check_of_a_budget_of_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        decoders.main(["--only", "JSON: one number"])
    assert not ended.value.code
    assert "JSON: one" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        decoders.main(["--only", "JSON: one number", "--check", "--factor", "0"])
    assert ended.value.code
    assert "over its budget: JSON: one number" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["proxy", "decoders", "inspectors", "fuzz", "score"])
def test_the_first_argument_names_the_bench(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bench([name, "--help"])
    assert not ended.value.code
    assert f"usage: scripts/{name if name in ('fuzz', 'score') else f'bench {name}'}" in capsys.readouterr().out


def test_without_a_name_it_is_the_proxy_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench(["--help"])
    assert "usage: scripts/bench proxy" in capsys.readouterr().out
