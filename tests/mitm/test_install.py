"""The gateway's place in mitmproxy: before what saves flows, with the seal behind everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gatelens.mitm.gateway import Gateway
from gatelens.mitm.install import SAFE_OPTIONS, Entry, install
from gatelens.mitm.seal import Seal
from mitmproxy.addons.modifybody import ModifyBody
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.save import Save
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.test import taddons

from tests.support.rules import words, write


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context(Proxyserver(), NextLayer(), ModifyBody(), Save(), SaveHar()) as context:
        yield context


def chain(context: taddons.context) -> list[str]:
    return [type(addon).__name__ for addon in context.master.addons.chain][1:]


def test_the_gateway_stands_before_what_saves_and_behind_what_changes_and_the_seal_is_last(
    context: taddons.context,
) -> None:
    install(context.master)
    assert chain(context) == ["Proxyserver", "NextLayer", "ModifyBody", "Gateway", "Save", "SaveHar", "Seal"]


def test_without_anything_that_saves_the_gateway_is_last_but_for_the_seal() -> None:
    with taddons.context(Proxyserver()) as context:
        install(context.master)
        assert chain(context) == ["Proxyserver", "Gateway", "Seal"]


def test_it_is_installed_once_and_found_again(context: taddons.context) -> None:
    first = install(context.master)
    assert install(context.master) is first
    assert [kind for kind in chain(context) if kind in ("Gateway", "Seal")] == ["Gateway", "Seal"]


def test_options_that_would_let_traffic_past_are_set_safe(context: taddons.context) -> None:
    install(context.master)
    assert {name: getattr(context.options, name) for name in SAFE_OPTIONS} == {
        "rawtcp": False,
        "connection_strategy": "lazy",
        "validate_inbound_headers": True,
    }


def loaded(context: taddons.context, *entries: Entry) -> Gateway:
    """The gateway that these scripts share."""
    for entry in entries:
        context.master.addons.add(entry)
    gateway = context.master.addons.get("gatelens")
    assert isinstance(gateway, Gateway)
    return gateway


@pytest.fixture
def rules(tmp_path: Path, context: taddons.context) -> Path:
    directory = write(tmp_path / "rules", words("a", "xyzzy"))
    context.options.set(f"gatelens_rules={directory}", defer=True)
    return directory


def test_several_scripts_share_one_gateway_which_does_what_any_of_them_asks(
    context: taddons.context, rules: Path
) -> None:
    gateway = loaded(context, Entry("one", "email"), Entry("two", "jwt", "email"))
    assert gateway.selection == {"email", "jwt"}
    assert chain(context).count("Gateway") == 1


def test_a_script_that_asks_for_all_gets_all_whoever_else_asks_for_less(context: taddons.context, rules: Path) -> None:
    assert loaded(context, Entry("one", "email"), Entry("all"), Entry("two", "jwt")).selection is None


def test_a_script_that_is_unloaded_takes_no_inspection_away(context: taddons.context, rules: Path) -> None:
    entry = Entry("one", "email")
    gateway = loaded(context, entry)
    context.master.addons.remove(entry)
    assert gateway.selection == {"email"}
    assert gateway.rules is not None
    assert chain(context)[-1] == Seal.__name__


def test_a_script_with_broken_rules_is_an_error_in_the_log_and_leaves_no_rules(
    context: taddons.context, rules: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (rules / "bad.yaml").write_text("id: [\n")
    gateway = loaded(context, Entry("one", "email"))
    assert gateway.rules is None
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert f"{rules}/bad.yaml:" in caplog.text


def test_a_script_that_is_loaded_again_while_the_rules_are_broken_keeps_those_in_force(
    context: taddons.context, rules: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entry = Entry("one", "email")
    gateway = loaded(context, entry)
    in_force = gateway.rules
    (rules / "bad.yaml").write_text("id: [\n")
    context.master.addons.remove(entry)
    loaded(context, Entry("one", "email"))
    assert in_force is not None
    assert gateway.rules is in_force
    assert f"{rules}/bad.yaml:" in caplog.text
