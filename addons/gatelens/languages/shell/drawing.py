"""Draw how a command line reads with an ordinary value in it, and how with this one.

Source: POSIX.1-2024 Shell Command Language, section 2.10 (the grammar's "list", "pipeline", "simple command").
"""

from __future__ import annotations

from gatelens.languages.shell import commands
from gatelens.languages.shell.lexer import read
from gatelens.languages.shell.names import Names
from gatelens.languages.shell.words import Command, Dialect
from gatelens.model.explanation import Explanation, Tree

_MOST_COMMANDS = 4
_MOST_READ = 1024
_LONGEST = 32
_PROGRAM = "a program"
_KINDS = {
    "": "command",
    ";": "then",
    "\n": "then, on a line of its own",
    "|": "its output goes to",
    "|&": "its output goes to",
    "&": "beside it",
    "&&": "where that succeeds",
    "||": "where that fails",
    "$(": "substituted output of",
    "`": "substituted output of",
    "(": "subshell",
    "<(": "process",
    ">(": "process",
}


def explained(text: str, names: Names) -> Explanation:
    """The two trees: a command with one argument, and the list of commands that the value makes of it."""
    best = max(Dialect, key=lambda dialect: _known(text, names, dialect))
    read_by = read(text, 0, _MOST_READ, best).commands
    nodes = [_node(command, whole=not index) for index, command in enumerate(read_by[:_MOST_COMMANDS])]
    program = Tree(_PROGRAM)
    harmless = Tree("command", (program, Tree("argument: value")))
    return Explanation(
        f"an argument of a command of a {best.value}",
        harmless,
        Tree("command list", (Tree("command", (program,)), *nodes)),
    )


def _known(text: str, names: Names, dialect: Dialect) -> int:
    found = read(text, 0, _MOST_READ, dialect).commands
    return sum(commands.judge(command, names, dialect).grade for command in found)


def _node(command: Command, *, whole: bool) -> Tree:
    label = _KINDS.get(command.behind, "command")
    words = tuple(Tree("name", planted=True, piece=word.text[:_LONGEST]) for word in command.words[:1])
    return Tree("argument or command" if whole and not command.behind else label, words, planted=True)
