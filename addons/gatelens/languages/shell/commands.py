"""Grade one simple command: whether its name is one, spelled openly or hidden, and what it is given.

Source: GTFOBins' and LOLBAS' categories of functions (shell, file read, download, …); CWE-78.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.shell.arguments import Shape, shape
from gatelens.languages.shell.deeds import REVERSED, Grade, deed
from gatelens.languages.shell.names import Effect, Names
from gatelens.languages.shell.naming import find, is_wildcard_of_file, tells
from gatelens.languages.shell.words import Command, Dialect, Trick, Word


class Judged(Struct, frozen=True):
    """A command's grade, its effect where its name is known, what it does in words, and the words behind its name."""

    grade: Grade
    effect: Effect | None
    words: str
    rest: tuple[Word, ...] = ()


UNKNOWN = Judged(Grade.CHANCE, None, "")

_KEYWORDS = frozenset("{ } ! if then else elif fi do done while until case esac in [[ ]] @".split())
_WRAPPERS = frozenset(
    """sudo doas env nohup timeout xargs exec eval time nice ionice busybox toybox stdbuf setsid command builtin strace
    ltrace flock chroot su runuser watch parallel script unbuffer start cmd call runas forfiles wmic & pcalua setarch
    taskset chrt unshare nsenter capsh ld.so proxychains coproc . source""".split()
)
_SYSTEM_PATH = re.compile(
    r"/?(?:usr/)?(?:local/)?s?bin/(?=\w)|(?:/(?:tmp|dev/shm|var/tmp|proc/self)/\.?\w)", re.IGNORECASE
)
_PLANTED = re.compile(
    r"\.(?:php\d?|phtml|jspx?|aspx?|cgi|pl|war|sh|bat|ps1|htaccess)\Z|authorized_keys|/etc/|crontab|/var/www|\.bashrc",
    re.IGNORECASE,
)
_TWICE_HIDDEN = frozenset({Trick.ESCAPE, Trick.QUOTE})
IS_FILE = re.compile(r"\./[\w.-]+\Z|[\w:\\%.-]+\.(?:exe|bat|ps1|vbs|sh)\Z", re.IGNORECASE)
_IN_QUOTES = re.compile(r"'[\w.-]+'\Z|\"[\w.-]+\"\Z")
_LETTER_OPTION = re.compile(r"--?[A-Za-z]")
_SECONDS = re.compile(r"\d+(?:\.\d+)?[smhd]?\Z")
_CALCULATED = re.compile(r"\d+\Z|[-+*/%()]\Z")
_OPTION = re.compile(r"[-/]\w|\d+[smhd]?\Z|\w+=|--\Z")


def judge(command: Command, names: Names, dialect: Dialect) -> Judged:
    """What `command` is."""
    words = [word for word in command.words if word.text or word.tricks]
    while words and words[0].text in _KEYWORDS and not words[0].quoted:
        words = words[1:]
    if any(REVERSED.match(target) for _, target in command.targets):
        return Judged(Grade.UNMISTAKABLE, Effect.CONNECTS, "opens a connection to another host as a file")
    if not words:
        return UNKNOWN
    judged = _named(words, names, dialect)
    if (
        judged.effect is not None
        and judged.effect is not Effect.READS
        and any(_PLANTED.search(target) for operator, target in command.targets if operator in (">", ">>", ">|"))
    ):
        return Judged(max(Grade.CERTAIN, judged.grade), judged.effect, "writes a file that is run", judged.rest)
    if (
        judged.effect is not None
        and judged.grade < Grade.CERTAIN
        and any(operator in ("<", "<>") and names.names_file(target) for operator, target in command.targets)
    ):
        return Judged(Grade.CERTAIN, judged.effect, "reads a telling file", judged.rest)
    if judged.effect and judged.grade < Grade.LIKELY and any(operator == "<<<" for operator, _ in command.targets):
        return Judged(Grade.LIKELY, judged.effect, judged.words, judged.rest)
    if judged.grade is Grade.LIKELY and command.targets and Shape.NONE is not shape(_as_words(command)):
        return Judged(Grade.FIRM, judged.effect, judged.words, judged.rest)
    return judged


def _as_words(command: Command) -> list[Word]:
    return [Word(target) for _, target in command.targets]


def _named(words: Sequence[Word], names: Names, dialect: Dialect) -> Judged:
    """The grade of words that begin with a command's name, or with a wrapper and then a name."""
    first = words[0]
    rest = tuple(words[1:])
    name, effect, _ = find(first, names, dialect)
    if effect is None:
        return _of_unknown(first, rest, names)
    inner: Judged | None = None
    if name in _WRAPPERS:
        behind = 0
        while behind < len(rest) and behind < 6 and _OPTION.match(rest[behind].text):
            behind += 1
        if behind < len(rest) and rest[behind].text.lower() not in _WRAPPERS:
            inner = _direct(rest[behind], rest[behind + 1 :], names, dialect)
    own = _direct(first, rest, names, dialect)
    if inner is not None and inner.effect is not None and inner.grade >= own.grade:
        return Judged(inner.grade, inner.effect, f"runs through another command one that {inner.words}", rest)
    return own


