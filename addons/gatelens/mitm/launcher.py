"""`gatelens run`: mitmproxy's three tools as a gateway, faster and safer than with `-s`.

The dump tool leaves out built-in addons that a gateway never uses (each comes back when one of its options is given)
and dispatches events by a prepared table. mitmproxy is imported late, when it is known which of it is needed. The
console and mitmweb keep all addons: an analyst uses them.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from mitmproxy.tools import cmdline

_TOOLS = frozenset({"dump", "console", "web"})

_REPLAY = "client_replay server_replay rfile keepserving"

# Module of mitmproxy.addons, its class, and the options that bring it back; "*" where it is always there.
_ADDONS = (
    ("core", "Core", "*"),
    ("block", "Block", "*"),
    ("blocklist", "BlockList", "block_list"),
    ("anticache", "AntiCache", "anticache"),
    ("anticomp", "AntiComp", "anticomp"),
    ("clientplayback", "ClientPlayback", _REPLAY),
    ("disable_h2c", "DisableH2C", "*"),
    ("proxyauth", "ProxyAuth", "proxyauth"),
    ("proxyserver", "Proxyserver", "*"),
    ("script", "ScriptLoader", "*"),
    ("dns_resolver", "DnsResolver", "*"),
    ("next_layer", "NextLayer", "*"),
    ("serverplayback", "ServerPlayback", _REPLAY),
    ("mapremote", "MapRemote", "map_remote"),
    ("maplocal", "MapLocal", "map_local"),
    ("modifybody", "ModifyBody", "modify_body"),
    ("modifyheaders", "ModifyHeaders", "modify_headers"),
    ("stickyauth", "StickyAuth", "stickyauth"),
    ("stickycookie", "StickyCookie", "stickycookie"),
    ("save", "Save", "*"),
    ("savehar", "SaveHar", "hardump"),
    ("tlsconfig", "TlsConfig", "*"),
    ("upstream_auth", "UpstreamAuth", "upstream_auth"),
    ("dumper", "Dumper", "flow_detail"),
    ("keepserving", "KeepServing", _REPLAY),
    ("readfile", "ReadFileStdin", _REPLAY),
    ("errorcheck", "ErrorCheck", "*"),
)

_SHORT = {"-C": "client_replay", "-S": "server_replay", "-M": "map_remote", "-B": "modify_body"}
_SHORT |= {"-H": "modify_headers", "-r": "rfile"}

_PACKAGE = "mitmproxy.addons."


class _Later(importlib.abc.MetaPathFinder):
    """Has each built-in addon's module executed on first use.

    mitmproxy.addons imports them all, and with them Flask, LDAP and more, for addons that a gateway leaves out: half of
    its start-up time.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(_PACKAGE):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


def run(arguments: Sequence[str]) -> int:
    """Run a tool as the command line asks; return its exit code."""
    ours, rest = _parsed(arguments)
    own = [*_listening(ours), *_gateway_options(ours)]
    if ours.tool == "dump":
        return _dump([*own, *rest])
    return _interactive(ours.tool, [*own, *rest])


def listen_address(arguments: Sequence[str]) -> tuple[str, int]:
    """Host and port that a command line asks for."""
    address: tuple[str, int] = _parsed(arguments)[0].listen
    return address


def _parsed(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our options, and what is mitmproxy's. The tool comes first: argparse would take `a` of `-w a` for one."""
    named = bool(arguments) and not arguments[0].startswith("-")
    parser = _parser()
    ours, rest = parser.parse_known_args(arguments if named else ["dump", *arguments])
    if not named and not _TOOLS.isdisjoint(rest):
        parser.error(f"the tool ({', '.join(sorted(_TOOLS))}) is the first word")
    return ours, rest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gatelens run", allow_abbrev=False, epilog="Any option of mitmdump, mitmproxy or mitmweb may follow."
    )
    parser.add_argument("tool", nargs="?", choices=sorted(_TOOLS), help="default: dump; the first word")
    parser.add_argument("--upstream", metavar="URL", required=True, help="the API to stand in front of")
    parser.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8080", type=_host_port)
    parser.add_argument("--rules", metavar="DIR", default="", help="directory of rules; default: the built-in ones")
    parser.add_argument("--mode", choices=("block", "detect"), default="", help="default: as the policy says")
    parser.add_argument("--audit", metavar="FILE", default="", help="where audit events go; - for standard output")
    return parser


def _host_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r}: HOST:PORT, such as 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def _listening(ours: argparse.Namespace) -> list[str]:
    host, port = ours.listen
    return ["--mode", f"reverse:{ours.upstream}", "--listen-host", host, "--listen-port", str(port)]


def _gateway_options(ours: argparse.Namespace) -> list[str]:
    given = {"gatelens_rules": ours.rules, "gatelens_mode": ours.mode, "gatelens_audit": ours.audit}
    return [word for name, value in given.items() if value for word in ("--set", f"{name}={value}")]


def _dump(arguments: list[str]) -> int:
    sys.meta_path.insert(0, _Later())
    from mitmproxy.tools import main

    from gatelens.mitm.masters import GatewayDump

    arguments = ["--set", "termlog_verbosity=alert", *arguments]
    main.run(GatewayDump.with_addons(_wanted(arguments)), cmdline.mitmdump, arguments, _dump_filter)
    return 0


def _wanted(arguments: Sequence[str]) -> list[tuple[str, str]]:
    words = {_SHORT.get(word[:2] if not word.startswith("--") else word, word) for word in arguments}
    text = f"{' '.join(words)}\n{_configuration(arguments)}".replace("-", "_")
    return [
        (module, name)
        for module, name, options in _ADDONS
        if options == "*" or any(option in text for option in options.split())
    ]


def _configuration(arguments: Sequence[str]) -> str:
    """mitmproxy's own configuration file, whose options bring addons back too: a proxyauth left out lets all in."""
    from mitmproxy.options import CONF_DIR

    folder = CONF_DIR
    for word in arguments:
        _, found, value = word.partition("confdir=")
        folder = value if found else folder
    files = (Path(folder).expanduser() / name for name in ("config.yaml", "config.yml"))
    return "\n".join(file.read_text("utf-8", "replace") for file in files if file.is_file())


def _dump_filter(given: argparse.Namespace) -> dict[str, str]:
    expression = " ".join(given.filter_args)
    return {"save_stream_filter": expression} if expression else {}


def _interactive(tool: str, arguments: list[str]) -> int:
    from mitmproxy.tools import main

    from gatelens.mitm import masters

    if tool == "console":
        main.run(masters.gateway_console(), cmdline.mitmproxy, arguments)
    else:
        main.run(masters.gateway_web(), cmdline.mitmweb, arguments)
    return 0
