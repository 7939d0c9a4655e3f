from __future__ import annotations

import json
import time

import pytest
from gatelens.decoders.json_body import read
from gatelens.decoders.json_document import Json, JsonDocument
from gatelens.decoders.json_sequence import read_sequence
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.limits import Limits
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts

LIMITS = Limits()

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


def document(body: bytes, limits: Limits = LIMITS) -> JsonDocument:
    parsed = read(body, limits)
    assert parsed.strict
    return parsed


def kinds(body: bytes, **limits: int) -> list[tuple[str, str, str]]:
    """Kind, what was seen and where, of each anomaly."""
    parsed = read(body, Limits(**limits))
    return [(anomaly.kind.value, anomaly.seen, str(anomaly.location)) for anomaly in parsed.anomalies]


def test_values_keys_and_long_integers_are_read_with_their_pointers() -> None:
    parsed = document(b'{"a": {"b/c": ["x", 411111111111, 7]}, "d~e": "y"}')
    assert texts(parsed.values) == [("body:/a/b~1c/0", "x"), ("body:/a/b~1c/1", "411111111111"), ("body:/d~0e", "y")]
    assert texts(parsed.keys) == [("body:/a (key)", "a"), ("body:/d~0e (key)", "d~e"), ("body:/a/b~1c (key)", "b/c")]


def test_an_integer_of_eleven_digits_is_no_text_and_one_of_twelve_is() -> None:
    assert texts(document(b"[41111111111, -411111111111]").values) == [("body:/1", "-411111111111")]


@given(VALUES, st.booleans())
def test_every_text_is_found_again_by_its_span(value: Json, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "replace")
    parsed = read(body, LIMITS)
    if not parsed.strict:
        return  # an unpaired surrogate
    for segment in (parsed.values, parsed.keys):
        for index, text in enumerate(segment.texts):
            place = segment.locate(index)
            assert place.span is not None
            written = json.loads(body[slice(*place.span)])
            assert text == (written if isinstance(written, str) else str(written))


@given(VALUES, st.data())
def test_a_part_of_a_text_has_the_bytes_that_spell_it(value: Json, data: st.DataObject) -> None:
    body = json.dumps(value).encode()
    parsed = read(body, LIMITS)
    if not parsed.strict or not parsed.values.texts:
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
    parsed = read(json.dumps(value).encode("utf-8", "replace"), LIMITS)
    forms = {AnomalyKind.JSON_DUPLICATE_KEY, AnomalyKind.JSON_SYNTAX, AnomalyKind.JSON_NUMBER}
    assert not {anomaly.kind for anomaly in parsed.anomalies} & forms


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
        b'{"a": 1, "a ": 2, "aa": 3}',
    ],
)
def test_names_that_only_look_alike_are_no_duplicates(body: bytes) -> None:
    assert kinds(body) == []


def test_what_a_duplicate_name_hides_is_read_all_the_same() -> None:
    parsed = document(b'{"a": "first", "a": {"b": "second"}, "a": "last"}')
    assert texts(parsed.values) == [("body:/a", "first"), ("body:/a/b", "second"), ("body:/a", "last")]
    assert [text for _, text in texts(parsed.keys)] == ["a", "a", "a", "b"]


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
    assert kinds(b'{"secret": canary, "b": [}') == [("json-syntax", "word without quotes", "body")]


def test_more_levels_than_the_parser_takes_are_a_finding_of_depth() -> None:
    assert [kind for kind, _, _ in kinds(b"[" * 1500 + b"]" * 1500)] == ["json-depth"]