def _direct(first: Word, rest: tuple[Word, ...], names: Names, dialect: Dialect) -> Judged:
    name, effect, hidden = find(first, names, dialect)
    if effect is None:
        return UNKNOWN
    if hidden:
        sure = hidden != Trick.CASE or shape(rest) is Shape.STRONG
        return Judged(
            Grade.CERTAIN if sure else Grade.LIKELY, effect, f"{effect.value}, its name hidden by {hidden}", rest
        )
    if first.written in (f"'{name}'", f'"{name}"') and shape(rest) is Shape.STRONG and name not in names.everyday:
        return Judged(Grade.CERTAIN, effect, f"{effect.value}, its name in quotes", rest)
    if words := deed(name, effect, rest, names):
        return Judged(*words, rest)
    asked = bool(rest) and rest[0].text.lower() in names.telling.get(name, ())
    if asked and (name not in names.everyday or shape(rest[1:]) > Shape.BARE):
        return Judged(Grade.FIRM, Effect.TELLS, Effect.TELLS.value, rest)
    form = shape(rest)
    spelled = any(word.tricks & _HIDING_ARGUMENTS for word in rest)
    if spelled and form is not Shape.PROSE:
        return Judged(Grade.CERTAIN, effect, f"{effect.value}, with a hidden argument", rest)
    return Judged(_grade(name, effect, form, first, rest, names), effect, effect.value, rest)


_HIDING_ARGUMENTS = frozenset({Trick.ANSI_C, Trick.SPACE})
"""What hides an argument: scripts have all other tricks in theirs."""


def _grade(name: str, effect: Effect, form: Shape, first: Word, rest: Sequence[Word], names: Names) -> Grade:
    """The grade of a known command by its arguments."""
    if effect is Effect.PRINTS and form is not Shape.STRONG:
        plain = len(rest) <= 3 or any(word.quoted for word in rest)
        return Grade.LIKELY if rest and plain else Grade.CHANCE
    if name == "expr" and len(rest) > 1 and all(_CALCULATED.match(word.text) for word in rest):
        return Grade.FIRM
    if effect is Effect.WAITS and len(rest) == 1 and _SECONDS.match(rest[0].text):
        return Grade.FIRM
    if form is Shape.PROSE or (name == "set" and rest and rest[0].text[:1] in "-+"):
        return Grade.CHANCE  # `set -e` only chooses how a script runs
    pathed = _SYSTEM_PATH.match(first.text) is not None and "/" in first.text
    if name in names.everyday and not pathed:
        if form is Shape.STRONG:
            return Grade.LIKELY if len(rest) < 3 and not _is_option(rest) else Grade.FIRM
        return Grade.POSSIBLE if form is Shape.WEAK else Grade.CHANCE
    if form is Shape.STRONG or pathed:
        return Grade.FIRM
    return Grade.LIKELY


def _is_option(rest: Sequence[Word]) -> bool:
    return any(word.text.startswith("-") for word in rest)


def _of_unknown(first: Word, rest: tuple[Word, ...], names: Names) -> Judged:
    """A name that is not listed: a program by its path, or a script of an attacker's."""
    if names.names_file(first.text) or (Trick.GLOB in first.tricks and is_wildcard_of_file(first.text, names)):
        return UNKNOWN
    if _SYSTEM_PATH.match(first.text) and first.text[0] == "/" and shape(rest) is not Shape.PROSE:
        return Judged(Grade.FIRM, Effect.RUNS, "runs a program of the system by its path", rest)
    if first.tricks & {Trick.SPACE, Trick.QUOTE, Trick.ESCAPE} and any(tells(word, names) for word in rest):
        return Judged(Grade.CERTAIN, Effect.READS, "names a telling file in a hidden spelling", rest)
    if first.tricks >= _TWICE_HIDDEN and len(first.text) > 1:
        return Judged(Grade.FIRM, Effect.RUNS, "runs a program, its name hidden in two ways", rest)
    if IS_FILE.match(first.text) and shape(rest) is not Shape.PROSE:
        return Judged(Grade.POSSIBLE, Effect.RUNS, "runs a program by its file", rest)
    if _IN_QUOTES.match(first.written) and rest and _LETTER_OPTION.match(rest[0].text):
        return Judged(Grade.POSSIBLE, Effect.RUNS, "runs a program, its name in quotes", rest)
    return UNKNOWN
