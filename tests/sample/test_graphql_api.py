"""The shop's GraphQL API does its business, and is as vulnerable as it says."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.sample.client import STACK_TRACE, UNION, Shop


def test_graphql_shows_products_without_a_token(shop: Shop) -> None:
    answer = shop.graphql('{ products(search: "kettle") { name } product(id: 2) { priceCents } }')
    assert answer == {"data": {"products": [{"name": "Copper kettle"}], "product": {"priceCents": 1250}}}


def test_graphql_is_answered_by_get_too(shop: Shop) -> None:
    query = quote("query P($id: ID!) { product(id: $id) { name } }")
    answer = shop.ask("GET", f"/graphql?query={query}&variables={quote('{"id": 4}')}")
    assert answer.data() == {"data": {"product": {"name": "Sugar tongs"}}}


def test_graphql_wants_a_token_for_users(shop: Shop) -> None:
    answer = shop.graphql("{ me { name } user(id: 2) { name } }")
    assert answer["data"] == {"me": None, "user": None}
    assert '"code": "UNAUTHENTICATED"' in str(answer["errors"]).replace("'", '"')


def test_graphql_shows_any_user_to_any_user_and_goes_round_in_circles(shop: Shop, ada: str) -> None:
    answer = shop.graphql("{ user(id: 2) { email orders { user { cardNumber orders { id } } } } }", ada)
    round_trip = {"user": {"cardNumber": "5555 5555 5555 4444", "orders": [{"id": "3"}]}}
    assert answer == {"data": {"user": {"email": "bo@example.com", "orders": [round_trip]}}}


def test_graphql_puts_no_limit_on_depth_and_aliases(shop: Shop, ada: str) -> None:
    deep = "{user(id: 2) {" + "orders {user {" * 20 + "id" + "}}" * 20 + "}}"
    wide = "{" + " ".join(f"a{number}: product(id: 1) {{id}}" for number in range(500)) + "}"
    assert "errors" not in shop.graphql(deep, ada)
    assert len(str(shop.graphql(wide)["data"])) > 500 * 10


def test_graphql_is_open_to_injection(shop: Shop) -> None:
    union = UNION.replace("phone", "0")
    answer = shop.graphql("query ($q: String) { products(search: $q) { name description } }", q=union)
    assert "ada@example.com" in str(answer["data"])
    assert "scrypt$" in str(answer["data"])


def test_graphql_signs_in_and_keeps_a_note(shop: Shop) -> None:
    signed = shop.graphql('mutation { login(email: "bo@example.com", password: "bo-sample-password") { token } }')
    token = re.search("ey[^']+", str(signed["data"]))
    assert token is not None
    answer = shop.graphql('mutation { addNote(title: "Hi", text: "<b>") { title text } }', token[0])
    assert answer == {"data": {"addNote": {"title": "Hi", "text": "<b>"}}}


def test_graphql_refuses_a_wrong_password(shop: Shop) -> None:
    answer = shop.graphql('mutation { login(email: "bo@example.com", password: "x") { token } }')
    assert (answer["data"], "UNAUTHENTICATED" in str(answer["errors"])) == (None, True)


def test_graphql_shows_the_stack_trace_of_an_unforeseen_error(shop: Shop) -> None:
    answer = shop.graphql('{ product(id: "first") { name } }')
    assert answer["data"] == {"product": None}
    assert STACK_TRACE in str(answer["errors"])


def test_graphql_takes_a_batch(shop: Shop) -> None:
    answer = shop.ask("POST", "/graphql", [{"query": "{__typename}"}, {"query": "{ product(id: 1) { id } }"}])
    assert re.sub(r"\s", "", answer.text) == '[{"data":{"__typename":"Query"}},{"data":{"product":{"id":"1"}}}]'


@pytest.mark.parametrize("body", [{}, {"query": 1}, [1], "text", {"query": "{__typename}", "variables": [1]}])
def test_graphql_refuses_a_body_that_is_no_request(shop: Shop, body: object) -> None:
    assert shop.ask("POST", "/graphql", body).status == 400
