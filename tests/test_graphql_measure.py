"""The measure of GraphQL documents; graphql-core is the judge of what is a document."""

from __future__ import annotations

import time

import pytest
from gatelens.graphql_measure import Measure, measure
from graphql import GraphQLError, parse
from graphql.language import ExecutableDefinitionNode, FragmentDefinitionNode
from hypothesis import given, settings
from hypothesis import strategies as st

MANY = 5_000

DOCUMENT = """
query Cart($id: ID! = "1", $ids: [[Int!]!], $in: In = {a: [1, -2.5e3, true, null, RED], b: {}}) @live(after: 3) {
  cart(id: $id, text: "a \\" } b", in: {a: [$id], b: {c: $in}}) @include(if: true) {
    total: sum
    ...Lines @defer
    ... on Cart @skip(if: false) { note(text: \"\"\"block \\\""" with { \"\"\") }
    ... { id }
  }
} # } a comment
fragment Lines on Cart { lines { id } }
"""


def bomb(levels: int, spreads: int = 2) -> str:
    """Each fragment spreads the next one `spreads` times; the last has one aliased field with a directive."""
    chain = [f"fragment F{n} on T {{ {f'...F{n + 1} ' * spreads} }}" for n in range(levels)]
    return " ".join(["{ ...F0 }", *chain, f"fragment F{levels} on T {{ a: b @c }}"])


def nested(depth: int) -> str:
    return "{a" * depth + "}" * depth


def test_every_count_of_a_document_is_taken() -> None:
    assert measure(DOCUMENT, MANY) == Measure(
        tokens=126, fields=6, aliases=1, directives=4, depth=3, root_fields=1, nesting=4
    )


def test_a_fragment_counts_as_often_as_it_is_spread() -> None:
    document = "{ ...A x { ...A } } fragment A on T { a: b @c d }"
    assert measure(document, MANY) == Measure(
        tokens=21, fields=5, aliases=2, directives=2, depth=2, root_fields=3, nesting=3
    )


def test_a_fragment_bomb_is_counted_exactly() -> None:
    measured = measure(bomb(30), MANY)
    assert (measured.fields, measured.aliases, measured.directives) == (2**30, 2**30, 2**30)


def test_a_fragment_bomb_is_counted_in_milliseconds() -> None:
    started = time.process_time()
    measured = measure(bomb(300, 4), MANY)
    assert (measured.fields, time.process_time() - started < 0.1) == (4**300, True)


def test_depth_runs_through_fragments() -> None:
    document = "{ a { ...A } } fragment A on T { b { ...B } } fragment B on T { c }"
    assert measure(document, MANY).depth == 3


def test_inline_fragments_nest_without_depth() -> None:
    measured = measure("{ ... { ... { ... { a } } } }", MANY)
    assert (measured.depth, measured.nesting) == (1, 4)


def test_typename_under_an_alias_is_an_alias() -> None:
    assert measure("{ a: __typename b: __typename __typename }", MANY).aliases == 2


def test_fields_of_fragments_at_the_root_are_root_fields() -> None:
    assert measure("{ a ... { b } ...A } fragment A on Query { c d { e } }", MANY).root_fields == 4


def test_a_fragment_that_no_operation_spreads_counts_too() -> None:
    assert measure("{ a } fragment A on T { b { c { d } } }", MANY).depth == 3


def test_of_several_operations_the_largest_counts() -> None:
    assert measure("query A { a } query B { a b c }", MANY).fields == 3


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on T { ...A }",
        "{ ...A } fragment A on T { a { ...B } } fragment B on T { ...A }",
        "{ a } fragment A on T { ...B } fragment B on T { ...A }",
    ],
)
def test_fragments_that_spread_themselves_are_a_cycle(document: str) -> None:
    assert measure(document, MANY).cycle


def test_a_fragment_spread_from_two_sides_is_no_cycle() -> None:
    document = "{ ...A ...B } fragment A on T { ...C } fragment B on T { ...C } fragment C on T { c }"
    assert not measure(document, MANY).cycle


def test_an_unknown_fragment_counts_nothing() -> None:
    assert measure("{ a ...Missing }", MANY) == Measure(5, fields=1, depth=1, root_fields=1, nesting=1)


def test_a_fragment_name_used_twice_is_a_fault() -> None:
    document = "{ ...A }\nfragment A on T { a }\nfragment A on T { b }"
    assert measure(document, MANY).fault == "a fragment name not used before expected at 3:10"


def test_two_fragments_of_different_names_are_no_fault() -> None:
    assert measure("{ ...A } fragment A on T { a } fragment B on T { b }", MANY).fault == ""


def test_more_tokens_than_allowed_are_not_looked_at() -> None:
    assert measure("{ a b c }", 4) == Measure(5)


