"""Decode a JSON body: one parse, one walk, limits counted on the way, duplicate keys seen.

Source: RFC 8259, RFC 7493 (I-JSON: names MUST be unique), CWE-436 (two parsers, two readings), CWE-674 (depth).
Limits: a body that is not strict JSON is read as loose strings, so that what an indulgent upstream would
find in it is inspected all the same; those have a span but no pointer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import orjson

from gatelens.decoders.json_positions import MIN_NUMBER_DIGITS, Token, offsets, tokens
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part, Span, pointer

_MIN_NUMBER = 10 ** (MIN_NUMBER_DIGITS - 1)
_MAX_EXACT = 2.0**63
# What is not closed goes on to the end, and no choice is taken back: work is linear in the body.
_LOOSE_STRING = re.compile(rb'"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)|\'((?:[^\'\\]++|\\.)*+)(?:\'|\\?\Z)', re.DOTALL)
_LOOSE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)", re.DOTALL)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": ""}
_DIGITS = re.compile(rb"[0-9]+")

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


class JsonDocument:
    """A strict JSON body: its value, and its texts in document order.

    `values` and `keys` are segments. A token pass over the body gives the places, once, when one is asked for.
    """

    __slots__ = ("_body", "_tokens", "anomalies", "keys", "root", "value", "values")

    def __init__(self, body: bytes, value: Json, limits: Limits, root: str = "") -> None:
        self._body = body
        self._tokens: tuple[list[Token], list[Token]] | None = None
        self.value = value
        self.root = root
        self.anomalies: list[Anomaly] = []
        texts, keys = self._walk(limits)
        self.values = JsonSegment(self, texts, key=False)
        self.keys = JsonSegment(self, keys, key=True)

    def _walk(self, limits: Limits) -> tuple[list[str], list[str]]:
        """Collect texts iteratively, in document order; note each limit passed, once a kind."""
        texts: list[str] = []
        keys: list[str] = []
        stack: list[Iterable[Json]] = []
        level: Iterable[Json] = iter((self.value,))
        nodes = depth = most_keys = most_items = strings = 0
        exact = True
        while True:
            for value in level:
                kind = type(value)
                if kind is str:
                    texts.append(value)  # type: ignore[arg-type]  # the type was just compared: faster than isinstance
                    strings += 1
                elif kind is dict:
                    size = len(value)  # type: ignore[arg-type]  # as above
                    nodes += size
                    most_keys = max(most_keys, size)
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
                elif kind is float and not -_MAX_EXACT < value < _MAX_EXACT:  # type: ignore[operator]  # as above
                    # An integer over 64 bits has become a float: its digits are only in the text.
                    exact = False
            else:
                if not stack:
                    break
                level = stack.pop()
                continue
            depth = max(depth, len(stack))
        self._check(limits, depth, most_keys, most_items, nodes, texts, keys)
        if not exact:
            self._check_numbers(limits)
        if not exact or self._quotes() != 2 * (strings + len(keys)):
            texts, keys = self._exact_texts()
        return texts, keys

    def _quotes(self) -> int:
        """Unescaped quotes in the body. Two a string: fewer strings in the value means a name given twice."""
        body = self._body
        if b"\\" in body:
            body = body.replace(b"\\\\", b"")
            return body.count(b'"') - body.count(b'\\"')
        return body.count(b'"')

    def _check(
        self,
        limits: Limits,
        depth: int,
        most_keys: int,
        most_items: int,
        nodes: int,
        texts: Sequence[str],
        keys: Sequence[str],
    ) -> None:
        longest_key = max(map(len, keys)) if keys else 0
        longest = max(map(len, texts)) if texts else 0
        for kind, seen, limit in (
            (AnomalyKind.JSON_DEPTH, depth, limits.json_depth),
            (AnomalyKind.JSON_KEYS, most_keys, limits.json_keys),
            (AnomalyKind.JSON_ITEMS, most_items, limits.json_items),
            (AnomalyKind.JSON_NODES, nodes, limits.json_nodes),
            (AnomalyKind.JSON_KEY_LENGTH, longest_key, limits.json_key_length),
            (AnomalyKind.JSON_STRING_LENGTH, longest, limits.json_string_length),
        ):
            if seen > limit:
                self.anomalies.append(Anomaly(kind, str(seen), str(limit), Location(Part.BODY)))

    def _check_numbers(self, limits: Limits) -> None:
        longest = max((len(t) for t in _number_tokens(self._body)), default=0)
        if longest > limits.json_number_length:
            limit = str(limits.json_number_length)
            self.anomalies.append(Anomaly(AnomalyKind.JSON_NUMBER_LENGTH, str(longest), limit, Location(Part.BODY)))

    def _exact_texts(self) -> tuple[list[str], list[str]]:
        """The texts by the token pass: every value of a duplicated key, and every digit of a long integer."""
        values, keys = self.places()
        seen: set[tuple[int, str | int]] = set()
        for token in keys:
            name = token.container, token.name
            if name in seen:
                place = Location(Part.BODY, self.root + pointer(*token.path), True, token.span)
                self.anomalies.append(Anomaly(AnomalyKind.JSON_DUPLICATE_KEY, "name given twice", "once", place))
                break
            seen.add(name)
        return [self.text(token) for token in values], [self.text(token) for token in keys]

    def places(self) -> tuple[list[Token], list[Token]]:
        """Values and keys with their places, in document order; computed once."""
        if self._tokens is None:
            values: list[Token] = []
            keys: list[Token] = []
            for token in tokens(self._body):
                (keys if token.key else values).append(token)
            self._tokens = values, keys
        return self._tokens

    def text(self, token: Token) -> str:
        """The decoded text of `token`."""
        raw = self.raw(token)
        return str(orjson.loads(raw)) if token.string else raw.decode()

    def raw(self, token: Token) -> bytes:
        """The bytes of `token`, quotes included."""
        return self._body[token.span[0] : token.span[1]]


def _number_tokens(body: bytes) -> Iterable[bytes]:
    """Runs of digits outside strings."""
    outside = _LOOSE_STRING.sub(b" ", body) if b'"' in body else body
    return _DIGITS.findall(outside)


class JsonSegment:
    """The values, or the keys, of a JSON document."""

    __slots__ = ("_by_name", "_document", "_key", "_nth", "_offsets", "part", "texts")

    def __init__(self, document: JsonDocument, texts: list[str], *, key: bool) -> None:
        self._by_name: dict[str | int, list[Token]] = {}
        self._nth: list[int] = []
        self._offsets: tuple[int, Sequence[int]] = -1, ()
        self.part = Part.BODY
        self.texts = texts
        self._document = document
        self._key = key

    def _token(self, index: int) -> Token:
        values, keys = self._document.places()
        if not self._key:
            return values[index]
        # The walk meets all names of an object at once, the token pass one by one: match by text and by count.
        if not self._nth:
            for token in keys:
                self._by_name.setdefault(token.name, []).append(token)
            counts: dict[str, int] = {}
            for name in self.texts:
                self._nth.append(counts.get(name, 0))
                counts[name] = self._nth[-1] + 1
        return self._by_name[self.texts[index]][self._nth[index]]

    def locate(self, index: int) -> Location:
        token = self._token(index)
        return Location(Part.BODY, self._document.root + pointer(*token.path), self._key, token.span)

    def span(self, index: int, start: int, end: int) -> Span | None:
        token = self._token(index)
        if not token.string:
            return token.span[0] + start, token.span[0] + end
        if self._offsets[0] != index:
            self._offsets = index, offsets(self._document.raw(token), self.texts[index])
        places = self._offsets[1]
        return token.span[0] + places[start], token.span[0] + places[end]

    def transformations(self, index: int) -> tuple[str, ...]:
        token = self._token(index)
        return ("json-escape",) if b"\\" in self._document.raw(token) else ()


class LooseStrings:
    """The strings of a body that means to be JSON and is not: what an indulgent parser would read.

    Texts stand between the quotes, closed or not. `span` is exact where the text is the body's own or its escapes are
    JSON's, else the whole text.
    """

    __slots__ = ("_body", "_offsets", "_quoted", "_spans", "part", "texts")

    def __init__(self, body: bytes) -> None:
        self.part = Part.BODY
        self._body = body
        self._offsets: tuple[int, Sequence[int]] = -1, ()
        self._quoted: list[Span] = []
        self._spans: list[Span] = []
        for found in _LOOSE_STRING.finditer(body):
            span = found.span(found.lastindex or 0)
            if span[0] < span[1]:  # nothing is found in an empty string
                self._quoted.append(found.span())
                self._spans.append(span)
        self.texts = [_loose_text(body[start:end]) for start, end in self._spans]

    def locate(self, index: int) -> Location:
        return Location(Part.BODY, "", False, self._quoted[index])

    def span(self, index: int, start: int, end: int) -> Span | None:
        first, last = self._spans[index]
        if self._offsets[0] != index:
            self._offsets = index, _loose_offsets(self._body[first:last], self.texts[index])
        places = self._offsets[1]
        return (first + places[start] - 1, first + places[end] - 1) if places else (first, last)

    def transformations(self, index: int) -> tuple[str, ...]:
        return ("loose-json",)


def _strict(raw: bytes) -> str | None:
    """The text, where it would be a JSON string between double quotes."""
    try:
        return str(orjson.loads(b'"%b"' % raw))
    except orjson.JSONDecodeError:
        return None


def _loose_text(raw: bytes) -> str:
    if b"\\" not in raw:
        return raw.decode("utf-8", "replace")
    strict = _strict(raw)
    return strict if strict is not None else _LOOSE_ESCAPE.sub(_character, raw.decode("utf-8", "replace"))


def _character(escape: re.Match[str]) -> str:
    """What JavaScript makes of an escape."""
    digits = escape.group(1) or escape.group(2)
    if digits is None:
        return _CONTROLS.get(escape.group(3), escape.group(3))
    code = int(digits, 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def _loose_offsets(raw: bytes, text: str) -> Sequence[int]:
    """As json_positions.offsets; empty where characters and bytes cannot be told apart one by one."""
    if b"\\" in raw and _strict(raw) is None:
        return ()
    places = offsets(b'"%b"' % raw, text)
    return places if places[-1] == len(raw) + 1 else ()


def parse(body: bytes, limits: Limits) -> JsonDocument | Anomaly:
    """Parse `body` as strict JSON, or say what is wrong with it (a kind of fault, no content)."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        # The parser's message names a fault and a place and quotes nothing of the body.
        kind = AnomalyKind.JSON_DEPTH if "depth limit" in fault.msg else AnomalyKind.JSON_SYNTAX
        limit = str(limits.json_depth) if kind is AnomalyKind.JSON_DEPTH else "RFC 8259"
        seen = f"{fault.msg}, line {fault.lineno} column {fault.colno}"
        return Anomaly(kind, seen, limit, Location(Part.BODY))
    return JsonDocument(body, value, limits)
