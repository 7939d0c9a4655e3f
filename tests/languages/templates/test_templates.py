"""Delimiters, constants and directives: what the judgement of templates stands on."""

from __future__ import annotations

import pytest
from gatelens.languages.code.lexer import read
from gatelens.languages.templates.constants import assigns_a_member, computes, computes_within, works_on_a_constant
from gatelens.languages.templates.delimiters import expressions
from gatelens.languages.templates.includes import Words, explain, injection
from hypothesis import given
from hypothesis import strategies as st

WORDS = Words({"exec": "runs", "echo": "reads"}, {"exec": frozenset({"cmd"})}, {"include": "fetches"})


def found(text: str) -> list[tuple[str, str]]:
    """The delimiters of the expressions of `text`, each with what stands behind them."""
    return [
        (each.opening, " ".join(token.text for token in each.tokens)) for each in expressions(text, frozenset({"run"}))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {{ b }} c", [("{{", "b")]),
        ("${b}", [("${", "b")]),
        ("<%= b %>", [("<%=", "b")]),
        ("{% if b %}", [("{%", "if b")]),
        ("@(8*9)", [("@(", "8 * 9")]),
        ("${ {'a': 1} }", [("${", "{ a : 1 }")]),
        ("[[${b}]]", [("[[", "$ { b }"), ("${", "b")]),
        ("{run(1)} {walk(1)}", [("{", "run ( 1 )")]),
        ("a { b } c", []),
        ("5 * (3 + 4)", []),
    ],
)
def test_expressions_are_found_by_their_delimiters(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_an_expression_without_an_end_is_open() -> None:
    (expression,) = expressions("{{ a", frozenset())
    assert not expression.closed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8*9", True),
        ("8*'9'", True),
        ("(88+99)?c", True),
        ("typeof(8)+9", True),
        ("8", False),
        ("'a'", False),
        ("a*9", False),
        ("'a' | upper", False),
    ],
)
def test_constants_that_are_worked_out_are_told(text: str, expected: bool) -> None:
    assert computes(read(text, 0, len(text), 99).tokens) is expected


def test_a_function_may_show_what_is_worked_out() -> None:
    for text, expected in (("str(8*9)", True), ("str(8)", False), ("str(a*9)", False), ("str(8*9, a)", False)):
        assert computes_within(read(text, 0, len(text), 99).tokens) is expected


@pytest.mark.parametrize(
    ("text", "near_miss"),
    [
        ("'a'.toUpperCase()", "a.toUpperCase()"),
        ("emit('7'.join('8'))", "emit(a.join('8'))"),
        ("'a'|upper", "'a'|translate"),
        ("['a', 'b']|upper", "names|upper"),
        ("[].pop", "a.pop"),
        ("'a'?upper_case", "a?upper_case"),
        ("7?string", "7 ? 'a' : 'b'"),
        ("html 'a'", "html a"),
    ],
)
def test_what_works_on_a_constant_is_a_probe(text: str, near_miss: str) -> None:
    pure = frozenset({"upper", "html"})
    assert works_on_a_constant(read(text, 0, len(text), 99).tokens, pure)
    assert not works_on_a_constant(read(near_miss, 0, len(near_miss), 99).tokens, pure)


def test_a_member_that_is_set_is_no_comparison() -> None:
    for text, expected in (("a.b = c", True), ("a.b == c", False), ("a = c.b", False)):
        assert assigns_a_member(read(text, 0, len(text), 99).tokens) is expected


def test_a_plain_path_is_read_only_where_a_word_of_it_tells() -> None:
    text = "{{user.name}} {{config}} ${user.config.a} {{__a}}"
    assert [each.start for each in expressions(text, frozenset(), frozenset({"config"}))] == [14, 25, 42]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!--#exec cmd="date" -->', "runs"),
        ("<!-- #exec cmd=date", "runs"),
        ('<!--#echo var="a" -->', "reads"),
        ('<esi:include src="/a"/>', "fetches"),
        ("$(HTTP_COOKIE{a})", "reads a variable of the request by an edge-side include"),
    ],
)
def test_a_directive_is_an_injection(text: str, why: str) -> None:
    confirmed = injection(text, WORDS)
    assert confirmed is not None
    assert confirmed.explanation == why
    assert explain(text, WORDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "<!-- exec -->",
        "<!--#region a -->",
        "<!--#exec -->",
        "<esi:unknown/>",
        "$(date)",
        'Write `<!--#exec cmd="date" -->` in the page and the server runs the command for you',
    ],
)
def test_a_comment_or_a_mention_is_none(text: str) -> None:
    assert injection(text, WORDS) is None
    assert explain(text, WORDS) is None


@given(st.text(alphabet="{}$#%<>@[]()=*'\"ab8 .|?!-", max_size=300))
def test_no_text_raises(text: str) -> None:
    for expression in expressions(text, frozenset({"a"})):
        computes(expression.tokens)
        works_on_a_constant(expression.tokens, frozenset({"a"}))
    injection(text, WORDS)
