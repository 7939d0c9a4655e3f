"""The launcher's command line: what is ours, what is mitmproxy's, and which built-in addons that asks for."""

from __future__ import annotations

import importlib.util
from argparse import Namespace
from pathlib import Path

import pytest
from gatelens.mitm import launcher
from mitmproxy import addons as builtin
from mitmproxy.addons import default_addons

UPSTREAM = ["--upstream", "http://127.0.0.1:3000"]

ALWAYS = {
    *("core", "block", "disable_h2c", "proxyserver", "script", "dns_resolver", "next_layer", "save", "tlsconfig"),
    "errorcheck",
}


@pytest.fixture(autouse=True)
def no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; returns where mitmproxy's configuration would lie."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".mitmproxy").mkdir()
    return tmp_path / ".mitmproxy"


def more(*arguments: str) -> set[str]:
    """The modules that these arguments bring in beside those that are always there."""
    wanted = {module for module, _ in launcher._wanted(arguments)}
    assert wanted >= ALWAYS
    return wanted - ALWAYS


# -- arguments


@pytest.mark.parametrize(
    ("arguments", "tool", "rest"),
    [
        (UPSTREAM, "dump", []),
        (["dump", *UPSTREAM], "dump", []),
        (["console", *UPSTREAM], "console", []),
        (["web", *UPSTREAM, "--web-port", "8081"], "web", ["--web-port", "8081"]),
        ([*UPSTREAM, "-w", "out.mitm"], "dump", ["-w", "out.mitm"]),
        (["-s", "script.py", *UPSTREAM, "--set", "a=b"], "dump", ["-s", "script.py", "--set", "a=b"]),
        (["dump", *UPSTREAM, "~m POST"], "dump", ["~m POST"]),
    ],
)
def test_the_tool_is_the_first_word_and_what_is_not_ours_is_handed_on(
    arguments: list[str], tool: str, rest: list[str]
) -> None:
    ours, handed_on = launcher._parsed(arguments)
    assert (ours.tool, ours.upstream, handed_on) == (tool, "http://127.0.0.1:3000", rest)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "the following arguments are required: --upstream"),
        (["dmup", *UPSTREAM], "invalid choice: 'dmup'"),
        ([*UPSTREAM, "web"], "the tool (console, dump, web) is the first word"),
        ([*UPSTREAM, "--mode", "reverse:http://x"], "argument --mode: invalid choice"),
        ([*UPSTREAM, "--listen", "example"], "'example': HOST:PORT, such as 127.0.0.1:8080"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        launcher._parsed(arguments)
    assert (ended.value.code, told in capsys.readouterr().err) == (2, True)


def test_our_options_become_options_of_mitmproxy() -> None:
    ours, _ = launcher._parsed([*UPSTREAM, "--rules", "my rules", "--mode", "detect", "--audit", "-"])
    assert launcher._gateway_options(ours) == [
        *("--set", "gatelens_rules=my rules"),
        *("--set", "gatelens_mode=detect"),
        *("--set", "gatelens_audit=-"),
    ]


def test_what_is_not_given_is_left_to_the_policy() -> None:
    assert launcher._gateway_options(launcher._parsed(UPSTREAM)[0]) == []


def test_an_option_of_mitmproxy_that_ours_begins_with_is_not_taken_for_ours() -> None:
    assert launcher._parsed([*UPSTREAM, "--listen-host", "::1"])[1] == ["--listen-host", "::1"]


def test_the_gateway_is_a_reverse_proxy_to_the_upstream() -> None:
    ours, _ = launcher._parsed([*UPSTREAM, "--listen", "[::1]:9000"])
    assert launcher._listening(ours) == [
        *("--mode", "reverse:http://127.0.0.1:3000"),
        *("--listen-host", "::1"),
        *("--listen-port", "9000"),
    ]


# -- addresses


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ([], ("127.0.0.1", 8080)),
        (["--listen", "0.0.0.0:80"], ("0.0.0.0", 80)),
        (["--listen=api.internal:65535"], ("api.internal", 65535)),
        (["--listen", "[::1]:8080"], ("::1", 8080)),
        (["--listen", ":9000"], ("127.0.0.1", 9000)),
        (["--listen", "9000"], ("127.0.0.1", 9000)),
        (["--listen", "127.0.0.1:0"], ("127.0.0.1", 0)),
    ],
)
def test_an_address_is_host_and_port_and_loopback_where_no_host_is_given(
    given: list[str], address: tuple[str, int]
) -> None:
    assert launcher.listen_address([*UPSTREAM, *given]) == address


