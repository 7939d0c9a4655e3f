"""Decide whether a text stays one argument of a command, wherever it is put, within a budget.

Source: Su and Wassermann (POPL 2006), section 3: a value is confined where it is one leaf of the parse tree; CWE-78.
Limits: a command that is not listed is none, unless its path says so. A break-out behind more than a few words of
prose is one only where what it runs does what attacks do.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import partial

from gatelens.languages.shell import cmd_statements, expansion, lines, lookalikes, sqlite_shell
from gatelens.languages.shell.arguments import Shape, shape
from gatelens.languages.shell.breakout import SUBSTITUTIONS, Exit, Head, Way, exits, is_code_span
from gatelens.languages.shell.commands import IS_FILE
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
    """What the place of a value is for: any data, one line of data, commands by design, none where a command could be
    meant, or what web shells take commands by."""

    DATA = auto()
    LINE = auto()
    WEB_SHELL = auto()
    BY_DESIGN = auto()
    NO_COMMANDS = auto()


_LOOKING_AROUND = frozenset(
    {Effect.READS, Effect.TELLS, Effect.CONNECTS, Effect.DOWNLOADS, Effect.DELETES, Effect.WAITS}
)
_SEPARATING = frozenset({Way.SEMICOLON, Way.PIPE, Way.AMPERSAND})
_BARE = frozenset({Effect.TELLS, Effect.INSTALLS, Effect.RIGHTS})
_INLINE = frozenset({"-c", "-e", "-r"})
_OF_ONE_LINE = frozenset({Place.LINE, Place.WEB_SHELL, Place.NO_COMMANDS})


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
_QUOTED = re.compile(r"[\w.-]++['\"]\Z")
_TRICKY = re.compile(
    r"""[\w/@][\\'"$^`]\S|[<>$]\(\)\w|[\\$'"^%`][\w@*!{]|/[^/\s]*[?*\[]|[?*\[].{0,3}[a-z]|[a-z].{0,3}[?*\[]|\{.*,"""
)
_VERSIONED = re.compile(r"(?:gcc|g\+\+|clang|python|php|perl|ruby|lua|node|tclsh)-?\d[\d.]*+\Z")
_SIMPLE = re.compile(r"[\w-]++\Z")
_SYSTEM = re.compile(r"['\"]?/?(?:usr/|s?bin/|tmp/|dev/shm|var/tmp|opt/)")
_NAME_END = re.compile(r"[,'\")\]}:+].*", re.DOTALL)
_EXTENSION = re.compile(r"\.(?:exe|com|bat|cmd)\Z")
_CMDLET = re.compile(r"[a-z]+-[a-z]+\Z|ie[xr]\Z|iwr\Z|irm\Z|gci\Z|gc\Z|saps\Z", re.IGNORECASE)
_BACKTICKED = re.compile(r"[a-z]`[a-z]", re.IGNORECASE)
_PROCESS = re.compile(r"\W{0,8}[<>]\([a-z][\w-]*+(?:[ +][\w./-]++)*+\)\W{0,8}\Z")
_FIRST = re.compile(r"(?:``|[$<>]\(\)|[^\s;|&<>()`]){1,96}+")
_FORK_BOMB = re.compile(
    r"(?<![\w$])([\w:.]{1,16}+)\s*+\(\)\s*+\{\s*+\1\s*+\|\s*+&?\s*+\1\s*+&?\s*+;?\s*+\}\s*+;?&?\s*+\1(?!\w)"
)
_SUSPICIOUS = re.compile(
    r"/(?:dev/(?:tcp|udp)|etc/|proc/|root/|var/)|rm\s+-|n(?:et)?cat\b|nc\b|socat\b|sh\b|pwsh\b"
    r"|p(?:owershell|erl\s++-[cer]\b|ython\d?\s++-[cer]\b|hp\s++-[cer]\b)|ruby\s++-[cer]\b"
    r"|\.(?:ini\b|ssh|aws|php|htpasswd)|reg\b|net\b|win(?:dows|nt)|socket|certutil|mshta|regsvr|rundll|iex\b"
    r"|downloadstring|schtasks|bitsadmin|wmic|\$(?:ifs|\{ifs)|base64\b|xxd\b|authorized_keys|whoami"
    r"|>\s{0,8}+[^\s>.]{1,64}+\.(?:jsp|asp|sh)"
)
"""What a command that does what attacks do has within it, unless its name is hidden: a quick look at letters in lower
case, for which every alternative begins with a letter of its own."""

