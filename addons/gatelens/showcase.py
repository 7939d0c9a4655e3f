"""The sample shop behind the gateway, for whoever meets Gatelens for the first time."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

RULES = Path(__file__).parent / "sample" / "rules"

_START = "listening on "

_WELCOME = """\
The sample shop runs behind the gateway. It is deliberately vulnerable: ask it directly at {shop} to see the difference.
Try, from another terminal:

  an injection, blocked:    curl -i '{gateway}/products/search?q=tea%27+UNION+SELECT+1,name,email,4+FROM+users--'
  an answer, redacted:      curl -s {gateway}/users/me -H "authorization: Bearer $({token})"
  a normal request:         curl -s '{gateway}/products/search?q=tea'
"""

_TOKEN = (
    'curl -s {gateway}/login --json \'{{"email":"ada@example.com","password":"ada-sample-password"}}\''
    ' | sed \'s/.*"token": *"\\([^"]*\\)".*/\\1/\''
)


def run(arguments: Sequence[str]) -> int:
    """Start the shop, then the gateway in block mode in front of it with `arguments` for `gatelens run`."""
    with _shop() as shop:
        from gatelens.mitm import launcher  # takes most of the start: the shop starts meanwhile

        url = _address(shop)
        given = ["dump", "--upstream", url, "--rules", str(RULES), "--mode", "block", *arguments]
        host, port = launcher.listen_address(given)
        gateway = f"http://{host}:{port}"
        token = _TOKEN.format(gateway=gateway)
        sys.stderr.write(_WELCOME.format(shop=url, gateway=gateway, token=token) + "\n")
        sys.stderr.flush()
        return launcher.run(given)


@contextlib.contextmanager
def _shop() -> Iterator[subprocess.Popen[str]]:
    """A shop of our own, which ends when we do."""
    command = [sys.executable, "-m", "gatelens.sample", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _address(shop: subprocess.Popen[str]) -> str:
    """The URL of the shop, once it takes connections."""
    assert shop.stdout
    line = shop.stdout.readline()
    if not line.startswith(_START):
        raise SystemExit("the sample shop did not start")
    return line.removeprefix(_START).strip()
