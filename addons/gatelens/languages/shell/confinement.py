"""Decide whether a text stays one argument of a command, wherever it is put, within a budget.

Source: Su and Wassermann (POPL 2006), section 3: a value is confined where it is one leaf of the parse tree; CWE-78.
Limits: a command that is not listed is none, unless its path says so. A break-out behind more than a few words of
prose is one only where what it runs does what attacks do.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from gatelens.languages.shell import cmd_statements, lines
from gatelens.languages.shell.breakout import SUBSTITUTIONS, Exit, Head, Way, exits, is_code_span
from gatelens.languages.shell.deeds import Grade
from gatelens.languages.shell.lexer import read
from gatelens.languages.shell.lines import Line
from gatelens.languages.shell.names import Effect, Names
from gatelens.languages.shell.naming import tells
from gatelens.languages.shell.words import Dialect, Reading
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_MOST_READ = 1024
_MOST_WHOLE = 2048
_MOST_EXITS = 12
_LOOKED_AT = 256
_TOO_MANY = "leaves its argument in more places than are read"
_MOST_LINES = 8
_FEW_LINES = 3
_SHORT = 512
_FEW_WORDS = 2


class Place(Enum):
    """What the place of a value is for: any data, commands by design, none where a command could be meant, or what web
    shells take commands by."""

    DATA = auto()
    WEB_SHELL = auto()
    BY_DESIGN = auto()
    NO_COMMANDS = auto()


class Budget:
    """What may still be read, in characters."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


_NEEDED = {
    Head.EMPTY: Grade.POSSIBLE,
    Head.WORD: Grade.LIKELY,
    Head.WORDS: Grade.FIRM,
    Head.TEXT: Grade.CERTAIN,
    Head.COMMAND: Grade.CERTAIN,
}
_TRICKY = re.compile(
    r"""[\w/@][\\'"$^`]\S|[\\$'"^%`][\w@*!{]|/[^/\s]*[?*\[]|[?*\[].{0,3}[a-z]|[a-z].{0,3}[?*\[]|\{.*,"""
)
_VERSIONED = re.compile(r"(?:gcc|g\+\+|clang|python|php|perl|ruby|lua|node|tclsh)-?\d[\d.]*+\Z")
_SIMPLE = re.compile(r"[\w-]++\Z")
_SYSTEM = re.compile(r"['\"]?/?(?:usr/|s?bin/|tmp/|dev/shm|var/tmp|opt/)")
_NAME_END = re.compile(r"[,'\")\]}:+].*", re.DOTALL)
_EXTENSION = re.compile(r"\.(?:exe|com|bat|cmd)\Z")
_CMDLET = re.compile(r"[a-z]+-[a-z]+\Z|ie[xr]\Z|iwr\Z|irm\Z|gci\Z|gc\Z|saps\Z", re.IGNORECASE)
_BACKTICKED = re.compile(r"[a-z]`[a-z]", re.IGNORECASE)
_PROCESS = re.compile(r"\W{0,8}[<>]\([a-z][\w-]*+(?:[ +][\w./-]++)*+\)\W{0,8}\Z")
_FIRST = re.compile(r"(?:``|\$\(\)|[^\s;|&<>()`]){1,96}+")
_FORK_BOMB = re.compile(
    r"(?<![\w$])([\w:.]{1,16}+)\s*+\(\)\s*+\{\s*+\1\s*+\|\s*+&?\s*+\1\s*+&?\s*+;?\s*+\}\s*+;?&?\s*+\1(?!\w)"
)
_SUSPICIOUS = re.compile(
    r"/dev/(?:tcp|udp)|/etc/|/proc/|/root/|/var/|\brm\s+-|\bn(?:et)?cat\b|\bnc\b|\bsocat\b|[|]\s*(?:[\w/]*/)?(?:ba|da|z|k)?sh\b"
    r"|\bpowershell|\b(?:perl|ruby|python\d?|php)\s+-[cer]\b|\.ini\b|\.ssh|\.aws|\.php|\breg\b|\bnet\b|windows|winnt|socket|certutil|mshta|regsvr|rundll|\biex\b"
    r"|downloadstring|schtasks|bitsadmin|wmic|\$IFS|\$\{IFS|\bbase64\b|\bxxd\b|authorized_keys|\.htpasswd|whoami|>\s*\S+\.(?:jsp|asp|sh)",
    re.IGNORECASE,
)
"""What a command that does what attacks do has within it, unless its name is hidden: a quick look."""

_HIDDEN = re.compile(r"""[a-z](?:'\w*'|"\w*"|\\|\^|\$[@*!{(\w])\w|\w\\\w|/\S*[?*\[]|[?*\[]\S*/|%\w+:""", re.IGNORECASE)


