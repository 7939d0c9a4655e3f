"""What decoding a message gave."""

from __future__ import annotations

from gatelens.decoders.graphql_request import GraphqlOperation, LiteralSegment
from gatelens.decoders.json_document import JsonDocument
from gatelens.decoders.segment import NamedSegment, Segment
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.location import WHOLE_MESSAGE, Location

HeaderField = tuple[bytes, bytes]


class Decoded:
    """Segments of texts, anomalies, and the structures found on the way.

    `content` is the body with its content-encoding taken off. `json` is the parsed body, where it is JSON. `parameters`
    are the values and names of the query and of a form body. `graphql` holds the operations of a GraphQL request.
    `sealed` holds segments whose texts are not for matching as sent, only what lies within them: credentials.
    `candidates` are header fields with a text in `segments`, which the engine may remember as harmless.
    """

    __slots__ = ("anomalies", "candidates", "content", "graphql", "json", "parameters", "sealed", "segments")

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.sealed: list[Segment] = []
        self.anomalies: list[Anomaly] = []
        self.content = b""
        self.json: JsonDocument | None = None
        self.parameters: list[tuple[NamedSegment, NamedSegment]] = []
        self.graphql: list[GraphqlOperation] = []
        self.candidates: list[HeaderField] = []

    def note(self, kind: AnomalyKind, seen: str, limit: str = "", location: Location = WHOLE_MESSAGE) -> None:
        """Add an anomaly."""
        self.anomalies.append(Anomaly(kind, seen, limit, location))

    def note_limit(self, kind: AnomalyKind, seen: int, limit: int) -> None:
        """Add an anomaly where `seen` passes `limit`."""
        if seen > limit:
            self.note(kind, str(seen), str(limit))

    def add_operation(self, operation: GraphqlOperation) -> None:
        """Add a GraphQL document, and its literals as texts."""
        self.graphql.append(operation)
        self.segments.append(LiteralSegment(operation.document))
