from __future__ import annotations

import pytest
from gatelens.languages.xpath.lexer import Kind, tokens
from hypothesis import given
from hypothesis import strategies as st


def kinds(text: str) -> list[Kind]:
    return [token.kind for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("//a[1]", [Kind.STEP, Kind.NAME, Kind.OPENING, Kind.NUMBER, Kind.CLOSING]),
        ("child::node()", [Kind.AXIS, Kind.NODE_TEST]),
        ("count(//*)", [Kind.FUNCTION, Kind.STEP, Kind.WILDCARD, Kind.CLOSING]),
        ("2 * 3", [Kind.NUMBER, Kind.OPERATOR, Kind.NUMBER]),
        ("a or b", [Kind.NAME, Kind.OPERATOR, Kind.NAME]),
        ("or or or", [Kind.NAME, Kind.OPERATOR, Kind.NAME]),
        ("a and (b)", [Kind.NAME, Kind.OPERATOR, Kind.OPENING, Kind.NAME, Kind.CLOSING]),
        ("ns:f('x')", [Kind.FUNCTION, Kind.STRING, Kind.CLOSING]),
        ("@*|..", [Kind.WILDCARD, Kind.OPERATOR, Kind.NAME]),
    ],
)
def test_tokens_are_told_by_what_stands_before(text: str, expected: list[Kind]) -> None:
    assert kinds(text) == expected


def test_reading_ends_where_two_operands_stand_side_by_side() -> None:
    assert kinds("many words here") == [Kind.NAME]


@given(st.text(max_size=300))
def test_it_never_raises_and_is_bounded(text: str) -> None:
    assert len(kinds(text)) <= 512
