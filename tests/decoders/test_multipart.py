from __future__ import annotations

import time
from base64 import b64encode
from email import message_from_bytes

import pytest
from gatelens.decoders import multipart
from gatelens.decoders.multipart import FormPart, Multipart
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts

LIMITS = Limits()
FORM = "multipart/form-data; boundary=b"


def part(disposition: str, content: str = "x", *more: str) -> str:
    return "\r\n".join((f"--b\r\nContent-Disposition: {disposition}", *more, "", content, ""))


def form(*parts: str, end: str = "--b--\r\n") -> bytes:
    return ("".join(parts) + end).encode()


def read(body: bytes, content_type: str = FORM, limits: Limits = LIMITS) -> Multipart:
    found = multipart.decode(body, content_type, limits)
    for each in found.parts:
        if each.start is not None:
            assert body[each.start : each.start + len(each.body)] == each.body
    return found


def seen(found: Multipart) -> list[str]:
    return [anomaly.seen for anomaly in found.anomalies]


def contents(found: Multipart) -> list[tuple[str, bytes]]:
    return [(each.pointer, each.body) for each in found.parts]


A = part('form-data; name="a"')
GOOD = form(A)


def test_parts_are_read_with_name_type_and_content() -> None:
    body = form(
        part('form-data; name="a"', "1"),
        part('form-data; name="f"; filename="é.JSON"', '{"x": 1}\r\n', "Content-Type: Application/JSON; charset=UTF-8"),
        part("form-data; name=a", ""),
    )
    found = read(body)
    assert seen(found) == []
    assert not found.doubtful
    assert contents(found) == [("a[0]", b"1"), ("f[0]", b'{"x": 1}\r\n'), ("a[1]", b"")]
    file = found.parts[1]
    assert (file.filename, file.head.content_type, file.head.charset) == ("é.JSON", "application/json", "utf-8")
    assert found.parts[0].filename is None


def test_names_are_keys_and_what_is_said_of_parts_are_texts() -> None:
    found = read(
        form(part('form-data; name="a"; filename="f%27"', "1", "Content-Type: text/csv; header=no", "X-A: b"), A)
    )
    assert texts(*multipart.described(found.parts)) == [
        ("form:a[0] (key)", "a"),
        ("form:a[1] (key)", "a"),
        ("form:a[0]/filename", "f%27"),
        ("form:a[0]/filename", "f'"),
        ("form:a[0]/content-type", "text/csv; header=no"),
        ("form:a[0]/x-a", "b"),
    ]


def test_a_nested_multipart_is_read_by_its_own_type() -> None:
    inner = "--c\r\nContent-Disposition: file; filename=x.txt\r\n\r\nhello\r\n--c--"
    outer = read(form(part('form-data; name="files"', inner, "Content-Type: multipart/mixed; boundary=c")))
    assert outer.parts[0].head.content_type == "multipart/mixed"
    found = read(outer.parts[0].body, dict(outer.parts[0].headers)["content-type"])
    assert contents(found) == [("[0]", b"hello")]
    assert found.parts[0].filename == "x.txt"
    assert not found.doubtful


@pytest.mark.parametrize(
    ("encoding", "content", "expected"),
    [
        ("base64", "JyBvciAx\r\nPTE=", b"' or 1=1"),
        ("BASE64", "JyBvciAxPTE", b"' or 1=1"),
        ("quoted-printable", "=27 or=\r\n 1=3D1", b"' or 1=1"),
    ],
)
def test_a_transfer_encoding_is_undone_and_told(encoding: str, content: str, expected: bytes) -> None:
    found = read(form(part('form-data; name="a"', content, f"Content-Transfer-Encoding: {encoding}")))
    only = found.parts[0]
    assert (only.body, only.start, only.steps) == (expected, None, (encoding.lower(),))
    assert seen(found) == ["a content-transfer-encoding"]
    assert found.doubtful


