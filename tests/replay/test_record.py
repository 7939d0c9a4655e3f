"""Opening recordings: what they are packed in, which kind they are, and how a broken one is told."""

from __future__ import annotations

import gzip
import io
import math
from pathlib import Path

import pytest
from gatelens.replay.record import (
    UNREADABLE,
    BrokenRecord,
    Kind,
    SkippedRecord,
    open_recording,
    time_is_possible,
)

LINE = b'{"method": "GET", "path": "/"}\n'


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", LINE, Kind.JSONL),
        ("a.ndjson", LINE, Kind.JSONL),
        ("a.HAR", b'{"log": {}}', Kind.HAR),
        ("a.mitm", b"17:", Kind.MITM),
        ("a.flows", b"17:", Kind.MITM),
        ("a.har.gz", gzip.compress(b'{"version": 1, "log": {}}'), Kind.HAR),
        ("dump", b"2187:7:version;", Kind.MITM),
        ("archive", b'\xef\xbb\xbf{\n  "log": {}}', Kind.HAR),
        ("archive.json", gzip.compress(b'{"log": {}}'), Kind.HAR),
        ("lines", LINE, Kind.JSONL),
        ("nothing", b"", Kind.JSONL),
    ],
)
def test_the_kind_is_told_by_the_name_else_by_the_content(
    tmp_path: Path, name: str, content: bytes, kind: Kind
) -> None:
    (tmp_path / name).write_bytes(content)
    with open_recording(str(tmp_path / name)) as recording:
        assert (recording.kind, recording.size) == (kind, len(content))


def test_gzip_is_told_by_the_content_and_every_member_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(gzip.compress(LINE) + gzip.compress(LINE * 2))
    with open_recording(str(path)) as recording:
        assert recording.stream.read() == LINE * 3
        assert recording.position() == path.stat().st_size


def test_a_cut_gzip_stream_gives_up_all_that_it_holds_before_it_fails(tmp_path: Path) -> None:
    import random

    content = random.Random(1).randbytes(300_000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(content)[:200_000])
    got = b""
    with open_recording(str(path)) as recording, pytest.raises(UNREADABLE):
        while piece := recording.stream.read1():
            got += piece
    assert len(got) > 199_000
    assert content.startswith(got)


def test_what_stands_before_the_damage_of_a_short_gzip_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINE) + b"rubbish")
    with open_recording(str(path)) as recording:
        assert (recording.kind, recording.stream.readline()) == (Kind.JSONL, LINE)
        with pytest.raises(UNREADABLE):
            recording.stream.readline()


def test_standard_input_is_sniffed_although_it_cannot_be_turned_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    reading, writing = os.pipe()
    os.write(writing, gzip.compress(LINE * 100))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(pipe))
        with open_recording("-") as recording:
            assert (recording.kind, recording.size, recording.position()) == (Kind.JSONL, None, 0)
            assert recording.stream.read() == LINE * 100


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_what_cannot_be_opened_raises_one_of_the_named_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(UNREADABLE):
        open_recording(str(tmp_path / name))


def test_a_broken_or_skipped_record_is_told_by_number_place_and_reason() -> None:
    assert str(BrokenRecord(3, "no JSON", line=7)) == "record 3 (line 7): no JSON"
    assert str(BrokenRecord(3, "cut", offset=70)) == "record 3 (byte 70): cut"
    assert str(BrokenRecord(1, "no HAR")) == "record 1: no HAR"
    assert str(SkippedRecord(2, "a tcp flow", 9)) == "record 2 (byte 9): skipped: a tcp flow"


@pytest.mark.parametrize("time", [-1.0, math.nan, math.inf, 1e12, "1", None])
def test_a_time_that_no_calendar_has_is_not_possible(time: object) -> None:
    assert not time_is_possible(time)
    assert time_is_possible(1_800_000_000)
