"""Header fields that two servers would read differently, and those of ordinary clients that nobody does."""

from __future__ import annotations

import time

import pytest
from gatelens.decoders.header_ambiguity import headers
from gatelens.model.message import Message, Phase
from hypothesis import given
from hypothesis import strategies as st

type Fields = list[tuple[bytes, bytes]]


def message(fields: Fields, *, method: str = "POST", authority: str = "", version: str = "HTTP/1.1") -> Message:
    return Message(
        phase=Phase.REQUEST,
        method=method,
        target="/",
        authority=authority,
        headers=tuple(fields),
        body=b"",
        time=1.8e9,
        http_version=version,
    )


def found(
    fields: Fields, *, method: str = "POST", authority: str = "", version: str = "HTTP/1.1"
) -> set[tuple[str, ...]]:
    sent = message(fields, method=method, authority=authority, version=version)
    return {(anomaly.kind.value, anomaly.seen, str(anomaly.location)) for anomaly in headers(sent, sent.headers)}


BROWSER: Fields = [
    (b"Host", b"api.example.com:8443"),
    (b"User-Agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0"),
    (b"Accept", b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
    (b"Connection", b"keep-alive"),
    (b"Content-Length", b"12"),
    (b"Content-Type", b"application/json"),
    (b"Cookie", b"a=b; c=d"),
    (b"sec-ch-ua", b'"Not/A)Brand";v="8"'),
    (b"X-Name", "J\u00fcrgen".encode()),
    (b"X-Tab", b"a\tb"),
    (b"X-Empty", b""),
    (b"api_key", b"1"),
    (b"if-none-match", b'"a", "b"'),
    (b"If-None-Match", b'"c"'),
    (b"accept", b"*/*"),
]


@pytest.mark.parametrize(
    "fields",
    [
        BROWSER,
        [(b"host", b"[::1]:80"), (b"connection", b"Upgrade, HTTP2-Settings"), (b"upgrade", b"h2c")],
        [(b"host", b"my_service.internal."), (b"Connection", b"TE, close"), (b"te", b"deflate;q=0.5")],
        [(b"host", b"x"), (b"transfer-encoding", b"chunked"), (b"forwarded", b"for=192.0.2.1;proto=https")],
        [
            (b"trailer", b"grpc-status"),
            (b"x-forwarded-for", b"192.0.2.1"),
            (b"x-forwarded-proto", b"https"),
            (b"x-real-ip", b"192.0.2.1"),
        ],
    ],
)
def test_an_ordinary_header_has_no_anomaly(fields: Fields) -> None:
    assert found(fields) == set()


def test_an_ordinary_header_of_http2_has_no_anomaly() -> None:
    grpc = [(b"te", b"trailers"), (b"content-type", b"application/grpc"), (b"cookie", b"a=b"), (b"cookie", b"c=d")]
    assert found(grpc, authority="api.example.com", version="HTTP/2.0") == set()
    assert found([(b"Host", b"a.example"), (b"Connection", b"keep-alive")], version="HTTP/2") == set()


FOLD = "a folded line"
IMITATED = "a name that is a known one but for _ in place of -"


@pytest.mark.parametrize(
    ("field", "anomaly"),
    [
        ((b"X-A", b"1\r\n folded\r\n more"), ("header-syntax", FOLD, "header:x-a[0]")),
        ((b"x-a", b"1\n\tfolded"), ("header-syntax", FOLD, "header:x-a[0]")),
        ((b"x-a", b"1\x00"), ("header-syntax", "a NUL", "header:x-a[0]")),
        ((b"x-a", b"1\rb"), ("header-syntax", "a bare CR or LF", "header:x-a[0]")),
        ((b"x-a", b"1\r\nx-b: 2"), ("header-syntax", "a bare CR or LF", "header:x-a[0]")),
        ((b"x-a", b"1\x1b"), ("header-syntax", "a control character", "header:x-a[0]")),
        ((b"x-a", b"1\x7f"), ("header-syntax", "a control character", "header:x-a[0]")),
        ((b"X-A ", b"1"), ("header-syntax", "a name that is no token", "header")),
        ((b"x(a)", b"1"), ("header-syntax", "a name that is no token", "header")),
        ((b"", b"1"), ("header-syntax", "a name that is no token", "header")),
        ((b"x\xe9", b"1"), ("header-syntax", "a name that is no token", "header")),
        ((b"Content_Length", b"4"), ("header-syntax", IMITATED, "header:content_length[0]")),
        ((b"transfer_encoding", b"chunked"), ("header-syntax", IMITATED, "header:transfer_encoding[0]")),
        ((b"x_forwarded-for", b"::1"), ("header-syntax", IMITATED, "header:x_forwarded-for[0]")),
        ((b"content-length", b"+4"), ("header-syntax", "a length that is no number", "header:content-length[0]")),
        ((b"content-length", b""), ("header-syntax", "a length that is no number", "header:content-length[0]")),
        ((b"host", b""), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"a b"), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"u@a"), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"a/b"), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"a,b"), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"a:b"), ("host", "no host and port", "header:host[0]")),
        ((b"host", b"a:80:80"), ("host", "no host and port", "header:host[0]")),
        (
            (b"X-Forwarded-Host", b"a"),
            ("host-override", "a field that overrides the host", "header:x-forwarded-host[0]"),
        ),
        (
            (b"forwarded", b"for=a;Host = b"),
            ("host-override", "a field that overrides the host", "header:forwarded[0]"),
        ),
        ((b"forwarded", b"host=b"), ("host-override", "a field that overrides the host", "header:forwarded[0]")),
        ((b"x-original-url", b"/a"), ("url-override", "a field that overrides the URL", "header:x-original-url[0]")),
        ((b"x-rewrite-url", b"/a"), ("url-override", "a field that overrides the URL", "header:x-rewrite-url[0]")),
        (
            (b"connection", b"close, Content-Length"),
            ("hop-by-hop", "a field beside those of the connection is named", "header:connection[0]"),
        ),
        (
            (b"connection", b"x-forwarded-for"),
            ("hop-by-hop", "a field beside those of the connection is named", "header:connection[0]"),
        ),
        (
            (b"x-http-method-override", b"DELETE"),
            ("method-override", "a field that overrides the method", "header:x-http-method-override[0]"),
        ),
        (
            (b"X-Method-Override", b"PURGE"),
            ("method-override", "a field that overrides the method", "header:x-method-override[0]"),
        ),
    ],
)
def test_a_field_that_is_read_differently_is_said_with_its_place(
    field: tuple[bytes, bytes], anomaly: tuple[str, str, str]
) -> None:
    assert found([*BROWSER[1:3], field]) == {anomaly}


