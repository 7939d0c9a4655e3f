from __future__ import annotations

import pytest
from gatelens.languages.ldap.filters import injection, whole
from hypothesis import given
from hypothesis import strategies as st

ATTRIBUTES = frozenset({"uid", "cn", "mail", "objectclass", "userpassword", "password"})
CREDENTIALS = frozenset({"userpassword", "password"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*)(uid=*", "adds an assertion"),
        ("*)(uid=*))(|(uid=*", "adds an assertion"),
        ("kim)(pet=cat", "adds an assertion"),
        ("kim)(&)", "joined"),
        ("kim)(|", "joined"),
        ("kim) ( & ", "joined"),
        ("kim)(|(cn=*)", "joined"),
        ("kim))(|(mail=*@corp.example", "joined"),
        ("kim*)((|userPassword=*)", "joined"),
        ("kim)(!(&(1=0", "joined"),
        ("kim)(cn:dn:2.4.6.8.10:=x", "adds an assertion"),
        ("kim))\x00", "cuts"),
        ("kim)(cn=a)\x00(x", "cuts"),
        ("*(|(mail=*))", "opens a filter"),
        ("get(base + '*)(password=' + guess)", "opens a filter"),
        ("(&(uid=*)(uid=*))(|(uid=*)(cn=x))", "second one"),
        ("(&(uid=kim)(!(&(7=9)(cn=x))))", "constants"),
        ("(&(uid=kim)(userPassword=s*))", "credential"),
        ("(&(uid=kim)(&)(pin=4))", "always holds"),
        ("*()|&'", "marks"),
        ("(userPassword:2.5.13.18:=\\4a)", "credential"),
    ],
)
def test_a_value_that_leaves_its_assertion_is_told(text: str, words: str) -> None:
    found = injection(text, ATTRIBUTES, CREDENTIALS)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "kim*",
        "(*)",
        "()&",
        "!@#$%^&*()",
        "Kim (Smith)",
        "kim)",
        "kim\\29\\28uid=\\2a",
        "(uid=kim)",
        "(&(objectClass=user)(cn=a*)(!(mail=b)))",
        "(&(uid=kim)(userPassword=secret))",
        "a) first (n=20), b) second (n=30)",
        "done) (&c)",
        ":)(:",
        "nice :) (| think so)",
        "f(a)(b=1)",
        "(void *)(uid=x)",
        "((a|b)(c|d))*(e=f)",
        "x) and (uid=*) then",
        "",
    ],
)
def test_whole_filters_prose_and_code_pass(text: str) -> None:
    assert injection(text, ATTRIBUTES, CREDENTIALS) is None


def test_a_long_value_before_hides_nothing() -> None:
    assert injection("x" * 100_000 + ")(uid=*", ATTRIBUTES) is not None
    assert injection("(so) " * 9_000 + ")(uid=*", ATTRIBUTES) is not None


@given(st.text(alphabet="()&|!=*\x00 uid1:\\", max_size=300))
def test_it_never_raises(text: str) -> None:
    injection(text, ATTRIBUTES, CREDENTIALS)


def test_it_is_linear() -> None:
    for unit in ("(", ")", "*)(uid=a ", "((a*)(uid=", "(&(", "(a=1)", ")("):
        injection(unit * 50_000, ATTRIBUTES, CREDENTIALS)


@pytest.mark.parametrize("text", ["(uid=kim)", "(&(cn=a)(mail=b))", " (cn=a)(uid=b) ", "(uid:2.4.6.8:=1)"])
def test_a_whole_filter_on_a_well_known_attribute_is_known(text: str) -> None:
    assert whole(text, ATTRIBUTES) is not None


@pytest.mark.parametrize("text", ["(state=open)", "uid=kim", "(uid=kim", "(see uid=kim)", "(uid=kim) and so on", "()"])
def test_what_is_no_filter_on_one_passes(text: str) -> None:
    assert whole(text, ATTRIBUTES) is None
