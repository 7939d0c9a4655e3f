from __future__ import annotations

import random
import struct
import time
from base64 import b64encode

import msgspec
import pytest
from gatelens.decoders import binary
from hypothesis import given
from hypothesis import strategies as st

ATTACK = "x' UNION SELECT password FROM users --"


def frame(message: bytes, flag: int = 0) -> bytes:
    return struct.pack(">BI", flag, len(message)) + message


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/msgpack", b"\x81\xa1a\x01", "MessagePack"),
        ("application/vnd.acme+msgpack", b"\x81\xa1a\x01", "MessagePack"),
        ("application/cbor", b"\xa1aa\x01", "CBOR"),
        ("application/cwt+cbor", b"\xa1aa\x01", "CBOR"),
        ("application/x-protobuf", b"\x08\x01", "protobuf"),
        ("application/x-protobuf", b"looks like text", "protobuf"),
        ("application/grpc", frame(b"a"), "gRPC, 1 frame"),
        ("application/grpc+proto", frame(b"a") + frame(b""), "gRPC, 2 frames"),
        ("application/grpc", frame(b"a") + frame(b"bc", 1), "gRPC, 2 frames, 1 compressed"),
        ("application/grpc", frame(b"a")[:-1], "gRPC, 1 frame, the last cut short"),
        ("application/grpc", frame(b"a") + b"xy", "gRPC, 1 frame, bytes behind the last"),
        ("application/grpc", frame(b"") * 1001, "gRPC, over 1000 frames"),
        ("application/grpc", b"", "gRPC, 0 frames"),
        ("application/grpc-web+proto", frame(b"a") + frame(b"t: 1", 0x80), "gRPC-Web, 2 frames"),
        ("application/grpc-web-text", b64encode(frame(b"a")) + b64encode(frame(b"bc")), "gRPC-Web, 2 frames"),
        ("application/grpc-web-text", b"a", "gRPC-Web, not base64"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        ("", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a JPEG image"),
        ("", b"%PDF-1.7\n%\x00\x00\xff\xff", "a PDF document"),
        ("application/zip", b"PK\x03\x04\x14\x00\x00\x00", "a ZIP archive"),
        ("", b"\x1f\x8b\x08\x00\x00\x00", "gzip"),
        ("", b"\xac\xed\x00\x05sr\x00\x11", "serialized Java objects"),
        ("", b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01", "serialized .NET objects"),
        ("", b"name\x00" + b"\x00" * 252 + b"ustar\x0000", "a tar archive"),
        ("application/octet-stream", bytes(range(256)), "a binary body"),
        ("text/plain", b"\x00\x01\x02", "a binary body"),
    ],
)
def test_what_is_not_text_is_described(content_type: str, body: bytes, expected: str) -> None:
    assert binary.describe(content_type, body) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"tab\tline\r\n\x1b[0m\x0c",
        b"a few\x00control characters do not make it binary",
        "é ü ß 文字 😀".encode(),
        "größer als früher".encode("latin-1"),
        "привет, мир".encode("cp1251"),
        "привет, мир".encode("koi8-r"),
        "text".encode("utf-16"),
        b"GIF89a is how a picture begins",
        b"MZ",
        b"' or 1=1 -- \xff",
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/plain", "image/png", "application/octet-stream"])
def test_text_is_not_called_binary_whatever_its_type(content_type: str, body: bytes) -> None:
    assert binary.describe(content_type, body) is None


@pytest.mark.parametrize("seed", range(20))
def test_what_is_packed_is_binary(seed: int) -> None:
    assert binary.describe("", random.Random(seed).randbytes(200)) == "a binary body"


def _protobuf(text: str) -> bytes:
    return b"\x08\x01\x12" + bytes([len(text)]) + text.encode() + b'"\x02ok'


def _cbor(text: str) -> bytes:
    raw = text.encode()
    return b"\xa1aq" + (bytes([0x60 + len(raw)]) if len(raw) < 24 else bytes([0x78, len(raw)])) + raw + b"\x00"


@pytest.mark.parametrize("text", [ATTACK, "' or 1=1", ATTACK * 3])
@pytest.mark.parametrize("write", [lambda text: msgspec.msgpack.encode({"q": text, "n": 1}), _protobuf, _cbor])
def test_a_text_in_a_binary_format_is_found_as_it_is(write: object, text: str) -> None:
    assert callable(write)
    body = write(text)
    found = binary.strings(body)
    assert text in found.texts
    index = list(found.texts).index(text)
    span = found.locate(index).span
    assert span is not None
    assert body[slice(*span)].decode() == text
    assert found.transformations(index) == ("strings",)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x00abcdef\x00", ["abcdef"]),
        (b"\x00abcde\x00", []),
        ("\x00aébcé文\x00".encode(), ["aébcé文"]),
        (b"\xffabcdef\xc3\x00", ["abcdef"]),
        (b"abcdef\x01ghijkl", ["abcdef", "ghijkl"]),
        (b"\x01\x02" + "abcdef".encode("utf-16-le") + b"\x01\x02", ["abcdef"]),
        (b"\x01" + "abcdef".encode("utf-16-le") + b"\x01\x02", ["abcdef"]),
        (b"\x01\x02" + "abcdefg".encode("utf-16-be") + b"\x01\x02", ["abcdef"]),
        (b"", []),
    ],
)
def test_printable_runs_are_texts(body: bytes, expected: list[str]) -> None:
    assert list(binary.strings(body).texts) == expected


