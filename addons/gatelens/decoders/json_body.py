"""Read a JSON body: one parse and one walk where it is strict JSON, one tolerant pass where it is not.

Source: RFC 8259, RFC 7493 (I-JSON), RFC 4627 section 3 (UTF-16 and UTF-32), CWE-436 (two parsers, two readings),
CWE-674 (depth). What a strict parser refuses is read as lenient ones read it, and each way in which a body is no plain
JSON is an anomaly of its own kind.
Limits: reading stops soon after the limit of nodes, no other limit stops it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import orjson

from gatelens.decoders import binary, json_names, json_numbers, json_strings
from gatelens.decoders.json_document import Json, JsonDocument
from gatelens.decoders.json_positions import MIN_NUMBER_DIGITS
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part

_MIN_NUMBER = 10 ** (MIN_NUMBER_DIGITS - 1)
_MAX_EXACT = 2.0**63
_DIGITS_EXACT = 18
"""Integers of more digits may not be exact."""
_BODY = Location(Part.BODY)
_FAR_MORE = 4
_ENOUGH_TO_TELL = 256
_NODES_OF_ODD, _BYTES_A_NODE = 1_900, 24


def read(body: bytes, limits: Limits) -> JsonDocument:
    """Read `body`, whatever it is. A body of several texts (`{} {}`) is a sequence."""
    if is_dense(body, limits):
        document = JsonDocument(body, limits.json_nodes)
        if document.scan.stopped:
            read_by_scan(document, limits)
            return document
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_lenient(body, limits)
    return _read_strict(JsonDocument(body, limits.json_nodes), value, limits)


def is_dense(body: bytes, limits: Limits, separator: bytes = b",") -> bool:
    """Whether `body` may have far more nodes than the limit: to make objects of them all would cost more than the
    tolerant pass, which stops."""
    most = _FAR_MORE * limits.json_nodes
    return len(body) > most and (
        body.count(b",") + body.count(b"[") + body.count(b"{") > most or body.count(separator) > most
    )


def _read_strict(document: JsonDocument, value: Json, limits: Limits) -> JsonDocument:
    document.value = value
    read_values(document, (value,), limits)
    return document


def _read_lenient(body: bytes, limits: Limits) -> JsonDocument:
    body, encoding, anomalies = decode(body)
    document = JsonDocument(body, limits.json_nodes)
    document.encoding = encoding
    document.anomalies += anomalies
    if anomalies:
        try:
            return _read_strict(document, orjson.loads(body), limits)
        except orjson.JSONDecodeError:
            pass
    document.strict = False
    if not encoding and len(body) > _ENOUGH_TO_TELL and not binary.is_text(body):
        document.anomalies.append(Anomaly(AnomalyKind.JSON_SYNTAX, "binary data", "RFC 8259", _BODY))
        return document
    document.most = most_of_odd(body, limits)
    read_by_scan(document, limits)
    return document


def most_of_odd(body: bytes, limits: Limits) -> int:
    """Nodes to read of a body that is not strict JSON, or has names twice or alike: the tolerant pass costs
    some ten times what the strict one does, so that what is denser than any text of use is not read to its end."""
    return min(limits.json_nodes, _NODES_OF_ODD + len(body) // _BYTES_A_NODE)


def decode(body: bytes) -> tuple[bytes, str, list[Anomaly]]:
    """`body` in UTF-8, as long as it was where it was so before; the encoding that it had if it was not; and what is to
    be said of it."""
    encoding = json.detect_encoding(body)
    if encoding == "utf-8-sig":
        mark = Anomaly(AnomalyKind.BYTE_ORDER_MARK, "before the text", "none", Location(Part.BODY, span=(0, 3)))
        return b"   " + body[3:], "", [mark]
    if encoding != "utf-8":
        text = body.decode(encoding, "replace")
        return text.encode(), encoding, [Anomaly(AnomalyKind.CHARSET, encoding, "utf-8", _BODY)]
    return body, "", []


def read_values(document: JsonDocument, values: Iterable[Json], limits: Limits) -> None:  # noqa: PLR0915  # calls cost
    """Take the texts of `values`, which a strict parser made of the body, and note each limit passed, once a kind."""
    texts: list[str] = []
    keys: list[str] = []
    stack: list[Iterable[Json]] = []
    level: Iterable[Json] = iter(values)
    sizes = [0]  # of the objects
    nodes = depth = most_items = strings = 0
    exact = True
    floats = zero = False
    while True:
        for value in level:
            kind = type(value)
            if kind is str:
                texts.append(value)  # type: ignore[arg-type]  # the type was just compared: faster than isinstance
                strings += 1
            elif kind is dict:
                size = len(value)  # type: ignore[arg-type]  # as above
                nodes += size
                sizes.append(size)
                keys += value  # type: ignore[arg-type]  # as above
                stack.append(level)
                level = iter(value.values())  # type: ignore[union-attr]  # as above
                break
            elif kind is list:
                size = len(value)  # type: ignore[arg-type]  # as above
                nodes += size
                most_items = max(most_items, size)
                stack.append(level)
                level = iter(value)  # type: ignore[arg-type]  # as above
                break
            elif kind is int:
                if value >= _MIN_NUMBER or value <= -_MIN_NUMBER:
                    texts.append(str(value))
            elif kind is float:
                floats = True
                if not -_MAX_EXACT < value < _MAX_EXACT:  # type: ignore[operator]  # as above
                    # May have been an integer over 64 bits: its digits are only in the text.
                    exact = False
                elif not value:
                    zero = True
        else:
            if not stack:
                break
            level = stack.pop()
            continue
        depth = max(depth, len(stack))
    odd = _quotes(document.body) != 2 * (strings + len(keys)) or json_names.are_similar(keys, sizes)
    if odd:
        document.most = most_of_odd(document.body, limits)
    length = limits.json_number_length if exact else min(limits.json_number_length, _DIGITS_EXACT)
    if (
        odd
        or ((floats or length < 20) and json_numbers.may_be_long(document.body, length))
        or (zero and _may_vanish(document.body))
    ):
        read_by_scan(document, limits)
        return
    if nodes > limits.json_nodes:  # the rest has cost enough
        del texts[limits.json_nodes :], keys[limits.json_nodes :]
        document.most = nodes  # what is kept can be placed
    document.values.texts = texts
    document.keys.texts = keys
    document.anomalies += _over(limits, depth, max(sizes), most_items, nodes, texts, keys)


def read_by_scan(document: JsonDocument, limits: Limits) -> None:
    """Take the texts by the tolerant pass: every value of a name given twice, every digit of a number, and whatever
    stands in what is no strict JSON."""
    scan = document.scan
    faults: set[str] = set()
    values = _texts(scan.values, scan.unquoted_values, scan.last_values, faults)
    names = _texts(scan.keys, scan.unquoted_keys, scan.last_keys, faults)
    document.take(values, names)
    notes = document.anomalies
    notes += _over(limits, scan.depth, scan.most_keys, scan.most_items, scan.nodes, values, names)
    if scan.stopped and scan.nodes <= limits.json_nodes:
        notes.append(Anomaly(AnomalyKind.JSON_NODES, f"over {document.most} in odd JSON", str(document.most), _BODY))
    notes += json_numbers.check(scan.words, limits, faults)
    for kind, seen, key in (
        (AnomalyKind.JSON_DUPLICATE_KEY, "name given twice", json_names.first_repeated(names, scan.key_in)),
        (AnomalyKind.JSON_SIMILAR_KEY, "names that fold alike", json_names.first_similar(names, scan.key_in)),
    ):
        if key is not None:
            notes.append(Anomaly(kind, seen, "once", document.locate_key(key)))
    if document.strict:
        return
    if json_strings.SURROGATE in faults:
        faults.remove(json_strings.SURROGATE)
        notes.append(Anomaly(AnomalyKind.LONE_SURROGATE, "an escape of half a character", "RFC 8259", _BODY))
    if scan.commented:
        notes.append(Anomaly(AnomalyKind.JSON_COMMENT, "a comment", "RFC 8259", _BODY))
    if not document.sequence and (scan.texts > 1 or (scan.texts and scan.stray)):
        document.sequence = scan.texts > 1
        notes.append(Anomaly(AnomalyKind.JSON_TRAILING_DATA, "data after the value", "one value", _BODY))
    notes += _utf8(document.body)
    if scan.unquoted_keys:
        faults.add("name without quotes")
    if not faults and not scan.stopped and scan.fault:
        faults.add(scan.fault)
    if faults:
        notes.append(Anomaly(AnomalyKind.JSON_SYNTAX, ", ".join(sorted(faults)), "RFC 8259", _BODY))


def _texts(pieces: list[bytes], unquoted: Sequence[int], last: Iterable[int], faults: set[str]) -> list[str]:
    texts = None
    if all(json_strings.is_closed(pieces[index]) for index in last):
        quoted = pieces
        if unquoted:
            quoted = pieces.copy()
            for index in unquoted:
                quoted[index] = b'"%b"' % pieces[index]
        texts = json_strings.strict(quoted)
    return texts if texts is not None else json_strings.lenient(pieces, last, faults)


def _utf8(body: bytes) -> list[Anomaly]:
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        place = Location(Part.BODY, span=(fault.start, fault.end))
        return [Anomaly(AnomalyKind.INVALID_UTF8, fault.reason, "RFC 3629", place)]
    return []


def _quotes(body: bytes) -> int:
    """Unescaped quotes in the body. Two a string: fewer strings in the value means a name given twice."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"")
        return body.count(b'"') - body.count(b'\\"')
    return body.count(b'"')


