"""Read a text as command lines of one dialect, as a shell does before it runs them, in linear time.

Source: POSIX.1-2024 Shell Command Language, sections 2.2 to 2.10; Bash manual, section 3; Microsoft, "cmd" and
"about_Parsing". It has no errors: a quote or a parenthesis that nothing closes goes to the end of the text.
Limits: here-documents are read as lines. Arithmetic is not worked out. Of a command's output only that of echo, printf
and rev is known.
"""

from __future__ import annotations

import re

from gatelens.languages.shell import expansion
from gatelens.languages.shell.tokens import BARE, DOUBLE
from gatelens.languages.shell.words import Command, Dialect, Reading, Trick, Word

_MOST_DEPTH = 16
_MOST_COMMANDS = 128
_LONGEST_VALUE = 256

_QUOTES = frozenset("'\"")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


class _Frame:
    """A list of commands being read: the text itself, or what stands in a substitution."""

    __slots__ = (
        "assigned",
        "behind",
        "closer",
        "count",
        "double",
        "opened",
        "pieces",
        "quoted",
        "redirect",
        "start",
        "targets",
        "tricks",
        "word_start",
        "words",
    )

    def __init__(self, opened: str, closer: str, start: int) -> None:
        self.opened = opened
        self.closer = closer
        self.double = False
        self.behind = opened
        self.count = 0
        self._clear(start)
        self.fresh()

    def _clear(self, start: int) -> None:
        self.words: list[Word] = []
        self.targets: list[tuple[str, str]] = []
        self.assigned: list[str] = []
        self.redirect = ""
        self.start = start

    def fresh(self) -> None:
        self.pieces: list[str] = []
        self.tricks: set[Trick] = set()
        self.quoted = False
        self.word_start = -1

    def next(self, behind: str, start: int) -> None:
        self._clear(start)
        self.behind = behind


