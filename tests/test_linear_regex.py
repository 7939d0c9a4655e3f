from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
from gatelens.linear_regex import LinearRegex, PatternFault, PatternSet, check
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = LinearRegex(["abc+", "é+", r"\bx\b"])
IN_PYTHON = re.compile(r"abc+|é+|\bx\b", re.IGNORECASE | re.ASCII)


@given(st.text(alphabet="abcxé C😀\n-"))
@settings(max_examples=150)
def test_the_first_match_is_placed_in_characters_as_python_places_it(text: str) -> None:
    found = IN_PYTHON.search(text)
    assert WORDS.search(text) == (found.span() if found else None)


@pytest.mark.parametrize(
    ("pattern", "text", "span"),
    [
        ("union", "a UNION b", (2, 7)),
        ("^b$", "a\nb\nc", (2, 3)),
        ("a.b", "a\nb", None),
        ("(?s)a.b", "a\nb", (0, 3)),
        (r"\x{e9}", "caf\u00e9", (3, 4)),
        ("b|abc", "xabc", (1, 4)),
        ("a", "\ud83d a", (2, 3)),
    ],
)
def test_a_match_is_leftmost_then_longest(pattern: str, text: str, span: tuple[int, int] | None) -> None:
    assert LinearRegex([pattern]).search(text) == span


@pytest.mark.parametrize("expression", ["(", "(?=a)b", r"(a)\1", "a**", "[b-a]", "", "a*"])
def test_what_cannot_run_in_linear_time_is_refused(expression: str) -> None:
    with pytest.raises(PatternFault):
        check(expression)
    with pytest.raises(PatternFault):
        LinearRegex(["fine", expression])


@pytest.mark.parametrize("expression", ["a", "(a+)+$", "[a-z]{1,20}x", r"\bselect\b", "a|b", "(?i)a"])
def test_what_runs_in_linear_time_is_taken(expression: str) -> None:
    check(expression)


def test_a_pattern_that_explodes_elsewhere_takes_linear_time() -> None:
    regex = LinearRegex(["(a+)+b", "(a|aa)+c"])
    begin = time.process_time()
    assert regex.search("a" * 500_000) is None
    assert time.process_time() - begin < 2


def test_a_text_full_of_matches_costs_few_reports() -> None:
    begin = time.process_time()
    assert LinearRegex(["a", "aa", "a[ab]*"]).search("a" * 500_000) is not None
    assert time.process_time() - begin < 2


def test_a_scan_ends_when_it_is_told_to() -> None:
    patterns = PatternSet(["a", "b"])
    seen: list[int] = []

    def stop(number: int, _start: int, _end: int, _flags: int, context: list[int]) -> bool:
        context.append(number)
        return len(context) == 2

    assert not patterns.scan(b"abab", stop, seen)
    assert seen == [0, 1]
    assert patterns.scan(b"", stop, seen)


def test_no_patterns_find_nothing() -> None:
    assert LinearRegex([]).search("anything") is None


def test_many_threads_scan_with_one_set() -> None:
    patterns = LinearRegex(["need(le)+"])
    wrong: list[int] = []

    def work(number: int) -> None:
        text = "hay" * number + "needle"
        found = {patterns.search(text) for _ in range(200)}
        wrong.extend([number] * (found != {(3 * number, 3 * number + 6)}))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_broken_or_unwritable_cache_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path))
    assert LinearRegex(["cached"]).search("cached") == (0, 6)
    (kept,) = tmp_path.glob("*.hyperscan")
    kept.write_bytes(b"broken")
    assert LinearRegex(["cached"]).search("cached") == (0, 6)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path / "file"))
    assert LinearRegex(["cached"]).search("cached") == (0, 6)


@pytest.mark.parametrize("expression", [r"\Aabc", r"abc\z", r"abc\Z", "(?-m)^abc", "(?i-m)^abc"])
def test_an_anchor_of_the_whole_text_is_refused_because_texts_are_joined(expression: str) -> None:
    with pytest.raises(PatternFault):
        check(expression)


def test_what_only_looks_like_such_an_anchor_is_taken() -> None:
    check(r"C:\\Apps")
    check("(?i)my-module")
