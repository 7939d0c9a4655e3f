"""Reading mitmproxy's flow files: good flows of every protocol, and every kind of broken record."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from gatelens.mitm import flow_file
from gatelens.model.message import Phase
from gatelens.replay.record import MAX_RECORD, BrokenRecord, Entry, Record, SkippedRecord, open_recording
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy import flow, http
from mitmproxy.io import FlowWriter, tnetstring
from mitmproxy.test import tflow, tutils


def exchange(**changes: Any) -> http.HTTPFlow:
    request = tutils.treq(method=b"POST", path=b"/a?b=\xff", headers=((b"A", b"\xe9"),), content=b"in", **changes)
    answer = tutils.tresp(status_code=201, headers=((b"content-encoding", b"gzip"),), content=b"\x1f\x8b")
    found = tflow.tflow(req=request, resp=answer)
    found.request.timestamp_start = 1_800_000_000.25
    return found


def written(*flows: flow.Flow) -> bytes:
    file = io.BytesIO()
    for found in flows:
        FlowWriter(file).add(found)
    return file.getvalue()


def entries(raw: bytes) -> list[Entry]:
    return list(flow_file.read(io.BufferedReader(io.BytesIO(raw))))


def shape(raw: bytes) -> list[tuple[int, str]]:
    """Each entry's number and reason; an empty one for a good record."""
    return [(found.number, "" if isinstance(found, Record) else found.reason) for found in entries(raw)]


def test_an_http_flow_is_a_record_with_its_bytes_as_they_came_and_its_own_time() -> None:
    found = exchange()
    (record,) = entries(written(found))
    assert isinstance(record, Record)
    assert (record.number, record.id) == (1, found.id)
    request, response = record.request, record.response
    assert (request.phase, request.method, request.target) == (Phase.REQUEST, "POST", "/a?b=\ufffd")
    assert (request.headers, request.body, request.time) == (((b"A", b"\xe9"),), b"in", 1_800_000_000.25)
    assert response is not None
    assert (response.phase, response.status, response.request) == (Phase.RESPONSE, 201, request)
    assert (response.headers, response.body) == (((b"content-encoding", b"gzip"),), b"\x1f\x8b")


def test_a_flow_without_an_answer_has_no_response() -> None:
    (record,) = entries(written(tflow.tflow()))
    assert isinstance(record, Record)
    assert record.response is None


def test_a_body_that_streamed_through_is_known_to_be_unread() -> None:
    sized, endless = exchange(), exchange()
    for found in (sized, endless):
        assert found.response is not None
        found.response.data.content = None
    assert sized.response is not None
    sized.response.headers["content-length"] = "3000000"
    records = entries(written(sized, endless))
    unread = [record.response.unread for record in records if isinstance(record, Record) and record.response]
    assert unread == [3_000_000, -1]


def test_other_flows_are_skipped_with_a_note() -> None:
    raw = written(tflow.ttcpflow(), tflow.tdnsflow(), exchange(), tflow.tudpflow())
    assert shape(raw) == [(1, "a tcp flow"), (2, "a dns flow"), (3, ""), (4, "a udp flow")]
    assert isinstance(entries(raw)[0], SkippedRecord)


def test_a_websocket_flow_is_judged_as_its_handshake() -> None:
    assert shape(written(tflow.twebsocketflow())) == [(1, "")]


def test_an_empty_file_has_no_records() -> None:
    assert entries(b"") == []


@pytest.mark.parametrize("cut", [1, 2, 100, 1000])
def test_a_truncated_file_gives_its_good_flows_and_one_broken_record(cut: int) -> None:
    good, last = written(exchange()), written(exchange())
    assert entries(good + last[:-cut])[1:] == [
        BrokenRecord(2, "the file ends within a record", offset=len(good)),
    ]


@pytest.mark.parametrize("end", [b"7", b"70:", b"1234567890123:"])
def test_a_file_that_ends_in_a_length_says_so(end: bytes) -> None:
    good = written(exchange())
    (_, broken) = entries(good + end)
    assert isinstance(broken, BrokenRecord)
    assert (broken.number, broken.offset) == (2, len(good))


def test_garbage_ends_the_file_because_no_length_is_left_to_go_on_by() -> None:
    raw = written(exchange()) + b"garbage" + written(exchange())
    assert shape(raw) == [(1, ""), (2, "no length where a record starts")]


