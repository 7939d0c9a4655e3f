from __future__ import annotations

import json
import time
from base64 import b64encode

import pytest
from gatelens.model.limits import Limits
from gatelens.model.message import Channel, Message
from msgspec import structs

from tests.support.messages import anomalies, decoded, request, response, texts

ATTACK = "x' OR 1=1 --"


def read(message: Message) -> dict[str, str]:
    """Texts of the body by place; names left out."""
    found = texts(*decoded(message).segments)
    return {place: text for place, text in found if not place.startswith(("path", "header")) and "(key)" not in place}


def part(headers: str, content: str | bytes) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return b"--x\r\nContent-Disposition: form-data; " + headers.encode() + b"\r\n\r\n" + raw + b"\r\n"


def multipart(*parts: bytes, target: str = "/") -> Message:
    return request(b"".join(parts) + b"--x--\r\n", target=target, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize(
    ("content_type", "body", "found"),
    [
        ("application/vnd.api+json", b'{"a": "b"}', {"body:/a": "b"}),
        ("application/x-ndjson", b'{"a": "b"}\n{"a": "c"}\n', {"body:/0/a": "b", "body:/1/a": "c"}),
        ("application/json-seq", b'\x1e{"a": "b"}\n\x1e{"a": "c"}\n', {"body:/0/a": "b", "body:/1/a": "c"}),
        ("application/x-www-form-urlencoded", b"a[b][]=c+d", {"form:a[b][][0]": "c d"}),
        ("application/xml", b"<a b='c'><d>e</d></a>", {"body:/a/@b": "c", "body:/a/d": "e"}),
        ("application/soap+xml; charset=utf-8", b"<a>b</a>", {"body:/a": "b"}),
        ("text/csv", b'a,"b ""c"""\nd,e', {"body:/0/0": "a", "body:/0/1": 'b "c"', "body:/1/0": "d", "body:/1/1": "e"}),
        ("text/event-stream", b'data: {"a": "b"}\n\ndata: c\n\n', {"body:/0/data/a": "b", "body:/1/data": "c"}),
        ("text/plain", b"plain", {"body": "plain"}),
        ("text/html", b"<p>x</p>", {"body": "<p>x</p>"}),
    ],
)
def test_each_format_is_read_as_it_is_announced(content_type: str, body: bytes, found: dict[str, str]) -> None:
    message = request(body, content_type=content_type)
    assert read(message) == found
    assert anomalies(decoded(message)) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b' {"a": "b"}', {"body:/a": "b"}),
        (b'{"a": "b"}\n{"a": "c"}', {"body:/0/a": "b", "body:/1/a": "c"}),
        (b"<?xml version='1.0'?><a>b</a>", {"body:/a": "b"}),
        (b"a=%27&b=c", {"form:a[0]": "'", "form:b[0]": "c", "body": "a='&b=c"}),
    ],
)
def test_what_is_not_announced_is_read_by_what_it_looks_like(body: bytes, found: dict[str, str]) -> None:
    assert read(request(body, content_type="")) == found
    assert anomalies(decoded(request(body, content_type=""))) == []
    assert anomalies(decoded(request(body, content_type="text/plain"))) == ["content-mismatch"]
    assert read(request(body, content_type="text/plain")) == found


def test_xml_under_the_type_of_json_is_read_as_xml_as_well() -> None:
    message = request(b"<?xml version='1.0'?><a>b</a>")
    assert read(message)["body:/a"] == "b"
    assert "json-syntax" in anomalies(decoded(message))


@pytest.mark.parametrize("content_type", ["text/csv", "text/event-stream", "application/x-www-form-urlencoded"])
def test_xml_under_a_type_that_takes_any_text_is_read_as_xml_as_well(content_type: str) -> None:
    message = request(b"<?xml version='1.0'?><a>JzEx</a>", content_type=content_type)
    assert read(message)["body:/a"] == "JzEx"
    assert "content-mismatch" in anomalies(decoded(message))


def test_parts_are_read_by_their_own_types_and_names_stand_beside() -> None:
    inner = '{"user": {"name": "ada"}}'
    message = multipart(
        part('name="note"', "plain ' text"),
        part('name="meta"\r\nContent-Type: application/json', inner),
        part('name="loose"', inner),
        part('name="doc"; filename="a\'b.xml"\r\nContent-Type: text/xml', "<a>b</a>"),
        part('name="note"', "again"),
    )
    assert {k: v for k, v in read(message).items() if "content-type" not in k} == {
        "form:note[0]": "plain ' text",
        "form:note[1]": "again",
        "form:meta[0]/user/name": "ada",
        "form:loose[0]/user/name": "ada",
        "form:doc[0]/filename": "a'b.xml",
        "form:doc[0]/a": "b",
    }


