"""A JSON body as read: its texts in document order, with the way back from each to its pointer and bytes.

Source: RFC 6901 (pointers). Limits: a pointer has at most 1,024 steps; what stands deeper has that of what it stands in
there, and its own span.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from gatelens.decoders import json_strings
from gatelens.decoders.json_positions import NUMBER, JsonScan
from gatelens.model.anomaly import Anomaly
from gatelens.model.location import Location, Part, Span, pointer

_DEEPEST = 1024

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


class JsonDocument:
    """A body, strict JSON or not, of one text or of several (`sequence`; then pointers begin with their number).

    `value` is what a strict parser makes of it, a list of texts for a sequence; where it is not `strict`, what a
    lenient one may make of it; None where that is not plain to see, or where reading stopped.
    `values` and `keys` are segments: values in document order, keys object by object. The places are worked out once,
    by a pass over the body, when one is asked for. `encoding` is what the body was decoded from, where not from UTF-8.
    """

    __slots__ = (
        "_key_order", "_mended", "_names", "_pointers", "_scan", "_value",
        "anomalies", "body", "encoding", "keys", "most", "separator", "sequence", "strict", "values",
    )  # fmt: skip

    def __init__(self, body: bytes, most: int, separator: bytes = b"", *, sequence: bool = False) -> None:
        """`most`: nodes to read at most; `separator`: what ends each text of a sequence, whatever is open."""
        self._key_order: Sequence[int] = ()
        self._names: Sequence[str] = ()
        self._pointers: dict[int, tuple[str, int]] = {0: ("", -1)}  # the body, which is no step
        self._scan: JsonScan | None = None
        self.anomalies: list[Anomaly] = []
        self.body = body
        self.encoding = ""
        self.keys = JsonSegment(self, key=True)
        self.most = most
        self.separator = separator
        self.sequence = sequence
        self.strict = True
        self._value: Json = None
        self._mended = False
        self.values = JsonSegment(self, key=False)

    @property
    def value(self) -> Json:
        """What the body stands for."""
        if not (self.strict or self._mended):
            self._mended = True
            texts = dict(zip(self.scan.value_starts, self.values.texts, strict=True))
            texts.update(zip(self.scan.key_starts, self._names, strict=True))
            try:
                values = orjson.loads(self.scan.mended(texts))
            except orjson.JSONDecodeError:
                return None
            self._value = values if self.sequence else next(iter(values), None)
        return self._value

    @value.setter
    def value(self, value: Json) -> None:
        self._value = value

    @property
    def scan(self) -> JsonScan:
        """The places of all keys and leaves."""
        if self._scan is None:
            self._scan = JsonScan(self.body, self.most, self.separator)
        return self._scan

    @property
    def key_order(self) -> Sequence[int]:
        """The numbers of the keys, object by object in the order in which these begin."""
        if len(self._key_order) != len(self.scan.keys):
            self._key_order = sorted(range(len(self.scan.keys)), key=self.scan.key_in.__getitem__)
        return self._key_order

    def take(self, values: list[str], names: Sequence[str]) -> None:
        """Let `values` and `names` be the texts of the scan's values and keys."""
        self._names = names
        self.values.texts = values
        self.keys.texts = [names[key] for key in self.key_order]

    def locate_key(self, key: int) -> Location:
        """The place of key number `key`, in the order of the body."""
        return self._location(self.scan.key_in[key], ~key, self.scan.key_starts[key], self.scan.keys[key], key=True)

    def locate_value(self, index: int) -> Location:
        """The place of value `index`."""
        scan = self.scan
        return self._location(
            scan.value_in[index], scan.value_steps[index], scan.value_starts[index], scan.values[index], key=False
        )

    def _location(self, container: int, step: int, start: int, piece: bytes, *, key: bool) -> Location:
        span = None if self.encoding else (start, start + len(piece))
        around, depth = self._around(container)
        return Location(Part.BODY, around if depth >= _DEEPEST else around + self._step(container, step), key, span)

    def _around(self, container: int) -> tuple[str, int]:
        """The pointer of a container, and its steps; shared by all that lies in it."""
        way: list[int] = []
        while container not in self._pointers:
            way.append(container)
            container = self.scan.parents[container]
        around, depth = self._pointers[container]
        for inner in reversed(way):
            if depth < _DEEPEST:
                around += self._step(container, self.scan.steps[inner])
                depth += 1
            container = inner
            self._pointers[inner] = around, depth
        return around, depth

    def _step(self, container: int, step: int) -> str:
        if not container:
            return f"/{step}" if self.sequence else ""
        if step >= 0:
            return f"/{step}"
        if not self._names:
            self._names = json_strings.strict(self.scan.keys) or ()
        return pointer(self._names[~step])


class JsonSegment:
    """The values, or the keys, of a JSON document."""

    __slots__ = ("_document", "_key", "_offsets", "part", "texts")

    def __init__(self, document: JsonDocument, *, key: bool) -> None:
        self._document = document
        self._key = key
        self._offsets: tuple[int, Sequence[int]] = -1, ()
        self.part = Part.BODY
        self.texts: list[str] = []

    def _piece(self, index: int) -> tuple[bytes, int]:
        """What stands in the body for text `index`, quotes included, and where."""
        scan = self._document.scan
        if self._key:
            key = self._document.key_order[index]
            return scan.keys[key], scan.key_starts[key]
        return scan.values[index], scan.value_starts[index]

    def locate(self, index: int) -> Location:
        if self._key:
            return self._document.locate_key(self._document.key_order[index])
        return self._document.locate_value(index)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if self._document.encoding:
            return None
        piece, place = self._piece(index)
        raw = json_strings.content(piece)
        if raw is not piece:
            place += 1
        if self._offsets[0] != index:
            self._offsets = index, json_strings.offsets(raw, self.texts[index])
        places = self._offsets[1]
        return (place + places[start], place + places[end]) if places else (place, place + len(raw))

    def transformations(self, index: int) -> tuple[str, ...]:
        piece, _ = self._piece(index)
        steps: tuple[str, ...] = (self._document.encoding,) if self._document.encoding else ()
        if piece[0] != 0x22 and not NUMBER.fullmatch(piece):
            steps += ("loose-json",)
        return (*steps, "json-escape") if b"\\" in piece else steps
