"""The command `python -m gatelens.sample`: start the shop on this machine and say where it listens."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import signal
from collections.abc import Sequence

from gatelens.sample.app import create
from gatelens.sample.server import serve
from gatelens.sample.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the shop until SIGTERM or SIGINT. Exits with 2 for wrong arguments, 1 where the port is taken."""
    parser = argparse.ArgumentParser(
        prog="python -m gatelens.sample", description="A small, deliberately vulnerable shop to try the gateway on."
    )
    parser.add_argument("--port", type=_port, default=3000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--host", type=_loopback, default="127.0.0.1", help="a loopback address (default: %(default)s)")
    options = parser.parse_args(arguments)
    # Ending the shop is an everyday thing, so SIGTERM takes the way of Ctrl-C and both exit with 0; Ctrl-C is asked for
    # too, since a shell has its background jobs ignore it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        serve(create(Store()), options.host, options.port)
    return 0


def _loopback(text: str) -> str:
    """A loopback address in its own notation: the shop is vulnerable, so nobody else may reach it."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address") from error
    if not address.is_loopback:
        raise argparse.ArgumentTypeError(f"{text} can be reached from elsewhere; only loopback is allowed")
    return str(address)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 to 65535")
    return int(text)


if __name__ == "__main__":
    raise SystemExit(main())
