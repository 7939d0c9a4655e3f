"""Decide whether a text makes the library that logs it look something up elsewhere.

Source: CVE-2021-44228 (Log4Shell), CVE-2021-45046, CVE-2022-42889 (Text4Shell); CWE-917; JNDI providers of the JDK.
Limits: `${env:…}` and the like pass, whatever they name, in a document: configuration is full of them. Elsewhere one of
a secret, alone, does not. A JNDI lookup without a
scheme that reaches out (`${jndi:java:comp/env/x}`) passes, unless its letters are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.languages.code.surroundings import words_around
from gatelens.languages.lookups.evaluation import value
from gatelens.languages.lookups.grammar import Lookup, lookups
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree

_EVIDENCE = 200
_MOST_LOOKUPS = 1000
_TOO_MANY = "more lookups than are read in one value"

_WORDS = 4
"""Words of prose around a lookup that is unfinished, from which on a text is about lookups."""

_JNDI = ("jndi", "jndı")
_NAME = re.compile(r"\bjndi:([a-z]{2,10}+):/", re.IGNORECASE)
_ESCAPED = re.compile(r"\\++([{}])")
_LOOKUPS_ALONE = re.compile(r"\s*+(?:\$\{[^{}]*+\}\s*+)++")
_LEFT_OUT = ("", "...", "…", "*")
_OWN = ("java:", "logging/")
"""Names that a JNDI lookup finds in the server itself."""

_TARGET = re.compile(r"[\s/\\]*+(?:[\w\[$@:%-]|\.\w)")
"""What begins a name: not the dots or angle brackets by which a text about lookups leaves it out."""


class Names(Struct, frozen=True):
    """`schemes` are those by which JNDI reaches out, `running` prefixes run or fetch what follows them, `telling`
    beginnings of lookups tell about the server and are used in no configuration, `secret` words in names of what a
    process runs with. All in lower case."""

    schemes: AbstractSet[str]
    running: AbstractSet[str]
    telling: AbstractSet[str]
    secret: AbstractSet[str] = frozenset()


def injection(text: str, names: Names, *, is_line: bool = False) -> Confirmed | None:
    """The first lookup of `text` that reaches out or is hidden, or None. `is_line`: no configuration stands there."""
    text = _plain(text)
    found = _first(text, names, is_line=is_line)
    if found is None:
        return None
    lookup, words = found
    return Confirmed(text[lookup.start : lookup.end][:_EVIDENCE], words)


def explain(text: str, names: Names, *, is_line: bool = False) -> Explanation | None:
    """The lookups that give the one that `injection` finds, beside a message without any."""
    text = _plain(text)
    found = _first(text, names, is_line=is_line)
    if found is None:
        return None
    lookup, words = found
    inner = [
        Tree("lookup", (Tree("becomes", planted=True, piece=value(each.content)[:40]),), True, each.content[:40])
        for each in lookups(text[lookup.start : lookup.end], value)
    ]
    whole = Tree("lookup", tuple(inner[:-1][:4]), planted=True, piece=lookup.content[:80])
    return Explanation(
        f"a message that is logged: {words}", Tree("message", (Tree("text"),)), Tree("message", (whole,))
    )


def _plain(text: str) -> str:
    """`text` without backslashes before its braces, which many a reader of strings takes away."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _first(text: str, names: Names, *, is_line: bool) -> tuple[Lookup, str] | None:
    for number, lookup in enumerate(lookups(text, value)):
        if number == _MOST_LOOKUPS:
            return lookup, _TOO_MANY
        words = _judge(lookup, names) or _alone(text, lookup, names, is_line=is_line)
        if words:
            return lookup, words
    bare = _bare(text, names)
    return (bare, "names an address by JNDI") if bare else None


def _bare(text: str, names: Names) -> Lookup | None:
    """A JNDI name that reaches out and has lost its dollar or brace: where `&dollar;` was cut at its ampersand."""
    for found in _NAME.finditer(text):
        if found[1].lower() in names.schemes and _TARGET.match(text, found.end()):
            return Lookup(text[found.start() : found.end() + _EVIDENCE], found.start(), len(text), False, False)
    return None


def _judge(lookup: Lookup, names: Names) -> str:
    """Why a lookup is an injection wherever it stands, or an empty text."""
    prefix, _, key = lookup.content.partition(":")
    prefix = prefix.strip().lower()
    if prefix in _JNDI:
        scheme, colon, target = key.strip().partition(":")
        reaches = bool(colon) and scheme.strip().lower() in names.schemes and _TARGET.match(target)
        if lookup.hides:
            return "looks up a name by JNDI, spelled with lookups in lookups"
        return "looks up a name by JNDI" if reaches else ""
    if prefix in names.running and key:
        return "runs or fetches what a lookup names"
    if value(lookup.content).strip().lower() in _JNDI:
        return "spells JNDI with lookups"
    return ""


def _alone(text: str, lookup: Lookup, names: Names, *, is_line: bool) -> str:
    """Why a lookup is one that no configuration holds, or an empty text."""
    name, default, rest = lookup.content.partition(":-")
    if default and rest and not name.strip(":- ") and lookup.closed:
        return "hides letters in the defaults of lookups without a name"
    content = lookup.content.strip().lower()
    prefix, colon, key = content.partition(":")
    if prefix in ("lower", "upper") and len(key) == 1:
        return "hides letters in lookups that only give them back"
    if prefix in _JNDI and colon and key not in _LEFT_OUT and not key.startswith(_OWN):
        few = words_around(text, lookup.start, lookup.end, _WORDS) < _WORDS
        return "looks up a name by JNDI" if few else ""
    if not lookup.closed or not _LOOKUPS_ALONE.fullmatch(text):
        return ""
    if content.startswith(tuple(names.telling)):
        return "asks a lookup about the server"
    if is_line and prefix in ("env", "sys") and any(word in key for word in names.secret):
        return "asks a lookup for a secret of the server"
    return ""
