"""Chunked bodies: no trailers, and no endless crumbs."""

from __future__ import annotations

import h11
import pytest
from gatelens.mitm.chunked import LEAST_AVERAGE, MOST_SMALL, BoundedChunks
from h11._receivebuffer import ReceiveBuffer


def read(*wire: bytes) -> bytes:
    reader, buffer, body = BoundedChunks(), ReceiveBuffer(), b""
    for piece in wire:
        buffer += piece
        while (event := reader(buffer)) is not None:
            if isinstance(event, h11.EndOfMessage):
                assert not event.headers
                return body
            body += event.data
    raise AssertionError("the body did not end")


def test_trailers_are_taken_off() -> None:
    assert read(b"2\r\n{}\r\n0\r\nx-role: admin\r\n\r\n") == b"{}"


def test_as_many_small_chunks_as_allowed_pass() -> None:
    assert read(b"1\r\na\r\n" * MOST_SMALL, b"0\r\n\r\n") == b"a" * MOST_SMALL


def test_one_small_chunk_more_does_not() -> None:
    with pytest.raises(h11.RemoteProtocolError, match="too many small chunks"):
        read(b"1\r\na\r\n" * (MOST_SMALL + 1), b"0\r\n\r\n")


def test_chunks_that_hold_something_pass_in_any_number() -> None:
    chunk = b"%x\r\n%s\r\n" % (LEAST_AVERAGE, b"a" * LEAST_AVERAGE)
    assert len(read(chunk * (MOST_SMALL * 2), b"0\r\n\r\n")) == LEAST_AVERAGE * MOST_SMALL * 2


def test_a_chunk_that_comes_byte_by_byte_counts_once() -> None:
    wire = b"%x\r\n%s\r\n0\r\n\r\n" % (MOST_SMALL * 2, b"a" * MOST_SMALL * 2)
    assert len(read(*(wire[at : at + 1] for at in range(len(wire))))) == MOST_SMALL * 2
