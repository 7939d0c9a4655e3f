"""What a decoder saw that a well-formed, moderate message does not have."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from gatelens.model.location import WHOLE_MESSAGE, Location


class AnomalyKind(StrEnum):
    """A passed limit or a fault of form. Rules name these; decoders report them."""

    BODY_SIZE = "body-size"
    DECOMPRESSED_SIZE = "decompressed-size"
    DECOMPRESSION_RATIO = "decompression-ratio"
    HEADER_COUNT = "header-count"
    HEADER_BYTES = "header-bytes"
    URL_LENGTH = "url-length"
    PARAMETER_COUNT = "parameter-count"
    JSON_DEPTH = "json-depth"
    JSON_KEYS = "json-keys"
    JSON_ITEMS = "json-items"
    JSON_NODES = "json-nodes"
    JSON_KEY_LENGTH = "json-key-length"
    JSON_STRING_LENGTH = "json-string-length"
    JSON_NUMBER_LENGTH = "json-number-length"
    JSON_DUPLICATE_KEY = "json-duplicate-key"
    JSON_SYNTAX = "json-syntax"
    CONTENT_TYPE = "content-type"
    CONTENT_ENCODING = "content-encoding"
    TRANSFER_ENCODING = "transfer-encoding"
    COMPRESSED_TRUNCATED = "compressed-truncated"
    COMPRESSED_TRAILING = "compressed-trailing"
    NOT_INSPECTED = "not-inspected"


class Anomaly(Struct, frozen=True, gc=False):
    """One observation. `seen` and `limit` are plain words or numbers of the shape of the message, never its values."""

    kind: AnomalyKind
    seen: str
    limit: str = ""
    location: Location = WHOLE_MESSAGE
