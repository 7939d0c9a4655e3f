"""WebSocket messages that are too large, come in too many pieces or blow up, through the real gateway."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from wsproto.extensions import PerMessageDeflate

from tests.support.gateway import Running, gateway
from tests.support.rules import rule, words, write
from tests.support.websocket import Client, Echo, echo

LIMIT = 100_000
SIZES = ["event-size", "body-size"]


@pytest.fixture(scope="module")
def behind() -> Iterator[Echo]:
    with echo() as server:
        yield server


@pytest.fixture(scope="module")
def bounded(behind: Echo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("websocket")
    rules = write(
        folder / "rules",
        words("forbidden", "xyzzy", phase="request"),
        rule("size", "payload_limits", category="too-large", params={"checks": SIZES}),
        limits={"event_size": LIMIT},
        routes=[{"path": "/trial", "mode": "detect"}],
    )
    with gateway(f"http://127.0.0.1:{behind.port}", folder, "--rules", str(rules)) as running:
        yield running


def test_a_message_up_to_its_size_passes_in_one_piece_or_many(bounded: Running, behind: Echo) -> None:
    behind.messages.clear()
    client = Client(bounded.port)
    client.send("a" * LIMIT)
    assert client.receive_whole() == "a" * LIMIT
    for _ in range(10):
        client.send("b" * 100, finished=False)
    client.send("c")
    assert client.receive_whole() == "b" * 1000 + "c"
    client.close()


def test_a_message_over_its_size_closes_the_connection_before_it_is_whole(bounded: Running, behind: Echo) -> None:
    behind.messages.clear()
    client = Client(bounded.port, "/large")
    with contextlib.suppress(ConnectionError):
        for _ in range(1000):
            client.send("a" * 1000, finished=False)
    assert client.closed() == 1009
    assert behind.messages == []
    event = bounded.event(url_path="/large")
    assert (event["event.action"], event["rule.id"]) == ("block", ["size"])


def test_fragments_without_content_are_counted_too(bounded: Running) -> None:
    client = Client(bounded.port, "/empty")
    bounded.forget_peak()
    before, _ = bounded.memory()
    client.send("", finished=False)
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            client.send_raw(b"\x00\x80\x00\x00\x00\x00" * 1000)  # continuation frames, masked with nothing
    assert client.closed() == 1009
    assert bounded.memory()[1] - before < 16 * 1024


def test_a_deflate_bomb_does_not_go_off(bounded: Running, behind: Echo, capsys: pytest.CaptureFixture[str]) -> None:
    behind.messages.clear()
    behind.deflates = True
    client = Client(bounded.port, "/bomb", [PerMessageDeflate()])
    behind.deflates = False
    bounded.forget_peak()
    before, _ = bounded.memory()
    with contextlib.suppress(ConnectionError):
        client.send("a" * 64_000_000)
    assert client.closed() == 1009
    peak = bounded.memory()[1]
    with capsys.disabled():
        print(f"\n64 MB in a deflated message: RSS {before // 1024} MiB before, {peak // 1024} at its peak")
    assert peak - before < 32 * 1024
    assert behind.messages == []
    event = bounded.event(url_path="/bomb")
    assert (event["event.action"], event["rule.id"]) == ("block", ["size"])


def test_in_detect_mode_a_message_over_its_size_passes_unread_and_is_told(bounded: Running) -> None:
    client = Client(bounded.port, "/trial")
    client.send("xyzzy" + "a" * LIMIT)
    assert client.receive_whole() == "xyzzy" + "a" * LIMIT
    client.close()
    event = bounded.event(url_path="/trial")
    assert (event["event.action"], event["gatelens.verdict"], event["rule.id"]) == ("log", "block", ["size"])


def test_a_binary_message_is_judged(bounded: Running, behind: Echo) -> None:
    behind.messages.clear()
    client = Client(bounded.port, "/binary")
    client.send_binary(b"\x00\x01 fine")
    client.send_binary(b"xyzzy")
    client.send("end")
    assert client.receive_whole() == "end"
    client.close()
    assert behind.messages == [b"\x00\x01 fine", "end"]
    assert bounded.event(url_path="/binary")["rule.id"] == ["forbidden"]
