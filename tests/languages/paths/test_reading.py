from __future__ import annotations

import pytest
from gatelens.languages.paths.reading import PADDING, read
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "climbs", "out", "target"),
    [
        ("a/b.txt", 0, 0, ("a", "b.txt")),
        ("../b.txt", 1, 1, ("b.txt",)),
        ("..\\..\\b.txt", 2, 2, ("b.txt",)),
        ("one/../two", 1, 0, ("two",)),
        ("one/../../two", 2, 1, ("two",)),
        ("./././two", 0, 0, ("two",)),
        ("....//....//two", 2, 2, ("two",)),
        ("..././two", 1, 1, ("two",)),
        ("./.../two", 0, 0, ("two",)),
        ("..;x=1/two", 1, 1, ("two",)),
        ("..\x00/two", 1, 1, ("two",)),
        ("C:\\one\\..\\two", 1, 0, ("two",)),
        ("../TWO.TXT\x00.png", 1, 1, ("two.txt",)),
        ("../two.ini::$DATA", 1, 1, ("two.ini",)),
        ("../two.txt. .", 1, 1, ("two.txt",)),
    ],
)
def test_a_path_is_walked_segment_by_segment(text: str, climbs: int, out: int, target: tuple[str, ...]) -> None:
    path = read(text)
    assert (path.climbs, path.out, path.target) == (climbs, out, target)


@pytest.mark.parametrize(
    ("text", "oddity"),
    [
        ("..;/a", "path parameters behind the dots"),
        ("....//aa", "steps that do not look like any"),
        ("%2e%2e/aa", "steps that do not look like any"),
        ("..\\/..\\/aa", "slashes both ways"),
        ("..//..//aa", "repeated slashes"),
        ("../aa\x00.png", "a null byte"),
        ("/." * 9 + "/../aa", PADDING),
        ("a" * 300 + "/../bb", PADDING),
    ],
)
def test_a_way_to_hide_is_told(text: str, oddity: str) -> None:
    assert oddity in read(text).oddities


@pytest.mark.parametrize("text", ["../../aa/bb", "..\\..\\aa", "../aa%20bb", "./../aa", "../aa.", "../.aa/..bb"])
def test_a_plain_relative_path_hides_nothing(text: str) -> None:
    assert read(text).oddities == ()


def test_the_same_unreadable_step_is_counted_and_different_ones_are_not() -> None:
    assert read("\ufffd^\ufffd^/\ufffd^\ufffd^/\ufffd^\ufffd^/aa").garbled == 3
    assert read("\ufffd^/--/\ufffd-/aa").garbled == 0
    assert read("--/--/--/aa").garbled == 0


@given(st.text(alphabet="./\\;\x00%2e5cfAz\ufffd :~", max_size=60))
def test_reading_never_raises_and_no_path_goes_further_out_than_it_climbs(text: str) -> None:
    path = read(text)
    assert 0 <= path.out <= path.climbs <= len(text)


def test_reading_a_long_path_visits_each_segment_once() -> None:
    assert read("../" * 20_000).out == 20_000
