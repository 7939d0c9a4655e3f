"""Decode an XML body: no entity is expanded, nothing is fetched, no tree is built.

The parser is expat with handlers of our own. A document type declaration is read by itself and then left out, so that
the parser knows no entity but the five; a reference to another is left as the text it is written as.
Source: XML 1.0 (fifth edition), OWASP XXE prevention; CWE-611 (external entities), CWE-776 (entity expansion).
Limits: no namespaces, no XInclude, no schema: names and values are as written. In other charsets than UTF-8, UTF-16,
ASCII and ISO-8859-1 the body is one plain text, and read as XML too where its bytes are UTF-8.
"""

from __future__ import annotations

import re
from pyexpat import ErrorString, ExpatError, ParserCreate

from gatelens.decoders import xml_doctype
from gatelens.decoders.segment import PlainBody, Segment
from gatelens.decoders.xml_charset import as_utf8
from gatelens.decoders.xml_tree import NO_ELEMENT, AsideSegment, AttributeSegment, NameSegment, TextSegment, XmlTree
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part

_BODY = Location(Part.BODY)

_OTHER_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)(?=[A-Za-z_:\x80-\xff][\w.:\-\x80-\xff]*+;)")
_KNOWN_REFERENCES = (b"&lt;", b"&gt;", b"&amp;", b"&quot;", b"&apos;", b"&#")
_STAND_IN = b"\x7f"
"""Stands for the `&` of a reference that the parser does not know: allowed in XML, and hardly ever used."""

_MOST_ENTITIES = 5_000
"""References that are left as text. The parser stops at the next one, and the body is read as one text besides."""

_MOST_ATTRIBUTES = 1_000
_LONG_TAG = re.compile(rb"<[^<]{%d}" % (5 * _MOST_ATTRIBUTES))
_CROWDED_TAG = re.compile(
    rb"<[^\s<>/=]++(?:\s++[^\s<>/=\"']++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')){%d}" % (_MOST_ATTRIBUTES + 1)
)