@pytest.mark.parametrize(("encoding", "content"), [("base64", "abcde"), ("x-gzip", "abc")])
def test_what_can_not_be_undone_is_left(encoding: str, content: str) -> None:
    found = read(form(part('form-data; name="a"', content, f"Content-Transfer-Encoding: {encoding}")))
    assert contents(found) == [("a[0]", content.encode())]
    assert seen(found) == ["a content-transfer-encoding"]


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "binary"])
def test_an_encoding_that_changes_nothing_is_no_anomaly(encoding: str) -> None:
    assert seen(read(form(part('form-data; name="a"', "x", f"Content-Transfer-Encoding: {encoding}")))) == []


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("multipart/form-data", GOOD, ["no boundary"]),
        (
            "multipart/form-data; boundary=",
            GOOD,
            ["in the content type: a value without quotes that is no token", "no boundary"],
        ),
        ("multipart/form-data; boundary=x; boundary=b", GOOD, ["two boundaries", "no delimiter"]),
        ("multipart/form-data; boundary='b'", GOOD, ["in the content type: single quotes", "no delimiter"]),
        (
            'multipart/form-data; boundary="b',
            GOOD,
            ["in the content type: a quote that is not closed"],
        ),
        ('multipart/form-data; boundary="\\b"', GOOD, ["in the content type: a backslash"]),
        (
            "multipart/form-data; boundary*=utf-8''b",
            GOOD,
            ["a boundary that RFC 2046 does not allow"],
        ),
        (
            "multipart/form-data; boundary=b&",
            GOOD.replace(b"--b", b"--b&"),
            ["a boundary that RFC 2046 does not allow"],
        ),
        ("multipart/form-data; boundary=b, c", GOOD, ["in the content type: a value without quotes that is no token"]),
    ],
)
def test_a_doubtful_boundary_is_told_and_read_in_each_way(content_type: str, body: bytes, expected: list[str]) -> None:
    found = read(body, content_type)
    assert seen(found)[: len(expected)] == expected
    assert found.doubtful
    if "," not in content_type:
        assert contents(found) == [("a[0]", b"x")]


@pytest.mark.parametrize(
    "content_type", ['multipart/form-data; boundary="b"', "Multipart/Form-Data;charset=utf-8;BOUNDARY=b"]
)
def test_a_boundary_in_any_plain_form_is_no_anomaly(content_type: str) -> None:
    found = read(GOOD, content_type)
    assert seen(found) == []
    assert contents(found) == [("a[0]", b"x")]


