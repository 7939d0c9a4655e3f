"""Delimiters, constants and directives: what the judgement of templates stands on."""

from __future__ import annotations

import pytest
from gatelens.languages.code.lexer import read
from gatelens.languages.templates.constants import calls_a_literal, computes, computes_within
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


def test_a_method_of_a_literal_is_a_probe() -> None:
    for text, expected in (("'a'.toUpperCase()", True), ("a.toUpperCase()", False), ("'a'.translate()", False)):
        assert calls_a_literal(read(text, 0, len(text), 99).tokens) is expected


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
        calls_a_literal(expression.tokens)
    injection(text, WORDS)
