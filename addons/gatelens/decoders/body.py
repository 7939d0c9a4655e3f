"""Read a body by its kind, and what stands within it by its own: which decoder reads what.

The content type says how to read; where the bytes evidently are something else, that is read as well, since the
upstream may look at them rather than at the type, and an anomaly says so.
Source: RFC 9110 section 8.3 (content type), RFC 6839 (+json, +xml), RFC 7578 (parts); CWE-436.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from functools import partial

from msgspec import Struct

from gatelens.decoders import (
    binary,
    charset,
    csv_body,
    event_stream,
    graphql_request,
    json_body,
    json_sequence,
    multipart,
    pairs,
    xml_body,
)
from gatelens.decoders.content_type import ContentType, parse
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.event_stream import EventSegment
from gatelens.decoders.graphql_request import GraphqlOperation
from gatelens.decoders.json_document import JsonDocument
from gatelens.decoders.multipart import FormPart
from gatelens.decoders.segment import EmbeddedSegment, PlainBody, Segment
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part
from gatelens.model.message import Message, Phase

FORM = "application/x-www-form-urlencoded"
SEQUENCES = frozenset(
    "application/x-ndjson application/ndjson application/jsonl application/x-jsonlines application/jsonlines"
    " application/json-lines application/json-seq text/x-ndjson application/stream+json".split()
)
_CSV = frozenset({"text/csv", "text/tab-separated-values", "application/csv"})

_LINES = frozenset({FORM, event_stream.CONTENT_TYPE, *_CSV})
"""Types whose own reading takes any text apart, XML too."""

_JSON_START = re.compile(rb"\s*+(?:\xef\xbb\xbf)?+\s*+[{\[]")
_FORM_LIKE = re.compile(rb"[A-Za-z0-9_.\-\[\]%]{1,128}=[^\s<>{}]*+\Z")
_BODY = Location(Part.BODY)

_BASE_COSTLY, _BYTES_A_COSTLY = 40, 6_000
"""So many events that are broken JSON, XML, GraphQL or binary are read as that, and one more for each so many bytes of
the body: each costs ten times what another does. Those beyond are read as plain text."""


def is_graphql(path: str) -> bool:
    """Whether a path is by its name GraphQL's own."""
    return path.rstrip("/").endswith("graphql")


class _Piece(Struct, frozen=True):
    """Something to read: the body, or a part of it.

    `sent_type` is its content type as sent. `outer` is where it stands; `embed` makes of a segment of it one of the
    body, None for the body itself, as sent. `depth` counts the multipart bodies around it.
    """

    body: bytes
    sent_type: bytes
    outer: Location = _BODY
    embed: Callable[[Segment], Segment] | None = None
    depth: int = 0

    @property
    def content_type(self) -> ContentType:
        """The content type, taken apart."""
        return parse(self.sent_type)

    @property
    def kind(self) -> str:
        """The media type."""
        return self.content_type.type