@pytest.mark.parametrize(
    ("body", "expected", "parts"),
    [
        (GOOD.replace(b"\r\n", b"\n"), ["a line end that is no CRLF"], [("a[0]", b"x")]),
        (
            GOOD.replace(b"\r\n", b"\r"),
            [
                "text behind a delimiter",
                "a part without a blank line",
                "a part without a name",
                "no closing delimiter",
                "a line end that is no CRLF",
            ],
            None,
        ),
        (form(A, end=""), ["no closing delimiter"], None),
        (
            form(A, end="--b"),
            [
                "a line end that is no CRLF",
                "a part without a blank line",
                "a part without a name",
                "no closing delimiter",
            ],
            [("a[0]", b"x"), ("[0]", b"")],
        ),
        (b"hello\r\n" + GOOD, ["text before the first part"], [("a[0]", b"x")]),
        (b"\r\n" + GOOD, [], [("a[0]", b"x")]),
        (GOOD + b"hello", ["text behind the last part"], [("a[0]", b"x")]),
        (GOOD + b"\r\n", [], [("a[0]", b"x")]),
        (GOOD + form(A), ["text behind the last part"], [("a[0]", b"x"), ("a[1]", b"x")]),
        (form(A, end="--b-- \r\n"), ["white space behind a delimiter"], [("a[0]", b"x")]),
        (GOOD.replace(b"--b\r\n", b"--b \r\n"), ["white space behind a delimiter"], [("a[0]", b"x")]),
        (GOOD.replace(b"--b\r\n", b"--bc\r\n"), ["text behind a delimiter"], [("a[0]", b"x")]),
        (form(part('form-data; name="a"', "x--by")), ["the boundary within a line"], [("a[0]", b"x--by")]),
        (form(part('form-data; name="a"', "x\r--b\ry")), ["a line end that is no CRLF"], [("a[0]", b"x\r--b\ry")]),
        (b"--c\r\n", ["no delimiter"], []),
        (b"", ["no delimiter"], []),
        (b"--b\r\n\r\nx\r\n--b--", ["a part without a name"], [("[0]", b"x")]),
        (
            b"--b\r\nhello\r\n--b--",
            ["a part without a blank line", "a header without a colon", "a part without a name"],
            [("[0]", b"hello")],
        ),
        (b"--b\r\n--b--", ["a part without a blank line", "a part without a name"], [("[0]", b"")]),
        (
            b"--b\r\nX: " + b"y" * 9000 + b"\r\n\r\nx\r\n--b--",
            ["a header block over 8 KiB", "a part without a name"],
            [("[0]", b"X: " + b"y" * 9000 + b"\r\n\r\nx")],
        ),
        (
            form("--b\r\n" + "X: y\r\n" * 40 + "\r\nx\r\n"),
            ["over 32 header lines", "a header given twice", "a part without a name"],
            None,
        ),
    ],
)
def test_a_doubtful_structure_is_told(body: bytes, expected: list[str], parts: list[tuple[str, bytes]] | None) -> None:
    found = read(body)
    assert seen(found) == expected
    assert found.doubtful == bool(expected)
    if parts is not None:
        assert contents(found) == parts


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ('Content-Disposition form-data; name="a"', ["a header without a colon", "a part without a name"]),
        ('Content-Disposition : form-data; name="a"', ["a header name that is no token"]),
        ('Content-Disposition: form-data;\r\n name="a"', ["a folded header"]),
        (
            'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"',
            ["two content-disposition headers"],
        ),
        (
            'Content-Disposition: form-data; name="a"\r\nContent-Type: a/b\r\nContent-Type: a/c',
            ["two content-type headers"],
        ),
        ('Content-Disposition: attachment; name="a"', ["a disposition that is not form-data"]),
        ("Content-Disposition: form-data", ["a part without a name"]),
        ('Content-Disposition: form-data; name="a"; name="b"', ["two name parameters"]),
        ('Content-Disposition: form-data; name="a"; filename="b"; filename="c"', ["two filename parameters"]),
        (
            'Content-Disposition: form-data; name="a"; filename="b"; filename*=utf-8\'\'c',
            ["filename and filename*"],
        ),
        ('Content-Disposition: form-data; name*0="a"', ["a name in sections"]),
        ('Content-Disposition: form-data; name="a', ["a quote that is not closed"]),
        ("Content-Disposition: form-data; name='a'", ["single quotes"]),
        ("Content-Disposition: form-data; name=a b", ["a value without quotes that is no token"]),
        ('Content-Disposition: form-data; name="a"b', ["text behind a parameter"]),
        ('Content-Disposition: form-data; name="a\\"b"', ["a backslash"]),
        (
            'Content-Disposition: form-data; "a"; name=a',
            ["a parameter without a name or a value"],
        ),
        ('Content-Disposition: form-data; name="a\x00b"', ["a NUL in a header", "a control character in a name"]),
        ('Content-Disposition: form-data; name="a%0D%0Ab"', ["a control character in a name"]),
        ("Content-Disposition: form-data; name=a; filename*=\"utf-8''c\"", ["an extended value in quotes"]),
        ("Content-Disposition: form-data; name=a; filename*=c", ["an extended value without a charset"]),
        (
            "Content-Disposition: form-data; name=a; filename*=koi8-r''c",
            ["an extended value in another charset than UTF-8"],
        ),
        ('Content-Disposition: form-data; name="_charset_"', ["a _charset_ field"]),
        ('Content-Disposition: form-data; name="é"; filename="ü"', []),
        ("content-disposition:FORM-DATA;NAME=a", []),
    ],
)
def test_a_doubtful_header_is_told(headers: str, expected: list[str]) -> None:
    found = read(form(f"--b\r\n{headers}\r\n\r\nx\r\n"))
    assert seen(found) == expected
    assert found.doubtful == bool(expected)


