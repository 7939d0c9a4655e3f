"""The shop's GraphQL API, executed with graphql-core.

Source: GraphQL over HTTP. DELIBERATELY VULNERABLE: no limit on depth, aliases or batches (CWE-770), mutations by GET
(CWE-352), everybody's data for any signed-in user (CWE-639), injection through `products` (CWE-89), stack traces in
`extensions` (CWE-209).
"""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Mapping

from flask import Blueprint, json, jsonify, request
from flask.typing import ResponseReturnValue
from graphql import (
    GraphQLError,
    GraphQLFormattedError,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    graphql_sync,
    is_object_type,
)
from werkzeug.exceptions import BadRequest

from gatelens.sample import tokens
from gatelens.sample.store import Row, Store

_SCHEMA = """
type Query {
  "The products, or those with a text in their name."
  products(search: String): [Product!]!
  product(id: ID!): Product
  me: User
  user(id: ID!): User
  orders: [Order!]!
}

type Mutation {
  login(email: String!, password: String!): Login!
  addNote(title: String!, text: String!): Note!
}

type Login { token: String! }

type Product { id: ID! name: String! description: String! priceCents: Int }

type User {
  id: ID! name: String! email: String! phone: String! cardNumber: String! orders: [Order!]! notes: [Note!]!
}

type Order {
  id: ID! user: User! product: Product! quantity: Int! totalCents: Int! cardNumber: String! created: String!
}

type Note { id: ID! title: String! text: String! created: String! }
"""

type Resolver = Callable[..., object]
type Info = GraphQLResolveInfo[int | None]
"""The context of a request is the id of the user who sent it."""


def create(store: Store) -> Blueprint:
    """The route /graphql over `store`."""
    routes = Blueprint("graphql", __name__)
    schema = _schema(store)

    @routes.get("/graphql")
    def by_query() -> ResponseReturnValue:
        try:
            variables = json.loads(request.args.get("variables") or "null")
        except ValueError as error:
            raise BadRequest("`variables` must be JSON.") from error
        asked = {**request.args.to_dict(), "variables": variables}
        return jsonify(_execute(schema, asked))

    @routes.post("/graphql")
    def by_body() -> ResponseReturnValue:
        asked: object = request.get_json()
        if isinstance(asked, list):
            return jsonify([_execute(schema, one) for one in asked])
        return jsonify(_execute(schema, asked))

    return routes


def _execute(schema: GraphQLSchema, asked: object) -> dict[str, object]:
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        raise BadRequest("A `query` is needed.")
    variables, operation = asked.get("variables"), asked.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(operation, str | None):
        raise BadRequest("`variables` must be an object and `operationName` a string.")
    result = graphql_sync(
        schema,
        asked["query"],
        context_value=tokens.caller(request.headers.get("Authorization", "")),
        variable_values=variables,
        operation_name=operation,
        field_resolver=_member,
    )
    answer: dict[str, object] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_shown(error) for error in result.errors]
    return answer


def _shown(error: GraphQLError) -> GraphQLFormattedError:
    shown = error.formatted
    original = error.original_error
    if original is not None and not isinstance(original, GraphQLError):
        shown["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "stacktrace": traceback.format_exception(original)}
    return shown


def _member(row: Row, info: Info) -> object:
    """The resolver of every field without one of its own: `cardNumber` is the column card_number."""
    return row[re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", info.field_name)]


def _caller(info: Info) -> int:
    if info.context is None:
        raise GraphQLError("A bearer token is needed.", extensions={"code": "UNAUTHENTICATED"})
    return info.context


def _schema(store: Store) -> GraphQLSchema:
    def products(_root: None, _info: Info, search: str | None = None) -> list[Row]:
        return store.products() if search is None else store.search(search)

    # The argument `id` is taken by **named: a parameter of that name would hide Python's own.
    def product(_root: None, _info: Info, **named: str) -> Row | None:
        return store.product(int(named["id"]))

    def me(_root: None, info: Info) -> Row | None:
        return store.user(_caller(info))

    def user(_root: None, info: Info, **named: str) -> Row | None:
        _caller(info)  # any will do, which is the hole
        return store.user(int(named["id"]))

    def orders(_root: None, info: Info) -> list[Row]:
        return store.orders_of(_caller(info))

    def login(_root: None, _info: Info, email: str, password: str) -> Row:
        found = store.sign_in(email, password)
        if found is None:
            raise GraphQLError("Wrong e-mail address or password.", extensions={"code": "UNAUTHENTICATED"})
        return {"token": tokens.issue(int(found["id"]), str(found["scope"]), int(time.time()))}

    def add_note(_root: None, info: Info, title: str, text: str) -> Row:
        return store.add_note(_caller(info), title, text)

    def orders_of(row: Row, _info: Info) -> list[Row]:
        return store.orders_of(int(row["id"]))

    def notes_of(row: Row, _info: Info) -> list[Row]:
        return store.notes_of(int(row["id"]))

    def buyer(row: Row, _info: Info) -> Row | None:
        return store.user(int(row["user_id"]))

    def bought(row: Row, _info: Info) -> Row | None:
        return store.product(int(row["product_id"]))

    return _with_resolvers(
        {
            "Query": {"products": products, "product": product, "me": me, "user": user, "orders": orders},
            "Mutation": {"login": login, "addNote": add_note},
            "User": {"orders": orders_of, "notes": notes_of},
            "Order": {"user": buyer, "product": bought},
        }
    )


def _with_resolvers(resolvers: Mapping[str, Mapping[str, Resolver]]) -> GraphQLSchema:
    schema = build_schema(_SCHEMA)
    for name, fields in resolvers.items():
        kind = schema.type_map[name]
        assert is_object_type(kind)
        for field, resolver in fields.items():
            kind.fields[field].resolve = resolver
    return schema
