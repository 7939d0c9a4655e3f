"""The command `python -m gatelens.sample` starts, refuses and ends as it should."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from gatelens.sample.__main__ import main

from tests.sample.client import ADDONS, PATIENCE, running_shop, start


def test_it_says_where_it_listens() -> None:
    with running_shop() as shop:
        assert re.fullmatch(r"listening on http://127\.0\.0\.1:[0-9]+\n", shop.line)
        assert shop.ask("GET", "/health").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly_though_a_connection_is_open(number: signal.Signals) -> None:
    with running_shop() as shop:
        connection = shop.connection()
        connection.request("GET", "/health")
        connection.getresponse().read()
        shop.process.send_signal(number)
        printed = shop.process.communicate(timeout=PATIENCE)
        connection.close()
        assert (shop.process.returncode, *printed) == (0, "", "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "shop.example", "localhost"])
def test_any_address_but_loopback_is_refused(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--port", "0", "--host", host])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert "argument --host" in printed.err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert "0 to 65535" in printed.err


def test_a_taken_port_is_said_and_ends_it() -> None:
    with running_shop() as shop, start("--port", str(shop.port)) as second:
        printed, complaint = second.communicate(timeout=PATIENCE)
        assert (second.returncode, printed, str(shop.port) in complaint) == (1, "", True)


def test_the_shop_knows_nothing_of_the_gateway() -> None:
    code = (
        "import sys, gatelens.sample.__main__;"
        "print([name for name in sys.modules if name.split('.')[0] == 'mitmproxy'"
        " or name.startswith('gatelens.') and not name.startswith('gatelens.sample')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ADDONS)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert ran.stdout == "[]\n"
