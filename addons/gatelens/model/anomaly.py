"""What a decoder saw that a well-formed, moderate message does not have."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from gatelens.model.location import WHOLE_MESSAGE, Location


class AnomalyKind(StrEnum):
    """A passed limit (first group), or a form that two parsers may read differently. Rules name these."""

    BODY_SIZE = "body-size"
    DECOMPRESSED_SIZE = "decompressed-size"
    DECOMPRESSION_RATIO = "decompression-ratio"
    HEADER_COUNT = "header-count"
    HEADER_BYTES = "header-bytes"
    HEADER_LENGTH = "header-length"
    URL_LENGTH = "url-length"
    PARAMETER_COUNT = "parameter-count"
    PARAMETER_NAME_LENGTH = "parameter-name-length"
    PARAMETER_LENGTH = "parameter-length"
    PART_COUNT = "part-count"
    JSON_DEPTH = "json-depth"
    JSON_KEYS = "json-keys"
    JSON_ITEMS = "json-items"
    JSON_NODES = "json-nodes"
    JSON_KEY_LENGTH = "json-key-length"
    JSON_STRING_LENGTH = "json-string-length"
    JSON_NUMBER_LENGTH = "json-number-length"
    XML_DEPTH = "xml-depth"
    XML_NODES = "xml-nodes"
    CSV_CELLS = "csv-cells"
    EVENT_SIZE = "event-size"
    NESTED_DEPTH = "nested-depth"
    NESTED_BYTES = "nested-bytes"

    JSON_SYNTAX = "json-syntax"
    JSON_NUMBER = "json-number"
    JSON_COMMENT = "json-comment"
    JSON_TRAILING_DATA = "json-trailing-data"
    JSON_DUPLICATE_KEY = "json-duplicate-key"
    JSON_SIMILAR_KEY = "json-similar-key"
    LONE_SURROGATE = "lone-surrogate"
    BYTE_ORDER_MARK = "byte-order-mark"
    INVALID_UTF8 = "invalid-utf8"
    CHARSET = "charset"
    CHARSET_UNREADABLE = "charset-unreadable"
    CONTENT_TYPE = "content-type"
    CONTENT_MISMATCH = "content-mismatch"
    FORM_SYNTAX = "form-syntax"
    MULTIPART_SYNTAX = "multipart-syntax"
    XML_SYNTAX = "xml-syntax"
    XML_DOCTYPE = "xml-doctype"
    CONTENT_ENCODING = "content-encoding"
    TRANSFER_ENCODING = "transfer-encoding"
    COMPRESSED_TRUNCATED = "compressed-truncated"
    COMPRESSED_TRAILING = "compressed-trailing"
    REPEATED_PARAMETER = "repeated-parameter"
    POLLUTED_PARAMETER = "polluted-parameter"
    PATH_TRAVERSAL = "path-traversal"
    PATH_CONTROL = "path-control"
    PATH_SEPARATOR = "path-separator"
    PATH_ENCODING = "path-encoding"
    PATH_EMPTY_SEGMENT = "path-empty-segment"
    PATH_PARAMETER = "path-parameter"
    HOST = "host"
    HOST_OVERRIDE = "host-override"
    URL_OVERRIDE = "url-override"
    METHOD_OVERRIDE = "method-override"
    HOP_BY_HOP = "hop-by-hop"
    HEADER_SYNTAX = "header-syntax"
    NOT_INSPECTED = "not-inspected"


class Anomaly(Struct, frozen=True, gc=False):
    """One observation. `seen` and `limit` are plain words or numbers of the shape of the message, never its values."""

    kind: AnomalyKind
    seen: str
    limit: str = ""
    location: Location = WHOLE_MESSAGE