def test_a_header_that_is_not_utf8_is_told() -> None:
    found = read(b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--')
    assert seen(found) == ["a header that is not UTF-8"]
    assert found.parts[0].name == "\ufffd"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ('filename="a"', {"a"}),
        ('filename="C:\\dir\\f"', {"C:dirf", "C:\\dir\\f"}),
        ('filename="a\\"; x=b"', {'a"; x=b', 'a\\"; x=b', "a"}),
        ('filename="a%22b"', {"a%22b", 'a"b'}),
        ("filename='a'", {"'a'", "a"}),
        ("filename=a b", {"a b"}),
        ('filename="a"; filename="b"', {"a", "b"}),
        ("filename=\"a\"; filename*=UTF-8''b%27", {"a", "b'", "UTF-8''b%27"}),
        ("filename*=iso-8859-1'en'%A3", {"£", "iso-8859-1'en'%A3"}),
    ],
)
def test_every_reading_of_a_file_name_is_a_text(parameters: str, expected: set[str]) -> None:
    found = read(form(part(f'form-data; name="n"; {parameters}')))
    fields = texts(*multipart.described(found.parts)[1:])
    assert {text for place, text in fields if place == "form:n[0]/filename"} == expected
    odd = any(word not in ("no anomaly", "over 128") for word in seen(found))
    assert odd == (("form:n[0]/content-disposition", f'form-data; name="n"; {parameters}') in fields)


def test_other_readings_of_a_name_are_texts() -> None:
    found = read(form(part('form-data; name="a\\"b"; name=c')))
    assert found.parts[0].name == 'a"b'
    fields = texts(*multipart.described(found.parts)[1:])
    assert {text for place, text in fields if place.endswith("/name")} == {'a\\"b', "a", "c"}


def test_a_head_that_was_read_before_is_judged_by_the_type_of_its_own_body() -> None:
    body = form("--b\r\nContent-Disposition: attachment; filename=x\r\n\r\n1\r\n")
    told = ["a disposition that is not form-data", "a part without a name"]
    for content_type, expected in ((FORM, told), ("multipart/mixed; boundary=b", []), (FORM, told)):
        assert seen(read(body, content_type)) == expected


@pytest.mark.parametrize("length", [10, 1000])
def test_a_head_is_read_alike_each_time_however_long_it_is(length: int) -> None:
    name = "n" * length
    body = form(*(part(f'form-data; name="{name}"', str(number), "X-A: 1\r\nX-A: 2") for number in range(3)))
    found = read(body)
    assert contents(found) == [(f"{name}[{number}]", str(number).encode()) for number in range(3)]
    assert seen(found) == ["a header given twice"]


def test_parts_beyond_the_limit_are_not_read() -> None:
    limits = Limits(parts=2)
    assert seen(read(form(A, A), limits=limits)) == []
    found = read(form(A, A, A), limits=limits)
    assert len(found.parts) == 2
    assert [(anomaly.kind, anomaly.seen, anomaly.limit) for anomaly in found.anomalies] == [
        (AnomalyKind.PART_COUNT, "over 2", "2")
    ]
    assert seen(read(b"--b--\r\n" * 10, limits=limits))[-1] == "over 2"


NAMES = st.text(alphabet="abé [].-", min_size=1, max_size=5).map(str.strip).filter(bool)
CONTENTS = st.binary(max_size=20) | st.sampled_from([b"\r\n", b"\r\n\r\n", b"--", b"\r\n-", b"--bound", b"\n"])


