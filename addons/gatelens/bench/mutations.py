"""Change a message at random into another one that may be harder to inspect.

Bytes are changed, copied, cut and put together; pieces are repeated up to the size limit; bodies and values are wrapped
in the encodings that decoders unwrap. Everything comes from one random generator, so a seed gives the same run.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from random import Random
from urllib.parse import quote_from_bytes

from msgspec import structs

from gatelens.model.message import Headers, Message

MOST = 2 * 1024 * 1024
"""The limit on bodies; a longer one is not read."""

_MOST_FIELDS = 120

_WORDS = (
    *(b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b":", b"&", b"=", b"%", b"%25", b"%27", b"%u0027", b";", b"--"),
    *(b"\r\n", b"\n", b"\0", b"\xff", b"\xc0\xa7", b"\xef\xbb\xbf", b"\\u0027", b"\\ud83d", b"&#39;", b"&lt;", b"<a>"),
    *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"/*", b"*/", b"#", b"@", b"a@b.co", b"4111111111111111", b"4 ", b"1e9"),
    *(b"' or 1=1-- ", b"union select ", b"(select ", b"$a$", b'"""', b"...", b"eyJ", b"SGVsbG8=", b"+ADw-", b"--b\r\n"),
    *(
        b"{{7*7}}",
        b"${",
        b"$(",
        b"`id`",
        b"|cat ",
        b"../",
        b"..\\",
        b"<script>",
        b" onload=",
        b"javascript:",
        b"http://127.1/",
    ),
    *(
        b"__proto__",
        b"[$ne]",
        b"*)(cn=",
        b"{$gt",
        b"O:1:",
        b"rO0AB",
        b"<?php ",
        b"\r\nHost:",
        b"${jndi:",
        b"<!--#exec ",
    ),
    *(b"{n}", b"null", b"-0", b"9" * 40, b" ", b"\t", "\uff07".encode(), "\u200b".encode(), "é".encode(), b"\x1e"),
)
"""Pieces that mean something to one format or inspector."""

