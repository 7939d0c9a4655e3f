"""Grade a whole command line: its commands one by one, and what they do together (`curl … | sh`).

Source: MITRE ATT&CK T1059 (command and scripting interpreter), T1140 (deobfuscate or decode), T1105 (tool transfer).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.shell import commands
from gatelens.languages.shell.commands import Judged
from gatelens.languages.shell.deeds import Grade
from gatelens.languages.shell.lexer import read
from gatelens.languages.shell.names import Effect, Names
from gatelens.languages.shell.words import Command, Dialect, Reading, Trick, Word

_INNER = 1024
_MOST_INNER = 2
_TOLD = 3
_SOURCES = frozenset({Effect.DOWNLOADS, Effect.DECODES, Effect.PRINTS})
_RUNNERS = frozenset({Effect.SHELL, Effect.CODE})
_PLAIN = re.compile(r"[A-Za-z]{3,}\Z")
_PUBLISHED = re.compile(r"https://[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/")
"""Where installers are published: scripts of all kinds fetch and run them. Attackers have a bare address mostly."""

_COLLECTED = frozenset("id whoami pwd hostname ls env printenv ifconfig set ps netstat".split())
_CONDITIONS = frozenset("if while until for test [ [[ true :".split())
_CLOSING = frozenset("done fi esac then else do if while until for true false".split())
_STREAMS = frozenset("telnet nc ncat netcat openssl socat".split())
_DECODING = re.compile(r"-(?:d|D|r|rp|ps|p|di|-decode)\b")


class Line(Struct, frozen=True):
    """`grade` of a command line, and what it does in `words`. `known` counts commands whose names are known, `unknown`
    those that look like words of something else."""

    grade: Grade
    words: tuple[str, ...]
    known: int
    unknown: int
    judged: tuple[tuple[Command, Judged], ...] = ()


NO_LINE = Line(Grade.CHANCE, (), 0, 0)


def judge(reading: Reading, names: Names, dialect: Dialect, depth: int = 0) -> Line:
    """The grade of the commands of `reading`: what is not certain must be so from its first command on."""
    found = [(command, commands.judge(command, names, dialect)) for command in reading.commands]
    if not found:
        return NO_LINE
    if depth < _MOST_INNER:
        found = [(command, _with_inner(judged, names, dialect, depth)) for command, judged in found]
    together, deed = _together(found)
    first = next((judged.grade for command, judged in found if _has_name(command)), Grade.CHANCE)
    best = max((judged.grade for _, judged in found), default=Grade.CHANCE)
    unknown = sum(1 for command, judged in found if judged.effect is None and _is_plain(command))
    grade = best if best >= Grade.CERTAIN else first
    if grade is Grade.LIKELY and unknown:
        grade = Grade.CHANCE
    words = [judged.words for _, judged in found if judged.grade is best or (best < Grade.CERTAIN and judged.words)]
    if together > grade:
        grade, words = together, [deed]
    known = sum(1 for _, judged in found if judged.effect is not None)
    return Line(grade, tuple(dict.fromkeys(filter(None, words)))[:_TOLD], known, unknown, tuple(found))


def _has_name(command: Command) -> bool:
    """Whether a name stands in it that tells: no condition, and no output of a substitution, judged by itself."""
    if command.words and command.words[0].text in _CONDITIONS and not command.words[0].quoted:
        return False
    return bool(command.words) and bool(command.words[0].text or Trick.OUTPUT not in command.words[0].tricks)


def _is_plain(command: Command) -> bool:
    if command.words and command.words[0].text in _CLOSING:
        return False
    return bool(command.words) and _PLAIN.match(command.words[0].text) is not None


def _with_inner(judged: Judged, names: Names, dialect: Dialect, depth: int) -> Judged:
    """A shell's `-c` runs what stands behind it."""
    if judged.effect is not Effect.SHELL or not judged.rest:
        return judged
    for at, option in enumerate(judged.rest[:-1], 1):
        if is_for_command(option):
            text = (
                judged.rest[at].text if dialect is Dialect.POSIX else " ".join(word.text for word in judged.rest[at:])
            )
            inner = judge(read(text, 0, _INNER, dialect), names, dialect, depth + 1)
            if inner.grade > Grade.CHANCE:
                words = f"runs a shell that {inner.words[0] if inner.words else 'runs a command'}"
                return Judged(max(inner.grade, Grade.FIRM), judged.effect, words, judged.rest)
    return judged