_OF_SCRIPTS = re.compile(r"\s\\(?:\n|\Z)|\n\s*+(?:fi|done|esac|then|do|else)\b|\n\}")
_PLAIN = re.compile(r"[\w\s.,:=@/+-]{0,2048}+\Z")
"""Nothing that hides a name or joins commands."""

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
    lowered = ""
    filled = _filled_lines(text)
    may_be_name, is_command = partial(_may_be_name, names), partial(_is_command, names)
    for exit_ in exits(text, may_be_name, is_command, lines=filled <= _FEW_LINES):
        needed = _needed(exit_, place)
        if needed is None:
            continue
        if needed >= Grade.CERTAIN:
            if suspicious < exit_.start:
                lowered = lowered or _lowered(text)
                found_at = _SUSPICIOUS.search(lowered, exit_.start)
                suspicious = found_at.start() if found_at else len(text) + _LOOKED_AT
            if suspicious > exit_.start + _LOOKED_AT and not _HIDDEN.search(exit_.word):
                continue
        if needed >= Grade.CERTAIN and is_code_span(text, exit_.start):
            continue
        if exit_.head is Head.EMPTY and place is Place.DATA and needed < Grade.CERTAIN and _is_script(text):
            continue
        if exit_.head is Head.TEXT:
            far += 1
            if far > _MOST_EXITS:
                break
        else:
            near += 1
            if near > _MOST_EXITS:
                return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _TOO_MANY)
        found = _at_exit(text, exit_, needed, names, place, budget)
        if found is not None:
            return found
    return _whole(text, names, place, budget)


def _lowered(text: str) -> str:
    """As many characters as there are, in lower case where they are of ASCII."""
    return text.lower() if text.isascii() else text.encode("ascii", "replace").decode("ascii").lower()


def _filled_lines(text: str) -> int:
    """How many lines of `text` are not blank; of a long text, how many there are."""
    breaks = text.count("\n")
    return breaks if breaks > _MOST_LINES else sum(1 for line in text.splitlines() if line.strip())


def _may_be_name(names: Names, word: str) -> bool:
    """A quick look at a word behind a separator: whether it is worth to be read as a command."""
    if word in names.unix or word in _STATEMENTS or _VERSIONED.match(word):
        return True
    if _SIMPLE.match(word):
        return word.lower() in names.windows or (len(word) > 2 and word.lower() in names.unix)
    plain = _NAME_END.sub("", word).rpartition("/")[2]
    if plain in names.unix:
        return True
    plain = _EXTENSION.sub("", plain.rpartition("\\")[2].lower())
    if plain in names.windows or plain in names.unix or IS_FILE.match(word) or _QUOTED.match(word):
        return True
    return bool(_TRICKY.search(word) or _SYSTEM.match(word))


def _is_command(names: Names, word: str, more: bool) -> bool:
    """Whether a text that begins with `word` is a command line, not data. An everyday word alone is data."""
    if not more and word in names.everyday:
        return False
    return word.rpartition("/")[2] in names.unix or word.lower() in names.windows or word in _SCRIPT_WORDS


_STATEMENTS = frozenset("if for while until [ test".split())
_SCRIPT_WORDS = frozenset(
    "if for while until case do then else elif function export set unset local declare readonly source return trap let"
    " alias cd test RUN CMD ENTRYPOINT FROM ENV COPY - + > !".split()
)


