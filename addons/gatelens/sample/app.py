"""The shop as a WSGI application: REST and GraphQL over one store, and what becomes of an error.

DELIBERATELY VULNERABLE: an exception that nobody foresaw is answered with its stack trace (CWE-209).
"""

from __future__ import annotations

import traceback

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from gatelens.sample import graphql_api, rest_api
from gatelens.sample.store import Store


def create(store: Store) -> Flask:
    """The application over `store`."""
    app = Flask("gatelens.sample", static_folder=None)
    app.register_blueprint(rest_api.create(store))
    app.register_blueprint(graphql_api.create(store))
    app.register_error_handler(Exception, _answer)
    return app


def _answer(error: Exception) -> Response:
    if isinstance(error, HTTPException):
        # Its own headers stay: 401 has WWW-Authenticate, 405 has Allow.
        fields = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
        body = json.dumps({"error": error.description})
        return Response(body, status=error.code, headers=fields, content_type="application/json")
    return Response(traceback.format_exc(), status=500, content_type="text/plain; charset=utf-8")
