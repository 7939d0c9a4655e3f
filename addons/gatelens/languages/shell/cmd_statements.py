"""Tell statements of Windows cmd that no other language has: FOR over a set, and IF with its own comparisons.

Source: Microsoft, "for" and "if" (Windows commands).
Limits: one line. A batch file of several lines is a script, not a value.
"""

from __future__ import annotations

import re

_SIDE = r'(?:"[^"\n]{0,80}+"|\[[^\[\]\n]{0,80}+\]|\([^()\n]{0,80}+\)|[^\s"=()]{1,80}?)'
_FOR = re.compile(
    r"""
    @?for\s++(?:/[flrd]\s++)?(?:"[^"\n]{0,160}+"\s++|'[^'\n]{0,160}+'\s++|[^\s"%(]{1,80}+\s++){0,3}+
    %%?(?:~\w{0,8}+)?[\w@$\#!_?-]{1,16}+\s++in\s*+\([^\n]{0,256}?\)\s*+do\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_IF = re.compile(
    rf"""
    @?if(?:\s++|(?=/))(?P<option>/i\s++)?(?:not\s++)?(?:/i\s++)?
    (?:
        (?(option)[^\s"=()]{{1,80}}?\s*+==\s*+[^\s"=()]{{1,80}}+\s++\S|(?!))
        |(?:exist|defined)\s++(?:"[^"\n]{{1,160}}+"|[\w%:\\./*-]{{1,160}}+)\s++
            (?:[(@%"]|(?:echo|goto|del|erase|call|exit|type|set|start|copy|xcopy|move|rd|rmdir|md|mkdir|ren|cmd|powershell
            |ping|net|reg|pause|cd|dir|rem|for|if)\b)
        |(?:errorlevel|cmdextversion)\s++\d++\s++\S
        |[^\s"=()]{{1,80}}?\s*+==\s*+[^\s"=()]{{1,80}}+\s++@?(?:echo|goto|del|call|type|copy|cmd|powershell|ping)\b
        |(?P<left>{_SIDE})\s*+(?P<operator>==)\s*+(?P<right>{_SIDE})\s++\S
        |{_SIDE}\s++(?:equ|neq|lss|leq|gtr|geq)\s++\S++\s++\S
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEAD = re.compile(r"[\s&|'\"@(;]*+")
_VARIABLE = re.compile(r"%~?\w++%?")


def statement(text: str) -> str:
    """What the statement is that `text` is, in our words, or nothing."""
    if len(text) > 512 or "\n" in text.strip():
        return ""
    start = _LEAD.match(text)
    at = start.end() if start else 0
    if _FOR.match(text, at):
        return "runs a command for each of a set, by FOR of Windows cmd"
    found = _IF.match(text, at)
    if found is None:
        return ""
    if found["operator"] and not _VARIABLE.search(text):
        left, right = found["left"][0], found["right"][0]
        if left != right or left not in '"[':
            return ""
    return "runs a command on a condition, by IF of Windows cmd"