@pytest.mark.parametrize("text", ["", "host", "host:", "host:80a", "host:-1", "host:65536", "host:²", "8080:host"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        launcher.listen_address([*UPSTREAM, "--listen", text])


# -- built-in addons


def test_a_plain_gateway_has_what_it_needs_and_no_more() -> None:
    assert more("--mode", "reverse:http://127.0.0.1:3000", "--set", "gatelens_mode=block") == set()


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["--proxyauth", "user:pass"], "proxyauth"),
        (["--set", "proxyauth=any"], "proxyauth"),
        (["--set", "block_list=/~u x/403"], "blocklist"),
        (["--map-remote", "/a/b"], "mapremote"),
        (["-M", "/a/b"], "mapremote"),
        (["-M/a/b"], "mapremote"),
        (["-B", "/a/b"], "modifybody"),
        (["-H", "/a/b"], "modifyheaders"),
        (["--modify-headers", "/a/b"], "modifyheaders"),
        (["--set", "hardump=x.har"], "savehar"),
        (["--flow-detail", "2"], "dumper"),
        (["-r", "x.mitm"], "readfile"),
        (["-S", "x.mitm"], "serverplayback"),
        (["--client-replay", "x.mitm"], "clientplayback"),
        (["--anticache"], "anticache"),
        (["--stickycookie", "x"], "stickycookie"),
        (["--upstream-auth", "a:b"], "upstream_auth"),
    ],
)
def test_an_addon_comes_back_with_its_option(arguments: list[str], module: str) -> None:
    assert module in more(*arguments)


def test_an_option_in_the_configuration_file_brings_its_addon_too(no_configuration: Path) -> None:
    """Left out, it would be no fault but an open door: mitmproxy keeps options that nobody knows for later."""
    (no_configuration / "config.yaml").write_text("proxyauth: user:pass\n")
    assert more() == {"proxyauth"}


@pytest.mark.parametrize("word", ["confdir={}", "--set=confdir={}"])
def test_the_configuration_file_is_looked_for_where_the_command_line_says(tmp_path: Path, word: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yml").write_text("block-list: [/~u x/403]\n")
    assert more("--set", word.format(tmp_path / "conf")) == {"blocklist"}


def test_the_addons_stand_in_mitmproxys_own_order_and_are_all_there() -> None:
    stock = [type(addon).__module__.removeprefix("mitmproxy.addons.") for addon in default_addons()]
    ours = [module for module, _, _ in launcher._ADDONS]
    assert [module for module in ours if module in stock] == [module for module in stock if module in ours]
    for module, name, _ in launcher._ADDONS:
        assert callable(getattr(__import__(f"{builtin.__name__}.{module}", fromlist=[name]), name))


def test_a_filter_limits_what_is_saved_and_nothing_that_is_inspected() -> None:
    assert launcher._dump_filter(Namespace(filter_args=["~m", "POST"])) == {"save_stream_filter": "~m POST"}
    assert launcher._dump_filter(Namespace(filter_args=[])) == {}


def test_a_built_in_addon_is_imported_when_it_is_used() -> None:
    spec = launcher._Later().find_spec("mitmproxy.addons.save", builtin.__path__)
    assert spec is not None
    assert isinstance(spec.loader, importlib.util.LazyLoader)
    assert launcher._Later().find_spec("json", None) is None
