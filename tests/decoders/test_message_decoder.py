from __future__ import annotations

import gzip
import time
from urllib.parse import quote

import pytest
from gatelens.decoders import binary
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.decoders.segment import PlainBody
from gatelens.model.limits import Limits
from gatelens.model.message import Channel, Message, Phase
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.support.messages import NOW, anomalies, decoded, request, response, texts

FORM = "application/x-www-form-urlencoded"
ATTACK = "x' OR 1=1 --"


def read(message: Message) -> list[tuple[str, str]]:
    """Texts of the body and what goes with it; those of the path and the header fields left out."""
    found = texts(*decoded(message).segments)
    return [(place, text) for place, text in found if not place.startswith(("path", "header"))]


def test_every_part_of_a_request_is_read() -> None:
    message = request(
        b'{"a": "b"}', target="/users/7?q=x&q=y", headers=[("X-Tag", "t"), ("Cookie", "c=1"), ("cookie", "d=2")]
    )
    assert texts(*decoded(message).segments) == [
        ("header:content-type[0]", "application/json"),
        ("header:x-tag[0]", "t"),
        ("cookie:c[0]", "1"),
        ("cookie:d[0]", "2"),
        ("cookie:c[0] (key)", "c"),
        ("cookie:d[0] (key)", "d"),
        ("path:0", "users"),
        ("path:1", "7"),
        ("path", "/users/7"),
        ("query:q[0]", "x"),
        ("query:q[1]", "y"),
        ("query:q[0] (key)", "q"),
        ("query:q[1] (key)", "q"),
        ("body:/a", "b"),
        ("body:/a (key)", "a"),
    ]


def test_of_a_response_the_body_is_read() -> None:
    message = response(b'{"a": "b"}', headers=[("set-cookie", "c=1"), ("x-tag", "t")])
    assert texts(*decoded(message).segments) == [("body:/a", "b"), ("body:/a (key)", "a")]


def test_credentials_are_not_read_as_text() -> None:
    message = request(method="GET", headers=[("Authorization", "Bearer secret"), ("proxy-authorization", "Basic x")])
    assert texts(*decoded(message).segments) == []


def test_a_websocket_message_has_a_body_and_no_target() -> None:
    message = structs.replace(request(b'{"a": "b"}', target="/socket?q=x"), channel=Channel.WEBSOCKET, headers=())
    assert texts(*decoded(message).segments) == [("body:/a", "b"), ("body:/a (key)", "a")]


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/json; charset=utf-8", "application/problem+json", "text/plain", ""]
)
def test_json_is_read_as_json_whatever_its_type_says(content_type: str) -> None:
    assert read(request(b' \n{"a": "\\u0027"}', content_type=content_type)) == [
        ("body:/a", "'"),
        ("body:/a (key)", "a"),
    ]
    far = b" " * 5000 + b'{"a": "\\u0027"}'
    assert read(request(far, content_type=content_type))[0] == ("body:/a", "'")


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON;x=y"])
def test_a_body_that_should_be_json_and_is_not_is_an_anomaly_and_read_loosely(content_type: str) -> None:
    message = request(b"{'a': 'b\\u0027',}", content_type=content_type)
    assert anomalies(decoded(message)) == ["json-syntax"]
    assert read(message) == [
        ("body:/a", "b'"),
        ("body:/a (key)", "a"),
        ("body", "{'a': 'b\\u0027',}"),
        ("body", "{'a': 'b'',}"),
    ]


def test_a_text_that_only_begins_like_json_is_a_plain_text() -> None:
    message = request(b"{hello}", content_type="text/plain")
    assert (anomalies(decoded(message)), read(message)[-1]) == ([], ("body", "{hello}"))


def test_lenient_json_under_another_type_is_read_as_that_and_as_a_text() -> None:
    message = request(b"{'a': NaN, 'q': 'JzEx'}", content_type="text/plain")
    assert anomalies(decoded(message)) == []
    assert {("body:/q", "JzEx"), ("body", "{'a': NaN, 'q': 'JzEx'}")} <= set(read(message))


def test_a_form_is_read_as_a_form() -> None:
    assert read(request(b"a=%27+b", content_type=FORM)) == [("form:a[0]", "' b"), ("form:a[0] (key)", "a")]


