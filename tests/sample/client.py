"""A shop process of the tests' own on loopback, and requests to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
PATIENCE = 20
"""Seconds before a wait counts as failed: far more than is needed, so that a busy machine fails no test."""

UNION = "zz' UNION SELECT id, email, password_hash, phone FROM users -- "
STACK_TRACE = "Traceback (most recent call last):"


class Answer:
    """A response read whole."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.text = body.decode()

    def data(self) -> dict[str, object]:
        """The JSON object in the body."""
        found = json.loads(self.text)
        assert isinstance(found, dict)
        return found

    def listed(self, name: str) -> list[dict[str, object]]:
        """The list of objects in a member of the JSON body."""
        found = self.data()[name]
        assert isinstance(found, list)
        return found


class Shop:
    """A running shop."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        self.process = process
        self.line = line
        self.port = int(line.rpartition(":")[2])

    def connection(self) -> HTTPConnection:
        """A new connection; the caller closes it."""
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> Answer:
        """One request on a connection of its own; a `body` is sent as JSON."""
        connection = self.connection()
        try:
            return ask(connection, method, path, body, token)
        finally:
            connection.close()

    def graphql(self, query: str, token: str = "", **variables: object) -> dict[str, object]:
        """The answer to a GraphQL operation."""
        answer = self.ask("POST", "/graphql", {"query": query, "variables": variables}, token)
        assert answer.status == 200
        return answer.data()

    def sign_in(self, name: str) -> str:
        """A token for the sample user with this first name in lower case."""
        answer = self.ask("POST", "/login", {"email": f"{name}@example.com", "password": f"{name}-sample-password"})
        return str(answer.data()["token"])


def ask(connection: HTTPConnection, method: str, path: str, body: object = None, token: str = "") -> Answer:
    """One request on `connection`, which stays open where the server leaves it open."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content = None
    if body is not None:
        content = json.dumps(body)
        headers["Content-Type"] = "application/json"
    connection.request(method, path, content, headers)
    response = connection.getresponse()
    return Answer(response.status, dict(response.getheaders()), response.read())


def start(*arguments: str) -> subprocess.Popen[str]:
    """The command `python -m gatelens.sample` with these arguments, not waited for."""
    return subprocess.Popen(
        [sys.executable, "-m", "gatelens.sample", *arguments],
        env={**os.environ, "PYTHONPATH": str(ADDONS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def running_shop() -> Iterator[Shop]:
    """A shop on a free port, accepting connections; ended by its own handle."""
    with start("--port", "0") as process:
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
            assert ready, "the shop did not start in time"
            yield Shop(process, process.stdout.readline())
        finally:
            process.kill()