def injection(text: str, names: Names, place: Place, budget: Budget) -> Confirmed | None:
    """The first way in which `text` runs a command of its own, or None; `+` may stand for a space."""
    found = _as_spelled(text, names, place, budget)
    if found is None and ("\\'" in text or '\\"' in text) and len(text) <= _SHORT:
        found = _as_spelled(text.replace("\\'", "'").replace('\\"', '"'), names, place, budget)
        if found is not None:
            return Confirmed(found.evidence, found.explanation, ("backslash-escape",))
    if found is None and "\\n" in text and len(text) <= _SHORT:
        found = _as_spelled(text.replace("\\r", "\r").replace("\\n", "\n"), names, place, budget)
        if found is not None:
            return Confirmed(found.evidence, found.explanation, ("backslash-escape",))
    if found is None and "+" in text and " " not in text and len(text) <= _MOST_READ:
        found = _as_spelled(text.replace("+", " "), names, place, budget)
        if found is not None:
            return Confirmed(found.evidence, found.explanation, ("plus",))
    return found


def _as_spelled(text: str, names: Names, place: Place, budget: Budget) -> Confirmed | None:
    budget.left -= len(text)
    near = far = 0
    suspicious = -1
    filled = _filled_lines(text)
    for exit_ in exits(text, lambda word: _may_be_name(word, names), lambda word, more: _is_command(word, more, names)):
        needed = _needed(text, exit_, place, filled)
        if needed is None:
            continue
        if needed >= Grade.CERTAIN:
            if suspicious < exit_.start:
                found_at = _SUSPICIOUS.search(text, exit_.start)
                suspicious = found_at.start() if found_at else len(text) + _LOOKED_AT
            if suspicious > exit_.start + _LOOKED_AT and not _HIDDEN.search(exit_.word):
                continue
        if needed >= Grade.CERTAIN and is_code_span(text, exit_.start):
            continue
        if exit_.head is Head.TEXT:
            far += 1
            if far > _MOST_EXITS:
                break
        else:
            near += 1
            if near > _MOST_EXITS:
                return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _TOO_MANY)
        found = _at_exit(text, exit_, needed, names, budget)
        if found is not None:
            return found
    return _whole(text, names, place, budget)


def _filled_lines(text: str) -> int:
    """How many lines of `text` are not blank; of a long text, how many there are."""
    breaks = text.count("\n")
    return breaks if breaks > _MOST_LINES else sum(1 for line in text.splitlines() if line.strip())


def _may_be_name(word: str, names: Names) -> bool:
    """A quick look at a word behind a separator: whether it is worth to be read as a command."""
    if word in names.unix or word in _STATEMENTS or _VERSIONED.match(word):
        return True
    if _SIMPLE.match(word):
        return word.lower() in names.windows or (len(word) > 2 and word.lower() in names.unix)
    plain = _NAME_END.sub("", word).rpartition("/")[2]
    if plain in names.unix:
        return True
    plain = _EXTENSION.sub("", plain.rpartition("\\")[2].lower())
    return plain in names.windows or plain in names.unix or bool(_TRICKY.search(word) or _SYSTEM.match(word))


def _is_command(word: str, more: bool, names: Names) -> bool:
    """Whether a text that begins with `word` is a command line, not data. An everyday word alone is data."""
    if not more and word in names.everyday:
        return False
    return word.rpartition("/")[2] in names.unix or word.lower() in names.windows or word in _SCRIPT_WORDS


_STATEMENTS = frozenset("if for while until [ test".split())
_SCRIPT_WORDS = frozenset(
    "if for while until case do then else elif function export set unset local declare readonly source return trap let"
    " alias cd test RUN CMD ENTRYPOINT FROM ENV COPY - + > !".split()
)


def _needed(text: str, exit_: Exit, place: Place, filled: int) -> Grade | None:
    """How certain a command must be behind `exit_`; None where none counts."""
    if place is Place.BY_DESIGN:
        return Grade.UNMISTAKABLE
    head = exit_.head
    if head is Head.COMMAND:
        return None  # the text is a command line: it is judged as a whole
    needed = _NEEDED[head]
    if head is Head.WORDS and exit_.closes:
        needed = Grade.LIKELY
    if exit_.way is Way.LINE:
        if filled > _FEW_LINES:
            return None
        if head is Head.WORDS:
            needed = Grade.CERTAIN
    elif exit_.way is Way.BACKTICK and (head is Head.TEXT or "```" in text):
        return None
    return needed


def _at_exit(text: str, exit_: Exit, needed: Grade, names: Names, budget: Budget) -> Confirmed | None:
    most = _LOOKED_AT if exit_.head is Head.TEXT else _MOST_READ
    for dialect in _dialects(text, exit_.word, exit_.way, names):
        budget.left -= min(most, len(text) - exit_.start)
        reading = read(text, exit_.start, most, dialect)
        line = lines.judge(_inner(reading, exit_), names, dialect)
        if exit_.head is Head.EMPTY and _is_all(line, exit_.way):
            return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _explained(exit_.way, line, dialect))
        in_process = exit_.way is Way.PROCESS and exit_.head is Head.EMPTY and _PROCESS.match(text)
        if line.grade < needed and not in_process:
            continue
        if line.grade < Grade.FIRM and _is_list(text, exit_.way, line, names):
            continue
        if exit_.way in SUBSTITUTIONS and line.grade < Grade.CERTAIN and not _is_about(text, exit_):
            continue
        if not reading.complete and line.unknown > line.known:
            continue
        return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _explained(exit_.way, line, dialect))
    return None


