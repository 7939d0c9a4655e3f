from __future__ import annotations

import re
import time
from collections.abc import Sequence
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

import pytest
from gatelens.decoders import xml_body
from gatelens.decoders.segment import PlainBody, Segment
from gatelens.decoders.xml_tree import AttributeSegment, NameSegment, TextSegment
from gatelens.model.anomaly import Anomaly
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st

LIMITS = Limits()

type Read = list[tuple[str, str]]


def read(body: bytes, limits: Limits = LIMITS, *, names: bool = False) -> Read:
    """(pointer, text) of all that was read, names and the whole body left out."""
    segments, _ = xml_body.decode(body, limits)
    return [
        (segment.locate(index).pointer, text)
        for segment in segments
        if isinstance(segment, NameSegment) == names and not isinstance(segment, PlainBody)
        for index, text in enumerate(segment.texts)
    ]


def seen(body: bytes, limits: Limits = LIMITS) -> list[str]:
    return [f"{found.kind}: {found.seen}" for found in xml_body.decode(body, limits)[1]]


def plain(body: bytes, limits: Limits = LIMITS) -> bool:
    return any(isinstance(segment, PlainBody) for segment in xml_body.decode(body, limits)[0])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<a>x</a>", [("/a", "x")]),
        ("<a><b>x</b><c/><b>y</b></a>", [("/a/b", "x"), ("/a/b[2]", "y")]),
        ("<a>\n <b> x </b>\n</a>", [("/a/b", " x ")]),
        ("<s:E xmlns:s='u'><s:B>x</s:B></s:E>", [("/s:E/s:B", "x"), ("/s:E/@xmlns:s", "u")]),
        ("<a><b id='1'/><b id=\"2\" c = '3'/></a>", [("/a/b/@id", "1"), ("/a/b[2]/@id", "2"), ("/a/b[2]/@c", "3")]),
        ("<a>UN<!-- -->ION</a>", [("/a", "UNION"), ("/a/comment()", " ")]),
        ("<a>UN<?p?>ION</a>", [("/a", "UNION"), ("/a/processing-instruction()", "p")]),
        ("<a>UN<![CDATA[I]]>ON</a>", [("/a", "UNION")]),
        ("<a><![CDATA[<b>&lt;]]></a>", [("/a", "<b>&lt;")]),
        ("<a>UN<b/>ION</a>", [("/a/text()", "UN"), ("/a/text()[2]", "ION"), ("/a", "UNION")]),
        ("<a>UN<b>x</b> <b/>ION</a>", [("/a/text()", "UN"), ("/a/b", "x"), ("/a/text()[2]", "ION"), ("/a", "UNION")]),
        ("<a>&lt;&#39;&#x27;&amp;apos;</a>", [("/a", "<''&apos;")]),
        ("<a b='&quot;&#10;'/>", [("/a/@b", '"\n')]),
        ("<a b='x\ny\r\nz'>p\r\nq\rr</a>", [("/a", "p\nq\nr"), ("/a/@b", "x y z")]),
        (
            "<!--x--><a/><?y z?><!--w-->",
            [("/comment()", "x"), ("/processing-instruction()", "y z"), ("/comment()[2]", "w")],
        ),
        ("<?xml version='1.0'?>\n<a>é</a>", [("/a", "é")]),
        ("\ufeff<a>x</a>", [("/a", "x")]),
        ("<a><b/>x</a>", [("/a", "x")]),
        ("<a><b></b><![CDATA[x]]></a>", [("/a", "x")]),
        ("<a><b c='>'>x</b></a>", [("/a/b", "x"), ("/a/b/@c", ">")]),
        ("<xi:include href='file:///etc/passwd'/>", [("/xi:include/@href", "file:///etc/passwd")]),
    ],
)
def test_texts_attributes_and_comments_are_read_at_their_xpath(body: str, expected: Read) -> None:
    assert read(body.encode()) == expected
    assert seen(body.encode()) == []
    assert not plain(body.encode())


def test_each_name_is_read_once_as_a_key() -> None:
    body = b"<a><b c=''/><b c='' d=''/></a>"
    assert read(body, names=True) == [("/a", "a"), ("/a/b", "b"), ("/a/b/@c", "c"), ("/a/b[2]/@d", "d")]
    names = xml_body.decode(body, LIMITS)[0][2]
    assert [names.locate(index).key for index in range(4)] == [True] * 4
    assert [body[slice(*names.locate(index).span or ())] for index in range(4)] == [b"a", b"b", b"c", b"d"]


