"""Every way in which an upstream may read a path."""

from __future__ import annotations

import time

import pytest
from gatelens.decoders.path_readings import LONGEST, MOST_READINGS, readings
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "path",
    ["/", "", "/a", "/a/b/", "/v1/users/7:activate", "/a,b/c=1/$x/(y)", "/a@b.example/~c", "/x...y/1.0...2.0", "/a*"],
)
def test_an_ordinary_path_has_one_reading(path: str) -> None:
    assert readings(path) == (path,)


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/a%20b", "/a b"),
        ("/caf%C3%A9/%7Bid%7D", "/caf\u00e9/{id}"),
        ("/caf\u00e9", "/caf\u00e9"),
        ("/.well-known/x", "/.well-known/x"),
        ("/a/...", "/a/..."),
    ],
)
def test_what_a_path_must_have_encoded_is_no_other_reading(path: str, reading: str) -> None:
    assert readings(path) == (reading,)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/strict/..%2fpublic", {"/strict/..%2fpublic", "/strict/../public", "/public"}),
        ("/a//b", {"/a//b", "/a/b"}),
        ("/a;x=1/b", {"/a;x=1/b", "/a/b"}),
        ("/a/%2e/b", {"/a/%2e/b", "/a/./b", "/a/b"}),
        ("/%61", {"/%61", "/a"}),
        ("/a%252fb", {"/a%252fb", "/a%2fb", "/a/b"}),
        ("/a/..;/b", {"/a/..;/b", "/a/../b", "/b"}),
        ("/a\\..\\b", {"/a\\..\\b", "/a/../b", "/b"}),
        ("/a/..%5cb", {"/a/..%5cb", "/a/..\\b", "/a/../b", "/b"}),
        ("/a/x%2fy/%2e%2e/b", {"/a/x%2fy/../b", "/a/b", "/a/x/b"}),
        ("/a/x%252fy/../b", {"/a/x%252fy/../b", "/a/b", "/a/x/b"}),
        ("/a%00.json", {"/a%00.json", "/a\x00.json", "/a", "/a.json"}),
        ("/a/.%00./b", {"/b", "/a/../b"}),
        ("/a/.%09./b", {"/b"}),
        ("/a#b", {"/a#b", "/a"}),
        ("/a%23b", {"/a%23b", "/a#b", "/a"}),
        ("/a%3fb", {"/a?b", "/a"}),
        ("/a./b", {"/a./b", "/a/b"}),
        ("/a/..%20/b", {"/b"}),
        ("/%c0%ae%c0%ae/b", {"/../b", "/b"}),
        ("/a/%u002e%u002e/b", {"/b"}),
        ("//host/b", {"//host/b", "/host/b", "/b"}),
        ("http://host/b", {"http://host/b", "/b"}),
        ("a/b", {"a/b", "/a/b"}),
        ("/%ff", {"/%ff", "/\ufffd"}),
    ],
)
def test_a_path_is_read_as_sent_and_as_each_upstream_may_read_it(path: str, wanted: set[str]) -> None:
    assert wanted <= set(readings(path))


@given(st.text(alphabet="/.;\\%25efEF0c#? abAB\x00\u00e9ud8:", max_size=40))
def test_a_reading_that_is_read_again_gives_no_new_one(tail: str) -> None:
    found = readings("/" + tail)
    assert len(set(found)) == len(found) <= MOST_READINGS + 20
    again = {reading.rstrip("/") for path in found for reading in readings(path)}
    assert again <= {reading.rstrip("/") for reading in found}


@given(st.text(alphabet="/.;\\%25efEF0c#? abAB\x00\u00e9", max_size=20))
def test_the_readings_of_a_path_are_resolved_as_well(tail: str) -> None:
    found = readings("/" + tail)
    assert {"/" + "/".join(_resolved(reading)) for reading in found} <= {
        reading.rstrip("/") or "/" for reading in found
    }


def _resolved(path: str) -> list[str]:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return kept


@pytest.mark.parametrize(
    "path",
    [
        "/a;b\\..%2f%252e%00./" * 400,
        "%2e%2e%2f" * 900,
        "/%" + "25" * 4000,
        "/a/.." * 50_000,
        "/%ff" * (LONGEST // 4),
        "/;" * 500_000,
        "%" * 1_000_000,
    ],
)
def test_a_path_with_too_many_readings_has_none_and_costs_little(path: str) -> None:
    begin = time.process_time()
    assert readings(path) == ()
    assert time.process_time() - begin < 0.1


def test_a_long_text_that_had_to_be_encoded_is_still_one_reading() -> None:
    assert readings("/" + "%D0%B0" * 1300) == ("/" + "\u0430" * 1300,)