@pytest.mark.parametrize(
    "record",
    [
        tnetstring.dumps([1, 2]),
        tnetstring.dumps(b"text"),
        tnetstring.dumps({}),
        tnetstring.dumps({"type": "http", "version": 21}),
        tnetstring.dumps({"type": "http", "version": 9_999}),
        tnetstring.dumps({"type": "nothing", "version": 21}),
        tnetstring.dumps({"version": "many"}),
        b"4:xxxx}",
        b"4:true?",
        b"0:}",
        b"6:0:~0:~}",
        b"5:5:abc}",
    ],
)
def test_a_record_that_is_no_flow_costs_itself(record: bytes) -> None:
    good = written(exchange())
    first, broken, last = entries(good + record + good)
    assert isinstance(first, Record)
    assert broken == BrokenRecord(2, "no flow that this version of mitmproxy reads", offset=len(good))
    assert isinstance(last, Record)
    assert last.number == 3


def changed(**values: Any) -> bytes:
    """A flow with values of its request replaced behind mitmproxy's back."""
    state: dict[Any, Any] = dict(exchange().get_state())
    state["request"] = {**state["request"], **values}
    return tnetstring.dumps(state)


@pytest.mark.parametrize(
    "record",
    [
        changed(method=7),
        changed(path=None),
        changed(headers=b"none"),
        changed(timestamp_start=-5.0),
        changed(timestamp_start=float("inf")),
        changed(timestamp_start=None),
        changed(content="text"),
        changed(content=[b"a"]),
    ],
)
def test_a_flow_with_values_of_a_wrong_kind_costs_itself(record: bytes) -> None:
    good = written(exchange())
    first, broken, last = entries(good + record + good)
    assert (type(first), type(broken), type(last)) == (Record, BrokenRecord, Record)


def test_a_record_nested_too_deep_costs_itself() -> None:
    nested = b"0:]"
    for _ in range(3_000):
        nested = b"%d:%s]" % (len(nested), nested)
    deep = b"4:deep;" + nested
    good = written(exchange())
    assert shape(good + b"%d:%s}" % (len(deep), deep) + good) == [(1, ""), (2, "nested too deep"), (3, "")]


def test_an_over_long_record_is_passed_over_and_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    good = written(exchange())
    monkeypatch.setattr(flow_file, "MAX_RECORD", len(good) + 100)
    monkeypatch.setattr(flow_file, "_CHUNK", 100)
    long = written(tflow.tflow(req=tutils.treq(content=b"x" * 10_000)))
    assert shape(good + long + good) == [(1, ""), (2, f"a length over {len(good) + 100} bytes"), (3, "")]


def test_a_huge_length_ends_the_file_and_allocates_nothing() -> None:
    good = written(exchange())
    assert shape(good + b"999999999999:" + good) == [(1, ""), (2, f"a length over {MAX_RECORD} bytes")]


def test_a_gzip_file_is_read_and_a_cut_one_as_far_as_it_goes(tmp_path: Path) -> None:
    raw = written(*(exchange() for _ in range(50)))
    packed = gzip.compress(raw)
    for name, content in (("whole.mitm.gz", packed), ("cut.mitm.gz", packed[:-20])):
        (tmp_path / name).write_bytes(content)
    with open_recording(str(tmp_path / "whole.mitm.gz")) as recording:
        whole = list(flow_file.read(recording.stream))
    with open_recording(str(tmp_path / "cut.mitm.gz")) as recording:
        *good, broken = flow_file.read(recording.stream)
    assert [type(entry) for entry in whole] == [Record] * 50
    assert len(good) >= 45
    assert good == whole[: len(good)]
    assert isinstance(broken, BrokenRecord)
    assert broken.reason == "the file cannot be read on from here (EOFError)"


def test_no_reason_quotes_the_content() -> None:
    secret = tnetstring.dumps({"type": "http", "canary-8e1": b"canary-8e1"})
    assert "canary" not in "".join(map(str, entries(secret + b"canary-8e1")))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 3000), st.integers(0, 60))
def test_whatever_the_file_holds_reading_never_raises(noise: bytes, place: int, gone: int) -> None:
    raw = written(exchange(), exchange())
    entries(raw[:place] + noise + raw[place + gone :])