_START = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+(?:<\?xml[ \t\r\n]|<!DOCTYPE(?![ \t\r\n]+html)"
    rb"|<(?!html\b)[A-Za-z_][\w.\-]*+(?::[\w.\-]++)?+[ \t\r\n][^<>]{0,512}?\bxmlns[=:])",
    re.IGNORECASE,
)
_WIDE_STARTS = (b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00?\x00", b"\x00<\x00?")


class _Stop(Exception):
    """A limit was passed."""

    def __init__(self, kind: AnomalyKind, limit: int) -> None:
        self.anomaly = Anomaly(kind, f"over {limit}", str(limit), _BODY)


def looks_like(body: bytes) -> bool:
    """Whether `body` is evidently meant as XML, by its first bytes: not HTML, and not any text with a `<`."""
    return body.startswith(_WIDE_STARTS) or _START.match(body) is not None


def decode(body: bytes, limits: Limits) -> tuple[list[Segment], list[Anomaly]]:
    """The texts, names and comments of an XML document, and what is wrong with it.

    What is not well-formed is read up to the fault, and the whole body as one plain text besides.
    """
    sent = as_utf8(body)
    anomalies = [sent.anomaly] if sent.anomaly else []
    plain = [PlainBody(body)] if sent.doubtful else []
    document = sent.document
    if document is None:
        return [*plain], anomalies
    tree = XmlTree(document, exact=sent.exact)
    segments: list[Segment] = []
    start = xml_doctype.doctype_start(document)
    if start is not None:
        doctype = xml_doctype.read(document, start, limits.xml_nodes)
        if doctype is not None:
            anomalies += doctype.anomalies
            segments.append(xml_doctype.DoctypeSegment(doctype, exact=sent.exact))
            if not doctype.within_limit:
                return [*segments, *plain], [*anomalies, _Stop(AnomalyKind.XML_NODES, limits.xml_nodes).anomaly]
            first, last = doctype.span
            document = document[:first] + b" " * (last - first) + document[last:]
    if _is_crowded(document):
        seen = f"over {_MOST_ATTRIBUTES} attributes of an element"
        anomalies.append(Anomaly(AnomalyKind.XML_NODES, seen, str(_MOST_ATTRIBUTES), _BODY))
        return [*segments, PlainBody(body)], anomalies
    known, document = _without_entities(document)
    if not known:
        what = "an undefined entity" if start is None else "a reference to an entity"
        kind = AnomalyKind.XML_SYNTAX if start is None else AnomalyKind.XML_DOCTYPE
        anomalies.append(Anomaly(kind, what, "the five entities of XML", _BODY))
    texts, asides, fault = _read(document, tree, limits)
    if fault is not None:
        anomalies.append(fault)
        if fault.kind is AnomalyKind.XML_SYNTAX and not plain:
            plain.append(PlainBody(body))
    if not known:
        texts, asides, tree.attributes = map(_with_entities, (texts, asides, tree.attributes))
    segments += (TextSegment(tree, texts), AttributeSegment(tree, tree.attributes[1::2]), NameSegment(tree))
    if asides:
        segments.append(AsideSegment(tree, asides))
    return [*segments, *plain], anomalies


def _is_crowded(document: bytes) -> bool:
    """Whether an element has more attributes than we let the parser see: it reports them all at once, at any price."""
    return any(_CROWDED_TAG.match(document, found.start()) for found in _LONG_TAG.finditer(document))


def _without_entities(document: bytes) -> tuple[bool, bytes]:
    """Whether only the five entities are referred to, and the document with others' references made text."""
    references = document.count(b"&")
    if not references or references == sum(map(document.count, _KNOWN_REFERENCES)) or _STAND_IN in document:
        return True, document
    document, count = _OTHER_ENTITY.subn(_STAND_IN, document, count=_MOST_ENTITIES)
    return count == 0, document


def _with_entities(texts: list[str]) -> list[str]:
    return [text.replace("\x7f", "&") for text in texts]


def _read(document: bytes, tree: XmlTree, limits: Limits) -> tuple[list[str], list[str], Anomaly | None]:  # noqa: PLR0915
    """Parse `document` into `tree`: the texts between tags, those of comments and instructions, and why it ended early.

    Handlers are closures in one place, for speed: there are two calls an element.
    """
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.specified_attributes = True
    names, parents, starts, runs = tree.names, tree.parents, tree.starts, tree.runs
    texts: list[str] = []
    asides: list[str] = []
    pieces: list[str] = []
    here = NO_ELEMENT
    left, depth = limits.xml_nodes, limits.xml_depth
    behind = 0

    def end_run(offset: int) -> None:
        nonlocal left
        text = "".join(pieces)
        pieces.clear()
        if not text.isspace():
            left -= 1
            texts.append(text)
            runs.append((here, behind, offset))

    def on_start(name: str, attributes: list[str]) -> None:
        nonlocal here, left, depth, behind
        offset = parser.CurrentByteIndex
        if pieces:
            end_run(offset)
        left -= 1
        if attributes:
            left -= len(attributes) // 2
            tree.owners.append(len(names))
            tree.firsts.append(len(tree.attributes))
            tree.attributes += attributes
        parents.append(here)
        here = len(names)
        names.append(name)
        starts.append(offset)
        behind = offset
        depth -= 1
        if left < 0:
            raise _Stop(AnomalyKind.XML_NODES, limits.xml_nodes)
        if depth < 0:
            raise _Stop(AnomalyKind.XML_DEPTH, limits.xml_depth)

    def on_end(name: str) -> None:
        nonlocal here, depth, behind
        offset = parser.CurrentByteIndex
        if pieces:
            end_run(offset)
        here = parents[here]
        behind = offset
        depth += 1

    def aside(kind: str, text: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Stop(AnomalyKind.XML_NODES, limits.xml_nodes)
        asides.append(text)
        tree.asides.append((kind, here, parser.CurrentByteIndex))

    def on_comment(text: str) -> None:
        aside("comment()", text)

    def on_instruction(target: str, text: str) -> None:
        aside("processing-instruction()", f"{target} {text}" if text else target)

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = pieces.append
    parser.CommentHandler = on_comment
    parser.ProcessingInstructionHandler = on_instruction
    fault: Anomaly | None = None
    try:
        parser.Parse(document, True)
    except ExpatError as error:
        # The parser's words name a fault and quote nothing.
        seen = f"{ErrorString(error.code)}, line {error.lineno} column {error.offset + 1}"
        fault = Anomaly(AnomalyKind.XML_SYNTAX, seen, "XML 1.0", _BODY)
        parser.buffer_text = False  # hands over what it held back
        if pieces:
            end_run(max(parser.CurrentByteIndex, behind))
    except _Stop as stop:
        fault = stop.anomaly
    return texts, asides, fault
