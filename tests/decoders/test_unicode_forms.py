from __future__ import annotations

import pytest
from gatelens.decoders import unicode_forms
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("＇ＯＲ＇１＝１", "'OR'1=1"),
        ("x\u02bc OR", "x' OR"),
        ("sel\u200bect", "select"),
        ("ѕеlесt", "select"),
        ("𝓼𝓮𝓵𝓮𝓬𝓽", "select"),
        ("a\u00a0b\u3000c", "a b c"),
        ("‹script›", "<script>"),
        ("1 − 1 ∕ 2", "1 - 1 / 2"),
        ("ſelect \u212aey", "select Key"),
    ],
)
def test_forms_that_may_become_plain_are_plain(text: str, folded: str) -> None:
    assert unicode_forms.has_signs(text)
    assert unicode_forms.fold(text) == folded


@pytest.mark.parametrize(
    "text", ["café au lait", "Привет, мир", "日本語", "it’s “quoted”", "Ελληνικά", "naïve", "ascii"]
)
def test_ordinary_text_of_any_language_holds_no_sign(text: str) -> None:
    assert not unicode_forms.has_signs(text)


@given(st.text())
def test_what_has_no_sign_and_no_letter_of_another_script_is_left(text: str) -> None:
    folded = unicode_forms.fold(text)
    if text.isascii():
        assert folded == text
    assert folded.encode("utf-8", "replace") is not None