def test_as_many_tokens_as_allowed_are_looked_at() -> None:
    assert measure("{ a b c }  ", 5).fields == 3


def test_comments_and_commas_are_no_tokens() -> None:
    assert measure("# one\n{ a,,, b } # two\n# three", MANY).tokens == 4


@pytest.mark.parametrize(
    "text", ["{ # }\n a }", '{ a(b: "}") }', '{ a(b: """ } " \\""" """) }', '{ a(b: "\\"}") }', "\ufeff{ a }"]
)
def test_a_bracket_in_a_comment_or_a_string_opens_and_closes_nothing(text: str) -> None:
    measured = measure(text, MANY)
    assert (measured.fault, measured.fields) == ("", 1)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("", "an operation or a fragment expected at 1:1"),
        ("{ a ", "a selection expected at 1:5"),
        ("{\r\n  a(b: ) }", "a value expected at 2:8"),
        ('{ a(b: "x) }', "a value expected at 1:8"),
        ('{ a(b: """x") }', "a value expected at 1:8"),
        ("{ a(b: 1a) }", "a value expected at 1:8"),
        ("{ a(b: {c: 1]) }", "a field of an object expected at 1:13"),
        ("{ a() }", "a name expected at 1:5"),
        ("query ($a) { a }", ": expected at 1:10"),
        ("query ($a: [Int) { a }", "] expected at 1:16"),
        ("query ($a: Int = $b) { a }", "a value expected at 1:18"),
        ("fragment on on T { a }", "a fragment name expected at 1:10"),
        ('"what it is" { a }', "an operation or a fragment expected at 1:14"),
        ("type T { a: Int }", "an operation or a fragment expected at 1:1"),
    ],
)
def test_a_fault_says_what_was_expected_and_where(document: str, fault: str) -> None:
    assert measure(document, MANY).fault == fault


@pytest.mark.parametrize(
    "document",
    [
        nested(1_600),
        "{ a(b: " + "[" * 2_000 + "]" * 2_000 + ") }",
        "{ a(b: " + "{c: " * 1_000 + "1" + "}" * 1_000 + ") }",
        "query ($a: " + "[" * 2_000 + "T" + "]" * 2_000 + ") { a }",
        "{" + "... {" * 1_200 + "a" + "}" * 1_201,
        " ".join(["{ ...F0 }", *(f"fragment F{n} on T {{ ...F{n + 1} }}" for n in range(600))]),
    ],
)
def test_no_nesting_is_too_deep_to_be_measured(document: str) -> None:
    measured = measure(document, MANY)
    assert (measured.fault, measured.nesting >= 600) == ("", True)


@pytest.mark.parametrize(
    "document",
    [
        '{a(b:"""' + '\\"""' * 25_000,
        '{a(b:"' + "\\n" * 50_000,
        '"' * 100_000,
        "#\n" * 50_000,
        " " * 100_000,
        "{a" * 50_000,
        "1" * 100_000 + "a",
        "." * 100_000,
        '{a(b:"\\u{' + "0" * 100_000 + '}")}',
        "{a}" * 33_000,
    ],
)
def test_a_hostile_document_of_100_kb_takes_little_time(document: str) -> None:
    started = time.process_time()
    measure(document, MANY)
    assert time.process_time() - started < 0.1  # 10 ms on the machine it was written on


def is_executable(document: str) -> bool:
    """Whether graphql-core parses `document`, to operations and fragments of different names."""
    try:
        definitions = parse(document, no_location=True).definitions
    except GraphQLError:
        return False
    names = [one.name.value for one in definitions if isinstance(one, FragmentDefinitionNode)]
    return all(isinstance(one, ExecutableDefinitionNode) for one in definitions) and len(names) == len(set(names))


PIECES = st.sampled_from(
    [
        *'{}()[]:=!$@|&"\\é1a',
        *("...", "on", "query", "fragment", "null", "-1.5", '"s"', '""', '"""b"""', "#c\n"),
        *("{ a }", "(b: 1)", "fragment A on T"),
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_a_document_is_faulty_exactly_where_graphql_core_says_so(pieces: list[str]) -> None:
    document = " ".join(pieces)
    assert (measure(document, MANY).fault == "") == is_executable(document)


@settings(max_examples=300)
@given(st.integers(0, len(DOCUMENT) - 1), st.integers(0, 3), PIECES)
def test_a_changed_document_is_faulty_exactly_where_graphql_core_says_so(at: int, cut: int, piece: str) -> None:
    document = DOCUMENT[:at] + piece + DOCUMENT[at + cut :]
    assert (measure(document, MANY).fault == "") == is_executable(document)


@given(st.text())
def test_no_text_makes_it_raise(document: str) -> None:
    assert measure(document, MANY).tokens <= len(document)
