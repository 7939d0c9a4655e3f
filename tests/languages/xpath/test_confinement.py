from __future__ import annotations

import pytest
from gatelens.languages.xpath.confinement import Functions, injection
from hypothesis import given
from hypothesis import strategies as st

FUNCTIONS = Functions(
    frozenset({"count", "name", "position", "string-length", "contains", "substring", "local-name"}),
    frozenset({"doc", "collection"}),
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kim' or position()=2 or 'q'='", "function"),
        ("kim' and not(contains(pin,'4')) and 'q'='q", "function"),
        ("kim'] | //* | //a['q'='q", "any name"),
        ("kim' or //pin or 'q'='q", "anywhere"),
        ('kim" or ancestor::node()/pin="4', "axis"),
        ("kim' or text()='4", "kind"),
        ("kim')] | /a/child::b | c[contains(d,'", "axis"),
        ("kim' and doc('https://x.example/')='", "another document"),
        ("7 or contains(pin,'4')", "function"),
        ("count(//*)", "made of"),
        ("string-length(name(/*[1]))", "made of"),
        ("count(/child::node())", "made of"),
        ("doc('https://x.example/a.xml')", "address"),
        ("for $d in doc('https://x.example/a') return $d", "address"),
    ],
)
def test_a_value_that_leaves_its_literal_is_told(text: str, words: str) -> None:
    found = injection(text, FUNCTIONS)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "//div[@class='price']/text()",
        "count(//item)",
        "//a | //b",
        "doc('books.xml')//book",
        "it's 5 or 6, contains (some) nuts",
        "the users' name (or position) is count (3)",
        "yes or contains(maybe)",
        "if (a == 'x' or b.count() == 2): pass",
        "a['b'] = '//x/*'",
        "O'Brien and sons",
        "'quoted' and //server/share",
        "",
    ],
)
def test_whole_expressions_prose_and_code_pass(text: str) -> None:
    assert injection(text, FUNCTIONS) is None


def test_a_long_value_before_hides_nothing() -> None:
    assert injection("many words " * 9_000 + "' or position()=2 or 'q'='", FUNCTIONS) is not None


@given(st.text(alphabet="'\"/*:[]()or and|count=1", max_size=300))
def test_it_never_raises(text: str) -> None:
    injection(text, FUNCTIONS)


def test_it_is_linear() -> None:
    for unit in ("' or count(", "' or a/b/", "/", "(", "x' and not(", "/a::"):
        injection(unit * 50_000, FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("';doc('file:///srv/a.xml')", True),
        ('a"; fn:doc("http://a.example/b")', True),
        ("';doc('a')", False),
        ("'; see doc at http://a.example/", False),
    ],
)
def test_a_query_behind_a_query_is_told_by_the_address_that_it_reads(text: str, told: bool) -> None:
    assert bool(injection(text, Functions(frozenset(), frozenset({"doc"})))) == told
