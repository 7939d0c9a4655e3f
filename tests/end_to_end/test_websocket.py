"""WebSocket messages are inspected one by one, both ways."""

from __future__ import annotations

from pathlib import Path

from tests.support.gateway import gateway
from tests.support.websocket import Client, echo


def test_messages_pass_are_dropped_and_are_redacted_one_by_one(tmp_path: Path) -> None:
    with echo() as server, gateway(f"http://127.0.0.1:{server.port}", tmp_path, "--mode", "block") as running:
        client = Client(running.port)
        client.send('{"n": 1}')
        assert client.receive() == '{"n": 1}'
        client.send('{"role": "user", "role": "admin", "hidden": "canary-5521"}')
        client.ping(b"canary-5521")
        server.extra = " card 4111 1111 1111 1111"
        client.send("hello")
        assert client.receive() == "hello card **** **** **** 1111"
        assert server.messages == ['{"n": 1}', "hello"]
        client.close()
        event = running.events(1)[0]
        assert (event["event.action"], event["network.protocol"]) == ("block", "websocket")
        assert event["rule.id"] == ["parser-ambiguity", "payment-card"]
        assert "canary" not in running.log.read_text() + running.audit.read_text()
