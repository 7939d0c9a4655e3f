"""Send one request over keep-alive connections as fast as it is answered: by wrk where there is one, else asyncio."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from msgspec import Struct

HEADERS = {
    "content-type": "application/json",
    "accept": "application/json",
    "user-agent": "bench/1.0",
    "authorization": "Bearer opaque-0123456789",
}


class Load(Struct, frozen=True):
    """What came of a run: answers, seconds, and answers that were not 200."""

    requests: int
    seconds: float
    wrong: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def run(port: int, body: bytes, seconds: float, connections: int) -> Load:
    """Load 127.0.0.1:`port` for `seconds`."""
    wrk = shutil.which("wrk")
    if wrk:
        return _wrk(wrk, port, body, seconds, connections)
    return asyncio.run(_asyncio_load(port, body, seconds, connections))


def _wrk(wrk: str, port: int, body: bytes, seconds: float, connections: int) -> Load:
    lines = [f"wrk.headers[{name!r}] = {value!r}" for name, value in HEADERS.items()]
    script = f"wrk.method = 'POST'\n{chr(10).join(lines)}\nwrk.body = [==[{body.decode()}]==]\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.lua"
        path.write_text(script)
        url = f"http://127.0.0.1:{port}/orders"
        command = [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(path), url]
        output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    total = re.search(r"(\d+) requests in ([\d.]+)(m?s)", output)
    assert total, output
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    took = float(total[2]) / (1000 if total[3] == "ms" else 1)
    return Load(int(total[1]), took, int(wrong[1]) if wrong else 0)


async def _asyncio_load(port: int, body: bytes, seconds: float, connections: int) -> Load:
    head = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    request = (
        f"POST /orders HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body
    )
    done = wrong = 0
    begin = time.perf_counter()

    async def client() -> None:
        nonlocal done, wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - begin < seconds:
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            done += 1
            wrong += not answer.startswith(b"HTTP/1.1 200")
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return Load(done, time.perf_counter() - begin, wrong)