@pytest.mark.parametrize(
    ("body", "start", "end", "expected"),
    [
        ("<a>one two</a>", 4, 7, "two"),
        ("<a>é two</a>", 2, 5, "two"),
        ("<a>é two</a>", 0, 1, "é"),
        ("<a>&#39; or</a>", 0, 1, "&#39;"),
        ("<a>&#39; or</a>", 2, 4, "or"),
        ("<a>UN<!-- x -->ION</a>", 0, 2, "UN"),
        ("<a>UN<!-- x -->ION</a>", 2, 5, "ION"),
        ("<a>UN<!-- x -->ION</a>", 1, 3, "N<!-- x -->I"),
        ("<a><![CDATA[UN]]>ION</a>", 0, 2, "UN"),
        ("<a>x\r\ny</a>", 1, 2, "\r\n"),
        ("<a>x\r\ny</a>", 2, 3, "y"),
        ("<a><b>z</b>x<b c='>'/>y</a>", 0, 1, "z"),
        ("<a><b/>x y<b c='>'/></a>", 2, 3, "y"),
        ("<a><b c='>'></b>x y</a>", 2, 3, "y"),
        ("<a>x &foo; y</a>", 8, 9, "y"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>x y</a>", 2, 3, "y"),
    ],
)
def test_a_span_is_the_bytes_of_the_characters(body: str, start: int, end: int, expected: str) -> None:
    segments, _ = xml_body.decode(body.encode(), LIMITS)
    text = next(segment for segment in segments if isinstance(segment, TextSegment))
    span = text.span(0, start, end)
    assert span is not None
    assert body.encode()[slice(*span)].decode() == expected


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        (b"<a>x</a>", ()),
        (b"<a>&amp;</a>", ("xml-entity",)),
        (b"<a>&#65;</a>", ("xml-entity",)),
        (b"<a><![CDATA[x&amp;]]></a>", ("cdata",)),
        (b"<a>x<!---->y&lt;</a>", ("xml-comment", "xml-entity")),
    ],
)
def test_what_was_undone_is_told(body: bytes, steps: tuple[str, ...]) -> None:
    assert xml_body.decode(body, LIMITS)[0][0].transformations(0) == steps


def test_a_text_that_children_divide_is_told_as_mixed() -> None:
    text = xml_body.decode(b"<a>UN<b/>I&#79;N</a>", LIMITS)[0][0]
    assert [text.transformations(index) for index in range(3)] == [(), ("xml-entity",), ("xml-entity", "xml-mixed")]
    assert text.locate(2).span == (3, 16)


DOCTYPE = "xml-doctype: a document type declaration"


@pytest.mark.parametrize(
    ("doctype", "words", "texts"),
    [
        ("<!DOCTYPE a>", [], []),
        ("<!DOCTYPE a SYSTEM 'http://x/e'>", ["an external subset"], ["http://x/e"]),
        ("<!DOCTYPE a PUBLIC 'p' 'http://x/e'>", ["an external subset"], ["http://x/e", "p"]),
        ("<!DOCTYPE a [<!ENTITY b '&#39; or'>]>", ["entities are declared"], ["' or"]),
        (
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>] >",
            ["entities are declared", "an external entity"],
            ["file:///etc/passwd"],
        ),
        (
            "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://x/e'> %b; ]>",
            ["a parameter entity", "an external entity"],
            ["http://x/e"],
        ),
        ("<!DOCTYPE a [<!ATTLIST a q CDATA '1 or'>]>", [], ["1 or"]),
        ("<!DOCTYPE a [<!NOTATION n SYSTEM 'http://x/n'>]>", [], ["http://x/n"]),
        ("<!-- <!DOCTYPE b> --><?x <!DOCTYPE?>\n<!DOCTYPE a [<!-- ]> -->]>", [], []),
    ],
)
def test_a_doctype_is_reported_and_its_values_are_texts(doctype: str, words: list[str], texts: list[str]) -> None:
    body = f"{doctype}<a q='1'>x</a>".encode()
    assert seen(body) == [DOCTYPE, *(f"xml-doctype: {what}" for what in words)]
    own = xml_body.decode(body, LIMITS)[0][0]
    whole = doctype[doctype.index("<!DOCTYPE a") :]
    assert list(own.texts) == [whole, *texts]
    assert own.locate(0).span == (len(doctype) - len(whole), len(doctype))
    assert own.span(0, 2, 9) == (len(doctype) - len(whole) + 2, len(doctype) - len(whole) + 9)
    assert ("/a", "x") in read(body)
    assert ("/a/@q", "1") in read(body)


PUBLISHED = "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"