def is_for_command(option: Word) -> bool:
    """Whether a shell takes what stands behind `option` for a command: `-c`, `-lc`, `/c`, `/k`, `-Command`."""
    text = option.text.lower()
    return (text[:1] == "-" and text[-1:] == "c") or text in ("/c", "/k", "-command")


def _together(found: Sequence[tuple[Command, Judged]]) -> tuple[Grade, str]:
    """What commands do with each other's output."""
    sources: set[Effect] = set()
    streams = False
    best, words = Grade.CHANCE, ""
    published = any(_PUBLISHED.match(word.text) for command, _ in found for word in command.words)
    for command, judged in found:
        effect = judged.effect
        if effect is Effect.SHELL and streams and command.behind == "|":
            best, words = Grade.CERTAIN, "runs what another host sends"
        if effect is Effect.SHELL and Effect.READS in sources and command.behind == "|" and _reads_input(judged):
            best, words = max(best, Grade.LIKELY), words or "runs what a file says"
        if effect in _RUNNERS and command.behind in ("|", "|&") and sources & _SOURCES and _reads_input(judged):
            if Effect.DECODES in sources:
                best, words = Grade.UNMISTAKABLE, "decodes a text and runs it"
            elif Effect.DOWNLOADS in sources and published:
                best, words = max(best, Grade.FIRM), words or "downloads a text and runs it"
            elif Effect.DOWNLOADS in sources:
                best, words = max(best, Grade.CERTAIN), words or "downloads a text and runs it"
            else:
                best, words = max(best, Grade.CERTAIN), words or "prints a text and runs it"
        if command.behind not in ("|", "|&"):
            sources, streams = set(), False
        streams |= any(word.text.rpartition("/")[2] in _STREAMS for word in command.words[:1])
        if effect is not None and (effect is not Effect.DECODES or _decodes(command)):
            sources.add(effect)
        if (
            command.depth
            and best < Grade.CERTAIN
            and effect in (Effect.DOWNLOADS, Effect.DECODES)
            and _decodes(command)
            and any(_takes_output(outer, other) for outer, other in found)
        ):
            firm = effect is Effect.DOWNLOADS and published
            best = Grade.FIRM if firm else Grade.CERTAIN
            words = "runs or reads what a hidden or remote text says"
        if command.depth and _collects(command, judged) and any(_sends(outer, other) for outer, other in found):
            best, words = max(best, Grade.CERTAIN), "sends the output of a command to another host"
    return best, words


def _decodes(command: Command) -> bool:
    name = command.words[0].text.rpartition("/")[2] if command.words else ""
    return name not in ("base64", "base32", "xxd", "openssl", "gpg") or any(
        _DECODING.match(word.text) or word.text in ("enc", "-d", "-a") for word in command.words[1:]
    )


def _reads_input(judged: Judged) -> bool:
    """Whether a shell or an interpreter is given no script of its own."""
    return all(word.text[:1] == "-" or judged.effect is Effect.SHELL for word in judged.rest) and not any(
        word.text in ("-c", "-e", "-m") for word in judged.rest
    )


def _collects(command: Command, judged: Judged) -> bool:
    """Whether a substitution reads a file or tells who and where one is: `uname -m` chooses a download, too."""
    if not command.words:
        return False
    return judged.effect is Effect.READS or command.words[0].text.rpartition("/")[2] in _COLLECTED


def _sends(outer: Command, judged: Judged) -> bool:
    return judged.effect in (Effect.CONNECTS, Effect.DOWNLOADS) and any(
        Trick.OUTPUT in word.tricks for word in outer.words[1:]
    )


def _takes_output(outer: Command, judged: Judged) -> bool:
    """Whether a command runs, or names files by, what a substitution in it prints."""
    if not any(Trick.OUTPUT in word.tricks for word in outer.words):
        return False
    runs = judged.effect in (Effect.SHELL, Effect.CODE, Effect.RUNS) or Trick.OUTPUT in outer.words[0].tricks
    return runs or judged.effect is Effect.READS
