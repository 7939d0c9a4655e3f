"""The shop's REST API.

DELIBERATELY VULNERABLE: /products/search is open to SQL injection (CWE-89); /orders/<id> and /users/<id> answer every
signed-in user (CWE-639); an order id or quantity that is no number is a bug (CWE-248), and /debug/error was left in.
"""

from __future__ import annotations

import time

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, NotFound, Unauthorized

from gatelens.sample import tokens
from gatelens.sample.store import Row, Store


def create(store: Store) -> Blueprint:
    """The routes over `store`."""
    routes = Blueprint("rest", __name__)

    def caller() -> Row:
        number = tokens.caller(request.headers.get("Authorization", ""))
        user = store.user(number) if number is not None else None
        if user is None:
            raise Unauthorized("A bearer token is needed.", www_authenticate=WWWAuthenticate("bearer"))
        return user

    @routes.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="ok")

    @routes.post("/login")
    def login() -> ResponseReturnValue:
        user = store.sign_in(_text("email"), _text("password"))
        if user is None:
            raise Unauthorized("Wrong e-mail address or password.", www_authenticate=WWWAuthenticate("bearer"))
        return jsonify(token=tokens.issue(int(user["id"]), str(user["scope"]), int(time.time())))

    @routes.get("/products")
    def products() -> ResponseReturnValue:
        return jsonify(products=store.products())

    @routes.get("/products/search")
    def search() -> ResponseReturnValue:
        return jsonify(products=store.search(request.args.get("q", "")))

    @routes.post("/products/search")
    def search_by_body() -> ResponseReturnValue:
        return jsonify(products=store.search(_text("q")))

    @routes.get("/users/me")
    def me() -> ResponseReturnValue:
        return jsonify(caller())

    @routes.get("/users/<int:number>")
    def user(number: int) -> ResponseReturnValue:
        caller()  # any will do, which is the hole
        return jsonify(_found(store.user(number)))

    @routes.get("/orders")
    def orders() -> ResponseReturnValue:
        return jsonify(orders=store.orders_of(int(caller()["id"])))

    @routes.post("/orders")
    def add_order() -> ResponseReturnValue:
        buyer = caller()
        product = _found(store.product(int(str(_field("product_id")))))
        return jsonify(store.add_order(buyer, product, int(str(_field("quantity"))))), 201

    @routes.get("/orders/<number>")
    def order(number: str) -> ResponseReturnValue:
        caller()  # any will do, which is the hole
        return jsonify(_found(store.order(int(number))))

    @routes.get("/notes")
    def notes() -> ResponseReturnValue:
        return jsonify(notes=store.notes_of(int(caller()["id"])))

    @routes.post("/notes")
    def add_note() -> ResponseReturnValue:
        author = int(caller()["id"])
        return jsonify(store.add_note(author, _text("title"), _text("text"))), 201

    @routes.get("/debug/error")
    def debug_error() -> ResponseReturnValue:
        raise RuntimeError("the payment service at 10.20.0.7:8443 did not answer")

    return routes


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound("There is no such thing.")
    return row


def _field(name: str) -> object:
    """A member of the JSON object in the body. Raises BadRequest where there is none."""
    body: object = request.get_json()
    if not isinstance(body, dict) or name not in body:
        raise BadRequest(f"The body must be a JSON object with the member {name!r}.")
    found: object = body[name]
    return found


def _text(name: str) -> str:
    value = _field(name)
    if not isinstance(value, str):
        raise BadRequest(f"The member {name!r} must be a string.")
    return value