def test_a_form_that_is_json_as_well_is_read_both_ways() -> None:
    message = request(b'{"a":"&q=%27"}', content_type=FORM)
    assert ("body:/a", "&q=%27") in read(message)
    assert ("form:q[0]", "'\"}") in read(message)


def test_a_second_content_type_is_an_anomaly_and_the_same_one_again_is_none() -> None:
    assert anomalies(decoded(request(b"a=b", headers=[("Content-Type", FORM)]))) == ["content-type"]
    assert anomalies(decoded(request(b"{}", headers=[("content-type", "application/json")]))) == []


def test_a_coding_is_taken_off_and_content_is_what_was_under_it() -> None:
    result = decoded(request(gzip.compress(b'{"a": "b"}'), headers=[("content-encoding", "gzip")]))
    assert result.content == b'{"a": "b"}'
    assert ("body:/a", "b") in texts(*result.segments)


@pytest.mark.parametrize(
    "fields",
    [
        [("content-encoding", "gzip"), ("content-encoding", "gzip")],
        [("content-encoding", "gzip, gzip")],
        [("Content-Encoding", "GZIP"), ("content-encoding", " gzip ")],
    ],
)
def test_codings_of_all_fields_count(fields: list[tuple[str, str]]) -> None:
    body = gzip.compress(gzip.compress(b'{"a": "b"}'))
    assert decoded(request(body, headers=fields)).content == b'{"a": "b"}'


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([("content-encoding", "gzip")], ["compressed-trailing"]),
        ([("content-encoding", "rot13")], ["content-encoding"]),
        ([("transfer-encoding", "gzip, chunked")], ["transfer-encoding"]),
        ([("transfer-encoding", "chunked")], []),
    ],
)
def test_a_coding_that_cannot_be_taken_off_is_an_anomaly(fields: list[tuple[str, str]], found: list[str]) -> None:
    assert anomalies(decoded(request(b'{"a": "b"}', headers=fields))) == found


@pytest.mark.parametrize(
    ("limits", "kind"),
    [
        (Limits(request_body=9), "body-size"),
        (Limits(header_count=2), "header-count"),
        (Limits(header_bytes=60), "header-bytes"),
        (Limits(url_length=8), "url-length"),
        (Limits(parameters=1), "parameter-count"),
    ],
)
def test_a_limit_that_is_passed_is_an_anomaly(limits: Limits, kind: str) -> None:
    message = request(b'{"a": "b"}', target="/x?c=1&d=2", headers=[("x-a", "1"), ("x-b", "a" * 20)])
    assert anomalies(decoded(message, limits)) == [kind]
    assert anomalies(decoded(message)) == []


def test_a_binary_body_is_not_read_and_an_anomaly_says_so() -> None:
    assert anomalies(decoded(request(b"\x89PNG\0", content_type="image/png"))) == ["not-inspected"]
    assert anomalies(decoded(request(b"plain text", content_type="image/png"))) == []


@pytest.mark.parametrize(("unread", "kind"), [(-1, "not-inspected"), (99_000_000, "body-size")])
def test_a_body_that_was_not_kept_is_an_anomaly(unread: int, kind: str) -> None:
    assert anomalies(decoded(structs.replace(response(), unread=unread))) == [kind]


def test_a_body_that_is_no_utf_8_keeps_the_bytes_of_every_character() -> None:
    body = b"caf\xe9 \xc3\xa9 ada \xf0\x9f\x98\x80\xff end"
    (segment,) = decoded(response(body, content_type="text/html")).segments
    text = segment.texts[0]
    assert text == "caf\ufffd é ada 😀\ufffd end"
    for word in ("ada", "é", "😀", "end"):
        start = text.index(word)
        span = segment.span(0, start, start + len(word))
        assert span is not None
        assert body[slice(*span)].decode() == word


@given(st.binary().filter(binary.is_text))
def test_every_character_of_a_plain_body_has_its_bytes(body: bytes) -> None:
    for segment in decoded(response(body, content_type="text/html")).segments:
        if isinstance(segment, PlainBody):
            text = segment.texts[0]
            spans = [segment.span(0, index, index + 1) for index in range(len(text))]
            assert b"".join(body[slice(*span)] for span in spans if span) == body


