"""Request lines that two servers would read differently, and ordinary ones that nobody does."""

from __future__ import annotations

import time

import pytest
from gatelens.decoders.target_ambiguity import overrides, target
from gatelens.model.message import Message, Phase
from hypothesis import given
from hypothesis import strategies as st


def message(path: str, method: str = "GET", version: str = "HTTP/1.1") -> Message:
    return Message(
        phase=Phase.REQUEST, method=method, target=path, headers=(), body=b"", time=1.8e9, http_version=version
    )


def found(path: str, method: str = "GET") -> list[tuple[str, str, str]]:
    return [
        (anomaly.kind.value, anomaly.seen, str(anomaly.location)) for anomaly in target(message(path, method=method))
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?",
        "/v1/users/7:activate?expand=all&filter[name]=x",
        "/search?q=a%2Fb%20c..%2f..&r=//x/../y;z\\",
        "/.well-known/openid-configuration",
        "/caf%C3%A9/%E4%BD%A0/a%20b/%7Bid%7D/100%25",
        "/compare/v1.0...v2.0",
        "/~user/(a)/b,c/d=e/$f/g+h/*",
        "/package.Service/Method",
        "/_method?method=DELETE&_methods=PUT",
    ],
)
def test_an_ordinary_request_line_has_no_anomaly(path: str) -> None:
    assert found(path) == []


PARENT = "a parent segment"
HIDDEN = "a parent segment in disguise"


@pytest.mark.parametrize(
    ("path", "words", "place"),
    [
        ("/a/../b", PARENT, "path:1"),
        ("/..", PARENT, "path:0"),
        ("/a/./b", "a dot segment", "path:1"),
        ("/a/%2e%2e/b", HIDDEN, "path"),
        ("/a/.%2E/b", HIDDEN, "path"),
        ("/a/%252e%252e/b", HIDDEN, "path"),
        ("/a/%25252e%25252e/b", HIDDEN, "path"),
        ("/a/..%2fb", HIDDEN, "path"),
        ("/a/..%5cb", HIDDEN, "path"),
        ("/a\\..\\b", HIDDEN, "path"),
        ("/a/..;/b", HIDDEN, "path"),
        ("/a/..;x=1/b", HIDDEN, "path"),
        ("/a/..%3b/b", HIDDEN, "path"),
        ("/a/.%00./b", HIDDEN, "path"),
        ("/a/..%00/b", HIDDEN, "path"),
        ("/a/.%0d./b", HIDDEN, "path"),
        ("/a/%c0%ae%c0%ae/b", HIDDEN, "path"),
        ("/a/%e0%80%ae./b", HIDDEN, "path"),
        ("/a/..%c0%afb", HIDDEN, "path"),
        ("/a/%u002e%u002e/b", HIDDEN, "path"),
        ("/a/..%20/b", HIDDEN, "path"),
        ("/a/..#/b", HIDDEN, "path"),
        ("/a/%2e/b", "a dot segment in disguise", "path"),
    ],
)
def test_a_dot_segment_is_traversal_however_it_is_written(path: str, words: str, place: str) -> None:
    assert ("path-traversal", words, place) in found(path)


