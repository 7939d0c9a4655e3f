"""Find values that bash took for an exported function, and ran what stands behind it (Shellshock).

Source: CVE-2014-6271, CVE-2014-6277, CVE-2014-6278, CVE-2014-7169; GNU bash patches 4.3.25 to 4.3.30.
An unpatched bash reads a variable whose value begins with `() {` as a function, and goes on behind its end.
Limits: a value that ends with its function runs nothing and is none, but where nobody writes code (`begins`).
"""

from __future__ import annotations

import re

from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree

_EVIDENCE = 200
_MOST_READ = 4096

_BEGIN = re.compile(r"[\s'\"]*+(?:[\w.\[\]-]{1,64}+\s?[=:]\s?+['\"]?)?+\(\s*+\)\s*+\{")
_END = re.compile(r"\}")
_BEHIND = re.compile(r"\s*+(?:>_?\[?|[;&|\n\r<]|\w)")
_NEXT_FUNCTION = re.compile(r"[ \t;]*+\r?\n\s*+(?:function\s++)?[\w-]++\s*+\(\s*+\)\s*+\{")
_CUT = re.compile(r"\s*+(?:[:_x]\s*+;?|\(\w{0,8}+\)\s*=?>?\\?|\(\w?\)\s*=>)\s*+\\?\s*\Z|\s*+\(\w{0,8}+\)\s*+=>")


def imported(text: str) -> Confirmed | None:
    """How `text` is taken for a function with a command behind it, or None."""
    begin = _BEGIN.match(text)
    if begin is None:
        return None
    evidence = text[begin.start() : begin.start() + _EVIDENCE]
    if _CUT.match(text, begin.end(), begin.end() + _MOST_READ):
        return Confirmed(evidence, "begins a function of bash and leaves it open")
    end = _END.search(text, begin.end(), begin.end() + _MOST_READ)
    if end is None:
        return None
    if _NEXT_FUNCTION.match(text, end.end()):
        return None  # a piece of a script
    behind = _BEHIND.match(text, end.end())
    if behind is None or not text[behind.end() - 1 :].strip(" \t\r\n;'\""):
        return None
    return Confirmed(evidence, "is taken by bash for a function, with a command behind its end")


def begins(text: str) -> Confirmed | None:
    """How a line in which nobody writes code begins a function without a name, or None."""
    begin = _BEGIN.match(text)
    if begin is None or not text.lstrip(" '\"\t").startswith("("):
        return None
    return Confirmed(text[:_EVIDENCE], "begins a function as bash keeps it in a variable")


def explained(text: str) -> Explanation:
    """What bash reads where it takes a variable from its environment."""
    end = text.find("}")
    command = text[end + 1 : end + 33].strip(" ;") if end >= 0 else ""
    planted = [Tree("function", (Tree("body", planted=True),), planted=True)]
    if command:
        planted.append(Tree("command", (Tree("name", planted=True, piece=command),), planted=True))
    return Explanation(
        "a variable in the environment of a bash",
        Tree("variable", (Tree("text"),)),
        Tree("variable", tuple(planted)),
    )
