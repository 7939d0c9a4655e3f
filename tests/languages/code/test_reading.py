"""Tokens, constant strings and chains: what the judgement of code stands on."""

from __future__ import annotations

import pytest
from gatelens.languages.code.chains import chains
from gatelens.languages.code.folding import fold
from gatelens.languages.code.lexer import Gap, Kind, read
from gatelens.languages.code.names import brings_all, juxtaposed
from gatelens.languages.code.surroundings import is_shown_as_code, words_around
from hypothesis import given
from hypothesis import strategies as st


def tokens(text: str) -> list[str]:
    return [token.text for token in fold(read(text, 0, len(text), 500).tokens)]


def steps(text: str) -> list[str]:
    """The first chain of `text`: its root, and each step with its name."""
    chain = chains(fold(read(text, 0, len(text), 500).tokens), filters=True)[0]
    root = chain.root.text if chain.root else ""
    return [root, *(f"{link.step.name} {link.name}".strip() for link in chain.links)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a /* b */ (c)", ["a", "(", "c", ")"]),
        ("a('b\\x63')", ["a", "(", "bc", ")"]),
        ("'a", ["'", "a"]),
        ("$_GET[0]", ["$_GET", "[", "0", "]"]),
        ("a->b", ["a", "->", "b"]),
    ],
)
def test_a_text_is_read_as_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_a_comment_before_a_token_is_told() -> None:
    assert [token.gap for token in read("a/**/(", 0, 6, 9).tokens] == [Gap.NONE, Gap.COMMENT]


@pytest.mark.parametrize(
    "text", ["'ab'.'cd'", "'ab'+'cd'", "('ab'.'cd')", "chr(97).'bcd'", "strrev('dcba')", "['abcd'][0]", "'ab' 'cd'"]
)
def test_constants_are_put_together(text: str) -> None:
    (token,) = fold(read(text, 0, len(text), 99).tokens)
    assert (token.kind, token.text, token.hidden) == (Kind.STRING, "abcd", True)


@pytest.mark.parametrize("text", ["'ab' * 2", "f('ab')", "a['ab'][0]", "'ab'.cd", "base64_decode('a')"])
def test_what_is_no_constant_is_left(text: str) -> None:
    assert len(fold(read(text, 0, len(text), 99).tokens)) > 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b['c'](d)", ["a", "MEMBER b", "MEMBER c", "CALL"]),
        ("a::b()", ["a", "MEMBER b", "CALL"]),
        ("@a.B@c()", ["@a", "MEMBER B", "MEMBER c", "CALL"]),
        ("a`b`", ["a", "CALL"]),
        ("'a'|attr('b')", ["a", "FILTER attr", "CALL"]),
        ("'a'?new()", ["a", "BUILTIN new", "CALL"]),
        ("(a)(b)", ["a", "CALL"]),
        ("[].a", ["", "MEMBER a"]),
        ("a. b", ["a"]),
        ("a\n(b)", ["a"]),
    ],
)
def test_members_and_calls_are_read(text: str, expected: list[str]) -> None:
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("'date'", True),
        ("$_GET['a']", True),
        ("shell=True", True),
        ("new String[]{'a'}", True),
        ("command", False),
        ("$command", False),
        ("'a', options", False),
    ],
)
def test_a_payload_brings_what_it_needs(arguments: str, expected: bool) -> None:
    read_as = read(arguments, 0, len(arguments), 99).tokens
    assert brings_all(read_as, 0, len(read_as)) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("call system to", 2), ("return system(a)", 0), ("new Foo(a, b)", 0), ("a b", 1)]
)
def test_prose_has_a_name_beside_a_name(text: str, expected: int) -> None:
    assert juxtaposed(read(text, 0, len(text), 99).tokens, 9) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use `zz` here", True),
        ("```\nzz\n```", True),
        ("<pre>zz</pre>", True),
        ("use zz here", False),
        ("`a` zz", False),
    ],
)
def test_marks_show_code(text: str, expected: bool) -> None:
    at = text.index("zz")
    assert is_shown_as_code(text, at, at + 2) is expected


def test_a_quote_that_is_closed_nowhere_is_an_operator_and_so_are_those_behind_it() -> None:
    assert tokens("a \\'b\\' c") == ["a", "\\", "'", "b", "\\", "'", "c"]
    assert tokens("'a' \"b 'c'") == ["a", '"', "b", "c"]


def test_reading_ends_at_prose_and_at_many_lines() -> None:
    text = "some words of a text"
    assert len(read(text, 0, len(text), 99, prose=1).tokens) == 2
    assert read("a(b)\nc", 0, 6, 99, lines=1).complete is False
    assert read("return a", 0, 8, 99, prose=1).complete


def test_words_are_letters_between_spaces() -> None:
    assert words_around("Dear all, x=1 {{zz}} a-b (see below).", 14, 20, 9) == 3


@given(st.text(alphabet="ab'\"`\\/*#(){}[].$@|?:;=+~1 \n", max_size=300))
def test_no_text_raises_and_tokens_are_bounded(text: str) -> None:
    reading = read(text, 0, len(text), 50)
    assert len(reading.tokens) <= 50
    chains(fold(reading.tokens), filters=True)
