from __future__ import annotations

import pytest
from gatelens.languages.sql.lexer import ANSI, MYSQL, SQLITE, Ending, Family, Kind, read
from hypothesis import given
from hypothesis import strategies as st


def tokens(text: str, family: Family = ANSI) -> list[tuple[str, str]]:
    return [(token.kind.name, token.text) for token in read(text, 0, family, 100).tokens]


def test_a_name_before_a_parenthesis_is_a_call() -> None:
    assert tokens("Foo.Bar (1)")[0] == ("CALL", "foo.bar")
    assert tokens("or (1)")[0] == ("KEYWORD", "or")


def test_a_doubled_quote_stays_in_its_string() -> None:
    assert tokens("'it''s'") == [("STRING", "it''s")]


def test_a_string_that_nothing_closes_is_open() -> None:
    assert tokens("= 'zz") == [("OPERATOR", "="), ("OPEN", "zz")]
    assert read("= 'zz", 0, ANSI, 100).ending is Ending.OPEN


@pytest.mark.parametrize(
    ("family", "kind"),
    [(MYSQL, Kind.STRING), (SQLITE, Kind.STRING), (ANSI, Kind.QUOTED)],
    ids=["mysql", "sqlite", "ansi"],
)
def test_double_quotes_are_strings_or_names(family: Family, kind: Kind) -> None:
    assert read('"zz"', 0, family, 100).tokens[0].kind is kind


def test_a_backslash_hides_a_quote_only_in_mysql() -> None:
    assert tokens(r"'a\'b'", MYSQL) == [("STRING", r"a\'b")]
    assert tokens(r"'a\'b'", ANSI)[0] == ("STRING", "a\\")


@pytest.mark.parametrize(
    ("text", "family", "ending"),
    [
        ("1 -- x", ANSI, Ending.COMMENT),
        ("1 --x", ANSI, Ending.COMMENT),
        ("1 --x", MYSQL, Ending.END),
        ("1 # x", MYSQL, Ending.COMMENT),
        ("1 # x", ANSI, Ending.END),
        ("1 /* x", ANSI, Ending.COMMENT),
        ("1 /* x */ + 1", ANSI, Ending.END),
        ("1 -- x\n", ANSI, Ending.COMMENT),
        ("1 -- x\n + 1", ANSI, Ending.END),
        ("one two three", ANSI, Ending.PROSE),
        ("one or two", ANSI, Ending.END),
    ],
)
def test_a_text_ends_by_the_comments_of_its_family(text: str, family: Family, ending: Ending) -> None:
    assert read(text, 0, family, 100).ending is ending


def test_a_versioned_comment_is_code() -> None:
    assert tokens("/*!50000select*/ 1", MYSQL) == [("KEYWORD", "select"), ("NUMBER", "1")]


@pytest.mark.parametrize(
    ("text", "terse"), [("--", True), ("-- -", True), ("-- ab", True), ("-- ours of 1977", False), ("--verbose", False)]
)
def test_a_comment_that_tells_something_is_not_terse(text: str, terse: bool) -> None:
    assert read(text, 0, ANSI, 100).terse is terse


@pytest.mark.parametrize(
    "text", ["= = = = 1", "a === b => c", "/></a></b>", "; i = 1; j = 2; k = 3", "f(a) b = f(c) d = f(e) g"]
)
def test_operators_without_operands_are_no_sql(text: str) -> None:
    assert read(text, 0, ANSI, 100).ending is Ending.PROSE


@pytest.mark.parametrize(
    "text", ["= - - ~1", "'{}'::jsonb @> '{}'", "from (select 1) a join (select 2) b", "a <=> ! 1"]
)
def test_signs_before_an_operand_are(text: str) -> None:
    assert read(text, 0, ANSI, 100).ending is Ending.END


def test_a_table_of_numbers_is_read_at_once() -> None:
    reading = read("(1, 2.5, -3),\n" * 200 + "(4)", 0, ANSI, 100)
    assert reading.ending is Ending.END
    assert [token.text for token in reading.tokens] == ["0", ",", "(", "4", ")"]


@pytest.mark.parametrize(("text", "terse"), [("1 # union select 2", True), ('1 #")', False)])
def test_a_comment_may_hold_sql_or_code(text: str, terse: bool) -> None:
    assert read(text, 0, MYSQL, 100).terse is terse


def test_reading_stops_at_the_limit() -> None:
    reading = read("1 + " * 50, 0, ANSI, 10)
    assert (len(reading.tokens), reading.ending) == (10, Ending.LIMIT)


@given(st.text(), st.sampled_from([MYSQL, ANSI, SQLITE]))
def test_every_text_can_be_read(text: str, family: Family) -> None:
    assert len(read(text, 0, family, 50).tokens) <= 50
