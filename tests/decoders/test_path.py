from __future__ import annotations

import pytest
from gatelens.decoders.path import PathSegment
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", []),
        ("/a", [("path:0", "a")]),
        ("/a/b", [("path:0", "a"), ("path:1", "b"), ("path", "/a/b")]),
        ("/a%2Fb", [("path:0", "a/b")]),
        ("/%2e%2e/%2e%2e/etc", [("path:0", ".."), ("path:1", ".."), ("path:2", "etc"), ("path", "/../../etc")]),
        ("/%252e%252e/x", [("path:0", "%2e%2e"), ("path:1", "x"), ("path", "/%2e%2e/x")]),
        ("/a+b", [("path:0", "a+b")]),
        ("*", []),
    ],
)
def test_segments_are_decoded_and_the_whole_stands_beside_them(path: str, found: list[tuple[str, str]]) -> None:
    assert texts(PathSegment(path)) == found


def test_the_steps_of_each_segment_and_the_most_of_the_whole_are_told() -> None:
    segment = PathSegment("/a/%62")
    assert [segment.transformations(index) for index in range(3)] == [(), ("percent",), ("percent",)]
    assert PathSegment("/a/b").transformations(0) == ()


@given(st.text())
def test_any_path_is_read(path: str) -> None:
    segment = PathSegment(path)
    for index, text in enumerate(segment.texts):
        assert segment.locate(index).part == "path"
        assert segment.span(index, 0, len(text)) is None
        assert len(segment.transformations(index)) <= 2
