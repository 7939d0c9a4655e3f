from __future__ import annotations

import json
import time

import pytest
from gatelens.decoders.json_body import Json, JsonDocument, LooseStrings, parse
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.messages import texts

LIMITS = Limits()

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


def document(body: bytes, limits: Limits = LIMITS) -> JsonDocument:
    parsed = parse(body, limits)
    assert isinstance(parsed, JsonDocument), parsed
    return parsed


def kinds(body: bytes, **limits: int) -> list[tuple[str, str, str]]:
    """Kind, what was seen and where, of each anomaly."""
    parsed = parse(body, Limits(**limits))
    found = [parsed] if isinstance(parsed, Anomaly) else parsed.anomalies
    return [(anomaly.kind.value, anomaly.seen, str(anomaly.location)) for anomaly in found]


def test_values_keys_and_long_integers_are_read_with_their_pointers() -> None:
    parsed = document(b'{"a": {"b/c": ["x", 411111111111, 7]}, "d~e": "y"}')
    assert texts(parsed.values) == [("body:/a/b~1c/0", "x"), ("body:/a/b~1c/1", "411111111111"), ("body:/d~0e", "y")]
    assert texts(parsed.keys) == [("body:/a (key)", "a"), ("body:/d~0e (key)", "d~e"), ("body:/a/b~1c (key)", "b/c")]


def test_an_integer_of_eleven_digits_is_no_text_and_one_of_twelve_is() -> None:
    assert texts(document(b"[41111111111, -411111111111]").values) == [("body:/1", "-411111111111")]


@given(VALUES, st.booleans())
def test_every_text_is_found_again_by_its_span(value: Json, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    parsed = parse(body, LIMITS)
    if isinstance(parsed, Anomaly):
        return  # an unpaired surrogate, which is no strict JSON
    for segment in (parsed.values, parsed.keys):
        for index, text in enumerate(segment.texts):
            place = segment.locate(index)
            assert place.span is not None
            written = json.loads(body[slice(*place.span)])
            assert text == (written if isinstance(written, str) else str(written))


@given(VALUES, st.data())
def test_a_part_of_a_text_has_the_bytes_that_spell_it(value: Json, data: st.DataObject) -> None:
    body = json.dumps(value).encode()
    parsed = parse(body, LIMITS)
    if isinstance(parsed, Anomaly) or not parsed.values.texts:
        return
    index = data.draw(st.integers(0, len(parsed.values.texts) - 1))
    text = parsed.values.texts[index]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = parsed.values.span(index, start, end)
    assert span is not None
    part = body[slice(*span)].decode()
    assert part == text[start:end] or json.loads(f'"{part}"') == text[start:end]


@given(VALUES)
def test_a_value_without_duplicate_names_has_no_anomaly_of_form(value: Json) -> None:
    parsed = parse(json.dumps(value).encode("utf-8", "replace"), LIMITS)
    forms = {AnomalyKind.JSON_DUPLICATE_KEY}
    assert isinstance(parsed, Anomaly) or not {anomaly.kind for anomaly in parsed.anomalies} & forms


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": 1, "a": 2}', "body:/a (key)"),
        (b'{"a": 1, "\\u0061": 2}', "body:/a (key)"),
        (b'[{"x": {"a": "1", "b": [], "a": "2"}}]', "body:/0/x/a (key)"),
        (b'{"a\\\\": "\\"", "a\\\\": "\\\\"}', "body:/a\\ (key)"),
        (b'{"": {"": 1, "": 1}}', "body:// (key)"),
    ],
)
def test_a_name_given_twice_is_found_where_it_stands(body: bytes, place: str) -> None:
    assert kinds(body) == [("json-duplicate-key", "name given twice", place)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": {"a": 1}, "b": {"a": 1}}',
        b'[{"a": 1}, {"a": 1}]',
        b'{"a": "\\"a\\": 1", "b\\\\": "a"}',
        b'{"a": 1, "A": 2, "a ": 3}',
    ],
)
def test_names_that_only_look_alike_are_no_duplicates(body: bytes) -> None:
    assert kinds(body) == []


def test_what_a_duplicate_name_hides_is_read_all_the_same() -> None:
    parsed = document(b'{"a": "first", "a": {"b": "second"}, "a": "last"}')
    assert texts(parsed.values) == [("body:/a", "first"), ("body:/a/b", "second"), ("body:/a", "last")]
    assert [text for _, text in texts(parsed.keys)] == ["a", "a", "b", "a"]


def test_an_integer_beyond_64_bits_keeps_its_digits() -> None:
    parsed = document(b'{"n": 41111111111111111111111, "m": -18446744073709551617}')
    assert texts(parsed.values) == [("body:/n", "41111111111111111111111"), ("body:/m", "-18446744073709551617")]


