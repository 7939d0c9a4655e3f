from __future__ import annotations

import time
from urllib.parse import parse_qsl, urlencode

from gatelens.decoders import form
from gatelens.model.limits import Limits
from gatelens.model.location import Part
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import texts

LIMITS = Limits()


def test_values_and_names_are_read_with_name_and_number() -> None:
    (values, names), anomalies = form.decode("q=a+b&q=%27&n&=x&&", Part.QUERY, LIMITS)
    assert texts(values) == [("query:q[0]", "a b"), ("query:q[1]", "'"), ("query:[0]", "x")]
    assert texts(names) == [("query:q[0] (key)", "q"), ("query:q[1] (key)", "q"), ("query:n[0] (key)", "n")]
    assert [values.transformations(index) for index in range(4)] == [(), ("percent",), (), ()]
    assert anomalies == []


def test_what_is_encoded_twice_is_read_decoded_twice_and_once() -> None:
    segments, _ = form.decode("a=%2527&%2562=c", Part.FORM, LIMITS)
    assert texts(*segments) == [
        ("form:a[0]", "'"),
        ("form:b[0]", "c"),
        ("form:a[0] (key)", "a"),
        ("form:b[0] (key)", "b"),
        ("form:a[0]", "%27"),
        ("form:b[0] (key)", "%62"),
    ]


def test_one_parameter_too_many_is_an_anomaly_and_all_are_read() -> None:
    limits = Limits(parameters=2)
    assert form.decode("a=1&b=2", Part.FORM, limits)[1] == []
    segments, anomalies = form.decode("a=1&b=2&c=3", Part.FORM, limits)
    assert [(str(found.location), found.kind.value, found.seen) for found in anomalies] == [
        ("form", "parameter-count", "3")
    ]
    assert segments[0].texts == ["1", "2", "3"]


@given(st.lists(st.tuples(st.text(alphabet="ab é&=+%'"), st.text(alphabet="ab é&=+'"))))
def test_names_and_values_are_those_that_were_encoded(pairs: list[tuple[str, str]]) -> None:
    pairs = [(name, value) for name, value in pairs if "%" not in name]
    segments, _ = form.decode(urlencode(pairs), Part.QUERY, LIMITS)
    assert list(zip(segments[1].texts, segments[0].texts, strict=True)) == pairs


@given(st.text(alphabet="ab&=+%25;7'\x00é"))
def test_any_text_is_read_as_the_standard_library_reads_it(encoded: str) -> None:
    segments, _ = form.decode(encoded, Part.QUERY, LIMITS)
    once = [percent or decoded for percent, decoded in _readings(segments[0].texts, segments[2:3])]
    assert once == [value for _, value in parse_qsl(encoded, keep_blank_values=True)]


def _readings(twice: object, halves: object) -> list[tuple[str, str]]:
    assert isinstance(twice, list)
    assert isinstance(halves, list)
    half = list(halves[0].texts) if halves else [""] * len(twice)
    return list(zip(half, twice, strict=True))


def test_many_parameters_take_linear_time() -> None:
    begin = time.process_time()
    form.decode("a=%2527&" * 50_000, Part.FORM, LIMITS)
    assert time.process_time() - begin < 5
