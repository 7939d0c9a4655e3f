"""mitmproxy's own error answers tell the client nothing but their status."""

from __future__ import annotations

import json
import uuid

import pytest
from gatelens.mitm import error_pages
from mitmproxy.net.http import http1
from mitmproxy.proxy.layers.http import _http1, _http2, _http3

INCIDENT = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
SECRET = "invalid header name: b's3cret' from 10.0.0.7:3000 <script>"


@pytest.fixture(autouse=True)
def installed() -> None:
    error_pages.install()


def page(status: int, message: str) -> tuple[int, dict[str, str], dict[str, object]]:
    """Status, headers and document of an HTTP/1 answer."""
    head, _, body = _http1.make_error_response(status, message).partition(b"\r\n\r\n")
    response = http1.read_response_head(head.split(b"\r\n"))
    return response.status_code, dict(response.headers.items()), json.loads(body)


def test_an_http1_answer_is_a_whole_problem_document_and_the_last_one() -> None:
    status, headers, document = page(502, SECRET)
    assert status == 502
    assert {name.lower(): value for name, value in headers.items()} == {
        "connection": "close",
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "content-length": str(len(json.dumps(document, separators=(",", ":")))),
    }
    assert {**document, "instance": ""} == {
        "type": "about:blank",
        "title": "Bad Gateway",
        "status": 502,
        "instance": "",
    }


@pytest.mark.parametrize("message", [SECRET, "", "response", INCIDENT.upper(), f"{INCIDENT} s3cret", f"{INCIDENT}\n"])
def test_mitmproxys_words_are_not_told(message: str) -> None:
    instance = str(page(400, message)[2]["instance"])
    assert uuid.UUID(instance.removeprefix("urn:uuid:")).version == 4
    assert instance != f"urn:uuid:{message}"
    assert "s3cret" not in instance


def test_an_incident_of_ours_is_told() -> None:
    assert page(413, INCIDENT)[2]["instance"] == f"urn:uuid:{INCIDENT}"


@pytest.mark.parametrize("module", [_http2, _http3])
def test_http2_and_http3_have_the_same_document(module: object) -> None:
    format_error = vars(module)["format_error"]
    assert json.loads(format_error(413, INCIDENT)) == page(413, INCIDENT)[2]
    assert b"s3cret" not in format_error(502, SECRET)


def test_a_status_that_nobody_knows_breaks_nothing() -> None:
    status, _, document = page(599, SECRET)
    assert (status, document["title"]) == (599, "Refused")
