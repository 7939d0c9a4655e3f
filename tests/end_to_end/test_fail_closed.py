"""What the gateway cannot read whole, or fails on, does not reach the upstream, and the gateway goes on serving."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import ssl
import zlib
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from tests.support.gateway import ROOT, Running, gateway, read_response, stock_mitmdump
from tests.support.recorder import Recorder

ATTACK = b'{"role": "user", "role": "admin"}'
GZIP = ("content-encoding", "gzip")

BREAKING = """
from gatelens.inspectors import payload_limits

def broken(self, view):
    raise KeyError("a value of the traffic: " + repr(view.message.body))

payload_limits.Inspector.inspect = broken
"""


def test_a_clean_request_reaches_the_upstream_as_it_was(running: Running, upstream: Recorder) -> None:
    body = b'{ "n" : 1.50, "s":"\\u0061" }'
    assert running.post(body).status == 200
    assert [sent for _, sent in upstream.requests] == [body]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(b'{"a":' * 2000 + b"1" + b"}" * 2000, (), 413, id="json of 2,000 levels"),
        pytest.param(json.dumps({"query": "{a" * 2000 + "}" * 2000}).encode(), (), 422, id="graphql of 2,000 levels"),
        pytest.param(b'{"cut": "her', (), 400, id="truncated json"),
        pytest.param(gzip.compress(b"0" * 12_000_000), (GZIP,), 413, id="gzip bomb"),
        pytest.param(gzip.compress(b"{}") + gzip.compress(ATTACK), (GZIP,), 400, id="second gzip member"),
        pytest.param(gzip.compress(b'{"a": 1}')[:-9], (GZIP,), 400, id="truncated gzip"),
        pytest.param(gzip.compress(b'{"a": 1}') + b"more", (GZIP,), 400, id="bytes after gzip"),
        pytest.param(zlib.compress(ATTACK), (("content-encoding", "deflate"),), 400, id="attack in deflate"),
        pytest.param(b'{"a": 1}', (("content-encoding", "rot13"),), 415, id="unknown coding"),
        pytest.param(gzip.compress(gzip.compress(ATTACK)), (("content-encoding", "gzip, gzip"),), 400, id="gzip twice"),
        pytest.param(b"[" + b"1," * 1_100_000 + b"1]", (), 413, id="body over its limit"),
        pytest.param(ATTACK, (), 400, id="duplicate key"),
    ],
)
def test_what_cannot_be_read_whole_is_answered_and_not_forwarded(
    running: Running, upstream: Recorder, body: bytes, headers: tuple[tuple[str, str], ...], status: int
) -> None:
    answered = running.post(body, *headers)
    assert (answered.status, answered.headers["content-type"]) in {
        (status, "application/problem+json"),
        (status, "application/json"),
    }
    assert upstream.received == b""


def test_an_endless_chunked_body_is_cut_off_at_its_limit(running: Running, upstream: Recorder) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with running.connect() as connection:
        connection.sendall(b"POST /endless HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        sent = 0
        with pytest.raises(ConnectionError):
            while sent < 5000:
                connection.sendall(chunk)
                sent += 1
            pytest.fail("the connection was not closed")
    event = running.event(url_path="/endless")
    assert (event["http.response.status_code"], event["rule.id"]) == (413, ["payload-limits"])
    assert upstream.received == b""


def test_a_body_over_its_limit_is_answered_and_its_connection_closed(running: Running, upstream: Recorder) -> None:
    with running.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n")
        assert read_response(connection).status == 413
        connection.settimeout(5)
        assert connection.recv(1) == b""
    assert upstream.received == b""


def test_a_coding_beside_chunked_is_refused(running: Running, upstream: Recorder) -> None:
    body = gzip.compress(ATTACK)
    wire = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: gzip, chunked\r\n\r\n"
    answered = running.send(wire + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    assert answered.status == 400
    assert upstream.received == b""


def test_trailers_are_taken_off_and_the_body_before_them_is_inspected(running: Running, upstream: Recorder) -> None:
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    trailers = b"0\r\nx-role: admin\r\n\r\n"
    assert running.send(head + b"%x\r\n%s\r\n" % (len(ATTACK), ATTACK) + trailers).status == 400
    assert upstream.received == b""
    assert running.send(head + b"2\r\n{}\r\n" + trailers).status == 200
    assert [body for _, body in upstream.requests] == [b"2\r\n{}\r\n"]
    assert b"x-role" not in upstream.received


def test_an_h2_request_without_length_cannot_smuggle_a_second_one(running: Running, upstream: Recorder) -> None:
    smuggled = b"GET /smuggled HTTP/1.1\r\nhost: upstream\r\n\r\n"
    assert _h2_post(running.port, smuggled) == 200
    assert len(upstream.requests) == 1
    head, body = upstream.requests[0]
    assert (head.split(b"\r\n")[0], body) == (b"POST /items HTTP/1.1", smuggled)


def _h2_post(port: int, body: bytes) -> int:
    """POST over HTTP/2 with no content-length; return the status."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        assert connection.selected_alpn_protocol() == "h2"
        client = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        client.initiate_connection()
        headers = [(":method", "POST"), (":path", "/items"), (":scheme", "https"), (":authority", "localhost")]
        client.send_headers(1, [*headers, ("content-type", "text/plain")])
        client.send_data(1, body, end_stream=True)
        connection.sendall(client.data_to_send())
        while data := connection.recv(65536):
            for event in client.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    return int(dict(event.headers)[b":status"])
            connection.sendall(client.data_to_send())
    raise AssertionError("no answer")


