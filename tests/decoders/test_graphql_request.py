from __future__ import annotations

import time

import pytest
from gatelens.decoders.graphql_request import LiteralSegment, in_json, is_document, may_hold_operation
from gatelens.decoders.json_document import Json
from graphql import GraphQLError, Source, TokenKind
from graphql.language import Lexer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.messages import texts


@pytest.mark.parametrize(
    "text",
    [
        "{a}",
        "query Q {a}",
        "mutation{a}",
        "subscription S{a}",
        "fragment F on T {a}",
        " \n,\ufeff{a}",
        "# note\n{a}",
        "query",
    ],
)
def test_a_document_is_known_by_its_beginning(text: str) -> None:
    assert is_document(text)


@pytest.mark.parametrize(
    "text",
    [
        '{app="shop"} |= "x"',
        "{__name__=~'a.*'}",
        '{"match_all": {}}',
        "{{name}}",
        "{0} items",
        "{}",
        "{",
        '{a: "b"}',
        "{ }",
    ],
)
def test_a_query_of_another_language_in_braces_is_no_document(text: str) -> None:
    assert not is_document(text)


@pytest.mark.parametrize("text", ["", "queries", "red shoes", "# only a note", "type Query {a: Int}", "'{a}'", "[{a}]"])
def test_another_text_is_no_document(text: str) -> None:
    assert not is_document(text)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"query": "{a}"}, ["/query"]),
        ([{"query": "{a}"}, {"query": "x"}, {"query": "{b}"}], ["/0/query", "/2/query"]),
        ({"id": "1", "type": "subscribe", "payload": {"query": "{a}"}}, ["/payload/query"]),
        ({"query": "x", "payload": {"query": "{a}"}}, []),
        ({"payload": "{a}"}, []),
        ({"query": "red shoes"}, []),
        ({"query": ["{a}"]}, []),
        ({"inner": {"query": "{a}"}}, []),
        ("{a}", []),
        ([[{"query": "{a}"}]], []),
    ],
)
def test_operations_are_found_in_an_object_and_a_batch(body: Json, places: list[str]) -> None:
    assert [place for place, _ in in_json(body, expected=False)] == places
    assert may_hold_operation(body) or not places


def test_where_graphql_is_expected_any_query_is_an_operation() -> None:
    assert in_json({"query": "red shoes"}, expected=True) == [("/query", "red shoes")]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ('{a(x: "b")}', [("graphql:1:7", "b")]),
        ('{a\n  (x: "b"\n y: "c" "d")}', [("graphql:2:7", "b"), ("graphql:3:5", "c"), ("graphql:3:9", "d")]),
        ('{a(x: "it\\"s # no comment")}', [("graphql:1:7", 'it"s # no comment')]),
        ('{a} # a "comment\n{b(x: "c")}', [("graphql:1:5", ' a "comment'), ("graphql:2:7", "c")]),
        ('{a(x: """b "c" \\""" d""")}', [("graphql:1:7", 'b "c" """ d')]),
        ('{a(x: "\\u0027\\u{27}\\u{00000027}\\n\\/\\ud83d\\ude00\\u{1F600}")}', [("graphql:1:7", "'''\n/😀😀")]),
        ('{a(x: "\\z\\u00\\ud800\\u{110000}\\u{}")}', [("graphql:1:7", "zu00\ufffd\ufffdu{}")]),
        ('{a(x: "not closed\n)}', [("graphql:1:7", "not closed")]),
        ('{a(x: """not closed\n)}', [("graphql:1:7", "not closed\n)}")]),
        ('{a(x: "")}', []),
        ("{a(x: 1, y: B)}", []),
    ],
)
def test_literals_and_comments_are_read_where_they_stand(document: str, found: list[tuple[str, str]]) -> None:
    assert texts(LiteralSegment(document)) == found


@given(st.text(alphabet='a"\\#{}\n\r u027 é', max_size=60))
@settings(max_examples=150)
def test_strings_are_those_of_the_reference_lexer(document: str) -> None:
    expected: list[str] = []
    try:
        lexer = Lexer(Source(document))
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            if token.kind is TokenKind.STRING:
                expected.append(token.value or "")
    except GraphQLError:
        return
    segment = LiteralSegment(document)
    assert [text for text in expected if text not in segment.texts] == []


@given(st.text(alphabet='a"\\#\n\r u{027}'))
def test_any_text_is_read(document: str) -> None:
    segment = LiteralSegment(document)
    for index in range(len(segment.texts)):
        assert segment.locate(index).pointer
        assert segment.span(index, 0, 0) is None
        assert segment.transformations(index) == ("graphql-literal",)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param('"' + '\\"' * 500_000, id="escaped quotes without end"),
        pytest.param('"",' * 300_000, id="empty strings in one line"),
        pytest.param('"\n' * 300_000, id="open strings in many lines"),
        pytest.param('"""\\"""' * 150_000, id="escaped block quotes"),
        pytest.param('#"' * 500_000, id="one comment"),
    ],
)
def test_work_is_linear(document: str) -> None:
    begin = time.process_time()
    LiteralSegment(document)
    is_document(document)
    assert time.process_time() - begin < 5


def test_of_very_many_literals_the_rest_is_one_text() -> None:
    document = '{a(b:"x")}#\n' + '"' * 2_000_000
    begin = time.process_time()
    segment = LiteralSegment(document)
    assert time.process_time() - begin < 0.2
    assert document.endswith(segment.texts[-1])
    assert len(segment.texts) < 10_000


def test_of_a_very_long_batch_the_first_are_operations() -> None:
    found = in_json([{"query": "{a}"}] * 5_000, expected=True)
    assert 100 <= len(found) < 1_000