def _needed(exit_: Exit, place: Place) -> Grade | None:
    """How certain a command must be behind `exit_`; None where none counts."""
    if place is Place.BY_DESIGN:
        # a command line that is given by design has a command before its first separator
        begins = exit_.head is Head.EMPTY and not exit_.start and exit_.way in _SEPARATING
        return Grade.FIRM if begins else Grade.UNMISTAKABLE
    head = exit_.head
    if head is Head.COMMAND and place not in _OF_ONE_LINE:
        return None  # the text is a command line: it is judged as a whole
    needed = _NEEDED[head]
    if (head is Head.WORDS and exit_.closes) or head is Head.COMMAND:
        needed = Grade.LIKELY
    if exit_.way is Way.LINE:
        if head is Head.WORDS:
            needed = Grade.CERTAIN
    elif exit_.way is Way.BACKTICK and head is Head.TEXT:
        return None
    return needed


def _is_script(text: str) -> bool:
    """Whether `text` is a piece of a script that goes on behind the end of a line, or has a statement's parts on lines
    of their own."""
    return _OF_SCRIPTS.search(text, 0, _MOST_READ) is not None


def _at_exit(text: str, exit_: Exit, needed: Grade, names: Names, place: Place, budget: Budget) -> Confirmed | None:
    most = _LOOKED_AT if exit_.head is Head.TEXT else _MOST_READ
    for dialect in _dialects(text, exit_.word, exit_.way, names):
        budget.left -= min(most, len(text) - exit_.start)
        reading = read(text, exit_.start, most, dialect)
        line = lines.judge(_inner(reading, exit_), names, dialect)
        if exit_.head is Head.EMPTY and _is_all(line, exit_.way, place):
            return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _explained(exit_.way, line, dialect))
        in_process = exit_.way is Way.PROCESS and exit_.head is Head.EMPTY and _PROCESS.match(text)
        if line.grade < needed and not in_process:
            continue
        if exit_.way is Way.PIPE and line.grade < Grade.CERTAIN and lookalikes.is_stage(text, exit_.word):
            continue
        if line.grade < Grade.FIRM and _is_list(text, exit_.way, line, names):
            continue
        if exit_.way in SUBSTITUTIONS and line.grade < Grade.CERTAIN and not _is_about(text, exit_):
            continue
        if not reading.complete and line.unknown > line.known:
            continue
        return Confirmed(text[exit_.start : exit_.start + _EVIDENCE], _explained(exit_.way, line, dialect))
    return None


def _is_all(line: Line, way: Way, place: Place) -> bool:
    """Whether a value is a separator and a command that tells about the system, and nothing else: `;date`."""
    one_line = place in _OF_ONE_LINE
    return (
        (way in (Way.SEMICOLON, Way.AMPERSAND) or (way is Way.PIPE and one_line))
        and len(line.judged) == 1
        and len(line.judged[0][0].words) == 1
        and (one_line or line.judged[0][0].behind in (";", "&&", "||"))
        and line.judged[0][1].effect in ((Effect.TELLS, Effect.STOPS) if one_line else (Effect.TELLS,))
    )


