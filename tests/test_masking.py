"""What is printed of a message keeps its form and loses its content."""

from __future__ import annotations

import base64
import random
import re
import string

import pytest
from gatelens import masking
from gatelens.masking import HIDDEN, MAX_EVIDENCE, PUBLIC_WORDS
from hypothesis import example, given
from hypothesis import strategies as st

WORDS = re.compile(r"[^\W_]+")
ANY_TEXT = st.text(st.characters(), max_size=200)
"""Lone surrogates among it: a JSON string may escape them."""

NEAR_SQL = st.text(string.ascii_letters + string.digits + " '\"-_=;()*/.@", max_size=150)


def digits(text: str) -> int:
    return sum(map(str.isdigit, text))


# -- evidence


def test_evidence_keeps_punctuation_and_the_words_of_attack_languages() -> None:
    assert masking.evidence("x' UNION SELECT pin FROM users --") == "•' UNION SELECT • FROM users --"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("selected", HIDDEN),
        ("select", "select"),
        ("select_ed", "select_•"),
        ("12", "12"),
        ("123", HIDDEN),
        ("1a", HIDDEN),
        ("٤٢", "٤٢"),
        ("hunter2", HIDDEN),
        ("s-e-c-r-e-t", "•-•-•-•-•-•"),
        ("пароль", HIDDEN),
        ("line\nbreak\x1b[31m\u2028", "•·•·[•·"),
        ("", ""),
    ],
)
def test_a_word_is_shown_when_it_is_public_and_a_number_when_it_is_short(text: str, shown: str) -> None:
    assert masking.evidence(text) == shown


def test_numbers_in_pairs_do_not_spell_out_a_card() -> None:
    assert masking.evidence("41 11 11 11 11 11 11 11") == "41 11 11 • • • • •"


def test_a_number_that_finds_no_room_leaves_the_room_to_a_shorter_one() -> None:
    assert masking.evidence("11 22 3 44 5 6") == "11 22 3 • 5 •"


def test_long_evidence_is_cut_and_says_so() -> None:
    assert masking.evidence("'" * 101) == "'" * 100 + "…"
    assert masking.evidence("'" * 100) == "'" * 100


@given(ANY_TEXT | NEAR_SQL)
@example("selectsecret" * 9)
def test_evidence_holds_no_word_but_public_ones_and_at_most_six_digits(text: str) -> None:
    shown = masking.evidence(text)
    words = [word for word in WORDS.findall(shown) if not (len(word) <= 2 and word.isdigit())]
    assert {word.lower() for word in words} <= PUBLIC_WORDS
    assert digits(shown) <= 6
    assert len(shown) <= MAX_EVIDENCE + 1
    assert shown.isprintable()


@given(ANY_TEXT | NEAR_SQL)
def test_evidence_keeps_what_stands_between_the_words(text: str) -> None:
    shown = masking.evidence(text[:MAX_EVIDENCE])
    assert re.sub(r"[^\W_]+|•", "", shown) == re.sub(
        r"[^\W_]+|•", "", "".join(c if c.isprintable() else "·" for c in text[:MAX_EVIDENCE])
    )


# -- names


@pytest.mark.parametrize("text", ["email", "user_name", "X-Api-Key", "$where", "@type", "addr2", "a.b", "line2_b"])
def test_what_looks_like_a_name_stays(text: str) -> None:
    assert masking.name(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "a1b2",
        "a123",
        "42",
        "two words",
        "n\u00e4me",
        "name\n",
        "'",
        "",
        "a" * 41,
        "eyJhbGciOiJIUzI1NiJ9",
        "d41d8cd98f00b204e9800998ecf8427e",
        "0b5e0f43-5d5f-4c8e-9d44-5a1d3a2f7c11",
    ],
)
def test_what_does_not_look_like_a_name_is_hidden(text: str) -> None:
    assert masking.name(text) == HIDDEN


def test_names_in_camel_case_stay() -> None:
    names = "userId XMLHttpRequest getURLById customerOrderItemPriceListId oAuthToken Sec-CH-UA X-B3-TraceId".split()
    assert [masking.name(text) for text in names] == names


def test_of_random_tokens_in_base64_hardly_any_is_taken_for_a_name() -> None:
    source = random.Random(4711)
    tokens = [base64.urlsafe_b64encode(source.randbytes(16)).decode().rstrip("=") for _ in range(5000)]
    assert sum(masking.name(token) == token for token in tokens) < 100


@given(ANY_TEXT)
def test_a_name_is_shown_whole_or_not_at_all_and_has_two_digits_at_most(text: str) -> None:
    shown = masking.name(text)
    assert shown in (text, HIDDEN)
    assert digits(shown) <= 2
    assert shown.isprintable()


# -- pointers and paths


@pytest.mark.parametrize("text", ["/users/0/email", "q[0]", "3:14", "", "/", "/a//b", "/items/12345"])
def test_an_ordinary_pointer_stays(text: str) -> None:
    assert masking.pointer(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/users/123456", "/users/•"),
        ("/ada@example.com/id", "/•/id"),
        ("x' OR '1'='1[0]", "•[0]"),
        ("/a~1b", "/•"),
        ("/4111/1111/1111/1111", "/4111/1111/1111/•"),
        ("/card4/card11/k41/k11/k11/k11/k11/k11", "/card4/card11/k41/k11/k11/k11/•/•"),
    ],
)
def test_a_step_that_is_no_name_is_hidden(text: str, shown: str) -> None:
    assert masking.pointer(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/api/v1/users/42", "/api/v1/users/42"),
        ("/reset/9f86d081884c7d65", "/reset/•"),
        ("/a/b%20c", "/a/•"),
        ("/a;sid=1/b", "/•/b"),
        ("/41111/11111/11111/1", "/41111/11111/•/1"),
        ("/k41/k11/k11/k11/k11/k11/k11/k11", "/k41/k11/k11/k11/k11/k11/•/•"),
        ("*", HIDDEN),
        ("", ""),
        ("/a" * 40, "/a" * 31),
    ],
)
def test_a_path_keeps_its_names_and_a_few_short_numbers(text: str, shown: str) -> None:
    assert masking.path(text) == shown


@pytest.mark.parametrize("mask", [masking.path, masking.pointer])
@given(st.text(string.digits + "k/_", max_size=80) | ANY_TEXT)
def test_a_way_shows_fewer_digits_than_a_card_has_and_nothing_unprintable(mask: object, text: str) -> None:
    assert callable(mask)
    shown = mask(text)
    assert digits(shown) <= 12
    assert shown.isprintable()
    assert shown.count("/") <= text.count("/")
