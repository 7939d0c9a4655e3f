from __future__ import annotations

import pytest
from gatelens.decoders import json_numbers
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st


def found(*words: bytes, length: int = 64) -> tuple[list[tuple[str, str]], set[str]]:
    faults: set[str] = set()
    anomalies = json_numbers.check(words, Limits(json_number_length=length), faults)
    return [(anomaly.kind.value, anomaly.seen) for anomaly in anomalies], faults


@pytest.mark.parametrize(
    ("word", "seen"),
    [
        (b"NaN", "not finite"),
        (b"-Infinity", "not finite"),
        (b"0x1f", "not decimal"),
        (b"+1", "plus sign"),
        (b"007", "leading zero"),
        (b".5", "not a JSON number"),
        (b"1e309", "beyond a double"),
        (b"-1e-324000", "beyond a double"),
    ],
)
def test_what_is_odd_about_a_number_is_said_in_words(word: bytes, seen: str) -> None:
    assert found(b"1", word, b"null") == ([("json-number", seen)], set())


@pytest.mark.parametrize("word", [b"1", b"-0", b"1.5e10", b"1e308", b"5e-324", b"0e999", b"true", b"null"])
def test_plain_words_are_nothing(word: bytes) -> None:
    assert found(word) == ([], set())


def test_digits_are_counted_wherever_they_stand() -> None:
    assert found(b"-12.5e-07", length=5) == ([], set())
    assert found(b"-12.5e-07", length=4) == ([("json-number-length", "5")], set())


def test_a_word_that_is_no_number_is_a_fault_of_form() -> None:
    assert found(b"1", b"nulL") == ([], {json_numbers.WORD})


@given(st.integers(1, 100), st.binary(max_size=300), st.integers(0, 60), st.integers(0, 60))
def test_a_long_number_is_never_overlooked(limit: int, around: bytes, whole: int, fraction: int) -> None:
    number = b"-" + b"1" * (whole + 1) + b"." + b"2" * (fraction + 1) + b"e-10"
    body = around + number + around
    if whole + fraction + 4 > limit:
        assert json_numbers.may_be_long(body, limit)


def test_text_with_short_numbers_is_not_taken_for_long_ones() -> None:
    assert not json_numbers.may_be_long(
        b'{"price": 12.5, "note": "some text, 2024-01-01"}' * 20, Limits().json_number_length
    )
