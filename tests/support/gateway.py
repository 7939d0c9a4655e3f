"""Start the real gateway as a process of its own, and talk to it over sockets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT = 30.0

MITMDUMP = "import sys; from mitmproxy.tools.main import mitmdump; mitmdump(sys.argv[1:])"


class Response(Struct, frozen=True):
    """One answer, read by its framing."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.body)
        return document


class Running:
    """A gateway process: where it listens, and the files it writes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
        self.process = process
        self.port = port
        self.folder = folder
        self.log = folder / "gateway.log"
        self.audit = folder / "audit.jsonl"

    def events(self, wanted: int = 0) -> list[dict[str, object]]:
        """The audit events so far; waits until there are `wanted`."""
        lines: list[str] = []
        for _ in range(100):
            lines = self.audit.read_text().splitlines() if self.audit.exists() else []
            if len(lines) >= wanted:
                break
            time.sleep(0.05)
        return [json.loads(line) for line in lines]

    def event(self, **fields: object) -> dict[str, object]:
        """The first audit event with these fields, `_` standing for a dot in their names, once it is there."""
        wanted = {name.replace("_", "."): value for name, value in fields.items()}
        for _ in range(100):
            for event in self.events():
                if wanted.items() <= event.items():
                    return event
            time.sleep(0.05)
        raise AssertionError(f"no event with {wanted} in {self.events()}")

    def memory(self) -> tuple[int, int]:
        """Resident memory of the process in KiB: now, and its peak since `forget_peak`."""
        fields = Path(f"/proc/{self.process.pid}/status").read_text().split()
        return int(fields[fields.index("VmRSS:") + 1]), int(fields[fields.index("VmHWM:") + 1])

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def send(self, wire: bytes) -> Response:
        """Send bytes as they are on a connection of their own; read one answer."""
        with self.connect() as connection:
            connection.sendall(wire)
            return read_response(connection)

    def request(
        self, method: str, target: str, body: bytes | None = None, headers: Sequence[tuple[str, str]] = ()
    ) -> Response:
        lines = [f"{method} {target} HTTP/1.1", f"host: 127.0.0.1:{self.port}", *(f"{n}: {v}" for n, v in headers)]
        if body is not None:
            lines.append(f"content-length: {len(body)}")
        return self.send("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + (body or b""))

    def post(self, body: bytes, *headers: tuple[str, str], target: str = "/items") -> Response:
        """POST a JSON body."""
        return self.request("POST", target, body, [("content-type", "application/json"), *headers])

    def wait_for_log(self, text: str, timeout: float = 10) -> str:
        """The log once `text` is in it."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            log = self.log.read_text(errors="replace")
            if text in log:
                return log
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{text!r} not in the log:\n{self.log.read_text(errors='replace')}")


def read_response(connection: socket.socket) -> Response:
    """Read one response. Raises AssertionError where the connection ends before it."""
    connection.settimeout(20)
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            raise AssertionError(f"connection closed after {data!r}")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        if not (more := connection.recv(65536)):
            raise AssertionError("connection closed in a body")
        body += more
    return Response(int(first.split()[1]), headers, body)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def gateway(upstream: str, folder: Path, *options: str, tool: str = "dump") -> Iterator[Running]:
    """`gatelens run` in block mode with an audit file."""
    port = free_port()
    command = [sys.executable, "-m", "gatelens", "run", tool, "--upstream", upstream, "--listen", f"127.0.0.1:{port}"]
    command += ["--audit", str(folder / "audit.jsonl"), *options]
    with _running(command, port, folder) as running:
        yield running


@contextmanager
def stock_mitmdump(upstream: str, folder: Path, *scripts: Path, options: Sequence[str] = ()) -> Iterator[Running]:
    """mitmdump as it comes, with our scripts."""
    port = free_port()
    command = [sys.executable, "-c", MITMDUMP, "--mode", f"reverse:{upstream}", "--listen-host", "127.0.0.1"]
    command += ["--listen-port", str(port), "--set", f"gatelens_audit={folder / 'audit.jsonl'}", *options]
    command += [word for script in scripts for word in ("-s", str(script))]
    with _running(command, port, folder) as running:
        yield running


@contextmanager
def _running(command: Sequence[str], port: int, folder: Path) -> Iterator[Running]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "addons"), "PYTHONUNBUFFERED": "1"}
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, cwd=ROOT)
    running = Running(process, port, folder)
    try:
        running.wait_for_log("Gatelens ", START_TIMEOUT)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
