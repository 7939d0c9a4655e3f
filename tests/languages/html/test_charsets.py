from __future__ import annotations

import pytest
from gatelens.languages.html.charsets import read_otherwise


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\u00bcb\u00be", "<b>"),
        ("\u3c00b\u3e00", "<b>"),
        ("\u2039b\u203a", "<b>"),
        ("\u27e8b a=\u02bax\u02ba\u27e9", '<b a="x">'),
        ("\u00bc/b\u00be", "</b>"),
    ],
)
def test_signs_in_another_encoding_are_read_as_those_of_markup(text: str, read: str) -> None:
    assert read_otherwise(text) == read


@pytest.mark.parametrize("text", ["<b>", "\u00bc cup", "5\u00bc", "f\u00fcr \u2039 zwei \u203a"])
def test_where_they_begin_no_tag_there_is_nothing_to_read(text: str) -> None:
    assert read_otherwise(text) == ""
