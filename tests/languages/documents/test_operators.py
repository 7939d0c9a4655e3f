from __future__ import annotations

import pytest
from gatelens.languages.documents.members import UNKNOWN, Operand
from gatelens.languages.documents.operators import Operators, is_credential, misuse

KNOWN = Operators(
    comparing=frozenset({"$ne", "$eq", "$gt", "$gte", "$lt", "$in", "$nin", "$regex", "$exists"}),
    connecting=frozenset({"$or", "$and", "$not", "$expr"}),
    running=frozenset({"$where"}),
    reaching=frozenset({"$lookup"}),
    containers=frozenset({"filter", "where", "pipeline"}),
    credentials=frozenset({"password", "token"}),
    identities=frozenset({"user", "id", "login"}),
)


@pytest.mark.parametrize(
    ("path", "operator", "operand"),
    [
        (["login"], "$ne", None),
        (["login"], "$gt", ""),
        (["id"], "$gt", 7),
        (["state"], "$in", ["a"]),
        (["size"], "$gt", 0),
        (["size"], "$gt", ""),
        ([], "$ne", 1),
        (["filter"], "$ne", 1),
        (["filter", "resetToken"], "$exists", True),
        (["filter", "userpassword"], "$regex", "^a"),
        (["filter", "name", "$not"], "$regex", ".*"),
        (["filter", "name"], "$nin", []),
        (["filter", "name"], "$gte", ""),
        (["filter"], "$or", [{}, {"a": 1}]),
        (["filter", "$expr"], "$eq", [4, 4]),
        (["filter"], "$where", "1"),
        (["user"], "$or", [{"a": 1}]),
        (["user"], "$lookup", UNKNOWN),
    ],
)
def test_an_operator_in_the_place_of_a_value_is_misuse(path: list[str], operator: str, operand: Operand) -> None:
    assert misuse(path, operator, operand, KNOWN)


@pytest.mark.parametrize(
    ("path", "operator", "operand"),
    [
        (["filter", "name"], "$ne", "kim"),
        (["filter", "deletedAt"], "$exists", False),
        (["userFilter", "name"], "$in", ["a"]),
        (["where"], "$or", [{"a": 1}, {"b": 2}]),
        (["where", "$or", "0", "name"], "$eq", "kim"),
        (["pipeline", "0", "$match", "$expr"], "$gt", ["$a", "$b"]),
        (["pipeline", "1"], "$lookup", UNKNOWN),
        (["created"], "$gte", "2024-05-01"),
        (["created"], "$lt", "2024-05-01T10:00:00Z"),
        (["price"], "$lt", "250.5"),
        (["price"], "$lt", 250),
    ],
)
def test_an_operator_in_a_place_for_queries_is_by_design(path: list[str], operator: str, operand: Operand) -> None:
    assert misuse(path, operator, operand, KNOWN) == ""


@pytest.mark.parametrize(
    "name", ["password", "userPassword", "user_password", "OLDPASSWORD", "api-token", "resetToken"]
)
def test_a_credential_is_known_by_a_word(name: str) -> None:
    assert is_credential(name, KNOWN.credentials)


@pytest.mark.parametrize("name", ["passenger", "tokens", "total_tokens", "tokenizer", "name"])
def test_a_word_within_another_is_no_credential(name: str) -> None:
    assert not is_credential(name, KNOWN.credentials)
