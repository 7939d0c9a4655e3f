"""Events reach the same handlers, in the same order and as well isolated, as through mitmproxy's own manager."""

from __future__ import annotations

import asyncio
import logging
import types
from collections.abc import Callable
from typing import Any

import pytest
from gatelens.mitm.dispatch import TableDispatch
from mitmproxy.addonmanager import AddonManager
from mitmproxy.exceptions import AddonHalt, OptionsError
from mitmproxy.proxy.layers.http._hooks import HttpRequestHook, HttpResponseHook
from mitmproxy.test import taddons, tflow

type Managers = Callable[[], AddonManager]


class Hooked:
    """Notes the events it gets in `seen`, and does `then` at a request."""

    def __init__(self, name: str, seen: list[str], then: Callable[[], Any] = lambda: None) -> None:
        self.name = name
        self._seen = seen
        self._then = then

    def request(self, _flow: object) -> Any:
        self._seen.append(self.name)
        return self._then()


class Parent:
    def __init__(self, name: str, *addons: object) -> None:
        self.name = name
        self.addons = list(addons)


@pytest.fixture(params=[TableDispatch, AddonManager], ids=["ours", "stock"])
def manager(request: pytest.FixtureRequest) -> Any:
    """Each test holds for both, so that ours does not drift from mitmproxy's."""
    kind: Callable[[Any], AddonManager] = request.param
    with taddons.context(loadcore=False) as context:
        yield kind(context.master)


@pytest.fixture
def ours() -> Any:
    with taddons.context(loadcore=False) as context:
        yield TableDispatch(context.master)


def raising(error: BaseException) -> Callable[[], Any]:
    def then() -> None:
        raise error

    return then


async def send(manager: AddonManager) -> None:
    await manager.handle_lifecycle(HttpRequestHook(tflow.tflow()))


async def test_handlers_run_in_the_order_of_the_chain_children_behind_their_parent(manager: AddonManager) -> None:
    seen: list[str] = []
    manager.add(Hooked("a", seen), Parent("p", Hooked("b", seen), Parent("q", Hooked("c", seen))), Hooked("d", seen))
    await send(manager)
    assert seen == ["a", "b", "c", "d"]


async def test_an_addon_that_was_added_runs_and_one_that_was_removed_does_not(manager: AddonManager) -> None:
    seen: list[str] = []
    first, second = Hooked("first", seen), Hooked("second", seen)
    manager.add(first)
    await send(manager)
    manager.add(second)
    await send(manager)
    manager.remove(first)
    await send(manager)
    manager.clear()
    await send(manager)
    assert seen == ["first", "first", "second", "second"]


async def test_a_child_that_is_registered_later_runs(manager: AddonManager) -> None:
    seen: list[str] = []
    parent = Parent("p")
    manager.add(parent)
    await send(manager)
    child = Hooked("child", seen)
    parent.addons.append(child)
    manager.register(child)
    await send(manager)
    assert seen == ["child"]


async def test_an_addon_whose_end_fails_is_out_all_the_same(manager: AddonManager) -> None:
    seen: list[str] = []

    class Failing(Hooked):
        def done(self) -> None:
            raise RuntimeError("in done")

    failing = Failing("failing", seen)
    manager.add(failing, Hooked("other", seen))
    await send(manager)
    with pytest.raises(RuntimeError, match="in done"):
        manager.remove(failing)
    await send(manager)
    assert seen == ["failing", "other", "other"]


@pytest.mark.parametrize("error", [ValueError("a secret"), asyncio.InvalidStateError(), RecursionError()])
async def test_an_exception_is_logged_and_the_others_run(
    manager: AddonManager, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    manager.add(Hooked("a", seen, raising(error)), Hooked("b", seen))
    await send(manager)
    assert seen == ["a", "b"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].getMessage().startswith("Addon error: ")


async def test_the_line_of_an_exception_does_not_quote_it(
    ours: TableDispatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours.add(Hooked("a", [], raising(ValueError("a secret"))))
    await send(ours)
    assert [record.getMessage() for record in caplog.records] == ["Addon error: ValueError"]


async def test_a_halt_ends_the_event_and_is_no_fault(manager: AddonManager, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    manager.add(Hooked("a", seen, raising(AddonHalt())), Hooked("b", seen))
    await send(manager)
    assert (seen, caplog.records) == (["a"], [])


async def test_an_options_error_is_not_swallowed(manager: AddonManager) -> None:
    manager.add(Hooked("a", [], raising(OptionsError("an operator's"))))
    with pytest.raises(OptionsError):
        await send(manager)


async def test_a_cancelled_handler_ends_the_event(manager: AddonManager) -> None:
    manager.add(Hooked("a", [], raising(asyncio.CancelledError())))
    with pytest.raises(asyncio.CancelledError):
        await send(manager)


async def test_an_asynchronous_handler_is_awaited_before_the_next(manager: AddonManager) -> None:
    seen: list[str] = []

    async def later() -> None:
        await asyncio.sleep(0.01)
        seen.append("later")

    manager.add(Hooked("a", seen, later), Hooked("b", seen))
    await send(manager)
    assert seen == ["a", "later", "b"]


async def test_an_event_of_a_flow_is_followed_by_an_update_with_the_flow(manager: AddonManager) -> None:
    seen: list[list[str]] = []

    class Viewing:
        def update(self, flows: list[Any]) -> None:
            seen.append([flow.id for flow in flows])

    manager.add(Viewing())
    flow = tflow.tflow(resp=True)
    await manager.handle_lifecycle(HttpResponseHook(flow))
    assert seen == [[flow.id]]


async def test_a_module_of_a_hooks_name_is_no_handler(manager: AddonManager, caplog: pytest.LogCaptureFixture) -> None:
    addon = Parent("p")
    addon.request = types.ModuleType("request")  # type: ignore[attr-defined]  # as `import request` in a script does
    seen: list[str] = []
    manager.add(addon, Hooked("b", seen))
    await send(manager)
    assert (seen, caplog.records) == (["b"], [])


async def test_a_handler_that_cannot_be_called_is_logged_and_the_others_run(
    manager: AddonManager, caplog: pytest.LogCaptureFixture
) -> None:
    addon = Parent("p")
    addon.request = "not callable"  # type: ignore[attr-defined]  # a mistake in a script
    seen: list[str] = []
    with caplog.at_level(logging.ERROR):
        manager.add(Hooked("a", seen), addon, Hooked("b", seen))
        await send(manager)
        await send(manager)
    assert seen == ["a", "b", "a", "b"]
    assert "not callable" in caplog.text


async def test_an_addon_removed_by_a_handler_is_still_run_for_that_event_only(ours: TableDispatch) -> None:
    """The seal stands last: what a script takes out of the chain meanwhile does not shift the others."""
    seen: list[str] = []
    last = Hooked("last", seen)
    ours.add(Hooked("first", seen, lambda: ours.remove(last) if "last" in ours.lookup else None), last)
    await send(ours)
    await send(ours)
    assert seen == ["first", "last", "first"]