@given(st.lists(st.tuples(NAMES, st.none() | NAMES, CONTENTS), min_size=1, max_size=5))
def test_what_was_written_is_read(written: list[tuple[str, str | None, bytes]]) -> None:
    body = b"".join(
        b'--boundary\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
        % (name.encode(), b"" if filename is None else b'; filename="%b"' % filename.encode(), content)
        for name, filename, content in written
    )
    body += b"--boundary--\r\n"
    content_type = "multipart/form-data; boundary=boundary"
    found = read(body, content_type)
    assert seen(found) == []
    assert [(each.name, each.filename, each.body) for each in found.parts] == written
    assert [each.start for each in found.parts if each.start is None] == []
    assert len({each.pointer for each in found.parts}) == len(written)


@given(st.lists(st.tuples(NAMES, st.text("ab \n=é", max_size=20)), min_size=1, max_size=4), st.booleans())
def test_the_standard_library_reads_the_same(written: list[tuple[str, str]], encoded: bool) -> None:
    encoding = "\r\nContent-Transfer-Encoding: base64" if encoded else ""
    body = b""
    for name, content in written:
        sent = b64encode(content.encode()) if encoded else content.encode()
        body += f'--b\r\nContent-Disposition: form-data; name="{name}"{encoding}\r\n\r\n'.encode() + sent + b"\r\n"
    body += b"--b--\r\n"
    parts = message_from_bytes(f"Content-Type: {FORM}\r\n\r\n".encode() + body).get_payload()
    assert [each.body for each in read(body).parts] == [each.get_payload(decode=True) for each in parts]  # type: ignore[union-attr]  # parts are messages


PIECES = st.sampled_from(
    '--b|--b--|\r\n|\n|\r|Content-Disposition: form-data|; name="|"|;|=|a|filename|*|\\|%22|\x00|\'|é|: |boundary'
    "|Content-Type: text/plain|Content-Transfer-Encoding: |base64|quoted-printable| |\t".split("|")
)
MESSAGES = st.lists(PIECES, max_size=25).map("".join)


@given(
    MESSAGES.map(str.encode) | st.binary(max_size=40),
    st.just(FORM) | MESSAGES | st.text(max_size=20),
    st.integers(1, 3),
)
def test_no_body_raises(body: bytes, content_type: str, limit: int) -> None:
    for limits in (LIMITS, Limits(parts=limit)):
        found = read(body, content_type, limits)
        assert len(found.parts) <= limits.parts
        assert all(isinstance(each, FormPart) for each in found.parts)
        texts(*multipart.described(found.parts))


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n" * 100_000,
        b"--b" * 100_000,
        b"--b--\r\n" * 100_000,
        b"\r\n--a" * 100_000,
        (b"--b\r\n" + b"a:b\n" * 2000 + b"\r\n\r\n") * 60,
        (b"--b\r\nContent-Disposition: form-data" + b"; a=b" * 1500 + b"\r\n\r\n\r\n") * 60,
        (b'--b\r\nContent-Disposition: form-data; name="' + b'\\"' * 4000 + b"\r\n\r\n\r\n") * 60,
        (b"--b\r\nContent-Disposition: " + b" " * 8000 + b"\r\n\r\n\r\n") * 60,
        (b"--b\r\nContent-Disposition: " + b";" * 8000 + b"\r\n\r\n\r\n") * 60,
        (b"--b\r\nContent-Disposition: " + b"; a" * 2600 + b"\r\n\r\n\r\n") * 60,
        b"-" * 500_000,
        b"\n" * 500_000,
    ],
)
def test_work_is_linear(body: bytes) -> None:
    begin = time.process_time()
    found = read(body)
    texts(*multipart.described(found.parts))
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form(part('form-data; name="a"; filename="_.png"; filename*=UTF-8\'\'%C3%A9.png', "x")), "form-syntax"),
        (GOOD.replace(b"\r\n", b"\n"), "form-syntax"),
        (GOOD.replace(b"\r\n", b"\n", 1), "multipart-syntax"),
    ],
)
def test_what_common_clients_write_is_told_apart_from_what_none_does(body: bytes, kind: str) -> None:
    assert {anomaly.kind.value for anomaly in read(body).anomalies} == {kind}