def test_a_method_that_is_the_request_s_overrides_nothing() -> None:
    assert found([(b"x-http-method-override", b"post")]) == set()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (b"host", "host"),
        (b"authorization", "header-syntax"),
        (b"content-length", "header-syntax"),
        (b"range", "header-syntax"),
        (b"transfer-encoding", "transfer-encoding"),
    ],
)
def test_what_may_come_once_and_comes_twice_is_said(name: bytes, kind: str) -> None:
    sent = [(name, b"1"), (b"x-a", b"1"), (name.upper(), b"1")]
    assert (kind, "a field given twice", f"header:{name.decode()}[1]") in found(sent)


def test_a_length_beside_a_transfer_coding_is_said() -> None:
    sent = [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")]
    assert found(sent) == {("transfer-encoding", "beside a content-length", "header:transfer-encoding[0]")}


def test_a_transfer_coding_in_http_1_0_is_said() -> None:
    sent = [(b"transfer-encoding", b"chunked")]
    assert found(sent, version="HTTP/1.0") == {("transfer-encoding", "in HTTP/1.0", "header:transfer-encoding[0]")}


@pytest.mark.parametrize(
    ("host", "authority", "anomalies"),
    [
        (b"a.example", "a.example", set()),
        (b"A.example", "a.EXAMPLE", set()),
        (b"a.example", "b.example", {("host", "not the target's authority", "header:host[0]")}),
        (b"a.example", "a.example:81", {("host", "not the target's authority", "header:host[0]")}),
        (
            b"u@a",
            "u@a",
            {
                ("host", "no host and port", "header:host[0]"),
                ("host", "no host and port in the target's authority", "message"),
            },
        ),
    ],
)
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2.0"])
def test_host_and_the_target_s_authority_are_the_same(
    host: bytes, authority: str, anomalies: set[tuple[str, ...]], version: str
) -> None:
    assert found([(b"host", host)], authority=authority, version=version) == anomalies


@pytest.mark.parametrize(
    ("field", "kind", "words"),
    [
        ((b"transfer-encoding", b"chunked"), "transfer-encoding", "a field of HTTP/1 in a later version"),
        ((b"proxy-connection", b"close"), "hop-by-hop", "a field of HTTP/1 in a later version"),
        ((b"upgrade", b"h2c"), "hop-by-hop", "a field of HTTP/1 in a later version"),
        ((b"keep-alive", b"timeout=5"), "hop-by-hop", "a field of HTTP/1 in a later version"),
        ((b"te", b"gzip"), "hop-by-hop", "more than trailers"),
    ],
)
@pytest.mark.parametrize("version", ["HTTP/2", "HTTP/2.0", "HTTP/3"])
def test_what_http2_forbids_is_said_of_http2_alone(
    field: tuple[bytes, bytes], kind: str, words: str, version: str
) -> None:
    assert found([field], version=version) == {(kind, words, f"header:{field[0].decode()}[0]")}
    assert found([field]) == set()


@pytest.mark.parametrize(
    "fields",
    [
        [(b"authorization", b"1"), (b"authorization", b"2")],
        [(b"x-http-method-override", b"DELETE")],
        [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
    ],
)
def test_how_fields_stand_together_is_looked_at_though_each_is_known(fields: Fields) -> None:
    assert headers(message(fields), ()) == headers(message(fields), fields) != []


def test_the_place_is_the_one_of_several_fields_with_the_name() -> None:
    assert found([(b"x-a", b"1"), (b"X-A", b"\x00")]) == {("header-syntax", "a NUL", "header:x-a[1]")}


@given(st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=20)), max_size=5), st.text(max_size=9))
def test_no_header_raises(fields: Fields, authority: str) -> None:
    for version in ("HTTP/1.1", "HTTP/2.0"):
        sent = message(fields, authority=authority, version=version)
        headers(sent, sent.headers)


@pytest.mark.parametrize(
    "fields",
    [
        [(b"x\x00%d" % index, b"a\x00") for index in range(50_000)],
        [(b"x_forwarded_for", b"1")] * 50_000,
        [(b"host", b"a b")] * 50_000,
        [(b"x-http-method-override", b"PUT")] * 50_000,
        [(b"x", b"a" + b"\r\n " * 200_000)],
        [(b"connection", b"a," * 300_000)],
        [(b"forwarded", b", " * 300_000)],
    ],
)
def test_a_very_long_header_costs_little_and_is_told_in_few_words(fields: Fields) -> None:
    sent = message(fields)
    begin = time.process_time()
    anomalies = headers(sent, sent.headers)
    assert time.process_time() - begin < 0.2
    assert len(anomalies) <= 10
