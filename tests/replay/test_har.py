"""Reading HTTP Archives: what recorders write, and a bad entry that costs only itself."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any

import pytest
from gatelens.model.message import Message, Phase
from gatelens.replay import har, record
from gatelens.replay.record import BrokenRecord, Entry, Record
from hypothesis import given
from hypothesis import strategies as st

TIME = "2026-03-01T12:00:00.500Z"
UNIX = 1_772_366_400.5


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "startedDateTime": TIME,
        "time": 3,
        "request": {"method": "GET", "url": "https://api.example/a?b=%20#c", "httpVersion": "h2", "headers": []},
        "response": {"status": 200, "httpVersion": "HTTP/1.1", "headers": [], "content": {"size": 0}},
        **changes,
    }


def archive(*found: object) -> bytes:
    return json.dumps({"log": {"version": "1.2", "creator": {"entries": []}, "entries": found}}).encode()


def entries(raw: bytes) -> list[Entry]:
    return list(har.read(io.BufferedReader(io.BytesIO(raw))))


def one(**changes: Any) -> Record:
    (found,) = entries(archive(entry(**changes)))
    assert isinstance(found, Record)
    return found


def test_an_entry_is_a_request_and_its_response_at_the_time_it_started() -> None:
    found = one(
        request={
            "method": "POST",
            "url": "https://api.example/a?b=%20#c",
            "httpVersion": "h2",
            "headers": [{"name": ":path", "value": "/a"}, {"name": "X-A", "value": "é"}, ["x-b", "2"]],
            "postData": {"mimeType": "application/json", "text": '{"ü": 1}'},
        },
        response={
            "status": 404,
            "httpVersion": "HTTP/1.0",
            "headers": [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Type", "value": "text/plain"}],
            "content": {"mimeType": "text/plain", "text": "none"},
        },
    )
    request = Message(
        phase=Phase.REQUEST,
        method="POST",
        target="/a?b=%20",
        headers=((b"X-A", b"\xc3\xa9"), (b"x-b", b"2")),
        body='{"ü": 1}'.encode(),
        time=UNIX,
        http_version="HTTP/2",
    )
    response = Message(
        phase=Phase.RESPONSE,
        method="POST",
        target="/a?b=%20",
        headers=((b"Content-Type", b"text/plain"),),
        body=b"none",
        time=UNIX,
        status=404,
        http_version="HTTP/1.0",
        request=request,
    )
    assert found == Record(1, "1", request, response)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h:8080/x", "/x"),
        ("http://h", "/"),
        ("http://h?q=1", "/?q=1"),
        ("http://user:p@h/a/../b", "/a/../b"),
        ("/already/origin?x=http://h/", "/already/origin?x=http://h/"),
        ("http://h/?u=http://other/p", "/?u=http://other/p"),
    ],
)
def test_the_target_is_what_follows_the_authority(url: str, target: str) -> None:
    assert one(request={"method": "GET", "url": url, "headers": []}).request.target == target


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"text": base64.b64encode(b"\x00\xff").decode(), "encoding": "base64"}, b"\x00\xff"),
        ({"text": "é", "mimeType": "text/html; charset=ISO-8859-1"}, b"\xe9"),
        ({"text": "€", "mimeType": "text/html; charset=iso-8859-1"}, "€".encode()),
        ({"text": "é", "mimeType": "text/html; charset=idna"}, "é".encode()),
        ({"text": "a\udcff"}, b"a\xff"),
        ({}, b""),
    ],
)
def test_a_body_is_turned_back_into_its_bytes(content: dict[str, str], body: bytes) -> None:
    response = one(response={"status": 200, "headers": [], "content": content}).response
    assert response is not None
    assert response.body == body


def test_a_form_of_which_only_the_fields_were_kept_is_written_again() -> None:
    data = {"mimeType": "application/x-www-form-urlencoded; charset=utf-8", "params": [{"name": "a b", "value": "&"}]}
    found = one(request={"method": "POST", "url": "http://h/", "headers": [], "postData": data})
    assert found.request.body == b"a+b=%26"


def test_an_answer_that_never_came_is_no_response() -> None:
    assert one(response={"status": 0, "headers": []}).response is None
    assert one(response=None).response is None


@pytest.mark.parametrize(
    ("headers", "authority"),
    [([[":authority", "a.example"], ["host", "b"]], "a.example"), ([{"name": "Host", "value": "b"}], "")],
)
def test_the_authority_is_what_the_pseudo_field_says(headers: list[object], authority: str) -> None:
    sent = {"method": "GET", "url": "https://c.example/", "httpVersion": "h2", "headers": headers}
    assert one(request=sent).request.authority == authority


def test_a_time_without_a_zone_is_utc_on_every_machine() -> None:
    assert one(startedDateTime="2026-03-01T12:00:00.5").request.time == UNIX
    assert one(startedDateTime="2026-03-01T13:00:00.5+01:00").request.time == UNIX


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (17, "Expected `object`, got `int`"),
        ({}, "Object missing required field `startedDateTime`"),
        (entry(startedDateTime="yesterday"), "startedDateTime is no ISO 8601 time"),
        (entry(startedDateTime="1969-01-01T00:00:00Z"), "startedDateTime is before 1970"),
        (entry(request={"method": "GET"}), "Object missing required field `url` - at `$.request`"),
        (
            entry(request={"method": "GET", "url": "/", "headers": 1}),
            "Expected `array`, got `int` - at `$.request.headers`",
        ),
        (entry(response={"status": "200"}), "Expected `int`, got `str` - at `$.response.status`"),
        (
            entry(response={"status": 200, "content": {"text": "*", "encoding": "base64"}}),
            "text is no base64",
        ),
        (
            entry(request={"method": "GET", "url": "http://h/", "headers": [{"name": "a", "value": "\ud800"}]}),
            "headers holds a surrogate that stands for no byte",
        ),
    ],
)
def test_a_bad_entry_is_told_by_number_and_offset_and_the_rest_go_on(bad: object, reason: str) -> None:
    raw = archive(entry(), bad, entry())
    first, broken, last = entries(raw)
    assert isinstance(first, Record)
    assert isinstance(broken, BrokenRecord)
    assert (broken.number, broken.reason) == (2, reason)
    assert broken.offset is not None
    assert raw[broken.offset :].lstrip().startswith(json.dumps(bad).encode())
    assert isinstance(last, Record)
    assert last.number == 3


def test_an_entry_nested_too_deep_costs_itself() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    raw = archive(entry(), "DEEP", entry()).replace(b'"DEEP"', b'{"startedDateTime": "", "x": ' + deep + b"}")
    first, broken, last = entries(raw)
    assert isinstance(first, Record)
    assert isinstance(broken, BrokenRecord)
    assert (broken.number, broken.reason) == (2, "nested too deep")
    assert isinstance(last, Record)


def test_an_over_long_entry_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "MAX_RECORD", 1000)
    long = entry(response={"status": 200, "content": {"text": "a" * 1000}})
    found = entries(archive(entry(), long, entry()))
    assert [entry.reason if isinstance(entry, BrokenRecord) else "" for entry in found] == ["", "over 1000 bytes", ""]


def test_a_cut_file_gives_its_good_entries() -> None:
    raw = archive(entry(), entry(response={"status": 200, "content": {"text": '{"a": "b"}' * 10}}))
    first, broken = entries(raw[:-60])
    assert isinstance(first, Record)
    assert broken == BrokenRecord(2, "the file ends within its entries", offset=raw.index(b", {", raw.index(b"200")))


def test_a_file_cut_in_a_string_full_of_quotes_is_read_in_linear_time() -> None:
    raw = archive(entry(response={"status": 200, "content": {"text": '"' * 500_000}}))
    assert entries(raw[:-500]) == [BrokenRecord(1, "the file ends within its entries", offset=0)]


@pytest.mark.parametrize(
    "raw", [b"", b"garbage", b"{}", b"[]", b'{"log": {}}', b'{"entries": []}', b'{"log": {"entries": {}}}', b"\xff\xfe"]
)
def test_what_is_no_archive_is_one_broken_record(raw: bytes) -> None:
    assert entries(raw) == [BrokenRecord(1, "no HAR: no log.entries", offset=0)]


def test_a_file_over_the_limit_is_one_broken_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "MAX_FILE", 100)
    assert entries(archive(entry())) == [BrokenRecord(1, "a HAR of over 100 bytes", offset=0)]


def test_an_empty_archive_has_no_entries() -> None:
    assert entries(archive()) == []
    assert entries(b"\xef\xbb\xbf" + archive()) == []


def test_a_cut_gzip_file_gives_its_good_entries() -> None:
    packed = gzip.compress(archive(*[entry()] * 500))[:-12]
    stream, _ = record._rewound(gzip.GzipFile(fileobj=io.BytesIO(packed)))
    found = list(har.read(stream))
    good = [entry for entry in found if isinstance(entry, Record)]
    assert len(good) > 400
    assert isinstance(found[-1], BrokenRecord)
    assert found[-1].reason == "the file ends within its entries"


@given(st.binary(max_size=200), st.integers(0, 900), st.integers(0, 900))
def test_whatever_the_file_holds_reading_never_raises(noise: bytes, start: int, end: int) -> None:
    raw = archive(entry(), entry())
    entries(raw[:start] + noise + raw[end:])