@pytest.mark.parametrize("unit", [b'{"a":1,"a":2},', b"x,", b"'',", b"[{"])
def test_of_odd_json_that_is_denser_than_any_text_of_use_the_beginning_is_read(unit: bytes) -> None:
    body = b"[" + unit * (200_000 // len(unit)) + (b"1]" if unit[-1:] == b"," else b"")
    begin = time.process_time()
    found = {anomaly.kind.value: anomaly for anomaly in read(body, LIMITS).anomalies}
    assert time.process_time() - begin < 0.15
    assert "json-nodes" in found
    assert int(found["json-nodes"].limit) <= LIMITS.json_nodes


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\u0 1tfn').map(str.encode))
def test_reading_never_raises_and_agrees_with_the_standard_library(body: bytes) -> None:
    parsed = read(body, LIMITS)
    if parsed.strict and not parsed.anomalies:
        assert parsed.value == json.loads(body)


def test_a_part_of_a_loose_string_has_its_own_bytes() -> None:
    body = b"{'a': \"\xc3\xa9 and\\u0041 b\",}"
    strings = read(body, LIMITS).values
    assert strings.texts == ["é andA b"]
    span = strings.span(0, 2, 6)
    assert span is not None
    assert body[slice(*span)] == b"and\\u0041"


def test_how_a_text_was_decoded_is_told() -> None:
    steps = {
        "a": (),
        "b'": ("json-escape",),
        "c": ("loose-json",),
        "d'": ("loose-json", "json-escape"),
        "e": ("loose-json",),
    }
    body = b"[\"a\", \"b\\u0027\", 'c', 'd\\'', e, 123456789012]"
    values = read(body, LIMITS).values
    assert {text: values.transformations(index) for index, text in enumerate(values.texts)} == {
        **steps,
        "123456789012": (),
    }
    assert read('["a"]'.encode("utf-16"), LIMITS).values.transformations(0) == ("utf-16",)


def test_a_text_in_another_encoding_has_no_bytes_in_the_body() -> None:
    values = read('{"a": ["x"]}'.encode("utf-16"), LIMITS).values
    assert values.locate(0).span is None
    assert values.span(0, 0, 1) is None


def test_what_is_odd_is_found_at_its_bytes() -> None:
    assert [anomaly.location.span for anomaly in read(b"\xef\xbb\xbf1", LIMITS).anomalies] == [(0, 3)]
    assert [anomaly.location.span for anomaly in read(b'["a\xff"]', LIMITS).anomalies] == [(3, 4)]
    assert [anomaly.location.span for anomaly in read(b'{"a": 1, "a": 2}', LIMITS).anomalies] == [(9, 12)]
    assert [anomaly.location.span for anomaly in read(b'{"a": 1, "A": 2}', LIMITS).anomalies] == [(9, 12)]


@pytest.mark.parametrize(
    ("body", "limits", "kind"),
    [
        (b'{"a": [[[1]]], "a": 1}', {"json_depth": 3}, "json-depth"),
        (b'{"a": {"a": 1, "b": 2, "c": 3}, "a": 1}', {"json_keys": 2}, "json-keys"),
        (b'{"a": [1, 2, 3], "a": 1}', {"json_items": 2}, "json-items"),
        (b'{"a": [1, 2, 3], "a": 1}', {"json_nodes": 4}, "json-nodes"),
        (b'{"a": {"abc": 1}, "a": 1}', {"json_key_length": 2}, "json-key-length"),
        (b'{"a": "abc", "a": 1}', {"json_string_length": 2}, "json-string-length"),
        (b'{"a": 12345, "a": 1}', {"json_number_length": 4}, "json-number-length"),
    ],
)
def test_a_limit_holds_for_what_a_duplicate_name_hides(body: bytes, limits: dict[str, int], kind: str) -> None:
    assert {found for found, _, _ in kinds(body, **limits)} == {kind, "json-duplicate-key"}


def test_reading_stops_where_there_are_too_many_nodes() -> None:
    for body in (
        b"[" + b'"x",' * 500_000 + b'"x"]',
        b"[" + b'"x",' * 500_000,
        b"{" + b'"a":"x",' * 250_000 + b'"a":1}',
    ):
        parsed = read(body, LIMITS)
        assert "json-nodes" in {anomaly.kind for anomaly in parsed.anomalies}
        assert 50_000 <= len(parsed.values.texts) < 60_000
        last = parsed.values.locate(len(parsed.values.texts) - 1).span
        assert last is not None
        assert body[slice(*last)] == b'"x"'


def test_commas_in_text_are_no_nodes() -> None:
    parsed = read(b'["' + b"," * 60_000 + b'", 1]', LIMITS)
    assert parsed.anomalies == []
    assert parsed.value is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'"' + b'\\"' * 400_000, id="escaped quotes without end"),
        pytest.param(b"'" + b"\\'" * 400_000, id="escaped apostrophes without end"),
        pytest.param(b"\"'" * 150_000, id="quotes in turn"),
        pytest.param(b'"\\' * 400_000, id="quotes and backslashes in turn"),
        pytest.param(b"{" + b'"a":1,' * 300_000 + b'"a":1}', id="a name given over and over"),
        pytest.param(b"[" + b"{" * 900_000, id="deep"),
        pytest.param(b"/*" + b"*" * 900_000, id="an open comment"),
        pytest.param(b"[" + b"1" * 900_000 + b"e9]", id="a long number"),
        pytest.param(b"x\n" * 400_000, id="words"),
    ],
)
def test_reading_is_linear(body: bytes) -> None:
    begin = time.process_time()
    read(body, LIMITS)
    read_sequence(body, LIMITS)
    assert time.process_time() - begin < 5


def test_places_in_a_deep_body_cost_no_more_than_its_length() -> None:
    body = b"[" * 900 + b'{"a":1,"a":2},' + b'"long enough for it",' * 5_000 + b'"x"' + b"]" * 900
    begin = time.process_time()
    parsed = read(body, LIMITS)
    assert parsed.values.locate(len(parsed.values.texts) - 1).pointer == "/0" * 899 + "/5001"
    assert time.process_time() - begin < 5
    assert AnomalyKind.JSON_DUPLICATE_KEY in {anomaly.kind for anomaly in parsed.anomalies}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (
            b"{'query': '{a}', variables: {\"x\": 123456789012,},} // c",
            {"query": "{a}", "variables": {"x": 123456789012}},
        ),
        (b'{"a": NaN, "b": [1, "\\ud800", ],}', {"a": "NaN", "b": [1, "\ufffd"]}),
        (b'{"a": 1} {"b": [2,]} 3', [{"a": 1}, {"b": [2]}, 3]),
        (b'{"a": 1}{"b": 2,}{}', [{"a": 1}, {"b": 2}, {}]),
        (b'{"a": {"b": "\t"}, /* , */ }', None),
        (b'{"a": "x"', None),
        (b"", None),
    ],
)
def test_a_lenient_parser_s_value_is_given_where_it_is_plain_to_see(body: bytes, value: Json) -> None:
    assert read(body, LIMITS).value == value


def test_of_an_integer_without_end_the_first_digits_are_read_and_its_length_is_told() -> None:
    parsed = read(b'{"a": ' + b"1" * 100_000 + b', "b": "x"}', LIMITS)
    assert list(parsed.values.texts) == ["1" * 1000, "x"]
    assert parsed.values.locate(0).pointer == "/a"
    assert ("json-number-length", "100000") in {(anomaly.kind.value, anomaly.seen) for anomaly in parsed.anomalies}


def test_an_integer_over_64_bits_among_large_doubles_keeps_its_digits() -> None:
    parsed = read(b"[" + b"1e30," * 3_000 + b"9223372036854775808123]", LIMITS)
    assert list(parsed.values.texts) == ["9223372036854775808123"]
