"""Responses leave without the data they should not hold, and stay correct HTTP."""

from __future__ import annotations

import gzip
from pathlib import Path

from tests.support.gateway import Running, gateway
from tests.support.recorder import Recorder, answer

BODY = b'{ "n": 1.50,\t"card":"4111 1111 1111 1111", "u": "\\u00e9", "mail" : "ada@example.com","n":2}'
REDACTED = b'{ "n": 1.50,\t"card":"**** **** **** 1111", "u": "\\u00e9", "mail" : "a***@example.com","n":2}'


def test_every_byte_outside_the_redacted_spans_stays(running: Running, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(BODY, "x-kept: yes")
    answered = running.request("GET", "/users/1")
    assert answered.body == REDACTED
    assert answered.headers["content-length"] == str(len(REDACTED))
    assert answered.headers["x-kept"] == "yes"


def test_a_gzip_response_is_redacted_and_its_coding_taken_off(running: Running, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(gzip.compress(BODY), "content-encoding: gzip")
    answered = running.request("GET", "/users/1", headers=[("accept-encoding", "gzip")])
    assert answered.body == REDACTED
    assert "content-encoding" not in answered.headers


def test_a_clean_gzip_response_passes_byte_for_byte(running: Running, upstream: Recorder) -> None:
    packed = gzip.compress(b'{"clean": true}')
    upstream.answering = lambda _head, _body: answer(packed, "content-encoding: gzip")
    answered = running.request("GET", "/users/1")
    assert (answered.body, answered.headers["content-encoding"]) == (packed, "gzip")


def test_a_chunked_response_is_redacted(running: Running, upstream: Recorder) -> None:
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:30], BODY[30:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    upstream.answering = lambda _head, _body: head + chunked
    with running.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.endswith(b"%x\r\n%s\r\n0\r\n\r\n" % (len(REDACTED), REDACTED))


def test_a_card_written_as_a_number_stays_a_number_and_no_card(running: Running, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(b'{"card": 4111111111111111, "id": 1234567890123456}')
    assert running.request("GET", "/").body == b'{"card": 9000000000001111, "id": 1234567890123456}'


def test_a_head_response_keeps_its_length(running: Running, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(b"").replace(b"length: 0", b"length: 77")
    with running.connect() as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"content-length: 77" in received


def test_a_response_over_its_limit_passes_unread_and_an_event_says_so(running: Running, upstream: Recorder) -> None:
    large = b'{"a": "' + b"x" * 3_000_000 + b'"}'
    upstream.answering = lambda _head, _body: answer(large)
    assert running.request("GET", "/export").body == large
    event = running.event(url_path="/export")
    assert (event["event.action"], event["rule.id"]) == ("log", ["unread-response"])


def test_an_event_stream_is_not_held_back(running: Running, upstream: Recorder) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    upstream.answering = lambda _head, _body: head + b"data: one\n\n"
    with running.connect() as connection:
        connection.sendall(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n")
        connection.settimeout(5)
        received = b""
        while b"data: one" not in received:
            received += connection.recv(65536)


def test_an_unreachable_upstream_is_answered_without_its_address(tmp_path: Path) -> None:
    with gateway("http://127.0.0.1:1", tmp_path) as running:
        answered = running.request("GET", "/")
        assert (answered.status, answered.headers["content-type"]) == (502, "application/problem+json")
        assert b"127.0.0.1" not in answered.body


def test_detect_mode_changes_nothing_and_tells_all(tmp_path: Path, upstream: Recorder) -> None:
    upstream.answering = lambda _head, _body: answer(BODY)
    with gateway(upstream.url, tmp_path, "--mode", "detect") as running:
        attack = b'{"role": 1, "role": 2}'
        assert running.post(attack).body == BODY
        assert upstream.requests[0][1] == attack
        event = running.events(1)[0]
        assert event["event.action"] == "log"
        assert event["gatelens.verdict"] == "block"
        assert event["gatelens.mode"] == "detect"
        assert event["gatelens.mode_source"] == "--mode"
        assert event["rule.id"] == ["parser-ambiguity", "email", "payment-card"]
