"""Decode a whole message: which decoder reads which part, in one pass over the headers.

Source: RFC 9110 sections 5 (fields), 7.1 (target) and 8.4 (content coding); CWE-235 (parameters in two places).
"""

from __future__ import annotations

import re

from gatelens.decoders import cookies, header_ambiguity, nested, pairs, target_ambiguity
from gatelens.decoders.body import BodyReader, is_graphql
from gatelens.decoders.compression import CompressionFault, decompress
from gatelens.decoders.decoded import Decoded, HeaderField
from gatelens.decoders.path import PathSegment
from gatelens.decoders.segment import NamedSegment
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part
from gatelens.model.message import Channel, Message, Phase

_NOT_TEXT = frozenset({b"content-length", b"connection"})
"""Header fields not read as text: they have a fixed grammar, and are looked at for what breaks it."""

_CREDENTIALS = frozenset({b"authorization", b"proxy-authorization"})
"""Header fields that belong to the token check where they hold a token; what is packed in one is read all the same."""

_TOKEN68 = re.compile(r"(?:[A-Za-z0-9]+[ \t]+)?[A-Za-z0-9._~+/\-]+=*")
"""RFC 9110 section 11.2: a scheme and a token, in which nothing but a token can stand."""

_DECISIVE = frozenset({b"content-type", b"content-encoding", b"transfer-encoding"})
"""Header fields that say how to read the body: never skipped as known."""


def decode(
    message: Message, decoded: Decoded, limits: Limits, known_fields: set[HeaderField], known_keys: set[str]
) -> None:
    """Decode `message` within `limits` into `decoded`.

    `known_fields` and `known_keys` are header fields and JSON names that were scanned before and hold nothing.
    """
    kind, codings = _headers(message, decoded, limits, known_fields)
    request = message.phase is Phase.REQUEST
    if request and message.channel is Channel.HTTP:
        _target(message, decoded, limits)
    if message.unread:
        _unread(message, decoded, limits)
    elif message.body:
        _body(message, decoded, limits, kind, codings, known_keys)
    if request:
        found, anomalies = nested.unwrap(decoded.segments + decoded.sealed, limits)
        decoded.segments += found
        decoded.anomalies += anomalies


def _headers(message: Message, decoded: Decoded, limits: Limits, known: set[HeaderField]) -> tuple[bytes, list[str]]:
    """Read the header fields; return the content type as sent, and the codings."""
    kind = b""
    codings: list[str] = []
    cookie: list[bytes] = []
    names: list[str] = []
    texts: list[str] = []
    credentials: list[tuple[str, str]] = []
    request = message.phase is Phase.REQUEST
    size = longest = 0
    for field in message.headers:
        raw_name, value = field
        size += len(raw_name) + len(value) + 4
        if field in known:
            continue
        longest = max(longest, len(value))
        name = raw_name.lower()
        if name == b"content-type":
            if kind not in (b"", value):
                decoded.note(AnomalyKind.CONTENT_TYPE, "two content types", "one")
            kind = value
        elif name == b"content-encoding":
            codings += [coding.strip() for coding in value.decode("latin-1").lower().split(",")]
        elif name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            decoded.note(AnomalyKind.TRANSFER_ENCODING, "a coding beside chunked", "chunked")
        elif name == b"cookie":
            cookie.append(value)
            continue
        if request and name not in _NOT_TEXT:
            text = value.decode("utf-8", "replace")
            if name in _CREDENTIALS and _TOKEN68.fullmatch(text):
                credentials.append((name.decode(), text))
            else:
                names.append(name.decode("latin-1"))
                texts.append(text)
            if name not in _DECISIVE:
                decoded.candidates.append(field)
    if texts:
        decoded.segments.append(NamedSegment(Part.HEADER, names, texts))
    if credentials:
        decoded.sealed.append(NamedSegment(Part.HEADER, *zip(*credentials, strict=True)))
    if cookie and request:
        decoded.segments += cookies.decode(b"; ".join(cookie)[: limits.header_bytes])
    decoded.note_limit(AnomalyKind.HEADER_COUNT, len(message.headers), limits.header_count)
    decoded.note_limit(AnomalyKind.HEADER_BYTES, size, limits.header_bytes)
    decoded.note_limit(AnomalyKind.HEADER_LENGTH, longest, limits.header_length)
    if request and message.channel is Channel.HTTP:
        unknown = (field for field in message.headers if field not in known)
        if ambiguous := header_ambiguity.headers(message, unknown):
            decoded.anomalies += ambiguous
            decoded.candidates.clear()  # what is remembered as harmless would not be told the next time
    return kind, codings


def _target(message: Message, decoded: Decoded, limits: Limits) -> None:
    path, mark, query = message.target.partition("?")
    decoded.note_limit(AnomalyKind.URL_LENGTH, len(message.target), limits.url_length)
    decoded.segments.append(PathSegment(path[: limits.url_length]))
    decoded.anomalies += target_ambiguity.target(message)
    if mark:
        pairs.read(decoded, query.encode("utf-8", "replace"), Part.QUERY, limits, at_graphql=is_graphql(path))


def _body(
    message: Message,
    decoded: Decoded,
    limits: Limits,
    kind: bytes,
    codings: list[str],
    known_keys: set[str],
) -> None:
    body = message.body
    limit = _body_limit(message, limits)
    if len(body) > limit:
        decoded.note_limit(AnomalyKind.BODY_SIZE, len(body), limit)
        return
    if codings:
        try:
            body = decompress(body, codings, limits)
        except CompressionFault as fault:
            decoded.anomalies.append(fault.anomaly)
            return
    decoded.content = body
    BodyReader(message, decoded, limits, known_keys).read(body, kind)
    if len(decoded.parameters) > 1 or (decoded.parameters and decoded.json is not None):
        _compare_parameters(decoded)


def _body_limit(message: Message, limits: Limits) -> int:
    return limits.request_body if message.phase is Phase.REQUEST else limits.response_body


def _unread(message: Message, decoded: Decoded, limits: Limits) -> None:
    if message.unread < 0:
        decoded.note(AnomalyKind.NOT_INSPECTED, "a stream", "", Location(Part.BODY))
    else:
        kind, limit = AnomalyKind.BODY_SIZE, _body_limit(message, limits)
        if message.channel is not Channel.HTTP:
            kind, limit = AnomalyKind.EVENT_SIZE, limits.event_size
        decoded.note(kind, str(message.unread), str(limit))


def _compare_parameters(decoded: Decoded) -> None:
    """A parameter of the query that the body has as well, with another value: which one counts is the upstream's."""
    values, names = decoded.parameters[0]
    if values.part is not Part.QUERY:
        return
    in_body: dict[str, object] = {}
    if len(decoded.parameters) > 1:
        form_values, form_names = decoded.parameters[1]
        in_body = dict(zip(form_names.texts, form_values.texts, strict=True))
    elif decoded.json is not None and isinstance(decoded.json.value, dict):
        in_body = dict(decoded.json.value)
    for index, name in enumerate(names.texts):
        other = _as_text(in_body.get(name, values.texts[index]))
        if other is not None and other != values.texts[index]:
            decoded.note(
                AnomalyKind.POLLUTED_PARAMETER, "in the query and, differently, in the body", "", values.locate(index)
            )
            return


def _as_text(value: object) -> str | None:
    """A scalar as a query would spell it; None for what has no one spelling."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "null" if value is None else None
