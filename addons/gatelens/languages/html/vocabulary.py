"""The names that tell what a piece of script or markup does, made ready once for each rule.

Source: ECMA-262; WHATWG HTML sections 8 (scripting), 7.2 (Window) and 4.8 (embedded content).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from msgspec import Struct

type Listed = Mapping[str, Sequence[str]]
"""Names, listed by what using them does, in words that go on "that …"."""

_WORD = re.compile(r"[a-z_$][\w$]*+")
_HANDED_ON = re.compile(r"['\")]?\s*+(?:[;,)\]}]|\Z)")
_RECEIVES = frozenset("=(,:[{")
_CALL = r"(?:[\s'\"\])\\]|\?\.|\.\s*(?:call|apply|bind|at)\b)*+[(`]"
_BEFORE = 16
"""Characters read before a name that may be handed on."""


def words_of(lowered: str) -> frozenset[str]:
    """The words of a piece of script in small letters."""
    return frozenset(_WORD.findall(lowered))


class _Use(Struct, frozen=True):
    """One name: `parts` are all words of it, `pattern` is how it stands where it is used, `bare` where it may be handed
    on. `cased` says that in small letters it is another word.
    """

    words: str
    parts: frozenset[str]
    pattern: re.Pattern[str]
    bare: str
    cased: bool

    def is_in(self, code: str, lowered: str) -> bool:
        text = code if self.cased else lowered
        return self.pattern.search(text) is not None or (self.bare != "" and _is_handed_on(self.bare, text))


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
        uses = [_function(name, words) for words, names in functions.items() for name in names]
        uses += [_member(name, words) for words, names in members.items() for name in names]
        self._uses: dict[str, list[_Use]] = {}
        for use in uses:
            for part in use.parts:
                self._uses.setdefault(part, []).append(use)
        self._ranks = {use: rank for rank, use in enumerate(uses)}
        self.alone = self
        if everyday:
            self.alone = Vocabulary(_without(functions, everyday), _without(members, everyday))
        self.hosts = tuple(host.lower() for host in hosts)
        self.properties = frozenset(name.lower() for name in properties)
        self.rich_text = rich_text
        self.markdown = markdown

    def use_in(self, code: str, lowered: str, words: Set[str]) -> str:
        """What the names that `code` uses do, empty where it uses none. `lowered` is `code` in small letters, `words`
        are its words.
        """
        known = words & self._uses.keys()
        if not known:
            return ""
        candidates = {use for word in known for use in self._uses[word] if use.parts <= words}
        ordered = sorted(candidates, key=self._ranks.__getitem__)
        return next((use.words for use in ordered if use.is_in(code, lowered)), "")

    def trusts(self, host: str) -> bool:
        """Whether content of `host` may be embedded."""
        host = host.lower().rstrip(".")
        return any(host == known or host.endswith("." + known) for known in self.hosts)


def _without(listed: Listed, words: Sequence[str]) -> Listed:
    return {own: names for own, names in listed.items() if own not in words}


def _parts(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.lower()))


def _function(name: str, words: str) -> _Use:
    """`alert(1)`, `(alert)(1)`, `top["alert"](1)`, `alert?.(1)`, `alert.call(null,1)`, alert`1`; letters match in
    either case, as filters and lists change it, but not in a name that is another word then.
    """
    cased = name[0].isupper()
    spelled = name if cased else name.lower()
    only_with_nothing = name.endswith("()")
    own = re.escape(spelled)
    # the name first: a search for what begins with a literal is quicker by far
    pattern = rf"{own}(?<![\w$.]{own})" if only_with_nothing else rf"{own}(?<![\w$]{own}){_CALL}"
    return _Use(words, _parts(name), re.compile(pattern), "" if only_with_nothing else spelled, cased)


def _member(name: str, words: str) -> _Use:
    """`document.cookie`, also as `document["cookie"]` and `document . cookie`."""
    first, *rest = (re.escape(part) for part in name.lower().split("."))
    chain = "".join(rf"\s*+\)?(?:\s*+\??\.\s*+|\s*+\[\s*+['\"`]){part}" for part in rest)
    return _Use(words, _parts(name), re.compile(rf"{first}(?<![\w$-]{first}){chain}(?![\w$])"), "", cased=False)


def _is_handed_on(name: str, text: str) -> bool:
    """`[1].map(alert)`, `onerror=alert;throw 1`, `{toString:alert}`."""
    at = text.find(name)
    while at >= 0:
        if _HANDED_ON.match(text, at + len(name)):
            before = text[max(0, at - _BEFORE) : at]
            if before[-1:] in ("(", "'", '"') and before[:-1].rstrip()[-1:] in _RECEIVES:
                return True
            if before.rstrip()[-1:] in _RECEIVES:
                return True
        at = text.find(name, at + 1)
    return False
