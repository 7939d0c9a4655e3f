from __future__ import annotations

import re
import time

import pytest
from gatelens.inspection import Trigger
from gatelens.ruleset.shared_scan import SharedScan
from hypothesis import given, settings
from hypothesis import strategies as st

PATTERNS = {"a": "abc", "b": "c+d", "c": "é", "d": "^x$", "e": "b.d", "f": "abc"}
SCAN = SharedScan([Trigger(rule, expression) for rule, expression in PATTERNS.items()])
IN_PYTHON = {rule: re.compile(expression, re.IGNORECASE | re.MULTILINE) for rule, expression in PATTERNS.items()}

TEXTS = st.lists(
    st.text(alphabet="abcdxé \n😀", max_size=8) | st.sampled_from(["abc", "x", "", "cd", "\ud83d"]), max_size=12
)


def alone(texts: list[str]) -> set[tuple[int, str]]:
    """What searching each text alone, pattern by pattern, finds."""
    return {
        (index, rule) for index, text in enumerate(texts) for rule, regex in IN_PYTHON.items() if regex.search(text)
    }


def found(scan: SharedScan, texts: list[str]) -> set[tuple[int, str]]:
    scanned = scan.find(texts)
    assert scanned.complete
    assert [index for index, _ in scanned.hits] == sorted(index for index, _ in scanned.hits)
    assert len(scanned.hits) == len(set(scanned.hits))
    return set(scanned.hits)


@given(TEXTS)
@settings(max_examples=150)
def test_every_text_that_a_trigger_hits_is_found(texts: list[str]) -> None:
    assert alone(texts) <= found(SCAN, texts)


@given(TEXTS)
def test_what_is_found_is_a_text_and_a_rule(texts: list[str]) -> None:
    assert all(0 <= index < len(texts) and rule in PATTERNS for index, rule in SCAN.find(texts).hits)


def test_a_hit_names_the_text_and_every_rule_of_the_trigger() -> None:
    assert SCAN.find(["", "xabcx", "é", "x"]).hits == [(1, "a"), (1, "f"), (2, "c"), (3, "d")]


def test_texts_that_are_hit_only_together_are_not_found() -> None:
    assert not SCAN.find(["ab", "c d", "c", "d"]).hits


@given(TEXTS)
def test_triggers_in_a_set_of_their_own_find_the_same(texts: list[str]) -> None:
    triggers = [Trigger(rule, expression) for rule, expression in PATTERNS.items()]
    assert found(SharedScan(triggers[:3], triggers[3:]), texts) == found(SCAN, texts)
    assert found(SharedScan([], triggers), texts) == found(SCAN, texts)


def test_no_triggers_and_no_texts_find_nothing() -> None:
    assert (SharedScan([]).find(["abc"]).hits, SharedScan([]).find(["abc"]).complete) == ((), True)
    assert (SCAN.find([]).hits, SCAN.find([]).complete) == ((), True)


@pytest.mark.parametrize("texts", [["abc" * 2000], ["x"] * 300 + ["abc" * 3000, "é"], ["abc" * 900] * 50])
def test_texts_with_more_matches_than_are_reported_are_all_found(texts: list[str]) -> None:
    scanned = SCAN.find(texts)
    assert scanned.complete
    assert set(scanned.hits) >= alone(texts)
    assert {index for index, _ in scanned.hits} == {index for index, _ in alone(texts)}


def test_the_hits_of_a_text_are_kept_apart_from_those_of_the_next() -> None:
    texts = ["é" * 300, "nothing", "é" * 300, "xabcx"] * 3
    hits = SCAN.find(texts).hits
    assert hits == sorted(hits)
    assert not any(index % 4 == 1 for index, _ in hits)
    assert {index for index, rule in hits if rule == "a"} == {3, 7, 11}


@pytest.mark.parametrize("texts", [["abc"] * 2000, ["abc", "b" * 40] * 2000, ["éabc" * 40] * 5000])
def test_more_hits_than_a_message_of_its_size_may_have_are_told_and_some_are_shown(texts: list[str]) -> None:
    scanned = SCAN.find(texts)
    assert not scanned.complete
    assert scanned.hits
    assert set(scanned.hits) <= alone(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["nothing here"] * 3_000 + ["abc" * 900] * 20 + ["nothing"] * 5_000 + ["x", "cd"],
        ["abc" * 900, *["nothing here" * 8] * 100] * 6,
        ["é" * 20_000, "x", "b" * 40_000, "cd"],
        ["x" * 16_383, "x", "abc", "y" * 16_384, "cd"],
    ],
)
def test_a_message_of_several_parts_is_read_to_its_end(texts: list[str]) -> None:
    scanned = SCAN.find(texts)
    assert scanned.complete
    assert [index for index, _ in scanned.hits] == sorted(index for index, _ in scanned.hits)
    assert len(scanned.hits) == len(set(scanned.hits))
    assert alone(texts) <= set(scanned.hits)


def test_long_texts_that_many_rules_would_look_at_are_too_much() -> None:
    many = SharedScan([Trigger(f"r{number}", "abc") for number in range(40)])
    scanned = many.find(["abc" + "y" * 100_000])
    assert not scanned.complete
    assert 0 < len(scanned.hits) < 40
    assert many.find(["abc" + "y" * 10_000]).complete


def test_a_larger_message_may_have_more_hits() -> None:
    texts = ["abc"] * 1500
    assert not SCAN.find(texts).complete
    scanned = SCAN.find(texts, 1_000_000)
    assert (scanned.complete, len(scanned.hits)) == (True, 3000)
    assert scanned.most == SCAN.find(["x" * 1_000_000]).most


@pytest.mark.parametrize("texts", [["abc"] * 60_000, ["abc" * 500_000], ["b" * 1_000_000 + "d"]])
def test_the_scan_is_linear(texts: list[str]) -> None:
    begin = time.process_time()
    SCAN.find(texts)
    assert time.process_time() - begin < 5