@pytest.mark.parametrize(
    ("doctype", "is_told"),
    [
        (f"PUBLIC '-//W3C//DTD SVG 1.1//EN' '{PUBLISHED}'", False),
        (f"PUBLIC '-//W3C//DTD SVG 1.1//EN' '{PUBLISHED}' [<!ENTITY b 'c'>]", True),
        (f"PUBLIC '-//W3C//DTD SVG 1.1//EN' '{PUBLISHED}' []", True),
        ("PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org.zz.example/a.dtd'", True),
        (f"SYSTEM '{PUBLISHED}'", True),
    ],
)
def test_a_published_doctype_without_declarations_of_its_own_is_none_to_report(doctype: str, is_told: bool) -> None:
    assert (DOCTYPE in seen(f"<!DOCTYPE a {doctype}><a/>".encode())) is is_told


@pytest.mark.parametrize("place", ["<a>x&b;y</a>", "<a q='x&b;y'/>"])
def test_a_declared_entity_is_never_expanded(place: str) -> None:
    body = f"<!DOCTYPE a [<!ENTITY b 'secret'>]>{place}".encode()
    assert read(body)[-1][1] == "x&b;y"
    assert seen(body) == [DOCTYPE, "xml-doctype: entities are declared", "xml-doctype: a reference to an entity"]


def test_entities_within_entities_cost_nothing() -> None:
    lines = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 100}'>" for n in range(1, 50))
    body = f"<!DOCTYPE a [<!ENTITY e0 'ha'>{lines}]><a b='&e49;'>&e49;</a>".encode()
    begin = time.process_time()
    assert sum(len(text) for _, text in read(body)) < 2 * len(body)
    assert time.process_time() - begin < 1


def test_a_default_value_of_an_attribute_is_not_repeated() -> None:
    body = b"<!DOCTYPE a [<!ATTLIST b c CDATA 'x'>]><a>" + b"<b/>" * 1000 + b"</a>"
    assert [text for _, text in read(body)].count("x") == 1


def test_an_unknown_entity_is_left_as_text() -> None:
    assert read(b"<a b='&nbsp;x'>&foo; y</a>") == [("/a", "&foo; y"), ("/a/@b", "&nbsp;x")]
    assert seen(b"<a b='&nbsp;x'>&foo; y</a>") == ["xml-syntax: an undefined entity"]
    assert read(b"<a>&foo; \x7f</a>") == []
    assert plain(b"<a>&foo; \x7f</a>")


@pytest.mark.parametrize(
    ("body", "fault", "expected"),
    [
        (b"<a><b>x&#33;</b>y&#33;", "no element found, line 1 column 23", [("/a/b", "x!"), ("/a", "y!")]),
        (b"<a><b>x</a>", "mismatched tag, line 1 column 10", [("/a/b", "x")]),
        (b"<a>x</a><b/>", "junk after document element, line 1 column 9", [("/a", "x")]),
        (b"<a>x</a>junk", "junk after document element, line 1 column 9", [("/a", "x")]),
        (b"<a b='1' b='2'/>", "duplicate attribute, line 1 column 10", []),
        (b"<a b='1'>\n&</a>", "not well-formed (invalid token), line 2 column 2", [("/a/@b", "1")]),
        (b"<a>\xff</a>", "not well-formed (invalid token), line 1 column 4", []),
        (b"<a>&#0;</a>", "reference to invalid character number, line 1 column 4", []),
        (b"<!DOCTYPE a [<!ENTITY", "unclosed token, line 1 column 14", []),
        (b"x", "syntax error, line 1 column 1", []),
        (b"", "no element found, line 1 column 1", []),
    ],
)
def test_a_fault_is_told_and_what_stands_before_it_is_read(body: bytes, fault: str, expected: Read) -> None:
    assert read(body) == expected
    assert seen(body) == [f"xml-syntax: {fault}"]
    assert plain(body)


@pytest.mark.parametrize(
    ("declared", "codec", "expected", "is_plain"),
    [
        ("", "utf-8", [], False),
        ("UTF-8", "utf-8", [], False),
        ("us-ascii", "utf-8", [], False),
        ("ISO-8859-1", "latin-1", [], False),
        ("utf-16", "utf-16", ["charset: UTF-16"], False),
        ("utf-16", "utf-16-be", ["charset: UTF-16"], False),
        ("", "utf-16-le", ["charset: UTF-16"], False),
        ("utf-7", "utf-8", ["charset: a charset that is not read"], True),
        ("ISO-8859-1", "utf-8-sig", ["charset: a byte order mark against the declaration"], True),
    ],
)
def test_a_charset_is_read_or_reported(declared: str, codec: str, expected: list[str], is_plain: bool) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = f"{declaration}<a>é</a>".encode(codec)
    assert read(body) == [("/a", "é")]
    assert seen(body) == expected
    assert plain(body) == is_plain
    span = xml_body.decode(body, LIMITS)[0][0].locate(0).span
    assert (span is not None) == codec.startswith("utf-8")


