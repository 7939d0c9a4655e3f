"""Dispatch events by a prepared table: half of what a request costs in stock mitmproxy is asking 37 addons for hooks.

The table is made anew after any change of the chain. Isolation stays: a handler's exception is logged and the others
run; AddonHalt ends the event.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import fields
from types import ModuleType
from typing import Any

from mitmproxy import flow, hooks
from mitmproxy.addonmanager import AddonManager, traverse
from mitmproxy.exceptions import AddonHalt, OptionsError

logger = logging.getLogger("mitmproxy.addonmanager")

type Handler = Callable[..., Awaitable[None] | None]


class TableDispatch(AddonManager):
    """An AddonManager whose flow events go through a table of bound handlers."""

    def __init__(self, master: Any) -> None:
        self._table: dict[str, list[Handler]] = {}
        self._arguments: dict[type[hooks.Hook], tuple[str, ...]] = {}
        super().__init__(master)  # type: ignore[no-untyped-call]  # mitmproxy is typed in part

    def clear(self) -> None:
        try:
            super().clear()  # type: ignore[no-untyped-call]  # mitmproxy is typed in part
        finally:
            self._table.clear()

    def register(self, addon: Any) -> Any:
        registered = super().register(addon)  # type: ignore[no-untyped-call]  # mitmproxy is typed in part
        self._table.clear()
        return registered

    def add(self, *addons: Any) -> None:
        super().add(*addons)  # type: ignore[no-untyped-call]  # mitmproxy is typed in part
        self._table.clear()

    def remove(self, addon: Any) -> None:
        try:
            super().remove(addon)  # type: ignore[no-untyped-call]  # mitmproxy is typed in part
        finally:
            self._table.clear()  # also where the addon's own `done` raised: it is out of the chain

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        arguments = self._arguments_of(event)
        await self._run(event.name, arguments)
        if isinstance(arguments[0], flow.Flow):
            await self._run("update", ([arguments[0]],))

    def _arguments_of(self, event: hooks.Hook) -> tuple[Any, ...]:
        kind = type(event)
        names = self._arguments.get(kind)
        if names is None:
            names = self._arguments[kind] = tuple(field.name for field in fields(event))  # type: ignore[arg-type]  # every hook is a dataclass
        return tuple(getattr(event, name) for name in names)

    async def _run(self, name: str, arguments: tuple[Any, ...]) -> None:
        handlers = self._table.get(name)
        if handlers is None:
            handlers = self._table[name] = self._handlers(name)
        for handler in handlers:
            try:
                result = handler(*arguments)
                if result is not None and inspect.isawaitable(result):
                    await result
            except AddonHalt:
                return
            except OptionsError:
                raise
            except Exception as error:  # as mitmproxy does: one addon's fault must not stop the others
                logger.exception("Addon error: %s", type(error).__name__)

    def _handlers(self, name: str) -> list[Handler]:
        found: list[Handler] = []
        for addon in traverse(self.chain):
            handler = getattr(addon, name, None)
            if handler is None or isinstance(handler, ModuleType):
                continue
            if not callable(handler):
                logger.error("Addon handler %s of %s is not callable", name, type(addon).__name__)
                continue
            found.append(handler)
        return found
