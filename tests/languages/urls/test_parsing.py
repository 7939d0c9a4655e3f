from __future__ import annotations

import pytest
from gatelens.languages.urls.parsing import parse
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("http://a.example/b", "a.example", 0),
        ("HTTPS://A.Example:8443/b", "a.example", 8443),
        ("http://u:p@a.example:80/b", "a.example", 80),
        ("http://[::1]:3000/b", "::1", 3000),
        ("http://a.example.?b", "a.example", 0),
        ("http://%61.example/b", "a.example", 0),
        ("url:http://a.example/b", "a.example", 0),
        ("gopher://a.example:70/_x", "a.example", 70),
        ("http://::1/b", "::1", 0),
        ("http://a.example:11211:80/b", "a.example", 11211),
    ],
)
def test_a_url_has_a_host_and_a_port(text: str, host: str, port: int) -> None:
    url = parse(text)
    assert url is not None
    assert (url.host, url.port, url.others) == (host, port, ())


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("http://a.example\\@b.example/", {"a.example", "b.example"}),
        ("http://a.example#@b.example/", {"a.example", "b.example"}),
        ("http://a.example?@b.example/", {"a.example", "b.example"}),
        ("http://a@b.example@c.example/", {"b.example", "c.example", "a"}),
        ("http://a.example &@b.example# @c.example/", {"a.example", "b.example", "c.example"}),
    ],
)
def test_where_readers_differ_each_host_counts(text: str, hosts: set[str]) -> None:
    url = parse(text)
    assert url is not None
    assert {url.host, *url.others} == hosts


@pytest.mark.parametrize("text", ["http:a.example", "http:/a.example", "http:\\\\a.example", "http:///a.example"])
def test_slashes_that_only_some_readers_take_are_odd(text: str) -> None:
    url = parse(text)
    assert url is not None
    assert url.host == "a.example"
    assert url.odd


@pytest.mark.parametrize("text", ["", "a", "/a/b", "mailto:a@b.example", "http:80", "12:30", "urn:a:b", "C:/a"])
def test_what_has_no_authority_is_no_url(text: str) -> None:
    assert parse(text) is None


def test_of_very_many_hosts_those_at_the_ends_are_kept() -> None:
    url = parse("http://" + "".join(f"h{number}@" for number in range(400)) + "z/")
    assert url is not None
    assert url.host == "z"
    assert "h0" in url.others
    assert len(url.others) < 20


@given(st.text(alphabet="htp:/\\@#?.%[]a1 \t;&", max_size=80))
def test_parsing_never_raises(text: str) -> None:
    parse(text)
    parse("http://" + text)
