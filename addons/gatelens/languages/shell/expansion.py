r"""Undo the expansions by which a shell spells a word otherwise: braces, `$'\x63'`, parameters, slices, wildcards.

Source: POSIX.1-2024 Shell Command Language, sections 2.6 and 2.14; Bash manual, sections 3.1.2.4 and 3.5;
Microsoft, "set" (`%name:~start,length%`).
Limits: a slice is taken of a handful of variables whose values are the same on nearly every machine; others are empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MOST_ALTERNATIVES = 16
_LONGEST = 512

_COMMON = {
    "path": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "home": "/root",
    "pwd": "/var/www/html",
    "oldpwd": "/var/www",
    "shell": "/bin/bash",
    "user": "root",
    "ps4": "+ ",
    "ps2": "> ",
    "langinfo": "",
    "bash": "/bin/bash",
    "comspec": r"C:\Windows\system32\cmd.exe",
    "programfiles": r"C:\Program Files",
    "windir": r"C:\Windows",
    "systemroot": r"C:\Windows",
    "homepath": r"\Users\x",
    "pathext": ".COM;.EXE;.BAT;.CMD",
    "psmodulepath": r"C:\Program Files\WindowsPowerShell\Modules",
    "pshome": r"C:\Windows\System32\WindowsPowerShell\v1.0",
    "shellid": "Microsoft.PowerShell",
    "verbosepreference": "SilentlyContinue",
    "commonprogramfiles": r"C:\Program Files\Common Files",
    "os": "Windows_NT",
}
"""Values that hidden spellings take letters from, by name in lower case."""

_BRACES = re.compile(r"\{([^{}]*+)\}")


def braces(text: str) -> Sequence[str]:
    """`{cat,/etc/hosts}` gives both: what is in braces with commas, one pair at a time, innermost first."""
    if len(text) > _LONGEST:
        return (text,)
    done: list[str] = []
    waiting = [text]
    while waiting:
        word = waiting.pop(0)
        for found in _BRACES.finditer(word):
            if "," in found[1] and len(waiting) + len(done) < MOST_ALTERNATIVES:
                before, behind = word[: found.start()], word[found.end() :]
                waiting[:0] = [before + piece + behind for piece in found[1].split(",")[:MOST_ALTERNATIVES]]
                break
        else:
            done.append(word)
    return done


_CODE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0?([0-7]{1,3})|([abefnrtv\\'\"?]))"
)
_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def ansi_c(text: str) -> str:
    r"""`\x63`, `\143`, `\u0063` and `\n` as the characters they are."""
    return _CODE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    if letter := found[5]:
        return _LETTERS.get(letter, letter)
    code = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    return chr(code) if code < 0xD800 or 0xE000 <= code <= 0x10FFFF else "?"


_SLICE = re.compile(r"(\w+):(?:~\s*|\s+|\s*\(\s*|(?=\d))(-?\d{1,4})\)?(?:\s*[:,]\s*(-?\d{1,4}))?\Z")
_DEFAULT = re.compile(r"(\w+|[@*]):?[-=+]([^{}]*+)\Z")
_NAME = re.compile(r"!?\#?(\w+)")


def parameter(content: str, assigned: Mapping[str, str]) -> tuple[str, bool]:
    """What `${content}` gives, and whether it was a slice or a default: `PATH:0:1`, `x-cat`, `x`."""
    if found := _SLICE.match(content):
        value = assigned.get(found[1]) or _COMMON.get(found[1].lower(), "")
        return sliced(value, int(found[2]), found[3]), bool(value)
    if found := _DEFAULT.match(content):
        return assigned.get(found[1]) or found[2], True
    found = _NAME.match(content)
    if found is None:
        return "", False
    name = found[1]
    value = assigned.get(name, "")
    if not value and len(content) > len(name) and name.lower() in _COMMON:
        return ("/" if _COMMON[name.lower()].startswith("/") else ""), True  # ${HOME%%u*}: what is left of a path
    return value, len(content) > len(name)


def sliced(value: str, start: int, length: str | None) -> str:
    """A slice as bash (`${v:start:length}`) and cmd (`%v:~start,length%`) take it."""
    if start < 0:
        start = max(0, len(value) + start)
    if length is None:
        return value[start:]
    count = int(length)
    return value[start : start + count] if count >= 0 else value[start : max(start, len(value) + count)]


def environment(name: str) -> str:
    """The usual value of a Windows variable, or nothing."""
    return _COMMON.get(name.lower(), "")


def is_wildcard(text: str) -> bool:
    """Whether a word holds `?`, `*` or `[…]`."""
    return "?" in text or "*" in text or ("[" in text and "]" in text)


_ALONE = re.compile(
    r"""
    [\s'"]*+(?:
        \$(?P<brace>\{)?(?:USER|HOME|PATH|PWD|OLDPWD|SHELL|HOSTNAME|HOSTTYPE|OSTYPE|MACHTYPE|IFS|LOGNAME|E?UID|PPID
            |BASH\w*+|RANDOM|HISTFILE|SHELLOPTS|PS[1-4]|LD_\w++)(?(brace)\})
        |\$\{!?[A-Za-z_]\w*+(?:\#\#?|%%?|\^\^?|,,?|:[-=+?\d]|//?[^\s/{}]*+/)[^\s$]{0,64}\}/?
        |~[+-]\d{0,3}+/?
    )[\s'"]*+\Z
    """,
    re.VERBOSE,
)


def is_alone(text: str) -> bool:
    """Whether `text` is an expansion that only shells have, and nothing else: `$USER`, `${PATH%%:*}`, `~-1`."""
    return _ALONE.match(text) is not None


_LONGEST_WILDCARD = 128
_NO_NAME = re.compile(r"[^\w./+?*\[\]!^@:,-]")
_PIECE = re.compile(r"\[[!^]?\]?[^\]]*\]|\*+|\?|[^\[*?]+|\[")


def wildcard(pattern: str) -> re.Pattern[str] | None:
    """The names that a short wildcard stands for; None where it is too long or stands for no name of a program or file
    of a system."""
    if len(pattern) > _LONGEST_WILDCARD or _NO_NAME.search(pattern):
        return None
    parts: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece[0] == "*":
            parts.append("[^/]*")
        elif piece == "?":
            parts.append("[^/]")
        elif piece[0] == "[" and len(piece) > 2:
            negated = piece[1] in "!^"
            parts.append(
                ("[^" if negated else "[") + re.escape(piece[2 if negated else 1 : -1]).replace(r"\-", "-") + "]"
            )
        else:
            parts.append(re.escape(piece))
    if parts.count("[^/]*") > 4:
        return None
    try:
        return re.compile("".join(parts))
    except re.error:
        return None