def test_bytes_in_a_charset_that_is_not_read_are_one_text() -> None:
    body = "<?xml version='1.0' encoding='windows-1252'?><a>é</a>".encode("windows-1252")
    assert read(body) == []
    assert plain(body)
    assert seen(body) == ["charset: a charset that is not read"]


@pytest.mark.parametrize(
    ("body", "limits", "expected"),
    [
        (b"<a><b/></a>", Limits(xml_depth=2), []),
        (b"<a><b><c/></b></a>", Limits(xml_depth=2), ["xml-depth: over 2"]),
        (b"<a>x<b c='d'/></a>", Limits(xml_nodes=4), []),
        (b"<a>x<b c='d'/></a>", Limits(xml_nodes=3), ["xml-nodes: over 3"]),
        (b"<a><!----><!----></a>", Limits(xml_nodes=2), ["xml-nodes: over 2"]),
        (b"<a " + b" ".join(b"b%d=''" % n for n in range(1000)) + b"/>", LIMITS, []),
        (
            b"<a " + b" ".join(b"b%d=''" % n for n in range(1001)) + b"/>",
            LIMITS,
            ["xml-nodes: over 1000 attributes of an element"],
        ),
        (
            b"<!DOCTYPE a [" + b"".join(b"<!ENTITY b%d ''>" % n for n in range(9)) + b"]><a/>",
            Limits(xml_nodes=9),
            [DOCTYPE, "xml-doctype: entities are declared", "xml-nodes: over 9"],
        ),
    ],
)
def test_a_passed_limit_is_told(body: bytes, limits: Limits, expected: list[str]) -> None:
    assert seen(body, limits) == expected


def test_reading_stops_at_the_limit() -> None:
    assert read(b"<a><b>x</b><b>y</b></a>", Limits(xml_nodes=3)) == [("/a/b", "x")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<?xml version='1.0'?><a/>", True),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><a/>", True),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), True),
        (b"<!DOCTYPE foo [<!ENTITY x 'y'>]><foo/>", True),
        (b"<soap:Envelope xmlns:soap='u'/>", True),
        (b"<feed id='1' xmlns='u'/>", True),
        (b"<!DOCTYPE html><html></html>", False),
        (b"<!doctype  HTML PUBLIC 'x'>", False),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'>", False),
        (b"<p>an <b>HTML</b> text</p>", False),
        (b"1 < 2 and xmlns=3", False),
        (b"<3 xmlns=", False),
        (b"<a> xmlns='not in the tag'", False),
        (b"<?php echo 1 ?>", False),
        (b'{"a": "<?xml ?>"}', False),
        (b"", False),
    ],
)
def test_xml_is_told_from_what_only_has_a_less_than(body: bytes, expected: bool) -> None:
    assert xml_body.looks_like(body) == expected


NAMES = st.sampled_from(["a", "b", "s:c", "é"])
TEXTS = st.text(alphabet="ab '\"<>&;é\U0001f600\n\t]", max_size=6)


@st.composite
def written_texts(draw: st.DrawFn) -> str:
    """A text, in one of the ways to write it."""
    text = draw(TEXTS)
    way = draw(st.integers(0, 3))
    if way == 0:
        return escape(text)
    if way == 1 and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    if way == 2:
        return "".join(f"&#{ord(character)};" for character in text)
    return f"{escape(text)}<!-- {draw(st.sampled_from(['', 'x', '<b>']))} --><?p q?>{escape(draw(TEXTS))}"


def _element(parts: tuple[str, dict[str, str], Sequence[str]]) -> str:
    name, attributes, children = parts
    tag = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{tag}>{''.join(children)}</{name}>" if children else f"<{tag}/>"


ELEMENTS = st.recursive(
    st.tuples(NAMES, st.dictionaries(NAMES, TEXTS, max_size=2), st.just(())).map(_element),
    lambda inner: st.tuples(
        NAMES, st.dictionaries(NAMES, TEXTS, max_size=2), st.lists(inner | written_texts(), max_size=4)
    ).map(_element),
    max_leaves=12,
)