def _may_vanish(body: bytes) -> bool:
    """Whether a number may be so small that a double makes it 0."""
    return b"e-" in body or b"E-" in body


def _over(
    limits: Limits,
    depth: int,
    most_keys: int,
    most_items: int,
    nodes: int,
    texts: Sequence[str],
    keys: Sequence[str],
) -> list[Anomaly]:
    longest_key = max(map(len, keys)) if keys else 0
    longest = max(map(len, texts)) if texts else 0
    if (
        depth <= limits.json_depth
        and most_keys <= limits.json_keys
        and most_items <= limits.json_items
        and nodes <= limits.json_nodes
        and longest_key <= limits.json_key_length
        and longest <= limits.json_string_length
    ):
        return []
    return [
        Anomaly(kind, str(seen), str(limit), _BODY)
        for kind, seen, limit in (
            (AnomalyKind.JSON_DEPTH, depth, limits.json_depth),
            (AnomalyKind.JSON_KEYS, most_keys, limits.json_keys),
            (AnomalyKind.JSON_ITEMS, most_items, limits.json_items),
            (AnomalyKind.JSON_NODES, nodes, limits.json_nodes),
            (AnomalyKind.JSON_KEY_LENGTH, longest_key, limits.json_key_length),
            (AnomalyKind.JSON_STRING_LENGTH, longest, limits.json_string_length),
        )
        if seen > limit
    ]
