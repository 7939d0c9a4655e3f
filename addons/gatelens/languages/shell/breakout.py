r"""The places where a value leaves the argument it was put into, and what stands before them.

Source: CWE-78, CWE-77; POSIX.1-2024 Shell Command Language, sections 2.9 and 2.6.3.
An attack begins as the data that the place expects, if with anything, and then leaves it; a script begins with a
command, and a text goes on as a text.
Limits: a place behind the first 64 Ki characters is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum, StrEnum

from msgspec import Struct


class Way(StrEnum):
    """How a value leaves its argument. The value says it in words."""

    SEMICOLON = "ends the command with a semicolon"
    PIPE = "pipes the command into another"
    AMPERSAND = "puts another command behind an ampersand"
    LINE = "begins a new line"
    DOLLAR = "substitutes the output of a command"
    BACKTICK = "substitutes the output of a command in backticks"
    PROCESS = "substitutes a process"
    NONE = "is a whole command line"


SUBSTITUTIONS = frozenset({Way.DOLLAR, Way.BACKTICK, Way.PROCESS})


class Head(IntEnum):
    """What stands before the place: nothing, one word of data, a few words, a text, or a command of its own."""

    EMPTY = 0
    WORD = 1
    WORDS = 2
    TEXT = 3
    COMMAND = 4


class Exit(Struct, frozen=True, gc=False):
    """A value leaves at `start`, where a separator or the opening of a substitution stands; a word that may be a
    command's name stands behind it, at `name`. `closes` says that a quote stands right before."""

    way: Way
    start: int
    word: str
    name: int
    head: Head
    closes: bool


def _separators(marks: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<mark>[{marks}]|\$\(|[<>]\()
        (?P<junk>[;|&\s\x00\xa0(`{{!@]*+(?:\$\(|['"]?(?=[\w/.\\$?*\[{{'"^%&~]))?+)
        (?P<word>[^\s;|&<>()`]{{1,96}}+)?+
        """,
        re.VERBOSE,
    )


_SEPARATOR = _separators(r";|&\n\r`")
_OF_LINES = _separators(";|&`")
_OF_FENCES = _separators(";|&")
_WAYS = {
    ";": Way.SEMICOLON,
    "|": Way.PIPE,
    "&": Way.AMPERSAND,
    "\n": Way.LINE,
    "\r": Way.LINE,
    "$(": Way.DOLLAR,
    "`": Way.BACKTICK,
    "<(": Way.PROCESS,
    ">(": Way.PROCESS,
}
_CLOSING = " \t\r\n'\"`)]}\\;|&$<>(,^%+"
_LETTERS = re.compile(r"\w")
_PROMPT = re.compile(r"\s*(?:[$#>%]\s|\w+@[\w.-]+[:~]|PS\s?\w?:?[\\/>]|C:\\[^>]{0,64}>|#!)")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=")
_LONGEST_WORDS = 64
_MOST_READ = 65_536
_MOST_WORDS = 4
_ENTITY = re.compile(r"&#?\w{1,31}\Z")


def exits(
    text: str, is_name: Callable[[str], bool], is_command: Callable[[str, bool], bool], *, lines: bool
) -> Iterator[Exit]:
    """The places where `text` may leave, each with a word behind it for which `is_name` holds. Linear in the text.

    `is_command` tells whether a text before a place that begins with a word (and has more, or not) is a command line.
    Without `lines` no new line is one: it begins a paragraph. Nor is a backtick where three of them fence code.
    """
    separator = _SEPARATOR if lines else _OF_LINES
    if "```" in text:
        separator = _OF_FENCES
    head, head_end = Head.EMPTY, 0
    line = 0
    for found in separator.finditer(text, 0, _MOST_READ):
        word = found["word"]
        if word is None or not is_name(word):
            continue
        start = found.start()
        mark = found["mark"]
        way = _WAYS[mark]
        if way is Way.SEMICOLON and _ENTITY.search(text, max(0, start - 32), start):
            continue
        if found["junk"].endswith("$("):
            way = Way.DOLLAR if way not in SUBSTITUTIONS else way
        if start - head_end > 0 or not head:
            line = text.rfind("\n", line, start) + 1 or line
            head, head_end = _head(text, start, line, is_command), start
        closes = start < _LONGEST_WORDS and text[:start].rstrip()[-1:] in ("'", '"')
        yield Exit(way, start, word, found.start("word"), head, closes)


def _head(text: str, end: int, line: int, is_command: Callable[[str, bool], bool]) -> Head:
    """What stands before `end`, in a text whose current line begins at `line`."""
    if end > _LONGEST_WORDS * 4:
        return Head.COMMAND if _is_command_line(text, line, end, is_command) else Head.TEXT
    before = text[:end].strip(_CLOSING)
    if not before or _LETTERS.search(before) is None:
        return Head.EMPTY
    if _is_command_line(text, 0, end, is_command) or _is_command_line(text, line, end, is_command):
        return Head.COMMAND
    count = len(before.split())
    if count == 1:
        return Head.WORD
    return Head.WORDS if count <= _MOST_WORDS and len(before) <= _LONGEST_WORDS and "\n" not in before else Head.TEXT


def _is_command_line(text: str, start: int, end: int, is_command: Callable[[str, bool], bool]) -> bool:
    """Whether what stands before `end` is a command itself, an assignment, or typed behind a prompt."""
    before = text[start : min(end, start + 256)]
    if _PROMPT.match(before) or _ASSIGNED.match(before.lstrip(_CLOSING)):
        return True
    words = before.split(None, 2)
    if not words:
        return False
    first = words[0].strip("'\"`([{;|&")
    return is_command(first, len(words) > 1)


_SPAN = 2048
_CODE_LINE = re.compile(r"[${}\\<>|=]|\s--?\w|\]\]")


def is_code_span(text: str, start: int) -> bool:
    """Whether `start` stands in backticks or in a fenced or indented block, as in Markdown."""
    before = text[max(0, start - _SPAN) : start]
    if before.count("`") % 2 or "```" in before or "~~~" in before:
        return True
    line = before.rpartition("\n")[2]
    if _CODE_LINE.search(line):
        return True
    return line[:4] == "    " or line[:1] == "\t"
