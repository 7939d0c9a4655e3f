"""The names that tell what a piece of script or markup does, compiled once for each rule.

Source: ECMA-262; WHATWG HTML sections 8 (scripting), 7.2 (Window) and 4.8 (embedded content).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

type Listed = Mapping[str, Sequence[str]]
"""Names, listed by what using them does, in words that go on "that …"."""

_NEVER = re.compile(r"(?!)")


class Vocabulary:
    """`functions` are called or handed on (those with `()` behind them only called, with nothing), `members` are read
    or written (each a chain such as `document.cookie`).

    `hosts` may be embedded, with those below them. `properties` are names of the document that a form or an image of
    that name would hide. `everyday` are the words of what all scripts do: `alone` is the vocabulary without them.
    Where `rich_text` is false no element of HTML may stand in a value at all.
    """

    def __init__(
        self,
        functions: Listed,
        members: Listed,
        hosts: Sequence[str] = (),
        properties: Sequence[str] = (),
        *,
        everyday: Sequence[str] = (),
        rich_text: bool = True,
        markdown: bool = True,
    ) -> None:
        self._words = {name.lower(): words for words, names in functions.items() for name in names}
        self._members = {name.lower(): words for words, names in members.items() for name in names}
        self.alone = self
        if everyday:
            self.alone = Vocabulary(_without(functions, everyday), _without(members, everyday))
        self.hosts = tuple(host.lower() for host in hosts)
        self.properties = frozenset(name.lower() for name in properties)
        self.rich_text = rich_text
        self.markdown = markdown
        bare = [name for name in self._words if name.endswith("()")]
        named = _alternatives([name for words in functions.values() for name in words if not name.endswith("()")])
        # `alert(1)`, `(alert)(1)`, `top["alert"](1)`, `alert?.(1)`, `alert.call(null,1)`, alert`1`
        calls = [rf"(?<![\w$])({named})(?:[\s'\"\])]|\?\.|\.\s*(?:call|apply|bind|at)\b)*+[(`]"] if named else []
        calls += [rf"(?<![\w$.])({re.escape(name[:-2])}\(\))" for name in bare]
        self.called = _compiled("|".join(calls))
        # `[1].map(alert)`, `onerror=alert;throw 1`, `{toString:alert}`
        self.handed_on = _compiled(rf"[=(,:\[{{]\s*+[('\"]?({named})['\")]?\s*+(?:[;,)\]}}]|\Z)" if named else "")
        chains = "|".join(_chain(name) for name in sorted(self._members, key=len, reverse=True))
        self.member = _compiled(rf"(?<![\w$-])({chains})(?![\w$])" if chains else "")

    def of_function(self, name: str) -> str:
        """What calling the function does."""
        return self._words[name.lower()]

    def of_member(self, spelled: str) -> str:
        """What using the member does, whichever way the chain is spelled."""
        return self._members[".".join(re.findall(r"[\w$]+", spelled.lower()))]

    def trusts(self, host: str) -> bool:
        """Whether content of `host` may be embedded."""
        host = host.lower().rstrip(".")
        return any(host == known or host.endswith("." + known) for known in self.hosts)


def _without(listed: Listed, words: Sequence[str]) -> Listed:
    return {own: names for own, names in listed.items() if own not in words}


def _alternatives(names: Sequence[str]) -> str:
    """Letters match in either case, as filters and lists change it; but not in a name that is another word then."""
    ordered = sorted(names, key=len, reverse=True)
    return "|".join(rf"(?-i:{re.escape(name)})" if name[0].isupper() else re.escape(name) for name in ordered)


def _chain(name: str) -> str:
    """`document.cookie`, also as `document["cookie"]` and `document . cookie`."""
    first, *rest = name.split(".")
    return re.escape(first) + "".join(rf"\s*+\)?(?:\s*+\??\.\s*+|\s*+\[\s*+['\"`]){re.escape(part)}" for part in rest)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE) if pattern else _NEVER
