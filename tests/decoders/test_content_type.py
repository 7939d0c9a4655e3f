"""Content types as they are sent, and as two parsers would differ about them."""

from __future__ import annotations

import time

import pytest
from gatelens.decoders.content_type import parse
from hypothesis import given
from hypothesis import strategies as st


def seen(value: bytes) -> list[tuple[str, str]]:
    return [(anomaly.kind.value, anomaly.seen) for anomaly in parse(value).anomalies]


@pytest.mark.parametrize(
    ("value", "media_type", "parameters"),
    [
        (b"", "", {}),
        (b"application/json", "application/json", {}),
        (b"Application/JSON;charset=UTF-8", "application/json", {"charset": "UTF-8"}),
        (b'application/json ; Charset="utf-8"', "application/json", {"charset": "utf-8"}),
        (b"application/json;", "application/json", {}),
        (b"text/plain; charset=us-ascii", "text/plain", {"charset": "us-ascii"}),
        (b"text/html; charset=ISO-8859-1", "text/html", {"charset": "ISO-8859-1"}),
        (b"application/json; charset='utf-8'", "application/json", {"charset": "'utf-8'"}),
        (b"application/vnd.api+json; ext=a; v=1", "application/vnd.api+json", {"ext": "a", "v": "1"}),
        (b"multipart/form-data; boundary=----WebKitFormBoundaryA1", None, {"boundary": "----WebKitFormBoundaryA1"}),
        (b'multipart/mixed; boundary="a;b,c=\\"d\\\\"', "multipart/mixed", {"boundary": 'a;b,c="d\\'}),
        (b'multipart/related; type="application/xop+xml"; start="<a@b>"', None, {"start": "<a@b>"}),
        (b"application/grpc-web+proto", "application/grpc-web+proto", {}),
    ],
)
def test_a_well_formed_type_is_read_with_its_parameters(
    value: bytes, media_type: str | None, parameters: dict[str, str]
) -> None:
    found = parse(value)
    assert found.anomalies == ()
    assert found.type == (media_type or value.partition(b";")[0].decode())
    assert parameters.items() <= found.parameters.items()


@pytest.mark.parametrize(
    ("value", "media_type", "words"),
    [
        (b"json", "", "no media type"),
        (b"application/", "", "no media type"),
        (b"appl ication/json", "", "no media type"),
        (b"; charset=utf-8", "", "no media type"),
        (b"text/plain, application/json", "text/plain", "a list of media types"),
        (b"application/json;a=b, text/plain", "application/json", "a list of media types"),
        (b"application/json\x00", "", "a control character"),
        (b"application/json;\r\n charset=utf-8", "application/json", "a control character"),
        (b"application/json; charset", "application/json", "a malformed parameter"),
        (b"application/json; charset = utf-8", "application/json", "a malformed parameter"),
        (b"application/json; =utf-8", "application/json", "a malformed parameter"),
        (b"application/json charset=utf-8", "", "no media type"),
        (b'multipart/form-data; boundary="a', "multipart/form-data", "a malformed parameter"),
        (b'multipart/form-data; boundary="a"b', "multipart/form-data", "a malformed parameter"),
        (b"multipart/form-data; boundary=a; Boundary=b", "multipart/form-data", "a parameter given twice"),
        (b"text/html; charset=utf-8; charset=utf-16", "text/html", "a parameter given twice"),
        (b"a/b;" + b" " * 2000, "a/b", "a value that is not read to its end"),
    ],
)
def test_what_parsers_differ_about_is_said(value: bytes, media_type: str, words: str) -> None:
    assert ("content-type", words) in seen(value)
    assert parse(value).type == media_type
    assert str(parse(value).anomalies[0].location) == "header:content-type[0]"


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        (b"text/plain; charset=utf-16", {"charset"}),
        (b"text/plain; charset=gbk", {"charset"}),
        (b"text/plain; charset=utf-7", {"charset-unreadable"}),
        (b"text/plain; charset=ibm037", {"charset-unreadable"}),
        (b"text/plain; charset=cp875", {"charset-unreadable"}),
        (b"text/plain; charset*=us-ascii''ibm037", {"charset-unreadable"}),
        (b"text/plain; charset*0=ibm; charset*1=037", {"charset-unreadable"}),
        (b"text/plain; charset=koi8-r", set()),
    ],
)
def test_a_charset_that_hides_ascii_or_is_not_known_is_told_apart(value: bytes, kinds: set[str]) -> None:
    assert {kind for kind, _ in seen(value)} == kinds


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"application/json; charset=utf-7", "utf-7"),
        (b"application/json; charset=UTF-16LE", "utf-16le"),
        (b'text/xml; charset="utf-16"', "utf-16"),
        (b"text/plain; charset=ibm037", "ibm037"),
        (b"text/plain; charset=cp9999", "an unknown charset"),
        (b"text/plain; charset=utf-88", "an unknown charset"),
        (b"text/plain; charset=windows-1251", None),
        (b"text/plain; charset=iso-8859-15", None),
        (b"text/plain; charset=utf-8; charset=utf-16", None),
        (b"text/plain; charset=utf-16; charset=utf-8", "utf-16"),
    ],
)
def test_a_charset_in_which_ascii_is_not_itself_is_named(value: bytes, words: str | None) -> None:
    assert [seen for kind, seen in seen(value) if kind in ("charset", "charset-unreadable")] == (
        [words] if words else []
    )


def test_of_a_parameter_given_twice_the_first_is_kept() -> None:
    assert parse(b"a/b; boundary=x; boundary=y").parameters["boundary"] == "x"


@pytest.mark.parametrize("value", [b"'utf-8'", b"UTF-8", b'"utf-8"'])
def test_a_charset_is_known_by_its_name_alone(value: bytes) -> None:
    assert parse(b"a/b; charset=" + value).charset == "utf-8"


@given(st.binary())
def test_no_value_raises(value: bytes) -> None:
    parse(value)
    parse(b"a/b;" + value)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=70))
def test_a_quoted_value_is_given_back(boundary: str) -> None:
    quoted = boundary.replace("\\", "\\\\").replace('"', '\\"')
    found = parse(f'multipart/mixed; boundary="{quoted}"'.encode())
    assert (found.parameters["boundary"], found.anomalies) == (boundary, ())


@pytest.mark.parametrize(
    "value", [b"a/b" + b";a=b" * 300_000, b'"' * 1_000_000, b"a/b;" + b" " * 1_000_000, b"a" * 1_000_000]
)
def test_a_very_long_value_costs_little(value: bytes) -> None:
    begin = time.process_time()
    parse(value)
    assert time.process_time() - begin < 0.05
