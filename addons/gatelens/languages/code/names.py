"""What calling a name, or reading a member of that name, does; and whether a call needs nothing that it does not bring.

Source: the lists of a rule; CWE-94. A payload does not know the variables of the application: what it calls gets
constants, or what the request itself brings.
Limits: a name is told by its last two parts, whatever the object before them is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.languages.code.chains import Chain, Link, Step
from gatelens.languages.code.keywords import KEYWORDS
from gatelens.languages.code.lexer import Gap, Kind, Token

_CONSTANTS = frozenset(
    """true false null nil none undefined this self global globalthis process request __file__ __dir__
    function new lambda utf8 shell string math array object json buffer date number""".split()
)
_SUPERGLOBALS = ("$_get", "$_post", "$_request", "$_cookie", "$_server", "$_files", "$globals", "$_env", "#parameters")
_BEFORE_MEMBER = frozenset({".", "?.", "->", "::", "?->", "@"})
_AFTER_NAME = frozenset({"(", "=", ":", "=>", "."})

_REST = 4
"""Tokens that may follow on the line on which a program loads a module."""


class Names(Struct, frozen=True):
    """`calls` and `sure` say what calling a name does, `members` what having it as a member does, each in words; in
    lower case. `f` is a function, `.f` a member of anything, `a.f` the member of an a. What is `sure` is no call of an
    ordinary value whatever its arguments are, of `calls` one must need nothing that it does not bring. `loaders` are
    functions that load one of `modules`. `variables` are names that tell by themselves, `commands` words that are
    commands where PHP gets them unquoted."""

    calls: Mapping[str, str] = {}
    sure: Mapping[str, str] = {}
    members: Mapping[str, str] = {}
    loaders: AbstractSet[str] = frozenset()
    modules: AbstractSet[str] = frozenset()
    variables: Mapping[str, str] = {}
    commands: AbstractSet[str] = frozenset()


class Use(Struct, frozen=True, gc=False):
    """A name that is called or read at token `index`, in the words of the rule. `sure` as in Names; `hidden`: its name
    is not written plainly."""

    words: str
    index: int
    sure: bool
    hidden: bool


def uses(chain: Chain, tokens: Sequence[Token], names: Names) -> Iterator[Use]:
    """The telling names of a chain, in their order."""
    path = [_first_part(chain)]
    if chain.root is not None and (words := names.variables.get(_variable(chain))):
        yield Use(words, chain.first, True, False)
    hidden = chain.hidden or (chain.root is not None and chain.root.kind is Kind.STRING)
    if chain.root is None and chain.links and chain.links[0].step is Step.CALL:
        spelled = _spelled(tokens, chain.first, chain.links[0].first)
        if words := names.calls.get(spelled):
            yield Use(words, chain.first, True, True)
    is_variable = chain.root is not None and chain.root.text.startswith("$")
    for link in chain.links:
        if link.step is Step.MEMBER:
            path.append(link.name.lower())
            hidden = link.hidden
            is_variable = False
            if words := _listed(names.members, path):
                yield Use(words, link.first, True, hidden)
        elif link.step is Step.CALL:
            concealed = hidden or link.hidden
            if not is_variable:
                if words := _listed(names.sure, path):
                    yield Use(words, link.first, True, concealed)
                elif words := _listed(names.calls, path):
                    if concealed or (_is_whole(tokens, link) and _is_own(tokens, link, names)):
                        yield Use(words, link.first, False, concealed)
                elif (
                    _is_listed(names.loaders, path)
                    and _loads(tokens, link.first, link.last, names.modules)
                    and _goes_on(chain, link, tokens)
                ):
                    yield Use("loads a module that runs commands or reads files", link.first, True, concealed)
            path.append("()")
            hidden = False
        elif link.step in (Step.INDEX, Step.COMPUTED):
            path.append("[]")


_EVALUATED = re.compile(r"[#@]\w++")


def _variable(chain: Chain) -> str:
    """The variable that a chain begins with; OGNL evaluates a string that is called: `('#context')(a)`."""
    assert chain.root is not None
    if chain.root.kind is Kind.STRING and chain.links and chain.links[0].step is Step.CALL:
        evaluated = _EVALUATED.match(chain.root.text)
        return evaluated[0].lower() if evaluated else ""
    return chain.root.text.lower()


_SPELLING = frozenset({"(", ")", ".", "[", "]", "{", "}"})


def _spelled(tokens: Sequence[Token], first: int, last: int) -> str:
    """The name that a group of words and dots spells in PHP, as `(sys.(te).m)` does; empty where it holds more."""
    parts = []
    for token in tokens[first : min(last, first + 24)]:
        if token.kind in (Kind.NAME, Kind.STRING):
            parts.append(token.text.lower())
        elif token.text not in _SPELLING:
            return ""
    return "".join(parts)


def _first_part(chain: Chain) -> str:
    """The name of a chain's root; of a string that is called what it says, of another string quotes."""
    root = chain.root
    if root is None or root.kind is Kind.NUMBER:
        return ""
    if root.kind is Kind.STRING and (not chain.links or chain.links[0].step is not Step.CALL):
        return "''"
    return root.text.lower().lstrip("@\\").rpartition("\\")[2]


