from __future__ import annotations

import pytest
from gatelens.languages.documents.literal import members, members_of
from gatelens.languages.documents.members import UNKNOWN, steps
from hypothesis import given
from hypothesis import strategies as st


def read(text: str) -> list[tuple[str, object]]:
    return [("/".join([*steps(way), name]), operand) for way, name, operand in members(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "x"}', [("a", "x")]),
        ("{a: 'x', b: 2}", [("a", "x"), ("b", 2.0)]),
        ("{a: undefined, b: null, c: true}", [("a", None), ("b", None), ("c", True)]),
        ("{a: {}, b: [], c: [{}]}", [("a", {}), ("b", []), ("c", [{}])]),
        ("{a: /x.y/i}", [("a", "x.y/i")]),
        ("{a: new Date(5), b: ObjectId('7')}", [("a", UNKNOWN), ("b", UNKNOWN)]),
        ("[{a: {b: 1}}, {c: 2}]", [("a", UNKNOWN), ("a/b", 1.0), ("c", 2.0)]),
        ("{a: 'never closed", [("a", "never closed")]),
    ],
)
def test_the_notation_of_scripts_is_read(text: str, expected: list[tuple[str, object]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("text", ["{ if (a) { b: 1 } }", "{ so it goes }", "a: 1", "", "}{", "{,,}", "{{{"])
def test_code_and_prose_have_no_members(text: str) -> None:
    assert read(text) == []


def test_reading_stops_where_two_values_stand_side_by_side() -> None:
    assert read("{a: 1 2, b: 3}") == [("a", 1.0)]


def test_a_cookie_may_mark_its_json() -> None:
    assert [name for _, name, _ in members_of('j:{"a":1}')] == ["a"]
    assert [name for _, name, _ in members_of('say {"a":1}')] == []


@given(st.text(alphabet="{}[]:,'\"/()\\ \n$a1", max_size=300))
def test_reading_never_raises_and_ends(text: str) -> None:
    assert len(read(text)) <= len(text)


def test_reading_is_linear() -> None:
    for unit in ("{a:", "[", "(", "'", "/", "{a:'\\", "((", "{a:("):
        read(unit * 20_000)
