from __future__ import annotations

import pytest
from gatelens.decoders import utf8
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("raw", "text", "steps"),
    [
        (b"plain \xc3\xa9", "plain é", ()),
        (b"\xc0\xa7", "'", ("overlong-utf8",)),
        (b"\xe0\x80\xa7", "'", ("overlong-utf8",)),
        (b"\xf0\x80\x80\xa7", "'", ("overlong-utf8",)),
        (b"\xf8\x80\x80\x80\xa7", "'", ("overlong-utf8",)),
        (b"\xc1\x81\xe9", "A\ufffd", ("overlong-utf8",)),
        (b"caf\xe9", "caf\ufffd", ()),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd", ()),
    ],
)
def test_overlong_forms_stand_for_what_was_meant(raw: bytes, text: str, steps: tuple[str, ...]) -> None:
    assert utf8.decode(raw) == (text, steps)


@given(st.binary())
def test_any_bytes_become_a_text_that_can_be_encoded(raw: bytes) -> None:
    assert utf8.decode(raw)[0].encode().decode() == utf8.decode(raw)[0]


@given(st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_valid_text_is_left_as_it_is(raw: bytes) -> None:
    assert utf8.decode(raw) == (raw.decode(), ())
