from __future__ import annotations

import pytest
from gatelens.languages.documents.breakout import breakout
from hypothesis import given
from hypothesis import strategies as st

from tests.languages.documents.test_operators import KNOWN

ALSO = frozenset({"$comment"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kim', $or: [{}, {'a': 'b", "single quotes"),
        ("kim'}, {$or: [{}, {'a': 'b", "single quotes"),
        ("kim' } ], $comment: 'x", "single quotes"),
        ('kim", "password": {"$ne": ""}, "z": "', "double quotes"),
        ('kim", "$where": "1', "double quotes"),
        ("7, $where: '1'", "ends a value"),
        ("true, '$or': [", "ends a value"),
        ("$where: '1'", "is a member"),
    ],
)
def test_a_value_that_adds_an_operator_leaves_its_literal(text: str, words: str) -> None:
    found = breakout(text, KNOWN, ALSO)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "db.people.find({ 'name': 'kim', $or: [] })",
        "kim', pays $ne: 5",
        "it's, well, $or: nothing",
        'say "x", then "$where": is it?',
        "$where: ItemWhereInput, $in: [ID]",
        "kim', other: 'x",
        "",
    ],
)
def test_what_stays_in_its_literal_or_is_no_member_passes(text: str) -> None:
    assert breakout(text, KNOWN, ALSO) is None


@given(st.text(alphabet="{}[]:,'\" $aonre", max_size=200))
def test_it_never_raises(text: str) -> None:
    breakout(text, KNOWN, ALSO)