@pytest.mark.parametrize(
    ("path", "anomaly"),
    [
        ("/a/b%2fc", ("path-separator", "an encoded slash", "path:1")),
        ("/a/b%5Cc", ("path-separator", "a backslash", "path:1")),
        ("/a\\b", ("path-separator", "a backslash", "path:0")),
        ("/a/b%00", ("path-control", "an encoded NUL", "path:1")),
        ("/a%0ab", ("path-control", "an encoded control character", "path:0")),
        ("/a%7Fb", ("path-control", "an encoded control character", "path:0")),
        ("/a/%zz", ("path-encoding", "a percent sign that begins no escape", "path:1")),
        ("/100%", ("path-encoding", "a percent sign that begins no escape", "path:0")),
        ("/%u0041", ("path-encoding", "an escape with %u", "path:0")),
        ("/a%2520b", ("path-encoding", "an escape that is escaped again", "path:0")),
        ("/caf\u00e9", ("path-encoding", "characters that are not ASCII", "path:0")),
        ("/\ufffd", ("path-encoding", "bytes that are no UTF-8", "path:0")),
        ("/a/%E9", ("path-encoding", "escapes that are no UTF-8", "path:1")),
        ("/a/%c1%81", ("invalid-utf8", "an overlong form", "path:1")),
        ("/a#b", ("path-encoding", "a fragment", "path:0")),
        ("/a?b#c", ("path-encoding", "a fragment", "query")),
        ("/a./b", ("path-encoding", "a segment that ends in a dot or a space", "path:0")),
        ("/a/b%20", ("path-encoding", "a segment that ends in a dot or a space", "path:1")),
        ("/a/b%2e", ("path-encoding", "a segment that ends in a dot or a space", "path:1")),
        ("/a//b", ("path-empty-segment", "an empty segment", "path:1")),
        ("//a/b", ("path-empty-segment", "an empty segment at the start, which may be read as a host", "path:0")),
        ("/a;v=1/b", ("path-parameter", "a path parameter", "path:0")),
        ("/a/b%3Bc", ("path-parameter", "an encoded path parameter", "path:1")),
        ("/a b", ("header-syntax", "a space", "path:0")),
        ("/a\x00b", ("header-syntax", "a NUL", "path:0")),
        ("/a\tb", ("header-syntax", "a control character", "path:0")),
        ("/?a b", ("header-syntax", "a space", "query")),
        ("/?a\x01", ("header-syntax", "a control character", "query")),
        ("a", ("header-syntax", "a target that is no path", "message")),
        ("", ("header-syntax", "a target that is no path", "message")),
        ("*", ("header-syntax", "a target that is no path", "message")),
        ("http://a.example/b", ("host", "an absolute URL in the place of a path", "message")),
    ],
)
def test_what_two_servers_read_differently_is_said_with_its_place(path: str, anomaly: tuple[str, str, str]) -> None:
    assert anomaly in found(path)


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/projects/group%2Fname/issues", {"path-separator"}),
        ("/map/a;x=1;y=2/b", {"path-parameter"}),
        ("//a", {"path-empty-segment"}),
        ("/a//b", {"path-empty-segment"}),
    ],
)
def test_what_may_be_meant_has_one_kind_that_a_rule_can_leave_alone(path: str, kinds: set[str]) -> None:
    assert {kind for kind, _, _ in found(path)} == kinds


@pytest.mark.parametrize("method", ["GET", "PROPFIND", "get", "M-SEARCH"])
def test_a_token_is_a_method(method: str) -> None:
    assert found("/", method) == []


@pytest.mark.parametrize("method", ["", "GET /x HTTP/1.1", "G\x01T", "G(T", "G\u00cbT"])
def test_what_is_no_token_would_split_the_line_of_an_http1_upstream(method: str) -> None:
    assert found("/", method) == [("header-syntax", "a method that is no token", "message")]


def test_an_asterisk_is_the_target_of_options() -> None:
    assert found("*", "OPTIONS") == []


@pytest.mark.parametrize(
    "path",
    ["/?_method=DELETE", "/?a=b&_method=put", "/?%5fmeth%6Fd=PATCH&x", "/a;v=1?_method=DELETE", "/?a;_method=PUT"],
)
def test_a_method_parameter_that_names_another_method_overrides_it(path: str) -> None:
    assert ("method-override", "a _method parameter", "query:_method[0]") in found(path, "POST")


@pytest.mark.parametrize("path", ["/?_method=POST", "/?_method=post", "/?_method=card", "/?_method=", "/?x_method=PUT"])
def test_a_method_parameter_that_names_none_or_the_same_overrides_nothing(path: str) -> None:
    assert found(path, "POST") == []


@pytest.mark.parametrize(
    ("value", "method", "override"),
    [("DELETE", "POST", True), ("delete", "POST", True), ("POST", "post", False), ("x", "POST", False)],
)
def test_another_method_is_an_override(value: str, method: str, override: bool) -> None:
    assert overrides(value, method) is override


@given(st.text(), st.text())
def test_no_request_line_raises(path: str, method: str) -> None:
    target(message(path, method))


@pytest.mark.parametrize(
    "path",
    [
        "/a;b\\..%2f%252e%00./" * 50_000,
        "%ff" * 300_000,
        "/a?" + "&_" * 500_000,
        "/a" + "%20" * 300_000 + "b",
        "a+" * 500_000,
        ". " * 500_000,
        "//" * 500_000,
    ],
)
def test_a_very_long_target_costs_little(path: str) -> None:
    begin = time.process_time()
    target(message(path))
    assert time.process_time() - begin < 0.1


def test_of_a_long_path_it_is_said_that_not_all_was_read() -> None:
    assert ("path-traversal", "more readings than are followed", "path") in found("/a;" * 5000)