class BodyReader:
    """Reads one body into what decoding gave."""

    def __init__(self, message: Message, decoded: Decoded, limits: Limits, known_keys: set[str]) -> None:
        self._decoded = decoded
        self._limits = limits
        self._known_keys = known_keys
        self._request = message.phase is Phase.REQUEST
        self._at_graphql = is_graphql(message.path)
        self._waiting: deque[_Piece] = deque()
        self._costly = 0
        self._parts_left = limits.parts

    def read(self, body: bytes, sent_type: bytes) -> None:
        """Read `body`, whose content type is given as sent, and whatever stands in it."""
        piece = _Piece(body, sent_type)
        self._costly = _BASE_COSTLY + len(body) // _BYTES_A_COSTLY
        self._decoded.anomalies += piece.content_type.anomalies
        self._waiting.append(piece)
        while self._waiting:
            piece = self._waiting.popleft()
            self._piece(piece)
            if piece.embed is None:
                self._in_utf8(piece)

    def _in_utf8(self, piece: _Piece) -> None:
        """Have the body read once more, as its charset says, where that makes another text of it."""
        plain = charset.as_utf8(piece.body, piece.content_type.charset)
        if plain is not None:
            embed = partial(EmbeddedSegment, outer=_BODY, base=None, steps=("charset",))
            self._waiting.append(_Piece(plain, piece.sent_type, embed=embed))

    def _add(self, segment: Segment, piece: _Piece) -> None:
        self._decoded.segments.append(piece.embed(segment) if piece.embed else segment)

    def _note(self, kind: AnomalyKind, seen: str, piece: _Piece) -> None:
        self._decoded.note(kind, seen, "", piece.outer)

    def _piece(self, piece: _Piece) -> None:
        if not piece.sent_type:
            self._sniff(piece)
            return
        kind, body, limits = piece.kind, piece.body, self._limits
        if kind in _LINES and xml_body.looks_like(body):
            self._mismatch("XML under another type", piece)
            self._xml(piece)
        if kind in SEQUENCES:
            self._json(json_sequence.read_sequence(body, limits), piece)
        elif kind.endswith(("/json", "+json")):
            self._json(json_body.read(body, limits), piece)
        elif kind == "application/graphql":
            text = body.decode("utf-8", "replace")
            self._decoded.add_operation(GraphqlOperation(text, piece.outer))
            if not graphql_request.is_code(text):
                self._sniff(piece)
        elif kind == FORM and piece.embed is None:
            self._sniff_json(piece)  # a form may be JSON as well: {"a":"&q=..."}
            pairs.read(self._decoded, body, Part.FORM, limits, at_graphql=self._at_graphql)
        elif kind.startswith("multipart/"):
            self._multipart(piece)
        elif kind.endswith(("/xml", "+xml")):
            self._xml(piece)
        elif kind == event_stream.CONTENT_TYPE:
            self._events(piece)
        elif kind in _CSV and binary.is_text(body):
            segments, anomalies = csv_body.decode(body, limits)
            self._take(segments, piece)
            self._decoded.anomalies += anomalies
        else:
            self._sniff(piece)

    def _sniff(self, piece: _Piece) -> None:
        """Read what no type announces by what it looks like."""
        if self._costly < 0 and not piece.depth:
            self._add(PlainBody(piece.body), piece)
            return
        if self._sniff_json(piece):
            return
        if binary.describe(piece.kind, piece.body) is not None:
            self._spend(piece)
            self._add_whole(piece)
            return
        if xml_body.looks_like(piece.body):
            self._mismatch("XML under another type", piece)
            self._xml(piece)
            return
        if piece.embed is None and piece.kind in ("", "text/plain") and _FORM_LIKE.match(piece.body):
            self._mismatch("a form under another type", piece)
            pairs.read(self._decoded, piece.body, Part.FORM, self._limits, at_graphql=self._at_graphql)
        self._add(PlainBody(piece.body), piece)

    def _spend(self, piece: _Piece) -> None:
        """Count an event that costs much to read. Parts are few anyhow."""
        if piece.embed is not None and not piece.depth:
            self._costly -= 1
            if self._costly == -1:
                self._decoded.note(AnomalyKind.NOT_INSPECTED, "too many events that are costly to read", "", _BODY)

    def _add_whole(self, piece: _Piece) -> None:
        """Add the piece as one text, or where it is binary, the strings in it."""
        words = binary.describe(piece.kind, piece.body)
        if words is None:
            self._add(PlainBody(piece.body), piece)
            return
        self._note(AnomalyKind.NOT_INSPECTED, words, piece)
        self._add(binary.strings(piece.body, piece.kind), piece)

    def _mismatch(self, words: str, piece: _Piece) -> None:
        if piece.kind:
            self._note(AnomalyKind.CONTENT_MISMATCH, words, piece)

    def _sniff_json(self, piece: _Piece) -> bool:
        """Read the piece as JSON, or a sequence of JSON texts, where it is that, whatever its type says."""
        if not _JSON_START.match(piece.body):
            return False
        document = json_body.read(piece.body, self._limits)
        if not document.strict:
            self._spend(piece)
            kinds = {anomaly.kind for anomaly in document.anomalies}
            if not document.sequence or kinds != {AnomalyKind.JSON_TRAILING_DATA}:
                # Whether the upstream reads it leniently is not known: so that, and the whole as its type says.
                self._add(document.values, piece)
                self._add(document.keys, piece)
                return False
            document = json_sequence.read_sequence(piece.body, self._limits)
        self._mismatch("JSON under another type", piece)
        self._json(document, piece)
        return True

    def _json(self, document: JsonDocument, piece: _Piece) -> None:
        decoded = self._decoded
        decoded.anomalies += document.anomalies
        self._add(document.values, piece)
        if piece.embed is None and document.strict:
            decoded.json = document
        keys = document.keys
        if keys.texts and not (piece.embed is None and self._known_keys.issuperset(keys.texts)):
            self._add(keys, piece)
        if not document.strict:
            self._add_whole(piece)
            if xml_body.looks_like(piece.body):
                self._xml(piece)
        if self._request and "query" in keys.texts and graphql_request.may_hold_operation(document.value):
            self._operations(document, piece)

    def _operations(self, document: JsonDocument, piece: _Piece) -> None:
        """Where GraphQL is expected a `query` is a document, whatever it looks like. At GraphQL's own path it is code,
        no value, and only its literals are looked at; elsewhere it may be a search text as well."""
        self._spend(piece)
        expected = self._at_graphql or piece.kind.startswith("application/graphql")
        texts = document.values.texts
        place = -1
        for pointer, text in graphql_request.in_json(document.value, expected=expected):
            location = Location(piece.outer.part, piece.outer.pointer + pointer)
            self._decoded.add_operation(GraphqlOperation(text, location))
            if self._at_graphql and graphql_request.is_code(text) and text in texts[place + 1 :]:
                place = texts.index(text, place + 1)
                texts[place] = ""

    def _xml(self, piece: _Piece) -> None:
        self._spend(piece)
        segments, anomalies = xml_body.decode(piece.body, self._limits)
        self._take(segments, piece)
        self._decoded.anomalies += anomalies

    def _take(self, segments: list[Segment], piece: _Piece) -> None:
        for segment in segments:
            self._add(segment, piece)

    def _multipart(self, piece: _Piece) -> None:
        if piece.depth > self._limits.nested_depth:
            limit = str(self._limits.nested_depth)
            self._decoded.note(AnomalyKind.NESTED_DEPTH, f"over {limit} multipart bodies", limit, piece.outer)
            self._add(PlainBody(piece.body), piece)
            return
        if self._parts_left <= 0:  # the limit is for all multipart bodies in one together
            limit = str(self._limits.parts)
            self._decoded.note(AnomalyKind.PART_COUNT, f"over {limit}", limit, piece.outer)
            self._add(PlainBody(piece.body), piece)
            return
        found = multipart.decode(piece.body, piece.sent_type.decode("latin-1"), self._limits)
        self._parts_left -= len(found.parts)
        self._decoded.anomalies += found.anomalies
        self._take(multipart.described(found.parts), piece)
        if found.doubtful or not found.parts:
            self._sniff(piece)
        for part in found.parts:
            within = _of_part(part, piece.depth + 1)
            self._waiting.append(within)
            for anomaly in within.content_type.anomalies:
                self._decoded.note(anomaly.kind, anomaly.seen, anomaly.limit, within.outer)

    def _events(self, piece: _Piece) -> None:
        found = event_stream.decode(piece.body, self._limits)
        self._decoded.anomalies += found.anomalies
        self._add(found.fields, piece)
        for event in found.events:
            embed = partial(EventSegment, event=event)
            self._waiting.append(_Piece(event.data, b"", event.location, embed))


def _of_part(part: FormPart, depth: int) -> _Piece:
    outer = Location(Part.FORM, part.pointer)
    embed = partial(EmbeddedSegment, outer=outer, base=part.start, steps=part.steps)
    sent = dict(part.headers).get("content-type", "")
    return _Piece(part.body, sent.encode("latin-1", "replace"), outer, embed, depth)
