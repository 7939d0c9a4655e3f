"""Decode a whole message: which decoder reads which part, in one pass over the headers.

Source: RFC 9110 sections 8.3 and 8.4 (content type and coding), RFC 6839 (+json).
Limits: multipart, XML and other structured bodies are read as one plain text; binary ones are not read, and an
anomaly says so.
"""

from __future__ import annotations

import re

from gatelens.decoders import cookies, form, graphql_request, json_body, percent
from gatelens.decoders.compression import CompressionFault, decompress
from gatelens.decoders.graphql_request import GraphqlOperation, LiteralSegment
from gatelens.decoders.json_body import Json, JsonDocument, LooseStrings
from gatelens.decoders.path import PathSegment
from gatelens.decoders.segment import NamedSegment, PlainBody, Segment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part
from gatelens.model.message import Channel, Message, Phase

HeaderField = tuple[bytes, bytes]

_NOT_TEXT = frozenset({b"authorization", b"proxy-authorization", b"content-length", b"connection", b"set-cookie"})
"""Header fields not read as text: credentials belong to the token check, the rest has a fixed grammar."""

_DECISIVE = frozenset({b"content-type", b"content-encoding", b"transfer-encoding"})
"""Header fields that say how to read the body: never skipped as known."""

_JSON_START = re.compile(rb"\s*[{\[]")

_BINARY = ("image/", "audio/", "video/", "font/")
_BINARY_TYPES = frozenset(
    {"application/octet-stream", "application/pdf", "application/zip", "application/gzip", "application/wasm"}
)


class Decoded:
    """What decoding a message gave: segments of texts, anomalies, and the structures found on the way.

    `content` is the body with its content-encoding taken off. `json` is the parsed body, where it is strict JSON.
    `graphql` holds the operations of a GraphQL request. `candidates` are header fields with a text in `segments`,
    which the engine may remember as harmless.
    """

    __slots__ = ("anomalies", "candidates", "content", "graphql", "json", "segments")

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.anomalies: list[Anomaly] = []
        self.content = b""
        self.json: JsonDocument | None = None
        self.graphql: list[GraphqlOperation] = []
        self.candidates: list[HeaderField] = []


def decode(
    message: Message, decoded: Decoded, limits: Limits, known_fields: set[HeaderField], known_keys: set[str]
) -> None:
    """Decode `message` within `limits` into `decoded`.

    `known_fields` and `known_keys` are header fields and JSON names that were scanned before and hold nothing.
    """
    content_type, codings = _headers(message, decoded, limits, known_fields)
    if message.phase is Phase.REQUEST and message.channel is Channel.HTTP:
        _target(message, decoded, limits)
    if message.unread:
        _unread(message, decoded, limits)
    elif message.body:
        _body(message, decoded, limits, content_type, codings, known_keys)


def _headers(message: Message, decoded: Decoded, limits: Limits, known: set[HeaderField]) -> tuple[str, list[str]]:
    """Read the header fields; return the content type in lower case, without parameters, and the codings."""
    content_type = b""
    codings: list[str] = []
    cookie: list[str] = []
    names: list[str] = []
    texts: list[str] = []
    request = message.phase is Phase.REQUEST
    size = 0
    for field in message.headers:
        raw_name, value = field
        size += len(raw_name) + len(value) + 4
        if field in known:
            continue
        name = raw_name.lower()
        if name == b"content-type":
            if content_type not in (b"", value):
                decoded.anomalies.append(Anomaly(AnomalyKind.CONTENT_TYPE, "two content types", "one"))
            content_type = value
        elif name == b"content-encoding":
            codings += [coding.strip() for coding in value.decode("latin-1").lower().split(",")]
        elif name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            decoded.anomalies.append(Anomaly(AnomalyKind.TRANSFER_ENCODING, "a coding beside chunked", "chunked"))
        elif name == b"cookie":
            cookie.append(value.decode("utf-8", "replace"))
            continue
        if request and name not in _NOT_TEXT:
            names.append(name.decode("latin-1"))
            texts.append(value.decode("utf-8", "replace"))
            if name not in _DECISIVE:
                decoded.candidates.append(field)
    if texts:
        decoded.segments.append(NamedSegment(Part.HEADER, names, texts))
    if cookie and request:
        decoded.segments += cookies.decode("; ".join(cookie))
    if len(message.headers) > limits.header_count:
        _note(decoded, AnomalyKind.HEADER_COUNT, len(message.headers), limits.header_count)
    if size > limits.header_bytes:
        _note(decoded, AnomalyKind.HEADER_BYTES, size, limits.header_bytes)
    return content_type.partition(b";")[0].strip().lower().decode("latin-1"), codings


