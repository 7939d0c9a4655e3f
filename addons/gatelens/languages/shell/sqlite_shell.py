"""Tell commands of the SQLite shell behind a statement that a value ends.

Source: SQLite, "Command Line Shell For SQLite" (dot-commands); CWE-78, CWE-89.
Limits: a dot-command stands at the begin of a line, and takes the rest of it.
"""

from __future__ import annotations

import re

_DOT_COMMAND = re.compile(
    r"""
    [^;\n]{0,256}+;\s*+(?:\\[nr]\s*+)*+
    \.(?:archive|auth|backup|cd|clone|databases|dbconfig|dbinfo|dump|excel|filectrl|fullschema|import|indexes|lint
        |load|log|once|open|output|print|quit|read|recover|restore|save|schema|session|sha3sum|shell|system|tables|vfsinfo)
    (?:[ \t]++[^{}\n]{1,256}+)?\s*+\Z
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_dot_command(text: str) -> bool:
    """Whether `text` ends a statement and begins a line with a command of the SQLite shell."""
    return _DOT_COMMAND.match(text) is not None