@pytest.mark.parametrize(
    ("body", "limits", "found"),
    [
        (b"[[[1]]]", {"json_depth": 2}, ("json-depth", "3", "body")),
        (b'{"a": 1, "b": 2}', {"json_keys": 1}, ("json-keys", "2", "body")),
        (b"[1, 2, 3]", {"json_items": 2}, ("json-items", "3", "body")),
        (b"[[1, 2], [3]]", {"json_nodes": 4}, ("json-nodes", "5", "body")),
        (b'{"abc": 1}', {"json_key_length": 2}, ("json-key-length", "3", "body")),
        (b'["abc"]', {"json_string_length": 2}, ("json-string-length", "3", "body")),
        (b"[99999999999999999999]", {"json_number_length": 19}, ("json-number-length", "20", "body")),
    ],
)
def test_a_limit_is_an_anomaly_one_above_it_and_none_at_it(
    body: bytes, limits: dict[str, int], found: tuple[str, str, str]
) -> None:
    assert kinds(body, **limits) == [found]
    assert kinds(body, **{name: limit + 1 for name, limit in limits.items()}) == []


def test_a_fault_of_form_is_told_without_the_text_around_it() -> None:
    assert kinds(b'{"secret": canary}') == [
        ("json-syntax", "unexpected character, expected a JSON value, line 1 column 12", "body")
    ]


def test_more_levels_than_the_parser_takes_are_a_finding_of_depth() -> None:
    assert [kind for kind, _, _ in kinds(b"[" * 5000 + b"]" * 5000)] == ["json-depth"]


@pytest.mark.parametrize(
    "body", [b'{"a": NaN}', b"[1,]", b"{'a': 1}", b'"\\ud800"', b"\xef\xbb\xbf{}", b'["\xff"]', b"", b"01"]
)
def test_what_only_some_parsers_take_is_no_json(body: bytes) -> None:
    assert [kind for kind, _, _ in kinds(body)] == ["json-syntax"]


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0 1tfn').map(str.encode))
def test_parsing_never_raises_and_agrees_with_the_standard_library(body: bytes) -> None:
    parsed = parse(body, LIMITS)
    if isinstance(parsed, JsonDocument):
        assert parsed.value == json.loads(body)


@given(st.binary(max_size=300) | st.text(alphabet="\"'\\ux00a {}").map(str.encode))
@settings(max_examples=100)
def test_loose_strings_never_raise_and_lie_within_the_body(body: bytes) -> None:
    strings = LooseStrings(body)
    for index, text in enumerate(strings.texts):
        span = strings.span(index, 0, len(text))
        whole = strings.locate(index).span
        assert span is not None
        assert whole is not None
        assert 0 <= whole[0] < span[0] <= span[1] <= whole[1] <= len(body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{'a': 'it\\'s', \"b\": \"c\"}", ["a", "it's", "b", "c"]),
        (b'{"a": "cut off', ["a", "cut off"]),
        (b'["ends in \\', ["ends in "]),
        (b"['\\u0027\\x27\\z']", ["''z"]),
        (b'["\\ud800\\u0027"]', ["\ufffd'"]),
        (b'["a\xff"]', ["a\ufffd"]),
        (b"no strings", []),
    ],
)
def test_an_indulgent_parser_s_strings_are_read(body: bytes, found: list[str]) -> None:
    assert LooseStrings(body).texts == found


def test_a_part_of_a_loose_string_has_its_own_bytes() -> None:
    body = b"{'a': \"\xc3\xa9 and\\u0041 b\",}"
    strings = LooseStrings(body)
    assert strings.texts[1] == "é andA b"
    span = strings.span(1, 2, 6)
    assert span is not None
    assert body[slice(*span)] == b"and\\u0041"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'"' + b'\\"' * 400_000, id="escaped quotes without end"),
        pytest.param(b"'" + b"\\'" * 400_000, id="escaped apostrophes without end"),
        pytest.param(b"\"'" * 150_000, id="quotes in turn"),
        pytest.param(b'"\\' * 400_000, id="quotes and backslashes in turn"),
    ],
)
def test_reading_loose_strings_is_linear(body: bytes) -> None:
    begin = time.process_time()
    LooseStrings(body)
    assert time.process_time() - begin < 5


def test_places_in_a_deep_body_cost_no_more_than_its_length() -> None:
    body = b"[" * 900 + b'{"a":1,"a":2},' + b'"",' * 100_000 + b"1" + b"]" * 900
    begin = time.process_time()
    parsed = document(body)
    assert time.process_time() - begin < 5
    assert AnomalyKind.JSON_DUPLICATE_KEY in {anomaly.kind for anomaly in parsed.anomalies}


@pytest.mark.xfail(strict=True, reason="the digits of a fraction are not counted: the fast parser does not give them")
def test_a_fraction_of_many_digits_passes_the_limit_of_a_number() -> None:
    assert [kind for kind, _, _ in kinds(b"[0." + b"1" * 100 + b"]")] == ["json-number-length"]