def _target(message: Message, decoded: Decoded, limits: Limits) -> None:
    path, mark, query = message.target.partition("?")
    if len(message.target) > limits.url_length:
        _note(decoded, AnomalyKind.URL_LENGTH, len(message.target), limits.url_length)
    decoded.segments.append(PathSegment(path))
    if percent.ENCODED_AGAIN in path:
        decoded.segments.append(PathSegment(path, halfway=True))
    if mark:
        _pairs(decoded, query, Part.QUERY, limits, expected=_is_graphql(path))


def _pairs(decoded: Decoded, encoded: str, part: Part, limits: Limits, *, expected: bool) -> None:
    segments, anomalies = form.decode(encoded, part, limits)
    values, names, *_ = segments
    decoded.anomalies += anomalies
    decoded.segments += segments
    if "query" not in names.texts:
        return
    texts = list(values.texts)
    for index, name in enumerate(names.texts):
        document = texts[index]
        if name == "query" and (graphql_request.is_document(document) and (expected or "{" in document)):
            _operation(decoded, GraphqlOperation(document, values.locate(index)))
            if expected:
                texts[index] = ""
    values.texts = texts


def _operation(decoded: Decoded, operation: GraphqlOperation) -> None:
    decoded.graphql.append(operation)
    decoded.segments.append(LiteralSegment(operation.document))


def _body(
    message: Message,
    decoded: Decoded,
    limits: Limits,
    content_type: str,
    codings: list[str],
    known_keys: set[str],
) -> None:
    body = message.body
    limit = limits.request_body if message.phase is Phase.REQUEST else limits.response_body
    if len(body) > limit:
        _note(decoded, AnomalyKind.BODY_SIZE, len(body), limit)
        return
    if codings:
        try:
            body = decompress(body, codings, limits)
        except CompressionFault as fault:
            decoded.anomalies.append(fault.anomaly)
            return
    decoded.content = body
    at_graphql = _is_graphql(message.path)
    graphql_expected = at_graphql or content_type.startswith("application/graphql")
    if content_type == "application/graphql":
        text = body.decode("utf-8", "replace")
        _operation(decoded, GraphqlOperation(text, Location(Part.BODY)))
        return
    announced = content_type.endswith(("/json", "+json"))
    is_form = content_type == "application/x-www-form-urlencoded"
    if announced or _JSON_START.match(body):
        parsed = json_body.parse(body, limits)
        if isinstance(parsed, JsonDocument):
            _json(message, decoded, parsed, known_keys, expected=graphql_expected, blank=at_graphql)
            if not is_form:
                return  # a form may be JSON as well: {"a":"&q=..."}
        elif announced:
            decoded.anomalies.append(parsed)
            decoded.segments += (LooseStrings(body), PlainBody(body))
            return
    if is_form:
        _pairs(decoded, body.decode("utf-8", "replace"), Part.FORM, limits, expected=at_graphql)
    elif content_type in _BINARY_TYPES or content_type.startswith(_BINARY):
        decoded.anomalies.append(Anomaly(AnomalyKind.NOT_INSPECTED, "a binary body", "", Location(Part.BODY)))
    else:
        decoded.segments.append(PlainBody(body))


def _is_graphql(path: str) -> bool:
    return path.rstrip("/").endswith("graphql")


def _unread(message: Message, decoded: Decoded, limits: Limits) -> None:
    if message.unread < 0:
        decoded.anomalies.append(Anomaly(AnomalyKind.NOT_INSPECTED, "a stream", "", Location(Part.BODY)))
    else:
        limit = limits.request_body if message.phase is Phase.REQUEST else limits.response_body
        _note(decoded, AnomalyKind.BODY_SIZE, message.unread, limit)


def _json(
    message: Message, decoded: Decoded, document: JsonDocument, known_keys: set[str], *, expected: bool, blank: bool
) -> None:
    """`expected`: a `query` is a GraphQL document, whatever it looks like. `blank`: it is code, no value, and only its
    literals are looked at; elsewhere than at GraphQL's own path it may be a search text as well."""
    decoded.json = document
    decoded.anomalies += document.anomalies
    decoded.segments.append(document.values)
    if document.keys.texts and not known_keys.issuperset(document.keys.texts):
        decoded.segments.append(document.keys)
    if message.phase is Phase.REQUEST and _may_hold_operation(document.value):
        texts = document.values.texts
        place = -1
        for operation in graphql_request.in_json(document.value, expected=expected):
            _operation(decoded, operation)
            if blank:
                place = texts.index(operation.document, place + 1)
                texts[place] = ""


def _may_hold_operation(value: Json) -> bool:
    if isinstance(value, list):
        return any(isinstance(entry, dict) and "query" in entry for entry in value)
    return isinstance(value, dict) and "query" in value


def _note(decoded: Decoded, kind: AnomalyKind, seen: int, limit: int) -> None:
    decoded.anomalies.append(Anomaly(kind, str(seen), str(limit)))
