"""Hostile clients, and hostile upstreams, over real sockets: each is refused within bounded memory and time, with the
right status, and another client is served meanwhile. `pytest -s` shows the gateway's memory in each case."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import brotli
import pytest
import zstandard

from tests.support.gateway import Response, Running, gateway, read_response
from tests.support.recorder import Recorder, recorder

pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from Linux's /proc")

MIB = 1024 * 1024
HEAD_SECONDS, BODY_SECONDS = 2, 3
GROWTH = 48 * 1024
"""KiB that the gateway may grow by in any case: some copies of the largest body that it takes (2 MiB), and noise."""


@pytest.fixture(scope="module")
def served() -> Iterator[Recorder]:
    with recorder() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def attacked(served: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    times = [f"gatelens_head_seconds={HEAD_SECONDS}", f"gatelens_body_seconds={BODY_SECONDS}"]
    options = [word for option in times for word in ("--set", option)]
    with gateway(served.url, tmp_path_factory.mktemp("hostile"), "--mode", "block", *options) as running:
        assert running.post(b"{}").status == 200
        yield running


@contextmanager
def watched(running: Running, name: str) -> Iterator[None]:
    """Somebody else goes on being served, and the gateway's memory stays bounded, whatever is done meanwhile."""
    before, _ = running.memory()
    running.forget_peak()
    over = threading.Event()
    waits: list[float] = []
    statuses: set[int] = set()

    def others() -> None:
        while not over.wait(0.05):
            started = time.monotonic()
            statuses.add(running.post(b'{"other": "client"}').status)
            waits.append(time.monotonic() - started)

    client = threading.Thread(target=others)
    client.start()
    try:
        yield
    finally:
        time.sleep(0.2)  # after the attack too
        over.set()
        client.join()
    now, peak = running.memory()
    told = f"RSS {before // 1024} MiB before, {peak // 1024} at its peak, {now // 1024} after"
    print(f"\n{name}: {told}; {len(waits)} other requests, the slowest {max(waits, default=0):.2f} s")
    assert statuses == {200}
    assert max(waits) < 4
    assert peak - before < GROWTH, told


def head(*lines: str) -> bytes:
    return "\r\n".join(("POST /items HTTP/1.1", "host: x", *lines, "", "")).encode()


