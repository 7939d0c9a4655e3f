from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest
from gatelens.decoders import percent
from hypothesis import given
from hypothesis import strategies as st

ENCODABLE = st.text().map(lambda text: text.encode("utf-8", "replace").decode())


@given(ENCODABLE.filter(lambda text: "%" not in text))
def test_what_was_encoded_comes_out(text: str) -> None:
    assert percent.decode(quote(text, safe=""))[0] == text
    assert percent.decode(quote_plus(text, safe=""), plus=True)[0] == text
    assert percent.decode(quote(quote(text, safe=""), safe=""))[0] == text


@pytest.mark.parametrize(
    ("sent", "text", "steps"),
    [
        ("plain", "plain", ()),
        ("a%20b", "a b", ("percent",)),
        ("%2527", "'", ("percent", "percent")),
        ("%252527", "%27", ("percent", "percent")),
        ("100%", "100%", ()),
        ("%zz", "%zz", ()),
        ("%ff", "\ufffd", ("percent",)),
        ("a+b", "a+b", ()),
    ],
)
def test_two_layers_are_taken_off_and_told(sent: str, text: str, steps: tuple[str, ...]) -> None:
    assert percent.decode(sent) == (text, steps)


def test_a_plus_is_a_space_where_forms_are_written() -> None:
    assert percent.decode("a+b%2B", plus=True) == ("a b+", ("percent",))
    assert percent.decode("a+b%2B") == ("a+b+", ("percent",))


@pytest.mark.parametrize(
    ("sent", "once"), [("%2527", "%27"), ("%27", ""), ("100%25", ""), ("a%2526+b", "a%26 b"), ("", "")]
)
def test_the_reading_in_between_is_given_where_there_is_one(sent: str, once: str) -> None:
    assert percent.halfway(sent, plus=True) == once


@given(st.text(alphabet="%0279afzé+ "))
def test_decoding_never_raises_and_halfway_leads_to_the_same_text(sent: str) -> None:
    text, steps = percent.decode(sent)
    once = percent.halfway(sent)
    assert bool(once) == (steps == percent.TWICE)
    assert not once or percent.decode(once)[0].startswith(text[:1])
