"""Scoring labelled requests: each counts where it belongs."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from gatelens.bench import score
from gatelens.bench.__main__ import main as bench

from tests.replay import write_rules


def record(label: str, value: str, **more: object) -> dict[str, object]:
    sent = {"method": "POST", "path": "/", "headers": [["content-type", "text/plain"]], "body": value}
    return {"id": value, "source": "s", "class": "sqli", "label": label, **sent, **more}


RECORDS = [
    record("attack", "1 union select 2"),
    record("attack", "missed"),
    record("attack", "weakly", weak=True),
    record("benign", "fine", **{"class": "benign"}),
    record("benign", "a union select committee", hard="prose-sql-words", **{"class": "benign"}),
    record("benign", "", body=None, body_b64="AAA=", id="bytes", **{"class": "benign"}),
]


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, RECORDS)).encode()))
    return str(path)


@pytest.fixture
def rules(tmp_path: Path) -> str:
    return str(write_rules(tmp_path / "rules"))


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if "│" in line]


def test_each_request_is_counted_by_class_and_source_or_by_kind(
    corpus: str, rules: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bench(["score", corpus, "--rules", rules, "--wrong"])
    out = capsys.readouterr().out
    cells = rows(out)
    assert ["sqli", "2", "1", "50.00%"] in cells
    assert ["mine", "2", "1", "50.00%"] in cells
    assert ["(weak: attacks only in a context)", "1", "0", "0.00%"] in cells
    assert ["plain", "2", "0", "0.00%"] in cells
    assert ["prose-sql-words", "1", "1", "100.00%"] in cells
    assert ["union-select", "1", "1"] in cells
    assert "\nmissed sqli passed\n" in out
    assert "a union select committee prose-sql-words union-select" in out
    assert "weakly" not in out


def test_what_is_no_corpus_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": 1}\n')
    with pytest.raises(SystemExit) as ended:
        score.main([str(other)])
    assert ended.value.code == 2
    assert "not a corpus" in capsys.readouterr().out
