"""Messages to measure inspection with: harmless ones of every format, and the ones that cost a careless decoder most.

A case is a form and a size, so that the same text is had at 64 KiB, at 2 MiB, and small as a seed for the fuzzer.
Limits: bodies of one shape each; mixtures are the fuzzer's matter.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote

from msgspec import Struct

from gatelens.model.message import Headers, Message, Phase

_TIME = 1_800_000_000.0

JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=b"
_XML = "application/xml"
_GRAPHQL = "application/graphql"
_TEXT = "text/plain"
_CSV = "text/csv"

_PART = b'--b\r\ncontent-disposition: form-data; name="f{n}"\r\n\r\nvalue\r\n'


class Case(Struct, frozen=True):
    """`build` makes the message, of about as many bytes as it is asked for."""

    name: str
    build: Callable[[int], Message]


class _Repeated(Struct, frozen=True):
    """A body of `head`, as many `unit` as fit, and `tail`; in a unit `{n}` is its number."""

    name: str
    content_type: str
    unit: bytes
    head: bytes = b""
    tail: bytes = b""
    response: bool = False
    target: str = "/items"

    def build(self, size: int) -> Message:
        """The message."""
        body = self.head + repeated(self.unit, size) + self.tail
        if self.response:
            return response(body, self.content_type)
        return request(body, self.content_type, target=self.target)


def repeated(unit: bytes, size: int) -> bytes:
    """As many of `unit` as `size` bytes hold, at least one; `{n}` in it is replaced by a number."""
    if b"{n}" not in unit:
        return unit * max(1, size // len(unit))
    before, _, after = unit.partition(b"{n}")
    count = max(1, size // (len(unit) + 3))
    return b"".join([b"%b%d%b" % (before, index, after) for index in range(count)])


def request(body: bytes, content_type: str, *, target: str = "/items", headers: Headers = ()) -> Message:
    """A POST of `body`."""
    fields = ((b"host", b"shop.example"), (b"content-type", content_type.encode()), *headers)
    return Message(phase=Phase.REQUEST, method="POST", target=target, headers=fields, body=body, time=_TIME)


def response(body: bytes, content_type: str) -> Message:
    """An answer with `body`."""
    asked = Message(phase=Phase.REQUEST, method="GET", target="/items", headers=(), body=b"", time=_TIME)
    return Message(
        phase=Phase.RESPONSE,
        method="GET",
        target="/items",
        headers=((b"content-type", content_type.encode()),),
        body=body,
        time=_TIME,
        status=200,
        request=asked,
    )


def _gzipped(size: int, unit: bytes) -> Message:
    body = gzip.compress(b"[" + repeated(unit, size) + b"0]", 6, mtime=0)
    return request(body, JSON, headers=((b"content-encoding", b"gzip"),))


def _record(number: int) -> dict[str, object]:
    return {
        "id": 10_000 + number,
        "name": "Ada Lovelace",
        "city": "London",
        "note": "The first computer program, 1843; it's hers.",
        "price": 12.5,
        "tags": ["new", "in stock", "blue"],
    }


_RECORDS = [_record(number) for number in range(64)]


def _benign_json(size: int) -> Message:
    """Five records are 40 leaves in about 1 KB; text makes it 2 KB."""
    count = max(1, size // 400)
    words = "Pictures and descriptions come with the second delivery of the month, as was agreed. " * 2
    return request(json.dumps([{**_record(n), "description": words} for n in range(count)]).encode(), JSON)


def _benign_form(size: int) -> Message:
    fields = "&".join(f"field{n}=a+plain+value%2C+number+{n}" for n in range(min(100, max(1, size // 36))))
    return request(fields.encode(), _FORM)


def _benign_ndjson(size: int) -> Message:
    lines = b"\n".join(json.dumps(_record(n)).encode() for n in range(max(1, size // 170)))
    return request(lines, "application/x-ndjson")


def _benign_multipart(size: int) -> Message:
    return request(repeated(_PART, min(size, 6_000)) + b"--b--\r\n", _MULTIPART)


_DOCUMENT = "query Items($first: Int!) { items(first: $first) { edges { node { id name city price tags } } } }"


def _benign_graphql(size: int) -> Message:
    records = [_record(n) for n in range(max(1, size // 170))]
    body = {"query": _DOCUMENT, "variables": {"first": 10, "rows": records}}
    return request(json.dumps(body).encode(), JSON, target="/graphql")


def _benign_response(size: int) -> Message:
    return response(_benign_json(size).body, JSON)


BENIGN = (
    Case("JSON", _benign_json),
    Case("JSON answer", _benign_response),
    Case("form", _benign_form),
    Case("multipart", _benign_multipart),
    Case("XML", _Repeated("", _XML, b"<item><name>Ada {n}</name></item>", b"<items>", b"</items>").build),
    Case("GraphQL", _benign_graphql),
    Case("CSV", _Repeated("", _CSV, b"{n},Ada Lovelace,London,12.5\n", b"id,name,city,price\n").build),
    Case("NDJSON", _benign_ndjson),
    Case("text", _Repeated("", _TEXT, b"A line of plain text, number {n}.\n").build),
)

_STRINGS = (
    ("short strings", b'"a",'),
    ("empty strings", b'"",'),
    ("percent", b'"%41%42{n}",'),
    ("double percent", b'"%2541%2542{n}",'),
    ("%u escapes", b'"%u0041{n}",'),
    ("entities", b'"&lt;&#x41;&#66;{n}",'),
    ("backslash escapes", b'"\\\\x41\\\\u0042{n}",'),
    ("base64", b'"SGVsbG8gd29ybGQsIHRoaXMgaXMgdGV4dA==",'),
    ("base64url", b'"eyJhIjogImJjZGVmZ2hpamtsIiwgIm4iOiAx{n}AA",'),
    ("hex", b'"48656c6c6f20776f726c64{n}",'),
    ("UTF-7", b'"+ADwAPg-{n}",'),
    ("fullwidth", '"\uff41\uff42\uff07{n}",'.encode()),
    ("overlong UTF-8 as percent", b'"%c0%a7{n}",'),
    ("null bytes", b'"a\\u0000b{n}",'),
    ("JSON in strings", b'"{\\"a\\": \\"b{n}\\"}",'),
    ("GraphQL in strings", b'"query {a(b: \\"c{n}\\")}",'),
    ("quote and connector", b'"it\'s in {n}",'),
    ("SQL-looking values", b'"x\' or y{n} = z",'),
    ("SQL, much prose in quotes", b"\"rock 'n' roll, 't is {n}; and or not = 5\","),
    ("SQL to be parsed", b'"1 or f(x{n}) like y",'),
    ("SQL injections", b'"zz\' or {n}={n}-- ",'),
    ("SQL calls", b'"version (of {n})",'),
    ("comments", b'"a/**/b{n}",'),
    ("stack traces", b'"Traceback (most recent call last): {n}",'),
    ("JWTs", b'"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.{n}",'),
)
"""Entries of a JSON array."""

_VALUES = (
    ("integers", b"1,"),
    ("long integers", b"123456789012345678901234,"),
    ("integers of 16 digits", b"4111111111111112,"),
    ("floats", b"1.5e300,"),
    ("floats over 2^63", b"1e30,"),
    ("empty arrays", b"[],"),
    ("empty objects", b"{},"),
    ("small objects", b'{"a":"b"},'),
    ("words", b"null,"),
    ("40 deep", b"[" * 39 + b"1" + b"]" * 39 + b","),
    ("duplicate keys", b'{"a":1,"a":2},'),
    ("similar keys", b'{"a":1,"A":2},'),
)

_ONE_STRING = (
    ("ASCII", b"a"),
    ("UTF-8", "é".encode()),
    ("emoji", "😀".encode()),
    ("escaped letters", b"\\u0041"),
    ("escaped accents", b"\\u00e9"),
    ("surrogate pairs", b"\\ud83d\\ude00"),
    ("lone surrogates", b"\\ud83d"),
    ("escaped backslashes", b"\\\\"),
    ("escaped quotes", b'\\"'),
    ("escaped line feeds", b"\\n"),
    ("apostrophes", b"'"),
    ("apostrophe and space", b"' "),
    ("quoted words", b"'a' "),
    ("percent signs", b"%"),
    ("percent", b"%27"),
    ("double percent", b"%2527"),
    ("entities", b"&#39;"),
    ("ampersands", b"&"),
    ("base64 letters", b"QUJD"),
    ("hex digits", b"4a"),
    ("plus signs", b"+"),
    ("parentheses", b"("),
    ("SQL words", b"or 1 = "),
    ("semicolons", b"; select "),
    ("comment marks", b"/*"),
    ("dashes", b"-"),
    ("nothing but @", b"@"),
    ("@@", b"@@a "),
    ("spaces", b" "),
    ("braces", b"{"),
)
"""Repeated in one JSON string."""

_SENSITIVE = (
    ("cards", b'"4111111111111111",'),
    ("cards as numbers", b"4111111111111111,"),
    ("cards in groups", b'"4111 1111 1111 1111",'),
    ("nearly cards", b'"4111111111111112",'),
    ("digits in groups of one", b'"4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4",'),
    ("e-mails", b'"a{n}@example.com",'),
    ("e-mails as keys", b'{"a{n}@example.com":1},'),
    ("e-mails with escapes", b'"\\u00e9a{n}@example.com",'),
    ("nearly e-mails", b'"a@b",'),
    ("stack traces", b'"  File \\"a.py\\", line {n}, in f",'),
)
"""Entries of a JSON array in an answer."""

_SENSITIVE_TEXT = (
    ("cards", b"4111111111111111 "),
    ("nearly cards", b"4111 1111 1111 1112 "),
    ("digits", b"4"),
    ("digits and spaces", b"4 "),
    ("e-mails", b"a@b.co "),
    ("UTF-8 e-mails", "é@b.co ".encode()),
    ("@", b"@"),
    ("a@", b"a@"),
    ("masked", b"a***@b.co "),
    ("SQL errors", b"You have an error in your SQL syntax; "),
)

_BROKEN = (
    ("quotes", b'"'),
    ("apostrophes", b"'"),
    ("quotes and escapes", b'\\"'),
    ("strings", b'"a",,'),
    ("strings with odd escapes", b'"\\x41\\q",,'),
    ("open brackets", b"["),
    ("open objects", b'{"a":'),
    ("comments", b"/**/"),
    ("NaN", b"NaN,"),
    ("trailing values", b"{} "),
    ("backslashes", b"\\"),
    ("keys", b'{"a":1,,'),
    ("invalid UTF-8", b'"\xff",'),
    ("overlong UTF-8", b'"\xc0\xa7",'),
    ("nulls", b"\0"),
    ("byte order marks", b"\xef\xbb\xbf"),
)

_BODIES = (
    ("form: pairs", _FORM, b"a{n}=b&"),
    ("form: the same name", _FORM, b"a=b&"),
    ("form: ampersands", _FORM, b"&"),
    ("form: equals signs", _FORM, b"="),
    ("form: brackets", _FORM, b"a[b][{n}]=1&"),
    ("form: open brackets", _FORM, b"["),
    ("form: percent", _FORM, b"%41"),
    ("form: double percent", _FORM, b"%2541"),
    ("form: bad percent", _FORM, b"%"),
    ("form: plus", _FORM, b"+"),
    ("form: SQL", _FORM, b"a{n}=x'+or+1=1--&"),
    ("multipart: parts", _MULTIPART, _PART),
    ("multipart: boundaries", _MULTIPART, b"--b\r\n"),
    ("multipart: bare boundaries", _MULTIPART, b"--b"),
    ("multipart: header lines", _MULTIPART, b"a: b\r\n"),
    ("multipart: parameters", _MULTIPART, b"; a=b"),
    ("multipart: almost boundaries", _MULTIPART, b"\r\n--a"),
    ("multipart: line ends", _MULTIPART, b"\r\n"),
    ("XML: empty elements", _XML, b"<a/>"),
    ("XML: elements", _XML, b"<a>b</a>"),
    ("XML: open elements", _XML, b"<a>"),
    ("XML: close tags", _XML, b"</a>"),
    ("XML: attributes", _XML, b"<a b='c' d='e'/>"),
    ("XML: name spaces", _XML, b"<a:b xmlns:a='c{n}'/>"),
    ("XML: entities", _XML, b"&lt;&#65;&#x42;"),
    ("XML: unknown entities", _XML, b"&a;"),
    ("XML: CDATA", _XML, b"<![CDATA[a]]>"),
    ("XML: comments", _XML, b"<!---->"),
    ("XML: instructions", _XML, b"<?a b?>"),
    ("XML: less-than signs", _XML, b"<"),
    ("XML: ampersands", _XML, b"&"),
    ("XML: quotes", _XML, b"<a b='"),
    ("CSV: commas", _CSV, b","),
    ("CSV: cells", _CSV, b"a,"),
    ("CSV: lines", _CSV, b"a\n"),
    ("CSV: quotes", _CSV, b'"'),
    ("CSV: quoted cells", _CSV, b'"a""b",'),
    ("CSV: SQL", _CSV, b"x' or {n}=1,"),
    ("text: percent", _TEXT, b"%27"),
    ("text: double percent", _TEXT, b"%2527"),
    ("text: entities", _TEXT, b"&#39;"),
    ("text: bare text of SQL", _TEXT, b"x' or 1=1 "),
    ("text: lines of SQL", _TEXT, b"x' or 1=1\n"),
    ("text: cards", _TEXT, b"4111111111111111 "),
    ("text: base64", _TEXT, b"QUJDREVG"),
    ("text: nulls", _TEXT, b"\0"),
    ("text: invalid UTF-8", _TEXT, b"\xff"),
    ("no type: braces", "", b"{"),
    ("no type: bytes", "", bytes(range(256))),
    ("JSON sequence", "application/json-seq", b'\x1e{"a":1}\n'),
    ("JSON sequence: separators", "application/json-seq", b"\x1e"),
    ("NDJSON: small lines", "application/x-ndjson", b"{}\n"),
    ("NDJSON: numbers", "application/x-ndjson", b"1\n"),
    ("NDJSON: broken lines", "application/x-ndjson", b'{"a\n'),
    ("NDJSON: empty lines", "application/x-ndjson", b"\n"),
    ("NDJSON: strings", "application/x-ndjson", b'"a{n}"\n'),
    ("events", "text/event-stream", b'data: {"a": "b"}\n\n'),
    ("events: lines", "text/event-stream", b"data: a\n"),
    ("events: line ends", "text/event-stream", b"\n"),
    ("MessagePack: arrays", "application/msgpack", b"\x91"),
    ("MessagePack: strings", "application/msgpack", b"\xa1a"),
    ("CBOR: arrays", "application/cbor", b"\x81"),
    ("protobuf", "application/x-protobuf", b"\x0a\x01a"),
    ("gRPC frames", "application/grpc", b"\0\0\0\0\x01a"),
    ("JSON in UTF-16", "application/json; charset=utf-16", '"a",'.encode("utf-16-le")),
    ("GraphQL: literals", _GRAPHQL, b'{a(b:"c{n}")}'),
    ("GraphQL: SQL literals", _GRAPHQL, b'{a(b:"c\' or {n}=1")}'),
    ("GraphQL: braces", _GRAPHQL, b"{"),
    ("GraphQL: fields", _GRAPHQL, b"a{n} "),
    ("GraphQL: aliases", _GRAPHQL, b"a{n}:b "),
    ("GraphQL: quotes", _GRAPHQL, b'"'),
    ("GraphQL: block strings", _GRAPHQL, b'"""a""" '),
    ("GraphQL: comments", _GRAPHQL, b"#\n"),
    ("GraphQL: commas", _GRAPHQL, b","),
    ("GraphQL: spreads", _GRAPHQL, b"...a "),
    ("GraphQL: fragments", _GRAPHQL, b"fragment f{n} on A{...f{n}} "),
)
"""Bodies that are one unit again and again."""


def _framed(group: str, table: tuple[tuple[str, bytes], ...], head: bytes, tail: bytes) -> Iterator[_Repeated]:
    answer = group.startswith("answer")
    for name, unit in table:
        yield _Repeated(f"{group}: {name}", JSON, unit, head, tail, answer)


def _repeats() -> Iterator[_Repeated]:
    yield from _framed("JSON array", _STRINGS + _VALUES, b"[", b"0]")
    yield from _framed("JSON string", _ONE_STRING, b'["', b'"]')
    yield from _framed("broken JSON", _BROKEN, b'{"a":[', b"")
    yield from _framed("answer", _SENSITIVE, b"[", b"0]")
    yield _Repeated("JSON object: keys", JSON, b'"key{n}":1,', b"{", b'"":0}')
    yield _Repeated("JSON object: the same key", JSON, b'"a":"b",', b"{", b'"":0}')
    yield _Repeated("JSON object: SQL-looking keys", JSON, b'"it\'s in {n}":1,', b"{", b'"":0}')
    yield _Repeated("JSON: one number", JSON, b"1")
    yield _Repeated("JSON: white space", JSON, b" ", b"[", b"1]")
    for name, unit in _SENSITIVE_TEXT:
        yield _Repeated(f"answer as text: {name}", _TEXT, unit, response=True)
    for name, content_type, unit in _BODIES:
        yield _Repeated(name, content_type, unit)
    for name, unit in (("literals", b'a{n}:b(c:\\"d\\") '), ("SQL literals", b'a{n}:b(c:\\"d\' or {n}=1\\") ')):
        yield _Repeated(f"GraphQL in JSON: {name}", JSON, unit, b'{"query":"{', b'}"}', target="/graphql")
    yield _Repeated("GraphQL in JSON: batch", JSON, b'{"query":"{a(b:{n})}"},', b"[", b"0]", target="/graphql")


def _deep(size: int) -> Message:
    return request(b"[" * (size // 2) + b"]" * (size // 2), JSON)


def _deep_objects(size: int) -> Message:
    return request(b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6), JSON)


def _deep_xml(size: int) -> Message:
    return request(b"<a>" * (size // 7) + b"</a>" * (size // 7), _XML)


def _in_itself(size: int, wrap: Callable[[str], str]) -> Message:
    """A text wrapped again and again, as often as the size allows, at most 16 times."""
    text = "it's in " * max(1, size // 3_000)
    for _ in range(16):
        if len(wrapped := wrap(text)) > size:
            break
        text = wrapped
    return request(json.dumps({"a": text}).encode(), JSON)


def _json_in_json(size: int) -> Message:
    return _in_itself(size, lambda text: json.dumps({"a": text}))


def _base64_in_base64(size: int) -> Message:
    return _in_itself(size, lambda text: base64.b64encode(text.encode()).decode())


def _percent_in_percent(size: int) -> Message:
    return _in_itself(size, lambda text: quote(text, safe=""))


def _gzip_in_base64(size: int) -> Message:
    packed = base64.b64encode(gzip.compress(b"a plain text, " * (size // 28), mtime=0)).decode()
    return request(json.dumps([packed] * max(1, size // (2 * len(packed)))).encode(), JSON)


def _target(size: int, start: str, unit: str) -> Message:
    return request(b"", JSON, target=start + unit * (size // len(unit)))


def _fields(size: int, name: bytes, value: bytes) -> Message:
    count = max(1, size // (len(name) + len(value) + 12))
    return request(b"", JSON, headers=tuple((b"%b-%d" % (name, n), b"%b%d" % (value, n)) for n in range(count)))


def _cookies(size: int) -> Message:
    return request(b"", JSON, headers=((b"cookie", b"; ".join(b"c%d=v" % n for n in range(max(1, size // 9)))),))


def _one_field(size: int) -> Message:
    return request(b"", JSON, headers=((b"x-long", b"it's in " * (size // 8)),))


NASTY = (
    *(Case(own.name, own.build) for own in _repeats()),
    Case("JSON: nothing but depth", _deep),
    Case("JSON: objects in objects", _deep_objects),
    Case("XML: nothing but depth", _deep_xml),
    Case("JSON in JSON in JSON", _json_in_json),
    Case("base64 in base64 in base64", _base64_in_base64),
    Case("percent in percent in percent", _percent_in_percent),
    Case("gzip in base64", _gzip_in_base64),
    Case("query: parameters", lambda size: _target(size, "/?", "a=b&")),
    Case("query: percent", lambda size: _target(size, "/?a=", "%2541")),
    Case("query: SQL", lambda size: _target(size, "/?", "a=x'+or+1=1--&")),
    Case("path: segments", lambda size: _target(size, "", "/a")),
    Case("path: dots", lambda size: _target(size, "", "/..;a=b")),
    Case("path: percent", lambda size: _target(size, "/", "%252e")),
    Case("header fields", lambda size: _fields(size, b"x", b"value")),
    Case("header fields: SQL", lambda size: _fields(size, b"x", b"x' or 1=")),
    Case("header field: one", _one_field),
    Case("cookies", _cookies),
    Case("gzip: short strings", lambda size: _gzipped(size, b'"a{n}",')),
    Case("gzip: SQL-looking values", lambda size: _gzipped(size, b'"x\' in {n}",')),
    Case("gzip: escapes", lambda size: _gzipped(size, b'"\\u00e9{n}",')),
)
