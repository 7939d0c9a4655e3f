"""Server-sent events through the real gateway: each passes, is redacted or ends the stream, as soon as it is whole."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.gateway import Running, gateway
from tests.support.rules import rule, words, write

RULES = (
    words("leak", "plugh", phase="response", category="response"),
    rule("card", "payment_card", "redact", phase="response", params={"keep": 4}),
    rule("size", "payload_limits", phase="response", category="response", params={"checks": ["event-size"]}),
)
ROUTES = [{"path": "/trial", "mode": "detect"}]


class Source:
    """An upstream whose answer to the next request is a stream that the test writes."""

    def __init__(self, head: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.head = head
        self._streams: queue.Queue[socket.socket] = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.recv(65536)
                connection.sendall(self.head)
                self._streams.put(connection)

    def stream(self) -> socket.socket:
        return self._streams.get(timeout=10)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def streaming(folder: Path, *headers: bytes, **limits: int) -> Iterator[tuple[Source, Running]]:
    rules = write(folder / "rules", *RULES, routes=ROUTES, limits=limits)
    head = b"\r\n".join((b"HTTP/1.1 200 OK", b"content-type: text/event-stream", *headers, b"", b""))
    source = Source(head)
    try:
        with gateway(f"http://127.0.0.1:{source.port}", folder, "--rules", str(rules)) as running:
            yield source, running
    finally:
        source.close()


class Reader:
    """A client of one stream; `read` gives what has come when `size` bytes of the body are there, or at the end."""

    def __init__(self, running: Running, path: str = "/events") -> None:
        self._connection = running.connect()
        self._connection.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n".encode())
        self._received = b""
        while b"\r\n\r\n" not in self._received:
            self._more()
        self.head, _, self._received = self._received.partition(b"\r\n\r\n")

    def _more(self) -> bool:
        data = self._connection.recv(65536)
        self._received += data
        return bool(data)

    def event(self, wanted: bytes) -> bool:
        """Whether `wanted` comes."""
        while wanted not in self._received:
            if not self._more():
                return False
        return True

    def rest(self) -> bytes:
        """All there is, once the connection is closed."""
        with contextlib.suppress(ConnectionError):
            while self._more():
                pass
        return self._received


def test_events_go_on_one_by_one_and_one_that_is_blocked_ends_the_stream(tmp_path: Path) -> None:
    with streaming(tmp_path) as (source, running):
        reader = Reader(running)
        assert b"transfer-encoding: chunked" in reader.head.lower()
        stream = source.stream()
        stream.sendall(b': hello\n\nid: 1\ndata: {"n": 1}\n\n')
        assert reader.event(b': hello\n\nid: 1\ndata: {"n": 1}\n\n')
        stream.sendall(b'data: {"card": "4111 1111 ')
        stream.sendall(b'1111 1111"}\r\n\r\n')
        assert reader.event(b'data: {"card": "**** **** **** 1111"}\r\n\r\n')
        stream.sendall(b"data: first\n\ndata: plugh canary-77\n\ndata: after\n\n")
        received = reader.rest()
        assert received.endswith(b"data: first\n\n\r\n")
        assert (b"canary" in received, b"after" in received) == (False, False)
        event = running.event(url_path="/events")
        assert (event["event.action"], event["event.outcome"]) == ("block", "failure")
        assert event["rule.id"] == ["card", "leak"]
        stream.settimeout(5)
        assert stream.recv(1) == b""  # the upstream need not go on for nobody
        assert "block leak" in running.wait_for_log("block leak")
        assert "canary" not in running.log.read_text() + running.audit.read_text()


def test_a_stream_that_ends_by_itself_is_one_event_that_says_so(tmp_path: Path) -> None:
    with streaming(tmp_path, b"content-length: 13") as (source, running):
        reader = Reader(running)
        assert b"content-length" not in reader.head.lower()
        source.stream().sendall(b"data: a\n\ndata")
        assert reader.event(b"data\r\n0\r\n\r\n")
        event = running.event(url_path="/events")
        assert (event["event.action"], event["event.outcome"]) == ("allow", "success")
        assert event["http.response.status_code"] == 200


def test_in_detect_mode_the_stream_goes_on_and_every_event_is_told(tmp_path: Path) -> None:
    with streaming(tmp_path, b"content-length: 41") as (source, running):
        reader = Reader(running, "/trial")
        stream = source.stream()
        for number in range(2):
            stream.sendall(b"data: plugh %d\n\n" % number)
            assert reader.event(b"plugh %d" % number)
        stream.sendall(b"data: plugh!\n")
        event = running.event(url_path="/trial")
        assert (event["event.action"], event["gatelens.verdict"]) == ("log", "block")
        assert event["gatelens.finding_count"] == 3


@pytest.mark.parametrize(("path", "cut"), [("/events", True), ("/trial", False)])
def test_an_event_over_its_size_ends_the_stream_or_is_told(tmp_path: Path, path: str, cut: bool) -> None:
    with streaming(tmp_path, event_size=1000) as (source, running):
        reader = Reader(running, path)
        stream = source.stream()
        stream.sendall(b"data: a\n\n")
        assert reader.event(b"data: a\n\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                stream.sendall(b"data: " + b"x" * 994 + b"\n")
            stream.sendall(b"\ndata: b\n\n")
        stream.close()
        received = reader.rest() if cut else b""
        assert b"xx" not in received
        assert cut or reader.event(b"x\n\ndata: b\n\n")
        assert running.event(url_path=path)["gatelens.verdict"] == "block"


def test_after_a_stream_was_cut_off_the_gateway_goes_on(tmp_path: Path) -> None:
    with streaming(tmp_path) as (source, running):
        for _ in range(3):
            reader = Reader(running)
            source.stream().sendall(b"data: plugh\n\n")
            assert b"plugh" not in reader.rest()
        assert len([event for event in running.events(3) if event["event.action"] == "block"]) == 3
