from __future__ import annotations

import pytest
from gatelens.decoders import cookies
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("a=1; b=2", [("cookie:a[0]", "1"), ("cookie:b[0]", "2")]),
        ("a=1; a=2", [("cookie:a[0]", "1"), ("cookie:a[1]", "2")]),
        ("a=x=y", [("cookie:a[0]", "x=y")]),
        ('a="quoted"', [("cookie:a[0]", "quoted")]),
        ("a=%27", [("cookie:a[0]", "'")]),
        ("a=%2527", [("cookie:a[0]", "%27")]),
        ("a=1+1", [("cookie:a[0]", "1+1")]),
        ("a=1;;b=2;", [("cookie:a[0]", "1"), ("cookie:b[0]", "2")]),
        ("a=", []),
    ],
)
def test_values_are_read_by_name_and_number(header: str, found: list[tuple[str, str]]) -> None:
    assert texts(cookies.decode(header.encode())[0]) == found


def test_names_are_read_as_names() -> None:
    _, names = cookies.decode(b"a=1; ' or true --=2")
    assert texts(names) == [("cookie:a[0] (key)", "a"), ("cookie:' or true --[0] (key)", "' or true --")]


def test_a_pair_without_an_equals_sign_is_a_value() -> None:
    assert texts(cookies.decode(b"a=1; ' or true --")[0]) == [("cookie:a[0]", "1"), ("cookie:[0]", "' or true --")]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            "a=zz'; -- -; b=2",
            [("cookie:a[0]", "zz'"), ("cookie:[0]", "-- -"), ("cookie:b[0]", "2"), ("cookie:a[1]", "zz'; -- -; b=2")],
        ),
        ('a="x; y"', [("cookie:a[0]", "x"), ("cookie:[0]", "y"), ("cookie:a[1]", '"x; y"')]),
        ("a='x'; b=2", [("cookie:a[0]", "'x'"), ("cookie:b[0]", "2")]),
        ("b=2; a=zz'", [("cookie:b[0]", "2"), ("cookie:a[0]", "zz'")]),
    ],
)
def test_a_value_with_an_open_quote_is_read_on_as_well(header: str, found: list[tuple[str, str]]) -> None:
    assert texts(cookies.decode(header.encode())[0]) == found


def test_only_the_first_open_quote_is_read_on_and_not_without_end() -> None:
    values, _ = cookies.decode(b"a=';" * 3_000)
    assert len(values.texts) == 3_002
    assert sum(map(len, values.texts)) < 9_000


@given(st.text(alphabet="a=;\"' %257é,"))
def test_any_header_is_read(header: str) -> None:
    for segment in cookies.decode(header.encode()):
        assert len(segment.texts) - header.count(";") in (1, 2)
        assert [segment.locate(index).part for index in range(len(segment.texts))]
