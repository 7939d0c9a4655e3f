"""Which places ask for a line, and which for a text."""

from __future__ import annotations

import pytest
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Target
from gatelens.model.location import Part
from gatelens.places import is_line


@pytest.mark.parametrize(
    ("part", "name", "text", "line"),
    [
        (Part.QUERY, "q", "a", True),
        (Part.QUERY, "comment", "a", True),
        (Part.HEADER, "x-a", "a", True),
        (Part.COOKIE, "c", "a", True),
        (Part.PATH, "0", "a", True),
        (Part.FORM, "name", "a", True),
        (Part.FORM, "name", "a\n", True),
        (Part.FORM, "name", "a\nb", False),
        (Part.FORM, "comment", "a", False),
        (Part.FORM, "post[body]", "a", False),
        (Part.FORM, "user_bio", "a", False),
        (Part.FORM, "contentHtml", "a", False),
        (Part.FORM, "contest", "a", True),
        (Part.BODY, "name", "a", False),
        (Part.GRAPHQL, "name", "a", False),
    ],
)
def test_a_line_is_asked_for_where_no_text_is(part: Part, name: str, text: str, *, line: bool) -> None:
    segment = NamedSegment(part, [name], [text])
    assert is_line(Target(segment, 0, text)) is line


def test_what_stands_in_json_in_a_parameter_is_no_line() -> None:
    segment = NamedSegment(Part.QUERY, ["q"], ["a"], [("json",)])
    assert not is_line(Target(segment, 0, "a"))