def _is_all(line: Line, way: Way) -> bool:
    """Whether a value is a separator and a command that tells about the system, and nothing else: `;date`."""
    return (
        way in (Way.SEMICOLON, Way.AMPERSAND)
        and len(line.judged) == 1
        and len(line.judged[0][0].words) == 1
        and line.judged[0][0].behind in (";", "&&", "||")
        and line.judged[0][1].effect is Effect.TELLS
    )


def _is_list(text: str, way: Way, line: Line, names: Names) -> bool:
    """Whether names stand in a list, a pattern or a table, none with an argument: `(sh|php)`, `name;id;date`."""
    if any(len(command.words) > 1 or command.targets or command.depth for command, _ in line.judged):
        return False
    if way is Way.SEMICOLON:
        return any(command.words and command.words[0].text in names.everyday for command, _ in line.judged)
    if way is not Way.PIPE:
        return False
    return len(line.judged) > 1 or text.count("|", 0, _MOST_READ) > _FEW_WORDS or "(" in text or "[" in text


def _inner(reading: Reading, exit_: Exit) -> Reading:
    """Of a substitution only what stands in it: what follows it is the rest of the value."""
    if exit_.way not in SUBSTITUTIONS:
        return reading
    return Reading(tuple(command for command in reading.commands if command.depth), reading.complete)


def _is_about(text: str, exit_: Exit) -> bool:
    """Whether behind a substitution nothing but a few words stands: in a text it is mentioned."""
    closer = "`" if exit_.way is Way.BACKTICK else ")"
    end = text.find(closer, exit_.name) if exit_.way is Way.BACKTICK else text.rfind(closer, exit_.name)
    rest = text[end + 1 : end + 1 + _MOST_READ] if end >= 0 else ""
    if exit_.way is Way.BACKTICK and exit_.head is not Head.EMPTY and text[exit_.start - 1].isspace():
        return False  # a code span in a sentence: substitutions join what stands before them
    return len(rest.split()) <= _FEW_WORDS


def _dialects(text: str, word: str, way: Way, names: Names) -> list[Dialect]:
    """By whose grammar a text with `word` in the place of a command may be read."""
    plain = _NAME_END.sub("", word)
    short = _EXTENSION.sub("", plain.replace("\\", "/").rpartition("/")[2].lower())
    found = [Dialect.POSIX]
    if (short in names.windows and way is not Way.SEMICOLON) or "^" in text or "%" in text:
        found.append(Dialect.CMD)
    if short in names.windows and way is Way.SEMICOLON:
        found.append(Dialect.POWERSHELL)  # in cmd a semicolon separates no commands
    elif _CMDLET.match(short) or _BACKTICKED.search(text):
        found.append(Dialect.POWERSHELL)
    return found


def _whole(text: str, names: Names, place: Place, budget: Budget) -> Confirmed | None:
    """Whether the text is a command line that nobody enters but an attacker."""
    if _FORK_BOMB.search(text, 0, _MOST_WHOLE):
        return Confirmed(text[:_EVIDENCE], "defines a function that starts itself twice, and runs it")
    if place is not Place.BY_DESIGN and (words := cmd_statements.statement(text)):
        return Confirmed(text[:_EVIDENCE], words)
    open_quotes = "".join(quote for quote in "'\"" if text.count(quote, 0, _MOST_WHOLE) % 2)
    stripped = text.lstrip(open_quotes + " \t\r\n;(^&|")
    begin = _FIRST.match(stripped)
    first = begin.group() if begin else ""
    if not first or text.count("\n") > _MOST_LINES:
        return None
    if not (_may_be_name(first, names) or "=" in first or first.lstrip("{").startswith(("$", ","))):
        return None
    needed = {
        Place.DATA: Grade.CERTAIN,
        Place.BY_DESIGN: Grade.UNMISTAKABLE,
        Place.NO_COMMANDS: Grade.LIKELY,
        Place.WEB_SHELL: Grade.POSSIBLE,
    }[place]
    if "```" in text:
        needed = Grade.UNMISTAKABLE
    start = len(text) - len(stripped)
    for dialect in _dialects(text, first, Way.NONE, names):
        budget.left -= min(_MOST_WHOLE, len(text))
        reading = read(text, start, _MOST_WHOLE, dialect)
        if needed <= Grade.CERTAIN and _names_telling_file(reading, names):
            return Confirmed(text[:_EVIDENCE], "names a telling file in a spelling that hides it from filters")
        line = lines.judge(reading, names, dialect)
        if line.grade >= needed:
            return Confirmed(text[start : start + _EVIDENCE], _explained(Way.NONE, line, dialect))
    return None


def _names_telling_file(reading: Reading, names: Names) -> bool:
    """A path alone, with wildcards in it: `/etc/[h]osts`."""
    if len(reading.commands) != 1 or len(reading.commands[0].words) != 1:
        return False
    word = reading.commands[0].words[0]
    return bool(word.tricks) and tells(word, names)


def _explained(way: Way, line: Line, dialect: Dialect) -> str:
    words = ", ".join(line.words) or "runs a command"
    return f"{way.value}: {words}; {dialect.value}"
