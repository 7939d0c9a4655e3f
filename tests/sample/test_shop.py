"""The shop's REST API does its business, and is as vulnerable as it says."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import jwt
import pytest
from gatelens.sample import tokens
from gatelens.sample.signing_key import private_key

from tests.sample.client import STACK_TRACE, UNION, Shop


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in re.sub("[ -]", "", number)]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def test_health_is_open(shop: Shop) -> None:
    answer = shop.ask("GET", "/health")
    assert (answer.status, answer.data()) == (200, {"status": "ok"})


def test_the_right_password_gives_a_token_for_an_hour(shop: Shop) -> None:
    claims = jwt.decode(
        shop.sign_in("bo"),
        private_key().public_key(),
        algorithms=["EdDSA"],
        issuer="https://shop.example",
        audience="shop-api",
    )
    assert (claims["sub"], claims["scope"], claims["exp"] - claims["iat"]) == ("2", "orders notes", 3600)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "bo-sample-password"),
        ("nobody@example.com", "ada-sample-password"),
        ("ada@example.com' --", "ada-sample-password"),
    ],
)
def test_a_wrong_password_gives_no_token(shop: Shop, email: str, password: str) -> None:
    answer = shop.ask("POST", "/login", {"email": email, "password": password})
    assert (answer.status, list(answer.data())) == (401, ["error"])


def test_a_login_without_a_password_is_refused(shop: Shop) -> None:
    assert shop.ask("POST", "/login", {"email": "ada@example.com"}).status == 400


def test_everybody_sees_the_products(shop: Shop) -> None:
    products = shop.ask("GET", "/products").listed("products")
    assert [product["name"] for product in products][:2] == ["Copper kettle", "Green tea"]


def test_the_search_finds_products_by_name(shop: Shop) -> None:
    by_query = shop.ask("GET", "/products/search?q=tea").listed("products")
    by_body = shop.ask("POST", "/products/search", {"q": "tea"}).listed("products")
    assert [product["name"] for product in by_query] == ["Green tea", "Teapot O'Brien", "Tea towel <Select>"]
    assert by_body == by_query


def test_a_union_in_the_query_hands_out_addresses_and_password_hashes(shop: Shop) -> None:
    found = shop.ask("GET", f"/products/search?q={quote(UNION)}").listed("products")
    assert found[0]["name"] == "ada@example.com"
    assert str(found[0]["description"]).startswith("scrypt$")
    assert len(found) == 5


def test_a_union_in_a_json_body_hands_out_addresses_and_password_hashes(shop: Shop) -> None:
    found = shop.ask("POST", "/products/search", {"q": UNION}).listed("products")
    assert [product["name"] for product in found][-1] == "admin@example.com"


def test_the_same_words_without_the_quote_find_nothing(shop: Shop) -> None:
    assert shop.ask("POST", "/products/search", {"q": UNION.replace("'", "")}).listed("products") == []


def test_an_injected_statement_without_an_end_is_given_up(shop: Shop) -> None:
    endless = "zz' UNION SELECT 1, 2, 3, n FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
    answer = shop.ask("POST", "/products/search", {"q": endless + "SELECT max(n) AS n FROM c) -- "})
    assert (answer.status, "sqlite3.OperationalError: interrupted" in answer.text) == (500, True)
    assert shop.ask("GET", "/products").status == 200


def test_a_lone_quote_breaks_the_statement_and_shows_a_stack_trace(shop: Shop) -> None:
    answer = shop.ask("GET", "/products/search?q=O%27Brien")
    assert (answer.status, answer.text.startswith(STACK_TRACE)) == (500, True)
    assert "sqlite3.OperationalError" in answer.text


@pytest.mark.parametrize("path", ["/users/me", "/users/1", "/orders", "/orders/1", "/notes"])
def test_private_paths_want_a_token(shop: Shop, path: str) -> None:
    answer = shop.ask("GET", path)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_token_with_a_spoilt_signature_is_refused(shop: Shop, ada: str) -> None:
    head, claims, signature = ada.split(".")
    spoilt = f"{head}.{claims}.{'A' * len(signature)}"
    assert shop.ask("GET", "/users/me", token=spoilt).status == 401


def test_a_token_of_a_user_who_is_no_more_is_refused(shop: Shop) -> None:
    assert shop.ask("GET", "/users/me", token=tokens.issue(99, "", 0)).status == 401


def test_a_token_that_expired_in_1970_is_taken(shop: Shop) -> None:
    assert shop.ask("GET", "/users/me", token=tokens.issue(1, "", 0)).status == 200


def test_a_token_for_another_audience_is_taken(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "AUDIENCE", "another-api")
    assert shop.ask("GET", "/users/me", token=tokens.issue(1, "", 0)).status == 200


def test_a_user_sees_mail_address_telephone_and_card_number(shop: Shop, ada: str) -> None:
    me = shop.ask("GET", "/users/me", token=ada).data()
    assert (me["email"], me["phone"]) == ("ada@example.com", "+1 202-555-0101")
    assert luhn(str(me["card_number"]))
    assert "password_hash" not in me


@pytest.mark.parametrize("number", range(1, 6))
def test_a_user_sees_any_other_user(shop: Shop, ada: str, number: int) -> None:
    user = shop.ask("GET", f"/users/{number}", token=ada).data()
    assert user["id"] == number
    assert luhn(str(user["card_number"]))


def test_there_is_no_user_99(shop: Shop, ada: str) -> None:
    assert shop.ask("GET", "/users/99", token=ada).status == 404


def test_the_list_of_orders_holds_only_ones_own(shop: Shop) -> None:
    orders = shop.ask("GET", "/orders", token=shop.sign_in("bo")).listed("orders")
    assert {order["user_id"] for order in orders} == {2}


def test_a_user_reads_the_order_of_another_with_its_card_number(shop: Shop, ada: str) -> None:
    order = shop.ask("GET", "/orders/3", token=ada).data()
    assert (order["user_id"], order["card_number"]) == (2, "5555 5555 5555 4444")


def test_there_is_no_order_9999(shop: Shop, ada: str) -> None:
    assert shop.ask("GET", "/orders/9999", token=ada).status == 404


def test_an_order_is_placed_on_the_users_card_and_listed_first(shop: Shop) -> None:
    chidi = shop.sign_in("chidi")
    answer = shop.ask("POST", "/orders", {"product_id": 2, "quantity": 4}, chidi)
    placed = answer.data()
    assert (answer.status, placed["total_cents"], placed["card_number"]) == (201, 5000, "378282246310005")
    assert shop.ask("GET", "/orders", token=chidi).listed("orders")[0] == placed


@pytest.mark.parametrize(
    ("method", "path", "body", "error"),
    [
        ("GET", "/debug/error", None, "RuntimeError: the payment service at 10.20.0.7:8443 did not answer"),
        ("GET", "/orders/last", None, "ValueError: invalid literal for int() with base 10: 'last'"),
        ("POST", "/orders", {"product_id": 1, "quantity": "many"}, "ValueError: invalid literal for int()"),
    ],
)
def test_an_unforeseen_error_answers_with_its_stack_trace(
    shop: Shop, ada: str, method: str, path: str, body: object, error: str
) -> None:
    answer = shop.ask(method, path, body, ada)
    assert (answer.status, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert answer.text.startswith(STACK_TRACE)
    assert 'rest_api.py", line ' in answer.text
    assert error in answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "' OR 1=1 --", "Grüße, 世界 \u0000\n", ""])
def test_a_note_comes_back_as_it_was_written(shop: Shop, text: str) -> None:
    dana = tokens.issue(4, "", 0)
    answer = shop.ask("POST", "/notes", {"title": "t", "text": text}, dana)
    assert (answer.status, answer.data()["text"]) == (201, text)
    assert shop.ask("GET", "/notes", token=dana).listed("notes")[0]["text"] == text


def test_an_unknown_path_and_a_wrong_method_are_answered_in_json(shop: Shop) -> None:
    assert shop.ask("GET", "/nowhere").status == 404
    answer = shop.ask("DELETE", "/health")
    assert (answer.status, "error" in answer.data(), "GET" in answer.headers["Allow"]) == (405, True, True)


def test_many_threads_write_at_once(shop: Shop) -> None:
    token = tokens.issue(5, "", 0)

    def write(number: int) -> object:
        return shop.ask("POST", "/notes", {"title": str(number), "text": "x"}, token).data()["id"]

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(write, range(80)))
    assert len(set(written)) == 80
