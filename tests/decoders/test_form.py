from __future__ import annotations

import time
from urllib.parse import parse_qsl, urlencode

import pytest
from gatelens.decoders import form
from gatelens.model.limits import Limits
from gatelens.model.location import Part
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts

LIMITS = Limits()
MANY = Limits(parameters=1_000_000)


def test_values_and_names_are_read_with_name_and_number() -> None:
    values, names, anomalies = form.decode(b"q=a+b&q=a%20b&n&=x&&", Part.QUERY, LIMITS)
    assert texts(values) == [("query:q[0]", "a b"), ("query:q[1]", "a b"), ("query:[0]", "x")]
    assert texts(names) == [("query:q[0] (key)", "q"), ("query:q[1] (key)", "q"), ("query:n[0] (key)", "n")]
    assert [values.transformations(index) for index in range(4)] == [(), ("percent",), (), ()]
    assert anomalies == []


@pytest.mark.parametrize(
    ("raw", "limits", "found"),
    [
        (b"a=1&b=2", Limits(parameters=2), []),
        (b"a=1&b=2&c=3", Limits(parameters=2), [("parameter-count", "over 2")]),
        (b"abc=1", Limits(parameter_name_length=2), [("parameter-name-length", "3")]),
        (b"a=%41%41%41", Limits(form_value_length=2, parameter_length=1), [("parameter-length", "3")]),
        (b"a=1&a=1&b[]=1&b[]=2", LIMITS, []),
        (b"a=1&a=2&a=3", LIMITS, [("repeated-parameter", "a name given twice with different values")]),
        (b"a=%c0%a7", LIMITS, [("invalid-utf8", "an overlong form")]),
        (b"%e0%80%a7=a", LIMITS, [("invalid-utf8", "an overlong form")]),
        (b"a=%e9&b=%e9", LIMITS, [("form-syntax", "bytes that are no UTF-8")]),
        (b"a=caf%C3%A9", LIMITS, []),
    ],
)
def test_what_is_wrong_is_an_anomaly_once_a_kind(raw: bytes, limits: Limits, found: list[tuple[str, str]]) -> None:
    *_, anomalies = form.decode(raw, Part.FORM, limits)
    assert [(anomaly.kind.value, anomaly.seen) for anomaly in anomalies] == found
    assert all(str(anomaly.location) == "form" for anomaly in anomalies)


@given(st.lists(st.tuples(st.text(alphabet="ab é&=+%'"), st.text(alphabet="ab é&=+'%"))))
def test_names_and_values_are_those_that_were_encoded(pairs: list[tuple[str, str]]) -> None:
    values, names, _ = form.decode(urlencode(pairs).encode(), Part.QUERY, MANY)
    assert list(zip(names.texts, values.texts, strict=True)) == pairs


@given(st.text(alphabet="ab&=+%25;7'\x00é"))
def test_any_text_is_read_as_the_standard_library_reads_it(encoded: str) -> None:
    values, names, _ = form.decode(encoded.encode(), Part.QUERY, MANY)
    assert list(zip(names.texts, values.texts, strict=True)) == parse_qsl(encoded, keep_blank_values=True)


@given(st.text(alphabet="ab&=+%257é").map(str.encode))
def test_every_name_and_value_of_a_body_has_its_bytes(raw: bytes) -> None:
    values, names, _ = form.decode(raw, Part.FORM, MANY)
    pairs = [pair for pair in raw.split(b"&") if pair]
    for index, pair in enumerate(pairs):
        name, _, value = pair.partition(b"=")
        for segment, expected in ((values, value), (names, name)):
            span = segment.locate(index).span
            assert span is not None
            assert raw[slice(*span)] == expected
            text = segment.texts[index]
            if text.isascii() and not segment.transformations(index):
                inner = segment.span(index, len(text) // 2, len(text))
                assert inner is not None
                assert raw[slice(*inner)].replace(b"+", b" ").decode() == text[len(text) // 2 :]
            else:
                assert segment.span(index, 0, 1) == span


def test_of_very_many_parameters_only_those_within_the_limit_cost_anything() -> None:
    raw = b"a=%2527&" * 250_000
    begin = time.process_time()
    values, *_ = form.decode(raw, Part.FORM, LIMITS)
    assert time.process_time() - begin < 0.2
    assert len(values.texts) == LIMITS.parameters
