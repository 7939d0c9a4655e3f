from __future__ import annotations

import pytest
from gatelens.languages.paths.spelling import plain


@pytest.mark.parametrize(
    "text",
    [
        "0x2e0x2e0x2fa",
        "%2e%2E%2fa",
        "%c0%ae%c0%ae%c0%afa",
        "%e0%80%ae%e0%80%ae%e0%80%afa",
        "%f0%80%80%ae.%f0%80%80%afa",
        "%fc%80%80%80%80%ae.%fc%80%80%80%80%afa",
        "%uff0e%u002e%u2215a",
        "．．／a",
        "..∕a",
        "..\uefc8a",
        "..2fa",
        "%2%e%2%e%2%fa",
        "\ufffd.\ufffd./a",
        "..\ufffda",
        "..%qfa",
    ],
)
def test_every_spelling_of_a_step_up_becomes_plain(text: str) -> None:
    assert plain(text) == "../a"


@pytest.mark.parametrize("text", ["..0x5ca", "..%5ca", "..%c1%9ca", "..%c0%5ca"])
def test_a_backslash_stays_one(text: str) -> None:
    assert plain(text) == "..\\a"


@pytest.mark.parametrize("text", ["", "../a", "a/b.c", "2f and 5c", "a..b..c..d", "0x30", "grüße/a", "日本語"])
def test_a_plain_path_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_a_letter_between_steps_is_a_slash() -> None:
    assert plain("..o..o..oa") == "../../../a"


def test_an_unreadable_byte_between_names_is_a_slash_and_before_one_is_nothing() -> None:
    assert plain("etc\ufffdpasswd") == "etc/passwd"
    assert plain("etc\ufffd/passwd") == "etc/passwd"
