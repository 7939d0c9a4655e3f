"""The console shows flagged flows marked, with a comment; driven through a pseudo-terminal as a person would."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.support.gateway import ROOT, Running, free_port
from tests.support.recorder import Recorder

RED_CIRCLE = "\N{LARGE RED CIRCLE}".encode()


class Terminal:
    """A program in a pseudo-terminal of 150 columns."""

    def __init__(self, command: list[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "addons"), "TERM": "xterm", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=ROOT, start_new_session=True
        )
        os.close(slave)
        self.seen = b""

    def wait_for(self, text: bytes, timeout: float = 30) -> None:
        end = time.monotonic() + timeout
        while text not in self.seen:
            assert time.monotonic() < end, self.seen[-2000:]
            if select.select([self._master], [], [], 0.1)[0]:
                self.seen += os.read(self._master, 65536)

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self._master)


def test_a_blocked_flow_is_marked_and_its_detail_says_why(tmp_path: Path, upstream: Recorder) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gatelens", "run", "console", "--upstream", upstream.url]
    terminal = Terminal([*command, "--listen", f"127.0.0.1:{port}", "--mode", "block"])
    try:
        terminal.wait_for(b"127.0.0.1:%d" % port)
        running = Running(terminal.process, port, tmp_path)
        assert running.post(b"""{"name": "x' OR 1=1 --"}""").status == 403
        terminal.wait_for(RED_CIRCLE)
        terminal.type(b"\r")
        terminal.wait_for(b"Detail")
        terminal.type(b"\t\t")
        terminal.wait_for(b"block sql-injection body:/name")
    finally:
        terminal.close()
