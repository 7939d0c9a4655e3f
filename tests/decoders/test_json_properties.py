"""What is read of generated and damaged JSON, held against the standard library's parser."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from gatelens.decoders.json_body import read
from gatelens.decoders.json_document import Json, JsonDocument
from gatelens.decoders.json_sequence import read_sequence
from gatelens.decoders.segment import Segment
from gatelens.model.limits import Limits
from hypothesis import given, settings
from hypothesis import strategies as st

LIMITS = Limits()
BLANKS = ["", "", " ", "\n", "\t ", "\r\n"]

TEXTS = st.text(max_size=8) | st.sampled_from(["a", "b", "é/~", '"\\', "\u2028😀", "x" * 40, "it's", "// #"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5), max_leaves=25
)


def written(value: Json, rng: random.Random) -> str:
    """`value` as JSON, with white space and escapes that nobody would choose."""

    def blank() -> str:
        return rng.choice(BLANKS)

    if isinstance(value, str):
        return '"' + "".join(spelled(character, rng) for character in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(blank() + written(item, rng) + blank() for item in value) + blank() + "]"
    if isinstance(value, dict):
        pairs = (
            blank() + written(name, rng) + blank() + ":" + blank() + written(item, rng) + blank()
            for name, item in value.items()
        )
        return "{" + ",".join(pairs) + blank() + "}"
    return json.dumps(value)


def spelled(character: str, rng: random.Random) -> str:
    plain = json.dumps(character, ensure_ascii=False)[1:-1]
    if "\ud800" <= character <= "\udfff":
        return "?"
    if rng.random() < 0.3:
        return "".join(f"\\u{unit:04X}" for unit in memoryview(character.encode("utf-16-le")).cast("H"))
    return "\\/" if character == "/" and rng.random() < 0.5 else plain


def resolve(value: Json, pointer: str) -> Json:
    """RFC 6901 section 4."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]  # type: ignore[index]  # a wrong step fails the test
    return value


def strings(value: Json) -> Iterator[str]:
    """Keys and strings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from strings(item)


def all_texts(document: JsonDocument) -> list[str]:
    return [*document.values.texts, *document.keys.texts]


def check_places(segment: Segment, body: bytes, value: Json, *, key: bool) -> None:
    for index, text in enumerate(segment.texts):
        place = segment.locate(index)
        assert place.key == key
        found = resolve(value, place.pointer)
        if key:
            assert place.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~") == text
        else:
            assert text == (found if isinstance(found, str) else str(found))
        assert place.span is not None
        spelt = json.loads(body[slice(*place.span)])
        assert text == (spelt if isinstance(spelt, str) else str(spelt))
        span = segment.span(index, 0, len(text))
        assert span is not None
        quote = b'"' if isinstance(spelt, str) else b""
        assert body[slice(*place.span)] == quote + body[slice(*span)] + quote


@given(VALUES, st.randoms(use_true_random=False))
def test_a_pointer_and_a_span_find_every_text_again(value: Json, rng: random.Random) -> None:
    body = written(value, rng).encode()
    parsed: Json = json.loads(body)
    document = read(body, LIMITS)
    assert document.strict
    assert {anomaly.kind for anomaly in document.anomalies} <= {"json-similar-key"}
    assert sorted(text for text in all_texts(document) if not text.lstrip("-").isdecimal()) == sorted(
        text for text in strings(parsed) if not text.lstrip("-").isdecimal()
    )
    check_places(document.values, body, parsed, key=False)
    check_places(document.keys, body, parsed, key=True)


@given(st.lists(VALUES, max_size=4), st.randoms(use_true_random=False), st.sampled_from(["lines", "rs", "together"]))
def test_a_pointer_and_a_span_find_every_text_of_a_sequence(values: list[Json], rng: random.Random, form: str) -> None:
    records = [written(value, rng) for value in values]
    if form == "lines":
        body = "\n".join(record.replace("\n", " ").replace("\r", " ") for record in records)
    else:
        body = "".join(("\x1e" if form == "rs" else "\n\n") + record + "\n" for record in records)
    raw = body.encode()
    parsed: Json = [json.loads(record) for record in records]
    document = read_sequence(raw, LIMITS)
    assert {anomaly.kind for anomaly in document.anomalies} <= {"json-similar-key"}
    check_places(document.values, raw, parsed, key=False)
    check_places(document.keys, raw, parsed, key=True)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """JSON with some bytes changed, left out or put in."""
    value = draw(VALUES)
    body = bytearray(written(value, random.Random(draw(st.integers(0, 99)))).encode())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        byte = draw(st.sampled_from(b"\"'\\{}[],:/#*01-+.eNtu \n\0\x1e\xff\xc0\xef"))
        change = draw(st.sampled_from(["flip", "drop", "insert", "double"]))
        if change == "insert" or at == len(body):
            body.insert(at, byte)
        elif change == "flip":
            body[at] = byte
        elif change == "drop":
            del body[at]
        else:
            body[at:at] = body[at : at + draw(st.integers(1, 10))]
    return bytes(body)


def refuse(name: str) -> Json:
    raise ValueError(name)


def pairs(found: list[tuple[str, Json]]) -> Json:
    """An object that keeps what a name given twice hides."""
    return [part for name, item in found for part in (name, item)]


def visible(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


@given(damaged())
@settings(max_examples=400)
def test_damaged_json_that_a_strict_parser_takes_is_read_and_is_no_fault(body: bytes) -> None:
    document = read(body, LIMITS)
    try:
        value = json.loads(body.decode(), object_pairs_hook=pairs, parse_constant=refuse)
    except ValueError:
        return
    assert "json-syntax" not in {anomaly.kind for anomaly in document.anomalies}
    assert {visible(text) for text in strings(value)} <= set(all_texts(document))


@given(damaged())
@settings(max_examples=400)
def test_all_that_an_indulgent_parser_reads_is_read(body: bytes) -> None:
    document = read(body, LIMITS)
    records = read_sequence(body, LIMITS)
    try:
        value = json.JSONDecoder(object_pairs_hook=pairs, strict=False).decode(body.decode())
    except ValueError:
        return
    assert {visible(text) for text in strings(value)} <= set(all_texts(document))
    if b"\n" not in body and b"\x1e" not in body:
        assert {visible(text) for text in strings(value)} <= set(all_texts(records))


@given(damaged() | st.binary(max_size=100), st.sampled_from([read, read_sequence]))
@settings(max_examples=400)
def test_places_in_damaged_json_lie_within_the_body(body: bytes, reading: object) -> None:
    document = read(body, LIMITS) if reading is read else read_sequence(body, LIMITS)
    for segment in (document.values, document.keys):
        for index, text in enumerate(segment.texts):
            place = segment.locate(index)
            span = segment.span(index, 0, len(text))
            steps = segment.transformations(index)
            if document.encoding:
                assert (place.span, span, steps[0]) == (None, None, document.encoding)
                continue
            assert place.span is not None
            assert span is not None
            assert 0 <= place.span[0] <= span[0] <= span[1] <= place.span[1] <= len(body)
            assert 0 <= place.span[0] < place.span[1]
