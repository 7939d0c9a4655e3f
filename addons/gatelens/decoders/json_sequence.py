"""Read a sequence of JSON texts: one a line (NDJSON, JSON Lines), one after another, or each behind an RS.

Source: RFC 7464 (JSON text sequences), ndjson.org, jsonlines.org. The first step of a pointer is the text's number,
from 0; lines that are blank have none.
Limits: texts that go over several lines are read only where all of them are whole; else a line ends what is open in it.
"""

from __future__ import annotations

import orjson

from gatelens.decoders import json_body
from gatelens.decoders.json_document import JsonDocument
from gatelens.model.limits import Limits

_RECORD_SEPARATOR = b"\x1e"


def read_sequence(body: bytes, limits: Limits) -> JsonDocument:
    """Read `body` as a sequence, whatever it is."""
    body, encoding, anomalies = json_body.decode(body)
    separator = _RECORD_SEPARATOR if body.lstrip()[:1] == _RECORD_SEPARATOR else b"\n"
    document = JsonDocument(body, limits.json_nodes, separator, sequence=True)
    if not (json_body.is_dense(body, limits, separator) and document.scan.stopped):
        try:
            document.value = values = [orjson.loads(text) for text in body.split(separator) if text.strip()]
        except orjson.JSONDecodeError:
            document = _lenient(document, limits)
        else:
            document.encoding = encoding
            document.anomalies += anomalies
            json_body.read_values(document, values, limits)
            return document
    document.encoding = encoding
    document.anomalies += anomalies
    json_body.read_by_scan(document, limits)
    return document


def _lenient(document: JsonDocument, limits: Limits) -> JsonDocument:
    """Where a line is not whole, texts may go over lines."""
    document.strict = False
    document.most = json_body.most_of_odd(document.body, limits)
    if document.separator == b"\n" and document.scan.unfinished and not document.scan.stopped:
        over_lines = JsonDocument(document.body, document.most, sequence=True)
        over_lines.strict = False
        if not over_lines.scan.fault:
            return over_lines
    return document
