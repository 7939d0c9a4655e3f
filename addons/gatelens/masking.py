"""Make a piece of a message fit to be printed: its form stays, its content goes.

Evidence keeps punctuation, the public words of attack languages and very short numbers, so that a person can see how
an attack is built; every other word becomes `•`. Names (of keys, headers, path segments) are kept when they look like
names that people give. Source: CWE-532.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

MAX_EVIDENCE = 100
HIDDEN = "•"

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_NAME = re.compile(r"[A-Za-z_$@][A-Za-z_$.:\-]*[0-9]{0,2}[A-Za-z_.:\-]*", re.ASCII)
_MAX_NAME = 40

_HUMP = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])")
_MOST_HUMPS = 3
_LETTERS_PER_HUMP = 5
"""A name has few words in camel case and each has some letters; of 128 random bits in base64, 1 in 8 has else a name's
form."""

_MAX_DIGITS = 6
"""Digits that evidence may show in all: numbers in pairs could otherwise spell out a card."""

_MAX_WAY_DIGITS = 12
"""Digits that the numbers of a path or pointer may show in all: one less than the shortest card has."""

_STEP = re.compile(r"[^/\[\]:]+")

PUBLIC_WORDS = frozenset(
    """
    a alert all alter and animate apache application as asc assert atob attr audio awk base base64 bash bcc
    begin benchmark between bin body boot builtins button by case cast cat cc char child chmod chr class
    classloader cmd cmdshell cn computemetadata concat config confirm constructor contains content cookie count
    create ctx curl current cycler data database date dbms declare decode delay delete desc details dev dict dir
    distinct dns doctype document drop dual echo else embed encoding end entity env environ etc eval exe exec
    execsync execute exists expect expr expression extractvalue false file filter flag for form forname from
    fromcharcode fs ftp function getclass getmethod getruntime glob global globals gopher group gt gte having
    host hosts href html http https id if iframe ifs iiop img import in include information ini init input
    insert into invoke io is jar java javascript javax jndi join joiner key lang latest ldap left length let
    like limit link lipsum load local localhost location lower ls lt lte main mainmodule master math meta
    metadata module mro mutation name nc ne net netdoc new nin node not null num object objectclass offset ognl
    on onclick onerror onfocus onload onmouseover or order org os outfile parent passthru passwd path perl pg
    phar php phpinfo ping popen position powershell printf proc procedure process processbuilder prompt proto
    prototype public python query quit randomblob rcpt readfilesync regex request require resource return right
    rm rmi ruby runtime schema schemas script sed select self set sh shadow shell sleep source spawn sql src
    srcdoc startswith string style subclasses subprocess subscription substr substring svg sys sysobjects system
    system32 table tables tcp template text textarea then this tmp to top touch transfer true type uid uname
    union update updatexml upper user users using usr util utl value values var vbscript version video virtual
    waitfor wget when where whoami win window windows xinclude xlink xp zip zsh
    """.split()
)


def evidence(text: str, more: AbstractSet[str] = frozenset()) -> str:
    """At most 100 characters of `text` with its content taken out; `more` are further words that may be shown."""
    shown = text[:MAX_EVIDENCE]
    room = _MAX_DIGITS

    def mask(word: re.Match[str]) -> str:
        nonlocal room
        found = word.group()
        if found.lower() in PUBLIC_WORDS or found.lower() in more:
            return found
        if len(found) <= 2 and found.isdigit() and len(found) <= room:
            room -= len(found)
            return found
        return HIDDEN

    return printable(_WORD.sub(mask, shown)) + ("…" if len(text) > MAX_EVIDENCE else "")


def printable(text: str, kept: str = "") -> str:
    """`text` with nothing in it that a terminal obeys, but for the characters `kept`."""
    return "".join(char if char.isprintable() or char in kept else "·" for char in text)


def name(text: str) -> str:
    """`text` where it looks like a name, else `•`: a token used as a key or a path segment is not printed."""
    return _name(text) if len(text) <= _MAX_NAME else HIDDEN


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        return HIDDEN
    humps = len(_HUMP.findall(text))
    return HIDDEN if humps > _MOST_HUMPS and humps * _LETTERS_PER_HUMP > len(text) else text


def pointer(text: str) -> str:
    """A location's pointer with each step that is neither a number of up to 5 digits nor a name hidden.

    `/users/0/email`, `q[0]` and `3:14` stay as they are; of many numbers only the first few do.
    """
    return _STEP.sub(_Steps(), text)


def path(text: str) -> str:
    """A URL path with each segment that is no name hidden; `v1` and a few short numbers stay."""
    shown = _Steps()
    return "/".join(segment and shown.step(segment) for segment in text.split("/", 32)[:32])


class _Steps:
    """Shows the steps of one way: names, and short numbers as long as all of them could not be a card's."""

    __slots__ = ("_room",)

    def __init__(self) -> None:
        self._room = _MAX_WAY_DIGITS

    def __call__(self, found: re.Match[str]) -> str:
        return self.step(found.group())

    def step(self, text: str) -> str:
        shown = text if text.isdigit() and len(text) <= 5 else name(text)
        digits = sum(map(str.isdigit, shown))
        if digits > self._room:
            return HIDDEN
        self._room -= digits
        return shown
