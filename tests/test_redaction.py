from __future__ import annotations

from gatelens.model.finding import Edit
from gatelens.redaction import apply
from hypothesis import given
from hypothesis import strategies as st

BODIES = st.binary(max_size=60)


@st.composite
def bodies_and_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    body = draw(BODIES)
    edits = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, len(body)))
        edits.append(Edit((start, end), draw(st.binary(max_size=5))))
    return body, edits


def test_each_span_is_replaced_whatever_the_order_of_the_edits() -> None:
    edits = [Edit((8, 10), b"YY"), Edit((2, 4), b"x")]
    assert apply(b"0123456789", edits) == apply(b"0123456789", edits[::-1]) == b"01x4567YY"


def test_without_edits_a_body_stays() -> None:
    assert apply(b"as it was", []) == b"as it was"


def test_spans_that_touch_are_both_replaced() -> None:
    assert apply(b"abcd", [Edit((0, 2), b"1"), Edit((2, 4), b"2")]) == b"12"


def test_of_spans_that_overlap_the_first_and_longest_swallows_the_others() -> None:
    assert apply(b"abcdef", [Edit((1, 3), b"short"), Edit((1, 4), b"L"), Edit((2, 5), b"late")]) == b"aLf"


@given(bodies_and_edits())
def test_bytes_outside_the_spans_stay_and_none_inside_is_left(drawn: tuple[bytes, list[Edit]]) -> None:
    body, edits = drawn
    covered = [any(start <= index < end for start, end in (edit.span for edit in edits)) for index in range(len(body))]
    kept = bytes(byte for byte, gone in zip(body, covered, strict=True) if not gone)
    marked = [Edit(edit.span, b"") for edit in edits]
    assert apply(body, marked) == kept


@given(bodies_and_edits())
def test_every_replacement_comes_from_an_edit(drawn: tuple[bytes, list[Edit]]) -> None:
    body, edits = drawn
    grown = len(apply(body, edits)) - len(apply(body, [Edit(edit.span, b"") for edit in edits]))
    assert 0 <= grown <= sum(len(edit.replacement) for edit in edits)