def test_short_runs_in_a_body_of_noise_say_nothing_and_long_ones_do() -> None:
    noise = random.Random(1).randbytes(200_000)
    assert len(binary.strings(noise).texts) < 20
    hidden = noise + b"x' UNION SELECT password FROM users --" + noise
    assert any(ATTACK in text for text in binary.strings(hidden).texts)
    assert len(binary.strings(noise, "application/msgpack").texts) > 100


def test_spans_are_the_bytes_of_the_characters() -> None:
    body = "\x00é éééé or\x01".encode() + b"\xff" + "abcdef".encode("utf-16-le") + b"\x00"
    found = binary.strings(body)
    assert list(found.texts) == ["é éééé or", "abcdef"]
    assert [found.locate(0).span, found.span(0, 7, 9), found.span(1, 1, 3)] == [(1, 15), (13, 15), (19, 23)]
    assert body[13:15] == b"or"
    assert body[19:23] == b"b\x00c\x00"


def test_grpc_web_text_is_read_decoded_and_without_spans() -> None:
    body = b64encode(frame(ATTACK.encode())) + b64encode(frame(b"trailer", 0x80))
    found = binary.strings(body, "application/grpc-web-text")
    index = list(found.texts).index(ATTACK)
    assert found.transformations(index) == ("base64", "strings")
    assert found.locate(index).span is None
    assert found.span(index, 0, 1) is None
    assert "trailer" in found.texts


def test_the_number_of_texts_is_bounded() -> None:
    assert len(binary.strings(b"abcdef\x00" * 20_000).texts) == 10_000


@given(st.binary(max_size=60), st.sampled_from(["", "image/png", "application/grpc", "application/grpc-web-text"]))
def test_no_body_raises(body: bytes, content_type: str) -> None:
    binary.describe(content_type, body)
    found = binary.strings(body, content_type)
    for index, text in enumerate(found.texts):
        span = found.locate(index).span
        if content_type == "application/grpc-web-text" and span is None:
            continue
        assert span is not None
        raw = body[slice(*span)]
        assert text in (raw.decode("utf-8", "replace"), raw.replace(b"\x00", b"").decode("utf-8", "replace"))


@given(st.text(max_size=40))
def test_text_without_control_characters_is_text(text: str) -> None:
    body = "".join(character for character in text if character.isprintable()).encode("utf-8", "replace")
    assert binary.is_text(body)


@pytest.mark.parametrize(
    "body",
    [
        random.Random(0).randbytes(1_000_000),
        bytes(1_000_000),
        b"a" * 1_000_000,
        b"abcde\x00" * 150_000,
        b"abcdef\x00" * 150_000,
        b"a\x00b\x00c\x00d\x00e\x00\x00" * 90_000,
        b"\x00a" * 500_000,
        b"\xe0\x80" * 500_000,
        b"\x20" * 1_000_000,
    ],
)
def test_work_is_linear(body: bytes) -> None:
    begin = time.process_time()
    binary.describe("application/grpc", body)
    binary.describe("", body)
    found = binary.strings(body)
    for index in range(len(found.texts)):
        found.locate(index)
    assert time.process_time() - begin < 2