def test_a_span_within_a_part_is_of_the_body() -> None:
    message = multipart(part('name="note"', "one"), part('name="meta"', '{"a": "b\\u0027c"}'))
    for segment in decoded(message).segments:
        for index, text in enumerate(segment.texts):
            if text == "b'c":
                span = segment.span(index, 1, 2)
                assert span is not None
                assert message.body[slice(*span)] == b"\\u0027"
                return
    pytest.fail("the value is not read")


def test_a_part_within_a_part_is_read_and_too_many_levels_are_an_anomaly() -> None:
    inner = "--y\r\nContent-Disposition: form-data; name=deep\r\n\r\nbottom\r\n--y--\r\n"
    message = multipart(part('name="out"\r\nContent-Type: multipart/mixed; boundary=y', inner))
    assert "bottom" in read(message).values()
    body = b"bottom"
    for level in range(12):
        kind = f"multipart/mixed; boundary=b{level - 1}" if level else "text/plain"
        head = f'--b{level}\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode() + body + f"\r\n--b{level}--\r\n".encode()
    nested = request(body, content_type="multipart/form-data; boundary=b11")
    assert "nested-depth" in anomalies(decoded(nested))


def test_multipart_bodies_in_each_other_take_linear_time() -> None:
    body = b""
    for level in range(4_000):
        head = f"--b{level}\r\nContent-Type: multipart/mixed; boundary=b{level - 1}\r\n\r\n"
        body = head.encode() + body + f"\r\n--b{level}--\r\n".encode()
    begin = time.process_time()
    decoded(request(body, content_type="multipart/form-data; boundary=b3999"))
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-7", "cp037", "shift_jis", "utf-32"])
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
def test_a_body_is_read_as_its_charset_says(codec: str, content_type: str) -> None:
    name = {"cp037": "ibm037", "utf-16-le": "utf-16le"}.get(codec, codec)
    wrapped = {"application/xml": f"<a>{ATTACK}</a>", "application/x-www-form-urlencoded": f"q={ATTACK}"}
    body = wrapped.get(content_type, ATTACK).encode(codec)
    found = read(request(body, content_type=f"{content_type}; charset={name}"))
    assert any(ATTACK in text for text in found.values())


def test_text_in_utf_16_is_read_though_nothing_says_so() -> None:
    for codec in ("utf-16", "utf-16-le", "utf-16-be"):
        assert ATTACK in texts_of(request(ATTACK.encode(codec), content_type="text/plain"))
        assert ATTACK in texts_of(request(json.dumps({"a": ATTACK}).encode(codec)))


@pytest.mark.parametrize(
    ("content_type", "words"),
    [
        ("application/msgpack", "MessagePack"),
        ("application/cbor", "CBOR"),
        ("application/x-protobuf", "protobuf"),
        ("application/octet-stream", "a binary body"),
        ("", "a binary body"),
    ],
)
def test_of_a_binary_body_the_strings_are_read_and_an_anomaly_says_so(content_type: str, words: str) -> None:
    message = request(b"\x82\xa1a\xac" + ATTACK.encode() + b"\xa1b\x00\x00\xff\xfe", content_type=content_type)
    (found,) = decoded(message).anomalies
    assert (found.kind.value, found.seen) == ("not-inspected", words)
    assert any(ATTACK in text for text in read(message).values())


class TestGraphql:
    DOCUMENT = 'query A($v: String) { a(v: $v, lit: "it\'s") }'

    def operations(self, message: Message) -> list[tuple[str, str]]:
        return [(str(operation.location), operation.document) for operation in decoded(message).graphql]

    def test_the_multipart_request_form_is_a_carrier(self) -> None:
        operations = json.dumps({"query": self.DOCUMENT, "variables": {"v": "w"}})
        message = multipart(
            part('name="operations"', operations),
            part('name="map"', '{"0": ["variables.file"]}'),
            part('name="0"; filename="a.txt"\r\nContent-Type: text/plain', "content"),
            target="/graphql",
        )
        assert self.operations(message) == [("form:operations[0]/query", self.DOCUMENT)]
        found = read(message)
        assert found["form:operations[0]/variables/v"] == "w"
        assert found["graphql:1:37"] == "it's"
        assert "form:operations[0]/query" not in found

    def test_a_websocket_message_is_a_carrier(self) -> None:
        body = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": self.DOCUMENT}}).encode()
        message = structs.replace(request(body, target="/graphql"), channel=Channel.WEBSOCKET, headers=())
        assert self.operations(message) == [("body:/payload/query", self.DOCUMENT)]


