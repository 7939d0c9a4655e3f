"""Find values that a program takes for an option, one that runs a command or reads or writes a file for them.

Source: CWE-88; the manuals of the programs; GTFOBins (https://gtfobins.github.io/).
Limits: options are those that are listed. A value that does not begin with one is an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gatelens.languages.shell.arguments import Shape, shape
from gatelens.languages.shell.words import Word
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree

_EVIDENCE = 200
_LONGEST = 1024
_LEAD = re.compile(r"[\s'\"]{0,4}+(?:[\w./@][\w./@-]{0,63}+\s++)?+(?=-)")
_PLACEHOLDER = re.compile(r"[\s=]*+(?:[<\[{(]?[A-Z_]{2,}\b|<|\[|\{|\.\.\.|,|\||\Z)")
_VALUE = re.compile(r"[\s=:]*+['\"]?(?P<value>\S[^\n]*+)")


class Options:
    """Options with what they do, in words; one that ends in `=` or a letter may have its value glued to it."""

    def __init__(self, listed: Mapping[str, Iterable[str]]) -> None:
        self.effects = {name: effect for effect, names in listed.items() for name in names}
        names = sorted(map(re.escape, self.effects), key=len, reverse=True)
        self._expression = re.compile("|".join(names)) if names else None

    def find(self, text: str) -> tuple[str, int, int] | None:
        """The first of the options that `text` begins with, and its place; behind a word at most."""
        lead = _LEAD.match(text)
        if lead is None or self._expression is None:
            return None
        found = self._expression.match(text, lead.end())
        return (self.effects[found.group()], found.start(), found.end()) if found else None


def option(text: str, options: Options) -> Confirmed | None:
    """What the option that `text` begins with does, or None."""
    if len(text) > _LONGEST or "\n" in text.strip():
        return None
    found = options.find(text)
    if found is None:
        return None
    effect, start, end = found
    if _PLACEHOLDER.match(text, end):
        return None  # a manual, or a list of options
    glued = not text[end - 1].isalnum()
    if not glued and text[end : end + 1].isalnum():
        return None  # a longer option
    value = _VALUE.match(text, end)
    if value is None:
        return None
    words = [Word(word) for word in value["value"].split()]
    if shape(words[1:]) is Shape.PROSE:
        return None
    return Confirmed(text[start : start + _EVIDENCE], f"is taken for an option that {effect}")


def explained(text: str, options: Options) -> Explanation:
    """How a command line with an ordinary argument reads, and how with this one."""
    found = options.find(text)
    name = text[found[1] : found[2]] if found else "option"
    return Explanation(
        "an argument of a program",
        Tree("command", (Tree("a program"), Tree("argument: value"))),
        Tree("command", (Tree("a program"), Tree("option", (Tree(name, planted=True),), planted=True))),
    )
