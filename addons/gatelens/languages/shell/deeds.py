"""What makes a command certain, whatever its name alone is worth: what attacks do with it.

Source: GTFOBins' and LOLBAS' categories of functions (shell, reverse shell, file read, download, execute, …).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from gatelens.languages.shell.arguments import Shape, shape
from gatelens.languages.shell.names import Effect, Names
from gatelens.languages.shell.naming import tells
from gatelens.languages.shell.words import Trick, Word


class Grade(IntEnum):
    """How telling a command is: CHANCE may be prose or data; POSSIBLE is an everyday word with something that may be
    an argument; LIKELY is a command's name with nothing against it; FIRM
    has arguments that are some; CERTAIN does what attacks do; UNMISTAKABLE is done by nobody else."""

    CHANCE = 0
    POSSIBLE = 1
    LIKELY = 2
    FIRM = 3
    CERTAIN = 4
    UNMISTAKABLE = 5


REVERSED = re.compile(r"/dev/(?:tcp|udp)/", re.IGNORECASE)
_REMOTE_CODE = re.compile(
    r"socket|/bin/(?:ba|da|z|k|c)?sh\b|\bpty\b|fsockopen|TCPSocket|subprocess|\bexec\s*[(\"']|\bsystem\s*[(\"'<]"
    r"|popen|urllib|child_process",
    re.IGNORECASE,
)
_AWKS = frozenset({"awk", "gawk", "mawk", "nawk"})
_AWK_COMMAND = re.compile(r"system\s*\(|\|\s*getline|/inet/")
_EVERYTHING = re.compile(
    r"(?:/|~|\$HOME|[A-Za-z]:\\?)/?\*?\Z|\*\Z|/(?:etc|usr|var|home|bin|boot)/?\*?\Z|--no-preserve-root\Z"
)
_LISTENER = re.compile(r"-[a-z]*[elcL]|--(?:exec|sh-exec|listen|lua-exec)", re.IGNORECASE)
_RUNS_SHELL = re.compile(
    r"(?:/bin/)?(?:ba|da|z|k|c|a)?sh(?:\.exe)?\Z|cmd(?:\.exe)?\Z|powershell(?:\.exe)?\Z", re.IGNORECASE
)
_WINDOWS_ATTACK = re.compile(
    r"""
    net1?\ (?:user|localgroup|group)\ .*/add|reg(?:\.exe)?\ (?:add|save|export|delete)\ "?hk
    |sc\ (?:create|config|delete|stop)
    |certutil.*[-/](?:urlcache|verifyctl|ping)|bitsadmin.*/(?:transfer|create)
    |mshta\ .*(?:https?:|javascript:|vbscript:)
    |rundll32\ .*(?:javascript:|https?:|,)|regsvr32\ .*/i:|wmic\ .*(?:process\ call|/node:|/format:|shadowcopy)
    |schtasks\ .*/create|vssadmin\ .*delete|cmdkey\ /list|netsh\ .*(?:firewall|wlan\ show|portproxy)
    |(?:powershell|pwsh)(?:\.exe)?\ .*-e(?:nc?|ncodedcommand|c)?\ [A-Za-z0-9+/=]{8}
    |(?:iex|invoke-expression|\biwr\b|invoke-webrequest|downloadstring|downloadfile|frombase64string|net\.webclient
    |net\.sockets\.tcpclient|add-type|start-process|invoke-mimikatz|set-executionpolicy|add-mppreference|set-mppreference)
    |format\ [a-z]:|(?:del|erase|rd|rmdir)\ .*/[sqf]|icacls|takeown
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BARE_WORD = re.compile(r"[A-Za-z]{2,}\Z")


def deed(name: str, effect: Effect, rest: Sequence[Word], names: Names) -> tuple[Grade, Effect, str] | None:
    """What makes a command certain, whatever its name alone is worth."""
    if any(REVERSED.search(word.text) for word in rest):
        return Grade.UNMISTAKABLE, effect, "opens a connection to another host as a file"
    options = [word.text for word in rest if word.text[:1] in "-/" and len(word.text) > 1]
    shells = any(_RUNS_SHELL.match(word.text) for word in rest)
    joined = f"{name} {' '.join(word.text for word in rest)}"[:512]
    if name in ("nc", "ncat", "netcat", "nc.traditional", "nc.openbsd"):
        if shells and any(_LISTENER.match(option) for option in options):
            return Grade.UNMISTAKABLE, effect, "gives another host a shell"
        if any(_LISTENER.match(option) for option in options):
            return Grade.CERTAIN, effect, "listens for another host"
    if name == "socat" and "exec:" in joined.lower():
        return Grade.UNMISTAKABLE, effect, "gives another host a shell"
    if (
        effect is Effect.CODE
        and _REMOTE_CODE.search(joined)
        and any(o[:2] in ("-c", "-e", "-r", "-M") for o in options)
    ):
        return Grade.UNMISTAKABLE, effect, "runs code that opens a connection or a shell"
    if name in _AWKS and _AWK_COMMAND.search(joined):
        return Grade.CERTAIN, effect, "runs a command from within awk"
    if any(tells(word, names) for word in rest) and shape(rest) is not Shape.PROSE:
        grade = Grade.FIRM if _BARE_WORD.match(rest[-1].text) and len(rest) > 1 else Grade.CERTAIN
        return grade, effect, f"{effect.value}, of a telling file"
    if (
        name == "rm"
        and any("r" in o or "R" in o for o in options)
        and any(_EVERYTHING.match(word.text) and Trick.UNSET not in word.tricks for word in rest)
    ):
        return Grade.CERTAIN, effect, "deletes everything"
    if name in names.windows and _WINDOWS_ATTACK.search(joined):
        return Grade.CERTAIN, effect, f"{names.windows[name].value}, as attacks do"
    return None