class _Reader:
    """The state of one reading."""

    def __init__(self, text: str, start: int, end: int, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.at = start
        self.end = end
        self.commands: list[Command] = []
        self.variables: dict[str, str] = {}
        self.outputs: set[str] = set()
        self.frames = [_Frame("", "", start)]

    def run(self) -> None:
        bare, double = BARE[self.dialect], DOUBLE[self.dialect]
        while self.at < self.end and len(self.commands) < _MOST_COMMANDS:
            frame = self.frames[-1]
            found = (double if frame.double else bare).match(self.text, self.at, self.end)
            if found is None or found.lastgroup is None:
                break
            self.at = found.end()
            self._take(found.lastgroup, found.group(), frame, found.start())
        while self.frames:
            self._finish_command(self.frames[-1], "")
            self.frames.pop()

    def _take(self, kind: str, token: str, frame: _Frame, start: int) -> None:
        if kind == "space":
            self._finish_word(frame)
        elif kind == "plain":
            self._plain(frame, token, start)
        elif kind == "operator":
            self._operator(frame, token)
        elif kind == "redirect":
            self._finish_word(frame)
            frame.redirect = token.lstrip("0123456789")
        elif kind == "open":
            self._open(frame, token, start)
        elif kind == "parameter":
            self._parameter(frame, token, start)
        elif kind in ("double", "end"):
            self._quote(frame, start)
            frame.double = kind == "double"
        elif kind == "single":
            self._quote(frame, start)
            content = token.strip("'")
            before = self.text[start - 1 : start] if start > frame.word_start else ""
            behind = self.text[self.at : self.at + 1] if self.at < self.end else ""
            if (before.isalnum() and content[:1].isalnum()) or (content[-1:].isalnum() and behind.isalnum()):
                frame.tricks.add(Trick.QUOTE)
            frame.pieces.append(content)
        elif kind == "ansi":
            self._quote(frame, start)
            if "\\" in token:
                frame.tricks.add(Trick.ANSI_C)
            frame.pieces.append(expansion.ansi_c(token[2:].removesuffix("'")))
        elif kind == "escape":
            if frame.word_start >= 0 and token[1].isalnum():
                frame.tricks.add(Trick.ESCAPE)  # in front of a word it only keeps an alias out
            self._begin(frame, start)
            frame.pieces.append(token[1:] if token[1] != "\n" else "")
        else:  # arithmetic
            self._begin(frame, start)
            frame.pieces.append("1")

    def _begin(self, frame: _Frame, start: int) -> None:
        if frame.word_start < 0:
            frame.word_start = start

    def _quote(self, frame: _Frame, start: int) -> None:
        """A quote that opens or closes: within a word it is a trick."""
        self._begin(frame, start)
        frame.quoted = True
        before = self.text[start - 1] if start > frame.word_start else ""
        behind = self.text[self.at] if self.at < self.end else ""
        if (
            (before.isalnum() and behind.isalnum() and not frame.double)
            or (before.isalnum() and behind in _QUOTES)
            or (behind.isalnum() and before in _QUOTES)
        ):
            frame.tricks.add(Trick.QUOTE)

    def _plain(self, frame: _Frame, token: str, start: int) -> None:
        if frame.word_start < 0:
            if not frame.double and token[0] == "#" and self.dialect is not Dialect.CMD:
                newline = self.text.find("\n", start, self.end)
                self.at = self.end if newline < 0 else newline
                return
            frame.word_start = start
        if not frame.double:
            if "{" in token and self.dialect is Dialect.POSIX:
                frame.tricks.add(Trick.BRACE)
            if expansion.is_wildcard(token):
                frame.tricks.add(Trick.GLOB)
        frame.pieces.append(token)

    def _operator(self, frame: _Frame, token: str) -> None:
        if token in (")", "}"):
            if frame.closer == token:
                self._close(frame)
                return
            if frame.closer == "`":
                self._finish_command(frame, token)
                return
        self._finish_command(frame, "\n" if token.isspace() else token)

    def _open(self, frame: _Frame, token: str, start: int) -> None:
        if token == "`" and any(outer.closer == "`" for outer in self.frames):
            while self.frames[-1].closer != "`":
                self._close(self.frames[-1])
            self._close(self.frames[-1])
            return
        self._begin(frame, start)
        frame.tricks.add(Trick.OUTPUT)
        if len(self.frames) < _MOST_DEPTH:
            self.frames.append(_Frame(token, "`" if token == "`" else ")", self.at))

    def _close(self, frame: _Frame) -> None:
        output = self._output(frame)
        self._finish_command(frame, "")
        self.frames.pop()
        outer = self.frames[-1]
        if output:
            outer.pieces.append(output)
        elif frame.count == 0:
            outer.tricks.discard(Trick.OUTPUT)
            outer.tricks.add(Trick.EMPTY)
        if outer.double is False and frame.opened == "(" and not outer.words and not "".join(outer.pieces):
            outer.fresh()  # a subshell is no word

    def _output(self, frame: _Frame) -> str:
        """What the only command of a substitution prints, where that is known."""
        self._finish_word(frame)
        if frame.count or not frame.words:
            return ""
        name, *rest = (word.text for word in frame.words)
        if name in ("echo", "printf"):
            options = [word for word in rest if word.startswith("-") and len(word) < 4]
            text = " ".join(rest[len(options) :])
            return expansion.ansi_c(text) if name == "printf" or any("e" in option for option in options) else text
        if name == "rev" and frame.targets and frame.targets[0][0] == "<<<":
            return frame.targets[0][1][::-1]
        return ""

    def _parameter(self, frame: _Frame, token: str, start: int) -> None:
        self._begin(frame, start)
        if self.dialect is Dialect.CMD:
            name, cut, rest = token.strip("%").partition(":")
            if cut:
                frame.tricks.add(Trick.SLICE)
                frame.pieces.append(expansion.parameter(f"{name}:{rest}", {})[0])
            else:
                frame.pieces.append(expansion.environment(name) or token)
            return
        if self.dialect is Dialect.POWERSHELL:
            frame.tricks.add(Trick.VARIABLE)
            frame.pieces.append(self.variables.get(token.strip("${}").lower(), token))
            return
        content = token[2:].removesuffix("}") if token.startswith("${") else token[1:]
        if content[:3] == "IFS":
            if frame.double:
                return
            started = frame.word_start < start
            self._finish_word(frame, Trick.SPACE if started else None)
            frame.tricks.add(Trick.SPACE)
            return
        if not content[:1].isalpha() and content[:1] != "_" and len(content) == 1:
            frame.tricks.add(Trick.EMPTY)
            return
        value, is_cut = expansion.parameter(content, self.variables)
        name = content if content.isidentifier() else ""
        if is_cut:
            frame.tricks.add(Trick.SLICE)
        elif name and name not in self.variables and len(name) <= 2 and frame.pieces:
            frame.tricks.add(Trick.EMPTY)  # ca$u: a name that nothing has set
        else:
            frame.tricks.add(Trick.VARIABLE)
        if not value:
            frame.tricks.add(Trick.UNSET)
        if name in self.outputs:
            frame.tricks.add(Trick.OUTPUT)
        if not frame.double and expansion.is_wildcard(value):
            frame.tricks.add(Trick.GLOB)
        frame.pieces.append(value)

    def _finish_word(self, frame: _Frame, trick: Trick | None = None) -> None:
        if frame.word_start < 0:
            return
        text = "".join(frame.pieces)
        written = self.text[frame.word_start : self.at]
        if trick is not None:
            frame.tricks.add(trick)
        tricks, quoted = frozenset(frame.tricks), frame.quoted
        frame.fresh()
        if frame.redirect:
            frame.targets.append((frame.redirect, text))
            frame.redirect = ""
            return
        if not text and not quoted and tricks <= {Trick.SPACE, Trick.EMPTY}:
            return
        if not frame.words and self.dialect is Dialect.POSIX and (found := _ASSIGNMENT.match(written)):
            name = found.group().rstrip("+=")
            self._assign(frame, name, text[found.end() :])
            if Trick.OUTPUT in tricks:
                self.outputs.add(name)
            return
        texts = expansion.braces(text) if Trick.BRACE in tricks else (text,)
        if len(texts) == 1:
            tricks -= {Trick.BRACE}
        for one in texts:
            if one or len(texts) == 1:
                # what a variable holds is split into words, unless it is quoted
                split = one.split() if Trick.VARIABLE in tricks and not quoted and " " in one else (one,)
                frame.words.extend(Word(part, written.strip(), tricks, quoted) for part in split)

    def _assign(self, frame: _Frame, name: str, value: str) -> None:
        value = value[:_LONGEST_VALUE]  # `a=$a$a` doubles it
        self.variables[name] = value
        if found := _ASSIGNMENT.match(value):  # a name of the place that the value was taken with: `cmd=a=id;$a`
            self.variables[found.group().rstrip("+=")] = value[found.end() :]
        frame.assigned.append(name)

    def _finish_command(self, frame: _Frame, behind: str) -> None:
        self._finish_word(frame)
        if frame.words or frame.targets or frame.assigned:
            frame.count += 1
            self.commands.append(
                Command(
                    tuple(frame.words),
                    frame.behind,
                    tuple(frame.targets),
                    len(self.frames) - 1,
                    frame.start,
                    tuple(frame.assigned),
                )
            )
        frame.next(behind or frame.behind, self.at)


def read(text: str, start: int, most: int, dialect: Dialect) -> Reading:
    """The commands of `text` from `start` on, at most `most` characters of it."""
    end = min(len(text), start + most)
    reader = _Reader(text, start, end, dialect)
    reader.run()
    commands = tuple(sorted(reader.commands, key=_begin))
    return Reading(commands, complete=end == len(text) and reader.at >= end)


def _begin(command: Command) -> int:
    return command.start
