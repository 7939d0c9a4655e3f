"""Find documents that take in others, or that run code: XInclude, stylesheets of XSLT, schemas at odd addresses.

Source: XInclude 1.1, XSLT 1.0 and 3.0 (document, unparsed-text, system-property, extension functions), XML Schema
part 1 section 4.3.2 (schemaLocation); CWE-611, CWE-91; the extension namespaces are those of Xalan, Saxon, libxslt,
MSXML and PHP.
Limits: names are compared with the prefixes that are in use, or those that the namespace was declared with. Inclusions
of files beside the document are what documents do, and pass.
"""

from __future__ import annotations

import re

from gatelens.model.confirmed import Confirmed

_MOST_READ = 32_768
_MOST_EVIDENCE = 160
_START = re.compile(r"[\s\"'\ufeff>]*+<[?!A-Za-z]")

_XINCLUDE = "http://www.w3.org/2001/xinclude"
_XSLT = re.compile(r"http://www\.w3\.org/1999/xsl/transform|http://www\.w3\.org/tr/wd-xsl", re.IGNORECASE)
_INCLUDE = re.compile(r"<(?:[\w.\-]+:)?include\b([^<>]{0,2000})", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']\s*([^\"'<>]{1,400})", re.IGNORECASE)
_AS_TEXT = re.compile(r"\bparse\s*=\s*[\"']text", re.IGNORECASE)
_FAR = re.compile(r"(?:[a-z][a-z0-9+.\-]{1,20}:|//|/|\\|\.\.[/\\])", re.IGNORECASE)

_EXTENSION = re.compile(
    r"\bphp:function(?:string)?\s*\(|xmlns:[\w.\-]+\s*=\s*[\"'](?:https?://(?:xml\.apache\.org/x(?:alan|slt)(?:/java)?"
    r"|saxon\.sf\.net/|exslt\.org/(?:dynamic|common/document)|xsl\.lotus\.com/java|www\.oracle\.com/XSL/Transform/java)"
    r"|(?:java|saxon|xalan|clitype|class|urn:schemas-microsoft-com:xslt)[:\"'/])[^\"']{0,200}[\"']|<msxsl:script\b"
    r"|<(?:exsl|redirect|saxon):(?:document|write|output)\b|<xsl:result-document\b",
    re.IGNORECASE,
)
_FETCH = re.compile(
    r"\b(?:document|doc|unparsed-text|unparsed-text-lines|collection)\s*\(\s*(?:&(?:quot|apos);|[\"'])\s*"
    r"(?:[a-z][a-z0-9+.\-]{1,20}:|//|/|\\|\.\.[/\\])",
    re.IGNORECASE,
)
_IMPORT = re.compile(
    r"<xsl:(?:import|include)\b[^<>]{0,400}\bhref\s*=\s*[\"']\s*(?:[a-z][a-z0-9+.\-]{1,20}:|//|/)", re.IGNORECASE
)
_ASKS = re.compile(r"<xsl:value-of\b[^<>]{0,200}\bsystem-property\s*\(", re.IGNORECASE)
_SCHEMA = re.compile(
    r"\b(?:schemaLocation|noNamespaceSchemaLocation)\s*=\s*[\"'][^\"'<>]{0,400}?(?:file|ftp|gopher|jar|netdoc|php|expect)://?",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"<\?xml-stylesheet\b[^<>]{0,400}\bhref\s*=\s*[\"']\s*(?:file|javascript|ftp|data|jar|php|expect):", re.IGNORECASE
)

_IMAGE = re.compile(
    r"<(?:image|use|feImage)\b[^<>]{0,400}\bhref\s*=\s*[\"']\s*(?:file|expect|php|jar|gopher|ftp|netdoc|text|msl):",
    re.IGNORECASE,
)

_IN_STYLESHEETS = (
    (_EXTENSION, "a stylesheet that calls functions of the processor's platform"),
    (_FETCH, "a stylesheet that reads another document"),
    (_IMPORT, "a stylesheet that takes in another one from an address"),
    (_ASKS, "a stylesheet that asks which processor reads it"),
)
_IN_DOCUMENTS = (
    (_SCHEMA, "a document with its schema at an address of files"),
    (_INSTRUCTION, "a document with its stylesheet at an address that runs or reads something"),
    (_IMAGE, "a picture that takes in another one from an address of files"),
)


def inclusions(text: str) -> Confirmed | None:
    """What the document `text` takes in or runs."""
    text = text[:_MOST_READ]
    if not _START.match(text):
        return None
    if _XINCLUDE in text.lower():
        for include in _INCLUDE.finditer(text):
            href = _HREF.search(include[1])
            if href is not None and (_FAR.match(href[1]) or _AS_TEXT.search(include[1])):
                return Confirmed(include[0][:_MOST_EVIDENCE], "a document that includes another one")
    patterns = _IN_DOCUMENTS + (_IN_STYLESHEETS if _XSLT.search(text) else ())
    for pattern, words in patterns:
        found = pattern.search(text)
        if found is not None:
            return Confirmed(found[0][:_MOST_EVIDENCE], words)
    return None
