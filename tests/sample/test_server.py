"""The shop's server keeps connections open and knows where a request ends."""

from __future__ import annotations

import socket

import pytest

from tests.sample.client import PATIENCE, Shop, ask


def test_one_connection_serves_many_requests(shop: Shop, ada: str) -> None:
    connection = shop.connection()
    connection.connect()
    first = connection.sock
    # The unknown path and the refused login leave their bodies unread by the application.
    asked = [
        ask(connection, "GET", "/health"),
        ask(connection, "POST", "/nowhere", {"unread": "x" * 100_000}),
        ask(connection, "POST", "/orders", {"unread": "no token"}),
        ask(connection, "GET", "/debug/error"),
        ask(connection, "HEAD", "/health"),
        ask(connection, "GET", "/users/me", token=ada),
    ]
    assert [answer.status for answer in asked] == [200, 404, 401, 500, 200, 200]
    assert connection.sock is first
    connection.close()


def test_a_connection_that_is_to_be_closed_is_closed(shop: Shop) -> None:
    answer = raw(shop, b"GET /health HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer


def test_a_chunked_body_is_read(shop: Shop) -> None:
    answer = raw(
        shop,
        b"POST /products/search HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
        b'6\r\n{"q":"\r\n5\r\ntea"}\r\n0\r\n\r\n'
        b"GET /health HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n",
    )
    assert b"Green tea" in answer
    assert answer.count(b"HTTP/1.1 200 ") == 2


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Content-Length: 4\r\nContent-Length: 0",
        b"Content-Length: -1",
        b"Content-Length: +4",
        b"Transfer-Encoding: gzip, chunked",
    ],
)
def test_a_body_of_unclear_length_is_refused_and_what_follows_is_not_read(shop: Shop, framing: bytes) -> None:
    head = b"POST /login HTTP/1.1\r\nHost: shop\r\n" + framing + b"\r\n\r\n"
    answer = raw(shop, head + b"0\r\n\r\nGET /debug/error HTTP/1.1\r\nHost: shop\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_body_beyond_all_measure_is_refused(shop: Shop) -> None:
    assert raw(shop, b"POST /login HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_a_request_target_that_is_no_url_is_refused(shop: Shop) -> None:
    assert raw(shop, b"GET http://[ HTTP/1.1\r\nHost: shop\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def raw(shop: Shop, sent: bytes) -> bytes:
    """All that the shop answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", shop.port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received
