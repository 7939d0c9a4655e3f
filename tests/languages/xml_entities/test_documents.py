from __future__ import annotations

import pytest
from gatelens.languages.xml_entities.declarations import declarations
from gatelens.languages.xml_entities.inclusions import inclusions
from hypothesis import given
from hypothesis import strategies as st

XSL = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{}</xsl:stylesheet>'
XI = '<a xmlns:xi="http://www.w3.org/2001/XInclude">{}</a>'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]>', "an external entity"),
        ('<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b PUBLIC "x" "file:///x">]>', "an external entity"),
        ('<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///x"> %b;]>', "an external parameter entity"),
        ("<!DOCTYPE a [<!ENTITY % b \"<!ENTITY c 'd'>\">]>", "a parameter entity"),
        ('<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]>', "an entity, made of others"),
        ('<!doctype a system "file:///x">', "an external document type"),
        ('<!DOCTYPE a SYSTEM "http://inner.example/x">', "an external document type"),
        ('<xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "x">]>', "an external entity"),
        ('<b><![CDATA[<!DOCTYPE a [<!ENTITY b SYSTEM "x">]>]]></b>', "an external entity"),
        ('<!-- > --><!DOCTYPE a [<!ENTITY b SYSTEM "x">]>', "an external entity"),
        ('<!ENTITY b SYSTEM "x">', "an external entity"),
    ],
)
def test_what_a_document_declares_is_told(text: str, told: str) -> None:
    found = declarations(text, ("w3.org",))
    assert found is not None
    assert found.explanation == f"a document that declares {told}"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><p>",
        '<!DOCTYPE a SYSTEM "a.dtd">',
        '<!DOCTYPE a SYSTEM "urn:shop:a.dtd">',
        '<!DOCTYPE a SYSTEM "http://www.w3.org/a.dtd">',
        '<!DOCTYPE a PUBLIC "-//Shop//DTD Order 1.0//EN" "http://shop.example/order.dtd">',
        'write <!ENTITY b SYSTEM "file:///x"> there',
        "<a>text</a>",
        "",
    ],
)
def test_public_types_and_talk_pass(text: str) -> None:
    assert declarations(text, ("w3.org",)) is None


@pytest.mark.parametrize(
    "text",
    [
        XI.format('<xi:include href="file:///x"/>'),
        XI.format('<xi:include parse="text" href="x.txt"/>'),
        XI.format('<xi:include href="../../x"/>'),
        XSL.format("<xsl:copy-of select=\"document('file:///x')\"/>"),
        XSL.format("<xsl:value-of select=\"unparsed-text('/etc/x')\"/>"),
        XSL.format("<xsl:value-of select=\"php:function('x')\"/>"),
        XSL.format('<xsl:include href="http://other.example/a.xsl"/>'),
        XSL.format("<xsl:value-of select=\"system-property('xsl:vendor')\"/>"),
        XSL.format('<a xmlns:r="http://xml.apache.org/xalan/java/java.lang.Runtime"/>'),
        '<a xsi:noNamespaceSchemaLocation="file:///x.xsd"/>',
        '<svg><image xlink:href="file:///x"/></svg>',
    ],
)
def test_what_a_document_takes_in_is_told(text: str) -> None:
    assert inclusions(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        XI.format('<xi:include href="chapter.xml"/>'),
        XSL.format("<xsl:value-of select=\"document('units.xml')\"/>"),
        XSL.format('<xsl:value-of select="title"/>'),
        '<a xsi:schemaLocation="urn:a http://shop.example/a.xsd"/>',
        '<svg><image xlink:href="https://shop.example/a.png"/></svg>',
        "we use " + XI.format('<xi:include href="file:///x"/>'),
        "",
    ],
)
def test_what_documents_do_passes(text: str) -> None:
    assert inclusions(text) is None


@given(
    st.lists(st.sampled_from(["<!DOCTYPE a ", "[", "<!ENTITY b ", "SYSTEM ", '"', "<", ">", XSL]) | st.text(max_size=9))
)
def test_no_text_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    declarations(text, ())
    inclusions(text)
