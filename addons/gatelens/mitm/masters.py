"""mitmproxy's masters with the gateway in them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from mitmproxy import addons as builtin
from mitmproxy.master import Master
from mitmproxy.options import Options

from gatelens.mitm import lean
from gatelens.mitm.dispatch import TableDispatch
from gatelens.mitm.install import install


class GatewayDump(Master):
    """mitmdump without the built-in addons that were not asked for, and with table dispatch."""

    wanted: Sequence[tuple[str, str]] = ()

    @classmethod
    def with_addons(cls, wanted: Sequence[tuple[str, str]]) -> type[GatewayDump]:
        """A class of masters with these addons: (module of mitmproxy.addons, class)."""
        return type("GatewayDump", (cls,), {"wanted": tuple(wanted)})

    def __init__(self, options: Options) -> None:
        super().__init__(options, with_termlog=True)
        lean.install()
        self.addons: TableDispatch = _with_table(self)
        for module, name in self.wanted:
            self.addons.add(getattr(importlib.import_module(f"{builtin.__name__}.{module}"), name)())
        install(self).select(None)


def _with_table(master: Master) -> TableDispatch:
    """Take the addons that the base class has set up over to a manager of ours."""
    plain = master.addons
    table = TableDispatch(master)
    master.options.changed.disconnect(plain._configure_all)
    table.chain, table.lookup = plain.chain, plain.lookup
    return table


def gateway_console() -> type[Any]:
    """The console's master with the gateway in it."""
    from mitmproxy.tools.console.master import ConsoleMaster

    return _with_gateway(ConsoleMaster)


def gateway_web() -> type[Any]:
    """mitmweb's master with the gateway in it."""
    from mitmproxy.tools.web.master import WebMaster

    return _with_gateway(WebMaster)


def _with_gateway(base: type[Any]) -> type[Any]:
    class GatewayMaster(base):  # type: ignore[misc]  # the base is chosen at run time
        def __init__(self, options: Options) -> None:
            super().__init__(options)
            install(self).select(None)

    return GatewayMaster
