from __future__ import annotations

import time

import pytest
from gatelens.decoders.json_names import are_similar, first_repeated, first_similar, may_be_similar
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("names", "containers", "repeated", "similar"),
    [
        (["a", "b", "a"], [1, 1, 1], 2, None),
        (["a", "b", "a"], [1, 1, 2], None, None),
        (["a", "A"], [1, 1], None, 1),
        (["a", "A"], [1, 2], None, None),
        (["x", "straße", "STRASSE"], [1, 1, 1], None, 2),
        (["\ufb01", "FI"], [1, 1], None, 1),
        (["a\nb", "A\nB", "c"], [1, 1, 1], None, 1),
        (["é", "E\u0301"], [1, 1], None, 1),
        ([], [], None, None),
    ],
)
def test_the_first_name_that_is_another_again_is_found(
    names: list[str], containers: list[int], repeated: int | None, similar: int | None
) -> None:
    assert first_repeated(names, containers) == repeated
    assert first_similar(names, containers) == similar


@given(st.lists(st.text(alphabet="aAbBßſéÉ\n", max_size=3), unique=True))
def test_names_of_one_object_are_similar_where_two_fold_to_the_same(names: list[str]) -> None:
    assert may_be_similar(names) == (first_similar(names, [1] * len(names)) is not None)


def test_work_is_linear_in_names_that_are_long_and_strange() -> None:
    names = [f"가\u0301\u0323{index}" * 10 for index in range(20_000)]
    begin = time.process_time()
    assert not may_be_similar(names)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("names", "sizes", "similar"),
    [
        (["id", "ID"], [0, 2], True),
        (["id", "ID"], [1, 1], False),
        (["id", "id"], [1, 1], False),
        (["a", "id", "b", "\u212a", "k"], [2, 0, 3], True),
        ([], [0], False),
    ],
)
def test_names_are_similar_only_within_one_object(names: list[str], sizes: list[int], similar: bool) -> None:
    assert are_similar(names, sizes) is similar
