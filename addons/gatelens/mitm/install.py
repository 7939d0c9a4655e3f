"""Put the gateway into a running mitmproxy, in its own place: the same for the launcher and for `-s` scripts."""

from __future__ import annotations

import logging

from mitmproxy import ctx
from mitmproxy.exceptions import OptionsError
from mitmproxy.hooks import ConfigureHook
from mitmproxy.master import Master

from gatelens.mitm import chunked, connections, error_pages, quiet_logs
from gatelens.mitm.gateway import Gateway
from gatelens.mitm.seal import Seal

logger = logging.getLogger("gatelens")

SAFE_OPTIONS = {
    "rawtcp": False,  # a 101 answer to anything but WebSocket would become a tunnel
    "connection_strategy": "lazy",  # no upstream connection before the request is inspected
    "validate_inbound_headers": True,
}

_BEFORE = ("save", "savehar")
"""Recorded flows hold what was decided and redacted, and what map_remote, modify_body and the like made of a flow is
inspected."""


def install(master: Master) -> Gateway:
    """The gateway of `master`, put before `save`, with the seal at the end of the chain."""
    found = master.addons.get(Gateway.name)
    if isinstance(found, Gateway):
        return found
    chunked.install()
    error_pages.install()
    quiet_logs.install()
    master.options.update(**{name: value for name, value in SAFE_OPTIONS.items() if name in master.options})
    gateway = Gateway()
    connections.install(lambda: gateway.refusals.times()[0])
    addons = master.addons
    addons.register(gateway)
    names = [getattr(addon, "name", type(addon).__name__.lower()) for addon in addons.chain]
    place = min((names.index(name) for name in _BEFORE if name in names), default=len(names))
    addons.chain.insert(place, gateway)
    addons.add(Seal())
    return gateway


class Entry:
    """What a script in addons/ exports: it asks the shared gateway for some inspections, or for all.

    Several entries share one gateway, so nothing is done twice; unloading a script takes nothing away.
    """

    def __init__(self, name: str, *inspectors: str) -> None:
        self.name = f"gatelens-{name}"
        self._inspectors = set(inspectors) or None

    def load(self, _loader: object) -> None:
        gateway = install(ctx.master)
        gateway.select(self._inspectors)
        try:
            ctx.master.addons.invoke_addon_sync(gateway, ConfigureHook(set(ctx.options.keys())))
        except OptionsError as error:
            # Raised from here it would be lost in a task of mitmproxy's; logged while starting, it ends the start.
            # Until then the gateway has no rules, and the seal answers 503.
            logger.error("%s", error)  # noqa: TRY400  # a traceback would say nothing to an operator

    def running(self) -> None:
        install(ctx.master).running()