def test_a_websocket_message_of_any_format_is_read() -> None:
    def message(body: bytes) -> Message:
        return structs.replace(request(body), channel=Channel.WEBSOCKET, headers=())

    assert read(message(b'["a"]')) == {"body:/0": "a"}
    assert read(message(b"plain")) == {"body": "plain"}
    assert anomalies(decoded(message(b"\x00\x01\x02\x03abcdefgh"))) == ["not-inspected"]


def test_what_is_packed_in_a_value_is_unwrapped_in_requests_only() -> None:
    packed = b64encode(ATTACK.encode())
    assert ATTACK in texts_of(request(b'["' + packed + b'"]'))
    assert ATTACK not in texts_of(response(b'["' + packed + b'"]'))


def test_credentials_are_not_read_but_what_is_packed_in_them_is() -> None:
    basic = b64encode(f"ada:{ATTACK}".encode()).decode()
    message = request(method="GET", headers=[("authorization", f"Basic {basic}")])
    assert [text for text in texts_of(message) if text] == [f"ada:{ATTACK}", "ada", ATTACK]


@pytest.mark.parametrize(
    "value", [ATTACK, f"Bearer {ATTACK}", f'Digest username="{ATTACK}"', f'Token token="{ATTACK}"']
)
def test_credentials_in_which_more_than_a_token_stands_are_read(value: str) -> None:
    message = request(method="GET", headers=[("authorization", value)])
    assert any(ATTACK in text for text in texts_of(message))


@pytest.mark.parametrize("scheme", ["Basic ", "bASIC ", "basic\t"])
def test_a_scheme_is_known_in_any_case(scheme: str) -> None:
    basic = b64encode(f"ada:{ATTACK}".encode()).decode()
    assert ATTACK in texts_of(request(method="GET", headers=[("authorization", scheme + basic)]))


@pytest.mark.parametrize(
    ("target", "body", "content_type"),
    [
        ("/s", ATTACK.encode(), "application/graphql"),
        ("/s", f"q={ATTACK}".encode(), "application/graphql"),
        ("/graphql", json.dumps({"query": ATTACK}).encode(), "application/json"),
        ("/graphql", json.dumps([{"query": ATTACK}]).encode(), "application/json"),
        ("/graphql", json.dumps({"payload": {"query": ATTACK}}).encode(), "application/json"),
        ("/graphql", json.dumps({"query": f"query {ATTACK}"}).encode(), "application/json"),
    ],
)
def test_what_is_no_document_stays_a_value_where_graphql_is_expected(
    target: str, body: bytes, content_type: str
) -> None:
    message = request(body, target=target, content_type=content_type)
    assert any(ATTACK in text for text in texts_of(message))


def test_operations_beyond_the_nodes_that_are_kept_do_no_harm() -> None:
    body = json.dumps([["a"] * 4990] * 11 + [{"query": "{a}"}]).encode()
    assert "json-nodes" in anomalies(decoded(request(body, target="/graphql")))


def test_an_ambiguous_type_of_a_part_is_told() -> None:
    message = multipart(part('name="a"\r\nContent-Type: text/plain; charset=ibm037', ATTACK))
    assert "charset-unreadable" in anomalies(decoded(message))


def texts_of(message: Message) -> list[str]:
    return [text for segment in decoded(message).segments for text in segment.texts]


def test_the_limits_of_parts_and_cells_are_those_of_the_route() -> None:
    message = multipart(*[part('name="a"', "1")] * 3)
    assert anomalies(decoded(message, Limits(parts=2))) == ["part-count"]
    assert anomalies(decoded(message)) == []


@pytest.mark.parametrize(
    "event",
    [b'data: {"a": "b\n\n', b"data: {} {} x\n\n", b"data: <?xml version='1.0'?><a>b</a>\n\n", b"data: \xff\x00\n\n"],
)
def test_of_very_many_events_that_are_costly_to_read_the_last_are_plain_and_that_is_told(event: bytes) -> None:
    last = b'data: {"a": "x\' OR 1=1 --"}\n\n'
    few, many = (decoded(request(event * count + last, content_type="text/event-stream")) for count in (20, 200))
    told = "too many events that are costly to read"
    assert told not in {anomaly.seen for anomaly in few.anomalies}
    assert told in {anomaly.seen for anomaly in many.anomalies}
    for message in (few, many):
        assert ATTACK in {text for segment in message.segments for text in segment.texts}


def test_the_limit_of_parts_is_for_all_multipart_bodies_within_one_together() -> None:
    inner = b"".join(b"--y\r\n\r\n%d\r\n" % number for number in range(3)) + b"--y--\r\n"
    outer = multipart(*[part('name="a"\r\nContent-Type: multipart/mixed; boundary=y', inner)] * 3)
    found = decoded(outer, Limits(parts=5))
    assert set(anomalies(found)) == {"part-count"}
    assert anomalies(decoded(outer, Limits(parts=20))) == []