def test_a_raising_inspector_blocks_and_tells_nothing_of_the_traffic(tmp_path: Path, upstream: Recorder) -> None:
    script = tmp_path / "breaking.py"
    script.write_text(BREAKING)
    with gateway(upstream.url, tmp_path, "--mode", "block", "-s", str(script)) as running:
        assert running.post(b'{"secret": "canary-4711"}').status == 500
        assert running.request("GET", "/other").status == 500
        assert upstream.received == b""
        finding = running.events(2)[0]["gatelens.findings"]
        assert isinstance(finding, list)
        assert finding[0]["rule"] == "inspection-failed"
        assert finding[0]["explanation"].startswith("KeyError at broken:")
        assert "canary" not in running.log.read_text() + running.audit.read_text()


def test_a_deleted_script_takes_no_inspection_away_from_the_launcher(tmp_path: Path, upstream: Recorder) -> None:
    script = tmp_path / "extra.py"
    script.write_text("def request(flow):\n    flow.request.headers['x-extra'] = '1'\n")
    with gateway(upstream.url, tmp_path, "--mode", "block", "-s", str(script), "-v") as running:
        assert running.post(b"{}").status == 200
        script.unlink()
        running.wait_for_log("Removing script")
        assert running.post(ATTACK).status == 400
        assert running.post(b"{}").status == 200


def test_a_deleted_gateway_script_takes_no_inspection_away_from_mitmdump(tmp_path: Path, upstream: Recorder) -> None:
    script = tmp_path / "gateway.py"
    shutil.copy(ROOT / "addons" / "gateway.py", script)
    with stock_mitmdump(upstream.url, tmp_path, script) as running:
        assert running.post(ATTACK).status == 400
        script.unlink()
        running.wait_for_log("Removing script")
        assert running.post(ATTACK).status == 400
        assert running.post(b"{}").status == 200


def test_a_gateway_that_is_taken_out_of_the_chain_leaves_the_seal(tmp_path: Path, upstream: Recorder) -> None:
    script = tmp_path / "removing.py"
    script.write_text(
        "from mitmproxy import ctx\ndef running():\n    ctx.master.addons.remove(ctx.master.addons.get('gatelens'))\n"
    )
    with gateway(upstream.url, tmp_path, "-s", str(script)) as running:
        answered = running.post(b"{}")
        assert (answered.status, answered.headers["content-type"]) == (503, "application/problem+json")
        assert upstream.received == b""


def test_streaming_cannot_be_switched_on_to_pass_bodies_unread(tmp_path: Path, upstream: Recorder) -> None:
    script = tmp_path / "streaming.py"
    script.write_text("def requestheaders(flow):\n    flow.request.stream = True\n")
    with gateway(upstream.url, tmp_path, "--mode", "block", "-s", str(script)) as running:
        assert running.post(ATTACK).status == 400
        assert upstream.received == b""