_TYPES = (
    *(b"application/json", b"application/json; charset=utf-16", b"text/plain", b"text/csv", b"application/xml"),
    *(b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b", b"application/graphql", b"", b"x/y"),
    *(b"application/x-ndjson", b"application/json-seq", b"text/event-stream", b"application/soap+xml", b"text/html"),
    *(b"application/msgpack", b"application/cbor", b"application/grpc", b"application/octet-stream"),
)
_CODINGS = (b"gzip", b"deflate", b"br", b"zstd", b"gzip, gzip", b"identity", b"x")
_NAMES = (b"cookie", b"x-a", b"authorization", b"host", b"content-type", b"content-encoding", b"te")


def mutated(message: Message, others: Sequence[Message], chance: Random) -> Message:
    """`message` after one to four changes, each in its body, or now and then in its target or header fields."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        draw = chance.random()
        if draw < 0.8:
            message = _with_body(message, _changed(message.body, chance.choice(others).body, chance)[:MOST])
        elif draw < 0.9:
            raw = _changed(message.target.encode("utf-8", "surrogateescape"), b"/a?b=c", chance)[:MOST]
            message = structs.replace(message, target="/" + raw.decode("latin-1").lstrip("/"))
        else:
            message = structs.replace(message, headers=_fields(message.headers, chance))
    return message


def shrunk(data: bytes) -> list[bytes]:
    """Shorter versions of `data` to try: its halves, and what is left without a piece of it."""
    size = len(data)
    pieces = [data[: size // 2], data[size // 2 :]]
    for parts in (4, 8, 16):
        step = size // parts
        if step:
            pieces += [data[: n * step] + data[(n + 1) * step :] for n in range(parts)]
    return [piece for piece in pieces if len(piece) < size]


def _with_body(message: Message, body: bytes) -> Message:
    return structs.replace(message, body=body)


def _fields(fields: Headers, chance: Random) -> Headers:
    """Another content type, a coding, a field more, or one field changed."""
    draw = chance.random()
    if draw < 0.5:
        rest = tuple(field for field in fields if field[0] != b"content-type")
        return ((b"content-type", chance.choice(_TYPES)), *rest)
    if draw < 0.6:
        return (*fields, (b"content-encoding", chance.choice(_CODINGS)))
    if draw < 0.8 or not fields:
        added = (chance.choice(_NAMES), _repeated(chance.choice(_WORDS), chance, 100_000))
        return (*fields, added) * chance.choice((1, 1, 1, 10))
    index = chance.randrange(len(fields))
    name, value = fields[index]
    return (*fields[:index], (name, _changed(value, b"", chance)[:100_000]), *fields[index + 1 :])[:_MOST_FIELDS]


def _changed(data: bytes, other: bytes, chance: Random) -> bytes:
    return chance.choice(_CHANGES)(data, other, chance)


def _piece(data: bytes, chance: Random, longest: int = 4096) -> bytes:
    if not data:
        return chance.choice(_WORDS)
    start = chance.randrange(len(data))
    return data[start : start + chance.choice((1, 2, 4, 16, 64, 512, longest))]


def _size(chance: Random) -> int:
    return chance.choice((256, 4_096, 32_768, 65_536, 65_536, 262_144, 1_048_576, MOST))


def _repeated(unit: bytes, chance: Random, most: int = MOST) -> bytes:
    return unit * max(1, min(most, _size(chance)) // max(1, len(unit)))


def _flip(data: bytes, _other: bytes, chance: Random) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 8))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(data: bytes, _other: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_WORDS) + data[place:]


def _repeat(data: bytes, _other: bytes, chance: Random) -> bytes:
    """A piece again and again where it stood, so that what opens and closes around it stays."""
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((1, 2, 4, 8, 16, 64, 256))] or chance.choice(_WORDS)
    return data[:start] + _repeated(piece, chance) + data[start + len(piece) :]


def _repeat_words(data: bytes, _other: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    unit = b"".join(chance.choices(_WORDS, k=chance.choice((1, 2, 3))))
    return data[:place] + _repeated(unit, chance) + data[place:]


def _number(data: bytes, _other: bytes, chance: Random) -> bytes:
    """A piece again and again, each time with another number: equal values may be looked at only once."""
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((2, 4, 8, 16, 64))] or b'"a",'
    middle = len(piece) // 2
    count = _size(chance) // (len(piece) + 4)
    return data[:start] + b"".join(b"%b%d%b" % (piece[:middle], n, piece[middle:]) for n in range(count)) + data[start:]


def _splice(data: bytes, other: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + _piece(other, chance) + data[place:]


def _cross(data: bytes, other: bytes, chance: Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _cut(data: bytes, _other: bytes, chance: Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 8, 64, 1024, len(data) // 2)) :]


def _double(data: bytes, _other: bytes, chance: Random) -> bytes:
    return data * chance.choice((2, 2, 4, 16)) if len(data) < MOST // 2 else data


def _as_json(data: bytes, _other: bytes, _chance: Random) -> bytes:
    return json.dumps({"a": data[: MOST // 2].decode("utf-8", "replace")}).encode()


def _encoded(encode: Callable[[bytes], bytes]) -> Callable[[bytes, bytes, Random], bytes]:
    """Encode a piece of the data where it stands, or all of it."""

    def change(data: bytes, _other: bytes, chance: Random) -> bytes:
        if chance.random() < 0.3:
            return encode(data[: MOST // 2])
        start = chance.randrange(len(data) + 1)
        length = chance.choice((8, 64, 1024, 65_536))
        return data[:start] + encode(data[start : start + length]) + data[start + length :]

    return change


_CHANGES: Sequence[Callable[[bytes, bytes, Random], bytes]] = (
    *(_flip, _insert, _insert, _repeat, _repeat, _repeat, _repeat_words, _repeat_words, _number, _number),
    *(_splice, _splice, _cross, _cut, _double, _as_json),
    _encoded(lambda data: quote_from_bytes(data, safe="").encode()),
    _encoded(lambda data: b"".join(b"%%%02x" % byte for byte in data)),
    _encoded(base64.b64encode),
    _encoded(base64.urlsafe_b64encode),
    _encoded(lambda data: b"".join(b"&#%d;" % byte for byte in data)),
    _encoded(lambda data: b"".join(b"\\u%04x" % byte for byte in data)),
    _encoded(lambda data: data.hex().encode()),
    _encoded(lambda data: base64.b64encode(gzip.compress(data, 1, mtime=0))),
    _encoded(lambda data: data.decode("latin-1").encode("utf-16")),
    _encoded(lambda data: gzip.compress(data, 1, mtime=0)),
    _encoded(lambda data: zlib.compress(data, 1)),
)