def flood(running: Running, opening: bytes, filler: bytes, size: int) -> Response:
    """Send `filler` over and over, `size` bytes in all, or until the gateway has had enough; read its answer."""
    with running.connect() as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(opening)
            for _ in range(size // len(filler)):
                connection.sendall(filler)
        return read_response(connection)


# -- compressed bodies

ZEROS = bytes(MIB)


def deflated(times: int) -> bytes:
    """A raw deflate stream of `times` MiB, made of one block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(ZEROS) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + b"\x03\x00"


def brotlied(times: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    return b"".join(packer.process(ZEROS) for _ in range(times)) + bytes(packer.finish())


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip, 10 MB of members that are 10 GB": ("gzip", lambda: gzip.compress(ZEROS) * 10_000),
    "gzip, one stream of 1.9 GB": ("gzip", lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + deflated(1900)),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(gzip.compress(ZEROS * 64) * 100)),
    "deflate, 1.9 GB": ("deflate", lambda: b"\x78\x9c" + deflated(1900)),
    "br, 1 GB": ("br", lambda: brotlied(1000)),
    "zstd, frames that are 10 GB": ("zstd", lambda: zstandard.compress(ZEROS) * 10_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(attacked: Running, name: str) -> None:
    coding, packed = BOMBS[name]
    body = packed()
    opening = head("content-type: application/json", f"content-encoding: {coding}", f"content-length: {len(body)}")
    with watched(attacked, name):
        answered = flood(attacked, opening, body, len(body))
    assert answered.status in (400, 413)


# -- heads


@pytest.mark.parametrize(
    ("name", "opening", "filler", "size", "status"),
    [
        ("100,000 header fields", b"GET / HTTP/1.1\r\nhost: x\r\n", b"x-a: b\r\n" * 1000, 800_000, 431),
        ("a header field of 20 MB", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: ", b"a" * 65536, 20_000_000, 431),
        ("a request line of 20 MB", b"GET /?", b"a" * 65536, 20_000_000, 414),
        ("a field name of 20 MB", b"GET / HTTP/1.1\r\n", b"a" * 65536, 20_000_000, 431),
        ("folded lines of 20 MB", b"GET / HTTP/1.1\r\nx-a: a\r\n", b" a\r\n" * 10_000, 20_000_000, 431),
        ("blank lines of 20 MB", b"", b"\r\n" * 10_000, 20_000_000, 431),
    ],
)
def test_a_head_is_refused_as_soon_as_it_is_too_large(
    attacked: Running, name: str, opening: bytes, filler: bytes, size: int, status: int
) -> None:
    with watched(attacked, name):
        assert flood(attacked, opening, filler, size).status == status


def test_a_head_that_is_whole_and_over_the_limits_is_judged_by_the_rules(attacked: Running) -> None:
    with watched(attacked, "300 header fields"):
        answered = attacked.request("GET", "/many", headers=[(f"x-{n}", "a") for n in range(300)])
    assert answered.status in (413, 431)
    assert attacked.event(url_path="/many")["rule.id"] is not None


def test_a_refused_head_is_told_without_its_content(attacked: Running) -> None:
    flood(attacked, b"GET /canary-1 HTTP/1.1\r\nx-a: ", b"canary-2" * 8192, 1_000_000)
    event = attacked.event(error_type="head-over-its-limit")
    assert (event["http.response.status_code"], event["event.outcome"]) == (431, "failure")
    assert "canary" not in attacked.audit.read_text() + attacked.log.read_text()


# -- bodies


@pytest.mark.parametrize(
    ("name", "filler", "status"),
    [
        ("an endless chunked body", b"10000\r\n" + bytes(0x10000) + b"\r\n", 413),
        ("an endless body of tiny chunks", b"1\r\na\r\n" * 10_000, 400),
        ("an endless chunk line", b"1;" + b"a" * 65536, 400),
        ("endless trailers", b"0\r\n" + b"x-a: b\r\n" * 10_000, 400),
    ],
)
def test_an_endless_body_is_cut_off(attacked: Running, served: Recorder, name: str, filler: bytes, status: int) -> None:
    with watched(attacked, name):
        assert flood(attacked, head("transfer-encoding: chunked"), filler, 100_000_000).status == status
    assert {body for _, body in served.requests} <= {b"{}", b'{"other": "client"}'}


def test_a_body_of_2_gb_is_refused_before_it_is_sent(attacked: Running) -> None:
    started = time.monotonic()
    with watched(attacked, "content-length: 2147483648"), attacked.connect() as connection:
        connection.sendall(head("content-length: 2147483648"))
        assert read_response(connection).status == 413
        assert time.monotonic() - started < 2
        connection.settimeout(5)
        assert connection.recv(1) == b""


def test_requests_sent_in_advance_are_bounded(attacked: Running, served: Recorder) -> None:
    asked = threading.Event()
    served.answering = lambda line, _body: b"" if b"/never" in line else b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    ahead = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 2500
    with watched(attacked, "pipelined requests"), attacked.connect() as connection:
        connection.sendall(b"GET /never HTTP/1.1\r\nhost: x\r\n\r\n")
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                connection.sendall(ahead)
            asked.set()
    assert not asked.is_set()


@contextmanager
def unreachable() -> Iterator[int]:
    """The port of a server that lets nobody in, and refuses nobody either."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            first = stack.enter_context(socket.socket())
            first.setblocking(False)
            first.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_streamed_body_is_not_kept_for_an_upstream_that_is_not_there(tmp_path: Path) -> None:
    with unreachable() as port, gateway(f"http://127.0.0.1:{port}", tmp_path, "--mode", "detect") as running:
        running.forget_peak()
        before, _ = running.memory()
        answered = flood(running, head("content-length: 200000000"), bytes(65536), 200_000_000)
        assert answered.status == 413
        assert running.memory()[1] - before < GROWTH


# -- slow ones


def trickle(running: Running, opening: bytes, drop: bytes, seconds: float) -> tuple[Response, float]:
    """Send `drop` five times a second, until there is an answer; return it, and when it came."""
    started = time.monotonic()
    with running.connect() as connection:
        connection.sendall(opening)
        while time.monotonic() - started < seconds:
            connection.settimeout(0.2)
            try:
                connection.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                connection.sendall(drop)
            else:
                return read_response(connection), time.monotonic() - started
    raise AssertionError(f"no answer in {seconds} s")


@pytest.mark.parametrize(
    ("name", "opening", "drop", "seconds"),
    [
        ("a slow head", b"GET / HTTP/1.1\r\nhost: x\r\n", b"x-a: b\r\n", HEAD_SECONDS),
        ("a slow request line", b"GET /", b"a", HEAD_SECONDS),
        ("a slow body", head("content-length: 1000"), b"a", BODY_SECONDS),
        ("a slow chunked body", head("transfer-encoding: chunked"), b"1\r\na\r\n", BODY_SECONDS),
    ],
)
def test_a_slow_client_is_ended_after_its_time(
    attacked: Running, name: str, opening: bytes, drop: bytes, seconds: float
) -> None:
    answers: list[tuple[Response, float]] = []
    with watched(attacked, f"{name}, 30 times"):
        clients = [
            threading.Thread(target=lambda: answers.append(trickle(attacked, opening, drop, 12))) for _ in range(30)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert {answer.status for answer, _ in answers} == {408}
    assert len(answers) == 30
    assert all(seconds - 0.2 < after < seconds + 4 for _, after in answers)


def test_a_client_that_says_nothing_is_not_kept(attacked: Running) -> None:
    with watched(attacked, "silence"), attacked.connect() as connection:
        connection.settimeout(HEAD_SECONDS + 5)
        assert connection.recv(1) == b""


def test_a_large_body_that_comes_steadily_has_the_time_it_needs(attacked: Running) -> None:
    body = b'{"a": "' + b"a" * 20_000 + b'"}'
    with attacked.connect() as connection:
        connection.sendall(head("content-type: application/json", f"content-length: {len(body)}"))
        end = time.monotonic() + BODY_SECONDS + 1.5
        step = len(body) // 20
        for start in range(0, len(body), step):
            time.sleep(max(0.0, (end - time.monotonic()) / (20 - start // step or 1)))
            connection.sendall(body[start : start + step])
        assert read_response(connection).status == 200


# -- upstreams


@contextmanager
def endless_upstream(length: int) -> Iterator[tuple[int, list[int]]]:
    """A server that answers any request with `length` bytes; its port, and how many it could send."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent = [0]

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            if sent[0]:
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
                return
            sent[0] = 1
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length)
            while sent[0] < length:
                sent[0] += connection.send(ZEROS)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], sent
    finally:
        listener.close()


@pytest.mark.parametrize("read", [200 * MIB, 0], ids=["that is read", "that nobody reads"])
def test_a_response_of_3_gb_is_not_kept(tmp_path: Path, read: int) -> None:
    with (
        endless_upstream(3 * 1024 * MIB) as (port, sent),
        gateway(f"http://127.0.0.1:{port}", tmp_path, "--mode", "block") as running,
        running.connect() as connection,
    ):
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        while not sent[0]:
            time.sleep(0.01)
        with watched(running, f"3 GB from the upstream, {read // MIB} MiB of it read"):
            received = 0
            while received < read:
                received += len(connection.recv(MIB))
            time.sleep(1)
        assert sent[0] < received + 64 * MIB


def test_a_response_head_of_20_mb_is_not_kept(attacked: Running, served: Recorder) -> None:
    small = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    large = b"HTTP/1.1 200 OK\r\nx-a: " + bytes(20 * MIB).replace(b"\0", b"a") + b"\r\n\r\n"
    served.answering = lambda line, _body: large if b"/head" in line else small
    with watched(attacked, "a response head of 20 MB"):
        assert attacked.request("GET", "/head").status == 502


def test_what_is_printed_shows_the_memory(attacked: Running, capsys: pytest.CaptureFixture[str]) -> None:
    with watched(attacked, "nothing"):
        pass
    assert re.search(r"RSS \d+ MiB before, \d+ at its peak", capsys.readouterr().out)
