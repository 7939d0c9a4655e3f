"""What is a command of the SQLite shell behind a statement, and what is a style sheet or a sentence."""

import pytest
from gatelens.languages.shell.sqlite_shell import is_dot_command


@pytest.mark.parametrize("text", ["zz;\n.tables", ";\\n.shell zz", "select 1;\r\n.output zz.txt", "1; .system zz"])
def test_a_dot_command_behind_a_statement_is_one(text: str) -> None:
    assert is_dot_command(text)


@pytest.mark.parametrize(
    "text", ["zz;\n.zz", ".tables", "a { b: c;\n.open { d: e } }", "zz;\n.tables\nand more", "a; b"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_dot_command(text)