def _parts(path: Sequence[str]) -> tuple[str, ...]:
    """How the end of a path may be listed."""
    named = [part for part in path[-3:] if part != "()"]
    last = named[-1] if named else ""
    if len(path) == 1:
        return (last,)
    return (f"{named[-2]}.{last}", f".{last}") if len(named) >= 2 else (f".{last}",)


def _listed(listed: Mapping[str, str], path: Sequence[str]) -> str:
    for part in _parts(path):
        if words := listed.get(part):
            return words
    return ""


def _is_listed(listed: AbstractSet[str], path: Sequence[str]) -> bool:
    return any(part in listed for part in _parts(path))


def _is_own(tokens: Sequence[Token], link: Link, names: Names) -> bool:
    """Whether a call gets nothing that it does not bring; an unquoted word may be a command."""
    if link.last == link.first + 1 and tokens[link.first].text.lower() in names.commands:
        return True
    return brings_all(tokens, link.first, link.last)


def _is_whole(tokens: Sequence[Token], link: Link) -> bool:
    """Whether a call has its end, or at least an argument."""
    return link.last < len(tokens) or link.first < link.last


def _goes_on(chain: Chain, link: Link, tokens: Sequence[Token]) -> bool:
    """Whether more is done with what is loaded, there or on the rest of the line: a program loads on lines of their
    own."""
    if chain.first == 0:
        return True  # nothing is made of it: a value that only loads
    if any(later.step is Step.CALL for later in chain.links[chain.links.index(link) + 1 :]):
        return True
    rest = 0
    for token in tokens[chain.last : chain.last + _REST + 1]:
        if token.gap is Gap.LINE:
            break
        rest += 1
    return rest > _REST


def _loads(tokens: Sequence[Token], first: int, last: int, modules: AbstractSet[str]) -> bool:
    return any(
        token.kind is Kind.STRING and token.text.lower().removeprefix("node:") in modules
        for token in tokens[first:last]
    )


def brings_all(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether tokens [first, last) name no variable but those that the request fills."""
    for index in range(first, min(last, len(tokens))):
        token = tokens[index]
        if token.kind is not Kind.NAME:
            continue
        name = token.text.lower()
        if name in _CONSTANTS or name.startswith(_SUPERGLOBALS) or name.startswith("function"):
            continue
        before = tokens[index - 1].text if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if before == ":" and token.gap is Gap.NONE:
            continue  # a symbol of Ruby's
        if before == "[" and after is not None and after.text == "]" and index >= 2 and "$" in tokens[index - 2].text:
            continue  # an unquoted key
        if before in _BEFORE_MEMBER or before == "new" or (after is not None and after.text in _AFTER_NAME):
            continue
        if after is not None and after.kind is Kind.STRING and after.gap is Gap.NONE and "f" not in name:
            continue  # a prefix: b'…', r"…"
        return False
    return True


def juxtaposed(tokens: Sequence[Token], most: int) -> int:
    """How often a name stands beside a name and neither is a keyword, as in prose; as many as `most`."""
    found = 0
    before = ""
    for token in tokens:
        if token.kind is not Kind.NAME:
            before = ""
            continue
        name = token.text.lower()
        if name in KEYWORDS:
            before = ""
            continue
        if before and token.gap is not Gap.NONE:
            found += 1
            if found >= most:
                break
        before = name
    return found
