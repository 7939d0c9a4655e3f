from __future__ import annotations

import pytest
from gatelens.languages.documents.lookups import Lookups, asks, in_filter
from gatelens.languages.documents.members import UNKNOWN, Operand

KNOWN = Lookups(
    lookups=frozenset({"startswith", "regex", "_like", "contains"}),
    suffixes=("_start", "_cont"),
    searches=frozenset({"q"}),
    revealing=frozenset({"select", "orderby"}),
    secrets=frozenset({"password", "token"}),
)


@pytest.mark.parametrize(
    ("path", "name", "operand"),
    [
        ([], "owner__password__startswith", "a"),
        ([], "password__regex", "a"),
        (["where", "password"], "startsWith", "a"),
        (["where", "resetToken"], "_like", UNKNOWN),
        (["q"], "user_reset_token_start", "a"),
        (["include", "owner", "select"], "password", True),
        (["orderBy"], "passwordHash", "asc"),
        (["where"], "$owner.password$", "a"),
    ],
)
def test_a_lookup_on_a_secret_is_told(path: list[str], name: str, operand: Operand) -> None:
    assert asks(path, name, operand, KNOWN)


@pytest.mark.parametrize(
    ("path", "name", "operand"),
    [
        ([], "owner__name__startswith", "a"),
        ([], "SMTP__PASSWORD", "a"),
        ([], "password__new", "a"),
        (["where", "title"], "startsWith", "a"),
        (["rules", "password"], "contains", {"pattern": "x"}),
        (["q"], "title_cont", "token"),
        (["user"], "password", "abc"),
        (["select"], "name", True),
        (["select"], "password", False),
        (["select", "sources", "0"], "token", True),
    ],
)
def test_a_lookup_on_anything_else_is_by_design(path: list[str], name: str, operand: Operand) -> None:
    assert asks(path, name, operand, KNOWN) == ""


@pytest.mark.parametrize(
    "text",
    ["startswith(Password,'a')", "substringof('a', Owner/Password)", "Owner/Password ge 'm'", "contains( token ,'a')"],
)
def test_a_filter_on_a_secret_is_told(text: str) -> None:
    assert in_filter(text, KNOWN)


@pytest.mark.parametrize(
    "text", ["startswith(Name,'password')", "Name ge 'password'", "Tokens gt 5", "password eq 'a'"]
)
def test_a_filter_on_anything_else_is_by_design(text: str) -> None:
    assert in_filter(text, KNOWN) == ""