class TestGraphql:
    def test_at_its_own_path_a_document_is_code_and_its_literals_are_read(self) -> None:
        message = request(b'{"query": "{ a(x: \\"lit\\") } # note", "variables": {"v": "w"}}', target="/graphql")
        assert read(message) == [
            ("body:/variables/v", "w"),
            ("body:/query (key)", "query"),
            ("body:/variables (key)", "variables"),
            ("body:/variables/v (key)", "v"),
            ("graphql:1:8", "lit"),
            ("graphql:1:17", " note"),
        ]

    @pytest.mark.parametrize("text", [f"query {ATTACK}", f"{{a}} # {ATTACK}", '{a(x:"\'")b(y:" OR 1=1 --")}'])
    @pytest.mark.parametrize("content_type", ["application/json", "application/graphql+json"])
    def test_elsewhere_a_search_text_that_looks_like_a_document_is_read_whole(
        self, text: str, content_type: str
    ) -> None:
        body = ('{"query": "' + text.replace('"', '\\"') + '"}').encode()
        assert ("body:/query", text) in read(request(body, target="/search", content_type=content_type))
        assert ("query:query[0]", text) in read(request(method="GET", target=f"/search?query={quote(text)}"))
        form = f"query={quote(text)}".encode()
        assert ("form:query[0]", text) in read(request(form, target="/search", content_type=FORM))

    def test_every_document_of_a_batch_is_an_operation(self) -> None:
        result = decoded(request(b'[{"x": "{a}", "query": "{a}"}, {"query": "{a}"}]', target="/graphql"))
        assert [str(operation.location) for operation in result.graphql] == ["body:/0/query", "body:/1/query"]

    def test_a_document_stands_in_a_query_or_alone_too(self) -> None:
        by_get = decoded(request(method="GET", target="/graphql?query=%7Ba%7D"))
        assert [(str(o.location), o.document) for o in by_get.graphql] == [("query:query[0]", "{a}")]
        alone = decoded(request(b"{a}", content_type="application/graphql"))
        assert [(str(o.location), o.document) for o in alone.graphql] == [("body", "{a}")]

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [(b"[" + b'{"query":"{a}"},' * 60_000 + b"1]", "application/json"), (b"query={a}&" * 100_000, FORM)],
    )
    def test_a_batch_without_end_takes_linear_time(self, body: bytes, content_type: str) -> None:
        begin = time.process_time()
        decoded(request(body, target="/graphql", content_type=content_type))
        assert time.process_time() - begin < 5


def test_known_fields_and_names_are_not_read_again_and_decisive_fields_are() -> None:
    message = request(b'{"a": "b"}', headers=[("x-tag", "t")])
    known = {(b"x-tag", b"t"), (b"content-type", b"application/json")}
    result = Decoded()
    decode(message, result, Limits(), known - {(b"content-type", b"application/json")}, {"a"})
    assert texts(*result.segments) == [("header:content-type[0]", "application/json"), ("body:/a", "b")]
    assert decoded(message).candidates == [(b"x-tag", b"t")]


HEADER_NAMES = st.sampled_from(
    [b"content-type", b"Content-Encoding", b"transfer-encoding", b"cookie", b"content-length", b"x", b"\xff"]
)
HEADER_VALUES = st.sampled_from(
    [b"application/json", FORM.encode(), b"application/graphql", b"gzip", b"br, zstd", b"image/png", b"a=b; c", b""]
) | st.binary(max_size=20)


@given(
    body=st.binary(max_size=100) | st.text(alphabet='{}[]",:\\query=&%25#').map(str.encode),
    headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=4),
    target=st.text(alphabet="/?&=%25#graphql;é"),
    phase=st.sampled_from(Phase),
    unread=st.sampled_from([0, 0, 0, -1, 10]),
)
@settings(max_examples=150)
def test_decoding_never_raises(
    body: bytes, headers: list[tuple[bytes, bytes]], target: str, phase: Phase, unread: int
) -> None:
    message = Message(
        phase=phase, method="X", target=target, headers=tuple(headers), body=body, time=NOW, unread=unread
    )
    for segment in decoded(message).segments:
        for index, text in enumerate(segment.texts):
            assert str(segment.locate(index))
            assert segment.transformations(index) is not None
            span = segment.span(index, 0, len(text))
            assert span is None or span[0] <= span[1]