def _is_list(text: str, way: Way, line: Line, names: Names) -> bool:
    """Whether names stand in a list, a pattern or a table, none with an argument: `(sh|php)`, `name;id;date`."""
    if any(len(command.words) > 1 or command.targets or command.depth for command, _ in line.judged):
        return False
    if lookalikes.is_list(text) and all(judged.effect is not Effect.TELLS for _, judged in line.judged):
        return True
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
    if "()" in text and "|" in text and _FORK_BOMB.search(text, 0, _MOST_WHOLE):
        return Confirmed(text[:_EVIDENCE], "defines a function that starts itself twice, and runs it")
    if place is not Place.BY_DESIGN and (words := cmd_statements.statement(text)):
        return Confirmed(text[:_EVIDENCE], words)
    if ";" in text and place is not Place.BY_DESIGN and sqlite_shell.is_dot_command(text):
        return Confirmed(text[:_EVIDENCE], "ends a statement and begins a command of the SQLite shell")
    if place in _OF_ONE_LINE and expansion.is_alone(text):
        return Confirmed(text[:_EVIDENCE], "is an expansion that only shells have")
    open_quotes = "".join(quote for quote in "'\"" if text.count(quote, 0, _MOST_WHOLE) % 2)
    stripped = text.lstrip(open_quotes + " \t\r\n;(^&|")
    begin = _FIRST.match(stripped)
    first = begin.group() if begin else ""
    if not first or text.count("\n") > _MOST_LINES:
        return None
    if not (_may_be_name(names, first) or "=" in first or first.lstrip("{").startswith(("$", ","))):
        return None
    needed = {
        Place.DATA: Grade.CERTAIN,
        Place.LINE: Grade.FIRM,
        Place.BY_DESIGN: Grade.UNMISTAKABLE,
        Place.NO_COMMANDS: Grade.LIKELY,
        Place.WEB_SHELL: Grade.POSSIBLE,
    }[place]
    if "```" in text or (place is Place.DATA and _filled_lines(text) >= _FEW_LINES):
        needed = Grade.UNMISTAKABLE  # a lesson, or a script
    if (needed is Grade.UNMISTAKABLE or (needed is Grade.CERTAIN and _PLAIN.match(text))) and not _SUSPICIOUS.search(
        _lowered(text)
    ):
        return None
    start = len(text) - len(stripped)
    for dialect in _dialects(text, first, Way.NONE, names):
        budget.left -= min(_MOST_WHOLE, len(text))
        reading = read(text, start, _MOST_WHOLE, dialect)
        if needed <= Grade.CERTAIN and _names_telling_file(reading, names):
            return Confirmed(text[:_EVIDENCE], "names a telling file in a spelling that hides it from filters")
        line = lines.judge(reading, names, dialect)
        if line.grade >= needed and _counts_as_whole(line, needed, place):
            return Confirmed(text[start : start + _EVIDENCE], _explained(Way.NONE, line, dialect))
    return None


def _counts_as_whole(line: Line, needed: Grade, place: Place) -> bool:
    """Whether a command line which is certain enough is one that `place` takes from attackers only."""
    if line.grade > needed and (place is Place.LINE or line.grade >= Grade.FIRM):
        return True
    if place is Place.LINE:
        return _is_look_around(line)
    only = line.judged[0] if len(line.judged) == 1 else None
    if only and len(only[0].words) == 1 and not only[0].targets and only[0].words[0].text.isalnum():
        return only[1].effect in _BARE  # `ping`, `cmd` and `docker` are words of data as well
    return True


def _is_look_around(line: Line) -> bool:
    """Whether the first command is one by which attackers look around: people name the tools of their work as well."""
    first = next((judged for _, judged in line.judged if judged.effect), None)
    if first is None:
        return False
    if line.judged[0][0].words[:1] and _SYSTEM.match(line.judged[0][0].words[0].text):
        return True
    if first.effect is Effect.SHELL:
        return any(map(lines.is_for_command, first.rest[:-1]))
    if first.effect is Effect.CODE:
        return any(word.text in _INLINE for word in first.rest[:-1])
    if first.effect not in _LOOKING_AROUND:
        return False
    return len(first.rest) < _FEW_WORDS or shape(first.rest[-1:]) > Shape.BARE


def _names_telling_file(reading: Reading, names: Names) -> bool:
    """A path alone, with wildcards in it: `/etc/[h]osts`."""
    if len(reading.commands) != 1 or len(reading.commands[0].words) != 1:
        return False
    word = reading.commands[0].words[0]
    return bool(word.tricks) and tells(word, names)


def _explained(way: Way, line: Line, dialect: Dialect) -> str:
    words = ", ".join(line.words) or "runs a command"
    return f"{way.value}: {words}; {dialect.value}"