def _element_at(root: ET.Element, steps: list[str]) -> ET.Element:
    """The element at an XPath of names and numbers, the first one where several are found."""
    document = ET.Element("")
    document.append(root)
    element = document
    for step in steps:
        name, number = re.fullmatch(r"([^\[]+)(?:\[(\d+)\])?", step).groups()  # type: ignore[union-attr]  # or it fails
        element = [child for child in element if child.tag == name][int(number or 1) - 1]
    return element


def _texts(element: ET.Element) -> list[str]:
    runs = [element.text or "", *(child.tail or "" for child in element)]
    return [run for run in runs if run and not run.isspace()]


@given(ELEMENTS)
def test_every_text_is_found_at_its_pointer_and_its_span(written: str) -> None:
    # A parser that knows namespaces would want their prefixes declared.
    written = written.replace("s:c", "s.c")
    body = written.encode()
    root = ET.fromstring(written)
    segments, anomalies = xml_body.decode(body, LIMITS)
    assert anomalies == []
    found: list[str] = []
    for segment in segments:
        for index, text in enumerate(segment.texts):
            steps = segment.locate(index).pointer.split("/")[1:]
            if isinstance(segment, TextSegment):
                number = re.fullmatch(r"text\(\)(?:\[(\d+)\])?", steps[-1])
                runs = _texts(_element_at(root, steps[:-1] if number else steps))
                assert text == (runs[int(number[1] or 1) - 1] if number else "".join(runs))
                if number or len(runs) == 1:
                    found.append(text)
            elif isinstance(segment, AttributeSegment):
                assert _element_at(root, steps[:-1]).attrib[steps[-1][1:]] == text
            _check_spans(body, segment, index)
    assert sorted(found) == sorted(run for element in root.iter() for run in _texts(element))
    assert len(segments[1].texts) == sum(len(element.attrib) for element in root.iter())


def _check_spans(body: bytes, segment: Segment, index: int) -> None:
    """Each character of a text stands at its span, written in some way."""
    text = segment.texts[index]
    end = 0
    for place, character in enumerate(text):
        span = segment.span(index, place, place + 1)
        assert span is not None
        assert span[0] >= end
        end = span[1]
        raw = body[slice(*span)].decode()
        assert raw == character or ET.fromstring(f"<a>{raw}</a>").text == character
    assert segment.locate(index).span == segment.span(index, 0, len(text))


MARKUP = st.lists(
    st.sampled_from(
        "<a>|</a>|<b c='|'/>|<!--|-->|<![CDATA[|]]>|<?|?>|&|&lt;|&x;|&#|;|<!DOCTYPE a| [|]|<!ENTITY x |'y'|SYSTEM |%|>"
        "| |é|\r\n|x|\x7f|\0".split("|")
    ),
    max_size=20,
)


@given(MARKUP.map(lambda parts: "".join(parts).encode()) | st.binary(max_size=60), st.integers(1, 5))
def test_no_body_raises(body: bytes, limit: int) -> None:
    for limits in (LIMITS, Limits(xml_depth=limit, xml_nodes=limit)):
        segments, anomalies = xml_body.decode(body, limits)
        assert all(isinstance(found, Anomaly) for found in anomalies)
        for segment in segments:
            for index, text in enumerate(segment.texts):
                span = segment.locate(index).span
                assert span is None or 0 <= span[0] <= span[1] <= len(body)
                segment.span(index, 0, len(text))
                segment.transformations(index)
    xml_body.looks_like(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<a>" * 100_000,
        b"<a>" + b"<b/>" * 100_000,
        b"<a>" + b"&x;" * 100_000 + b"</a>",
        b"<a>" + b"&lt;<![CDATA[\r\n]]>" * 20_000 + b"</a>",
        b"<a>" + b"<b>&lt;</b>" * 20_000 + b"</a>",
        b"<a " + b"b=''" * 100_000,
        b"<a b=''" + b" " * 300_000 + b"/>",
        b"<a" + b"a" * 300_000 + b"/>",
        b"<!--" * 100_000,
        b"<a>x<!-- " + b"<?p " * 50_000 + b"-- ",
        b"<a>x<!-- " + b"<![CDATA[" * 50_000 + b"-- ",
        b"<" * 300_000,
        b"<!DOCTYPE a [" + b"<!ENTITY b ''>" * 50_000,
    ],
)
def test_work_is_linear(body: bytes) -> None:
    begin = time.process_time()
    segments, _ = xml_body.decode(body, LIMITS)
    for segment in segments:
        for index in range(min(10_000, len(segment.texts))):
            segment.locate(index)
    assert time.process_time() - begin < 3
