from __future__ import annotations

import time
from urllib.parse import quote, quote_plus, unquote_to_bytes

import pytest
from gatelens.decoders import percent
from hypothesis import given
from hypothesis import strategies as st

ENCODABLE = st.text().map(lambda text: text.encode("utf-8", "replace").decode())


@given(ENCODABLE)
def test_what_was_encoded_comes_out(text: str) -> None:
    assert percent.decode(quote(text, safe="").encode())[0] == text
    assert percent.decode(quote_plus(text, safe="").encode(), plus=True)[0] == text


@given(
    st.lists(st.sampled_from([b"%", b"%%", b"%41", b"%3D", b"%3d", b"=", b"\r", b"\n", b"4", b"d", b"\x1a", b"\xff"]))
)
def test_bytes_are_decoded_as_the_standard_library_decodes_them(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert percent.decode_bytes(raw) == unquote_to_bytes(raw)


@pytest.mark.parametrize(
    ("sent", "text", "steps"),
    [
        (b"plain", "plain", ()),
        (b"a%20b", "a b", ("percent",)),
        (b"%2527", "%27", ("percent",)),
        (b"100%", "100%", ()),
        (b"%zz", "%zz", ()),
        (b"%ff", "\ufffd", ("percent",)),
        (b"%c0%a7", "'", ("percent", "overlong-utf8")),
        (b"\xc3\xa9", "é", ()),
        (b"a+b", "a+b", ()),
    ],
)
def test_one_layer_is_taken_off_and_told(sent: bytes, text: str, steps: tuple[str, ...]) -> None:
    assert percent.decode(sent) == (text, steps)


def test_a_plus_is_a_space_where_forms_are_written() -> None:
    assert percent.decode(b"a+b%2B", plus=True) == ("a b+", ("percent",))
    assert percent.decode(b"a+b%2B") == ("a+b+", ("percent",))


@pytest.mark.parametrize("unit", [b"%41", b"a%41", b"%", b"%\n", b"%3d", b"=", b"%zz", b"%%%a"])
def test_a_long_text_full_of_escapes_is_cheap(unit: bytes) -> None:
    raw = unit * (1024 * 1024 // len(unit))
    begin = time.process_time()
    percent.decode_bytes(raw)
    assert time.process_time() - begin < 0.25


RAWS = st.lists(
    st.lists(st.sampled_from([b"%41", b"%c0%a7", b"%ff", b"\xc3\xa9", b"\xff", b"100%", b"+", b"a", b"%1f"])).map(
        b"".join
    )
)


@given(RAWS, st.booleans())
def test_many_are_decoded_as_each_alone(raws: list[bytes], plus: bool) -> None:
    texts, steps = percent.decode_all(raws, plus=plus)
    assert list(zip(texts, steps, strict=True)) == [percent.decode(raw, plus=plus) for raw in raws]


def test_a_text_that_imitates_what_stands_between_texts_is_decoded_alone() -> None:
    assert percent.decode_all([b"%41" + percent._BETWEEN + b"b", b"c"])[0] == [f"A{percent._BETWEEN_TEXT}b", "c"]
