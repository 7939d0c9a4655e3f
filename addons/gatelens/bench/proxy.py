"""Stock mitmdump and Gatelens side by side: the same 2 KB JSON exchange, in turn, in one run.

Rates depend on the machine and the hour; their ratio is the figure. CPU is that of the proxy's process alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Table

from gatelens.bench import load, upstream


class Measured(Struct, frozen=True):
    """One run of one proxy. `cpu` is in microseconds a request."""

    rate: float
    cpu: float
    wrong: int


def main(arguments: list[str] | None = None) -> None:
    """Parse, measure, print; exit 1 where an answer was not 200."""
    ask = argparse.ArgumentParser(prog="scripts/bench proxy", description=__doc__)
    ask.add_argument("--seconds", type=float, default=8, help="of load a round and proxy")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--connections", type=int, default=8)
    given = ask.parse_args(arguments)
    with _upstream() as port, tempfile.TemporaryDirectory() as folder:
        proxies = {
            "stock mitmdump, no addon": _stock(port),
            "gatelens run, everything on": _gatelens(port, Path(folder) / "audit.jsonl"),
        }
        runs: dict[str, list[Measured]] = {name: [] for name in proxies}
        for _ in range(given.rounds):
            for name, command in proxies.items():
                runs[name].append(_measure(command, given.seconds, given.connections))
    _print(runs)
    raise SystemExit(any(run.wrong for own in runs.values() for run in own))


def _stock(port: int) -> list[str]:
    tool = "import sys; from mitmproxy.tools.main import mitmdump; mitmdump(sys.argv[1:])"
    return [
        sys.executable,
        "-c",
        tool,
        "--mode",
        f"reverse:http://127.0.0.1:{port}",
        "-q",
        "--listen-host",
        "127.0.0.1",
    ]


def _gatelens(port: int, audit: Path) -> list[str]:
    command = [sys.executable, "-m", "gatelens", "run", "dump", "--upstream", f"http://127.0.0.1:{port}"]
    return [*command, "--mode", "block", "--audit", str(audit), "-q"]


@contextlib.contextmanager
def _upstream() -> Iterator[int]:
    command = [sys.executable, "-m", upstream.__name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _measure(command: list[str], seconds: float, connections: int) -> Measured:
    port = _free_port()
    listen = ["--listen", f"127.0.0.1:{port}"] if "gatelens" in command else ["--listen-port", str(port)]
    with subprocess.Popen([*command, *listen], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            load.run(port, upstream.BODY, 1, connections)
            before = _cpu(process.pid)
            loaded = load.run(port, upstream.BODY, seconds, connections)
            cpu = (_cpu(process.pid) - before) / loaded.requests
        finally:
            process.terminate()
    return Measured(loaded.rate, cpu * 1e6, loaded.wrong)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            time.sleep(0.5)  # the port listens a moment before a script has loaded
            return
        if process.poll() is not None:
            raise SystemExit(f"the proxy ended with {process.returncode}")
        time.sleep(0.1)
    raise SystemExit("the proxy does not listen after 30 s")


def _cpu(pid: int) -> float:
    """User and system time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _print(runs: dict[str, list[Measured]]) -> None:
    table = Table(
        "", "requests/s", "CPU µs/request", "× stock", title=f"{len(upstream.BODY)} B JSON both ways, keep-alive"
    )
    stock = statistics.median(run.rate for run in next(iter(runs.values())))
    for name, own in runs.items():
        rate = statistics.median(run.rate for run in own)
        cpu = statistics.median(run.cpu for run in own)
        table.add_row(name, f"{rate:,.0f}", f"{cpu:,.0f}", f"{rate / stock:.2f}")
    Console().print(table)
