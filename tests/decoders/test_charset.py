from __future__ import annotations

import pytest
from gatelens.decoders import charset
from hypothesis import given
from hypothesis import strategies as st

TEXT = "x' OR 1=1 --"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("utf-7", "utf-7"),
        ("utf-16", "utf-16"),
        ("utf-16le", "utf-16-le"),
        ("utf-16be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("ibm037", "cp037"),
        ("ibm500", "cp500"),
        ("shift_jis", "shift_jis"),
        ("gbk", "gbk"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        ("utf-8", "utf-16-le"),
    ],
)
def test_a_text_in_another_charset_is_brought_to_utf_8(name: str, codec: str) -> None:
    assert charset.as_utf8(TEXT.encode(codec), name) == TEXT.encode()


@pytest.mark.parametrize("name", ["", "utf-8", "iso-8859-1", "windows-1252", "rot13", "zlib_codec", "unicode_escape"])
def test_what_needs_no_decoding_and_what_is_no_charset_is_left(name: str) -> None:
    assert charset.as_utf8("é plain \x00 text".encode(), name) is None


def test_a_quote_that_hides_in_a_character_of_two_bytes_comes_out() -> None:
    assert charset.as_utf8(b"\xbf\x5c'", "gbk") == "縗'".encode()


@given(st.binary(), st.sampled_from(["", *charset._CODECS]))
def test_any_bytes_are_brought_to_valid_utf_8(body: bytes, name: str) -> None:
    found = charset.as_utf8(body, name)
    assert found is None or found.decode() is not None
