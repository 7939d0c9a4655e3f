"""Hostile HTTP/2 clients over real sockets: bounded in memory and time, and told."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator, Sequence

import h2.config
import h2.connection
import h2.events
import h2.settings
import pytest
from hyperframe.frame import ContinuationFrame, Frame, HeadersFrame, PingFrame

from tests.support.gateway import Running, gateway
from tests.support.recorder import Recorder, answer, recorder

HEAD_SECONDS, BODY_SECONDS = 2, 3
GET = [(":method", "GET"), (":path", "/items"), (":scheme", "https"), (":authority", "localhost")]
POST = [(":method", "POST"), *GET[1:]]


@pytest.fixture(scope="module")
def served() -> Iterator[Recorder]:
    with recorder() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def attacked(served: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    times = [f"gatelens_head_seconds={HEAD_SECONDS}", f"gatelens_body_seconds={BODY_SECONDS}"]
    options = [word for option in times for word in ("--set", option)]
    with gateway(served.url, tmp_path_factory.mktemp("http2"), "--mode", "block", *options) as running:
        yield running
        assert running.post(b"{}").status == 200


class Client:
    """An HTTP/2 connection that may send anything."""

    def __init__(self, running: Running) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        self._socket = context.wrap_socket(running.connect(), server_hostname="localhost")
        self.protocol = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self.protocol.initiate_connection()
        self.flush()
        while not any(isinstance(event, h2.events.RemoteSettingsChanged) for event in self.events()):
            pass
        self.flush()

    def flush(self) -> None:
        self._socket.sendall(self.protocol.data_to_send())

    def send(self, *frames: Frame) -> None:
        self._socket.sendall(b"".join(frame.serialize() for frame in frames))

    def get(self, stream_id: int, headers: Sequence[tuple[str, str]] = GET, *, end: bool = True) -> None:
        self.protocol.send_headers(stream_id, headers, end_stream=end)
        self.flush()

    def events(self, timeout: float = 10) -> list[h2.events.Event]:
        """What comes next. Raises ConnectionError at the end of the connection."""
        self._socket.settimeout(timeout)
        if not (data := self._socket.recv(65536)):
            raise ConnectionResetError
        events: list[h2.events.Event] = self.protocol.receive_data(data)
        return events

    def ended(self) -> bool:
        """Whether the gateway ends the connection, with GOAWAY or without. Raises TimeoutError where it does not."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while not any(isinstance(event, h2.events.ConnectionTerminated) for event in self.events()):
                pass
        return True

    def status(self) -> int:
        while True:
            for event in self.events():
                if isinstance(event, h2.events.ResponseReceived):
                    return int(dict(event.headers)[b":status"])


def memory(running: Running, name: str, before: int) -> int:
    peak = running.memory()[1]
    print(f"\n{name}: RSS {before // 1024} MiB before, {peak // 1024} at its peak")
    return peak - before


def test_an_ordinary_request_is_served(attacked: Running) -> None:
    client = Client(attacked)
    client.get(1)
    assert client.status() == 200


def test_a_head_over_the_limits_ends_the_connection(attacked: Running) -> None:
    client = Client(attacked)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        client.get(1, [*GET, *((f"x-{number}", "a" * 20) for number in range(100_000))])
    assert client.ended()
    assert attacked.event(error_type="http2-protocol-error")["event.outcome"] == "failure"


def test_continuation_frames_without_end_are_bounded(attacked: Running) -> None:
    client = Client(attacked)
    attacked.forget_peak()
    before, _ = attacked.memory()
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        client.send(HeadersFrame(1, b"\x82"))
        for _ in range(2000):
            client.send(ContinuationFrame(1, bytes(16000)))
    assert client.ended()
    assert memory(attacked, "CONTINUATION frames", before) < 24 * 1024


def test_a_flood_of_pings_is_ended(attacked: Running) -> None:
    client = Client(attacked)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        for _ in range(100):
            client.send(*[PingFrame(0, b"12345678")] * 1000)
    assert client.ended()


def test_a_body_in_crumbs_is_ended(attacked: Running) -> None:
    client = Client(attacked)
    client.get(1, POST, end=False)
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        for _ in range(100):
            for _ in range(1000):
                client.protocol.send_data(1, b"a")
            client.flush()
    assert client.ended()


def test_a_head_that_does_not_end_is_not_waited_for(attacked: Running) -> None:
    client = Client(attacked)
    started = time.monotonic()
    client.send(HeadersFrame(1, b"\x82"))
    assert client.ended()
    assert HEAD_SECONDS - 0.2 < time.monotonic() - started < HEAD_SECONDS + 4


def test_a_body_that_does_not_come_is_answered_408_and_the_connection_goes_on(attacked: Running) -> None:
    client = Client(attacked)
    started = time.monotonic()
    client.get(1, POST, end=False)
    client.protocol.send_data(1, b"a")
    client.flush()
    assert client.status() == 408
    assert BODY_SECONDS - 0.2 < time.monotonic() - started < BODY_SECONDS + 4
    client.get(3)
    assert client.status() == 200
    assert attacked.event(error_type="too-slow")["http.response.status_code"] == 408


def test_answers_that_nobody_reads_are_bounded(attacked: Running, served: Recorder) -> None:
    served.answering = lambda _head, _body: answer(b"x" * 1_900_000, content_type="text/plain")
    attacked.forget_peak()
    before, _ = attacked.memory()
    client = Client(attacked)  # which never opens its window again
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        for number in range(90):
            client.get(2 * number + 1)
    assert client.ended()
    served.answering = lambda _head, _body: answer()
    assert memory(attacked, "answers over HTTP/2 that nobody reads", before) < 160 * 1024
