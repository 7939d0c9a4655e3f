from __future__ import annotations

import pytest
from gatelens.languages.shell.lexer import read
from gatelens.languages.shell.words import Command, Dialect, Trick
from hypothesis import given
from hypothesis import strategies as st

ALL = 4096


def commands(text: str, dialect: Dialect = Dialect.POSIX) -> tuple[Command, ...]:
    return read(text, 0, ALL, dialect).commands


def words(text: str, dialect: Dialect = Dialect.POSIX) -> list[list[str]]:
    return [[word.text for word in command.words] for command in commands(text, dialect) if command.words]


def tricks(text: str, dialect: Dialect = Dialect.POSIX) -> set[Trick]:
    return set(commands(text, dialect)[-1].words[0].tricks)


@pytest.mark.parametrize("separator", [";", "|", "||", "&", "&&", "\n", "\r\n", "|&"])
def test_separators_end_a_command(separator: str) -> None:
    first, second = commands(f"ping a{separator}who b")
    assert [word.text for word in first.words] == ["ping", "a"]
    assert [word.text for word in second.words] == ["who", "b"]
    assert second.behind in (separator, "\n")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("echo $(who)", [["echo", ""], ["who"]]),
        ("echo `who`", [["echo", ""], ["who"]]),
        ('echo "a $(who; ls `pwd`) b"', [["echo", "a  b"], ["who"], ["ls", ""], ["pwd"]]),
        ("cat <(who)", [["cat", ""], ["who"]]),
        ("(who;ls)", [["who"], ["ls"]]),
        ("echo $((1+2))", [["echo", "1"]]),
    ],
)
def test_substitutions_hold_commands(text: str, found: list[list[str]]) -> None:
    assert words(text) == found


@pytest.mark.parametrize("text", ["echo 'a;who'", 'echo "a;who"', "echo a\\;who", "echo a # b; who"])
def test_a_separator_in_quotes_or_a_comment_is_none(text: str) -> None:
    assert len(commands(text)) == 1


@pytest.mark.parametrize(
    ("text", "name", "trick"),
    [
        ("w'h'o", "who", Trick.QUOTE),
        ('w"h"o', "who", Trick.QUOTE),
        ("w''ho", "who", Trick.QUOTE),
        (r"w\ho", "who", Trick.ESCAPE),
        (r"$'w\x68o'", "who", Trick.ANSI_C),
        (r"$'\167ho'", "who", Trick.ANSI_C),
        ("w$@ho", "who", Trick.EMPTY),
        ("wh$()o", "who", Trick.EMPTY),
        ("wh``o", "who", Trick.EMPTY),
        ("who$IFS-a", "who", Trick.SPACE),
        ("who${IFS}-a", "who", Trick.SPACE),
        ("{who,-a}", "who", Trick.BRACE),
        ("a=wh;b=o;$a$b", "who", Trick.VARIABLE),
        ("${PATH:0:1}who", "/who", Trick.SLICE),
        ("/bin/w?o", "/bin/w?o", Trick.GLOB),
        ("$(echo who)", "who", Trick.OUTPUT),
        (r"$(printf '\x77ho')", "who", Trick.OUTPUT),
    ],
)
def test_a_hidden_word_is_spelled_out_and_the_trick_is_known(text: str, name: str, trick: Trick) -> None:
    found = [command for command in commands(text) if command.words and not command.depth][-1]
    assert found.words[0].text == name
    assert trick in found.words[0].tricks


@pytest.mark.parametrize("text", ["who", "'who'", '"who am i"', r"\who", "it 'is'"])
def test_plain_and_quoted_words_hide_nothing(text: str) -> None:
    assert not tricks(text) - {Trick.OUTPUT}


def test_redirections_are_no_words() -> None:
    (command,) = commands("who 2>&1 >/tmp/a < b")
    assert [word.text for word in command.words] == ["who"]
    assert command.targets == ((">&", "1"), (">", "/tmp/a"), ("<", "b"))


def test_assignments_are_no_words() -> None:
    (command,) = commands("A=1 B='2 3' who")
    assert [word.text for word in command.words] == ["who"]
    assert command.assigned == ("A", "B")


def test_cmd_has_carets_and_variables_of_its_own() -> None:
    assert words("w^ho & dir c:\\x y", Dialect.CMD) == [["who"], ["dir", "c:\\x", "y"]]
    assert words("%COMSPEC:~-7,3% a;b", Dialect.CMD) == [["cmd", "a;b"]]


def test_powershell_has_backticks_and_blocks() -> None:
    assert words("g`et-process; & 'x y' {dir}", Dialect.POWERSHELL) == [["get-process"], ["x y"], ["dir"]]


def test_what_is_too_long_is_not_complete() -> None:
    assert read("who " * 10, 0, ALL, Dialect.POSIX).complete
    assert not read("who " * 10, 0, 20, Dialect.POSIX).complete


@given(st.text(alphabet="ab $(){}[]'\"`\\;|&<>\n#=,:?*^%@!x0/-", max_size=200), st.sampled_from(Dialect))
def test_reading_never_raises_and_is_bounded(text: str, dialect: Dialect) -> None:
    reading = read(text, 0, ALL, dialect)
    assert len(reading.commands) <= 140
    assert sum(len(command.words) for command in reading.commands) <= 16 * len(text) + 16


@pytest.mark.parametrize("piece", ["$(", "`", "'", '"', "{a,", "${", ";", "(", "\\", "$'", "<("])
def test_a_piece_repeated_is_read_once(piece: str) -> None:
    for dialect in Dialect:
        read(piece * 5_000, 0, len(piece) * 5_000, dialect)
