"""The same attack in every carrier and every encoding gives the same finding, at the place where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from gatelens.engine import Engine
from gatelens.model.message import Message
from gatelens.ruleset.loader import load

from tests.support.encodings import ENCODINGS
from tests.support.messages import request

ATTACK = "x' OR 1=1 --"
RULES = Path(__file__).resolve().parents[1] / "rules"

CHAINS = [(name,) for name in ENCODINGS] + [
    ("percent", "percent"),
    ("percent", "html-named"),
    ("html-decimal", "percent"),
    ("base64", "percent"),
    ("percent", "base64"),
    ("json", "unicode-escape"),
    ("json", "json"),
    ("base64", "json"),
    ("gzip-base64", "json"),
    ("hex", "base64"),
    ("fullwidth", "percent"),
    ("jwt", "html-decimal"),
    ("unicode-escape", "unicode-escape"),
    ("comments", "percent", "base64"),
    ("html-named", "percent", "percent", "json"),
]
"""Encodings in the order in which they are put on."""


def in_json(value: str) -> Message:
    return request(json.dumps({"user": {"tags": ["a", value]}}).encode())


def in_form(value: str) -> Message:
    body = f"a=1&comment={quote(value, safe='')}&b=2".encode()
    return request(body, content_type="application/x-www-form-urlencoded")


def in_multipart(value: str) -> Message:
    parts = ('form-data; name="a"', "1"), ('form-data; name="comment"', value)
    body = (
        "".join(f"--xx\r\nContent-Disposition: {head}\r\n\r\n{content}\r\n" for head, content in parts) + "--xx--\r\n"
    )
    return request(body.encode(), content_type="multipart/form-data; boundary=xx")


def in_xml(value: str) -> Message:
    body = f"<order><item>a</item><item note='b'>{escape(value)}</item></order>"
    return request(body.encode(), content_type="application/xml")


def in_graphql_variable(value: str) -> Message:
    body = {"query": "query A($v: String) { a(v: $v) }", "variables": {"v": value}}
    return request(json.dumps(body).encode(), target="/graphql")


def in_cookie(value: str) -> Message:
    return request(method="GET", headers=[("cookie", f"theme=dark; session={quote(value, safe='')}")])


def in_header(value: str) -> Message:
    plain = value.encode().decode("latin-1")
    return request(method="GET", headers=[("accept", "*/*"), ("x-filter", plain)])


def in_path(value: str) -> Message:
    return request(method="GET", target=f"/users/{quote(value, safe='')}/orders")


CARRIERS: dict[str, tuple[Callable[[str], Message], str]] = {
    "json": (in_json, "body:/user/tags/1"),
    "form": (in_form, "form:comment[0]"),
    "multipart": (in_multipart, "form:comment[0]"),
    "xml": (in_xml, "body:/order/item[2]"),
    "graphql": (in_graphql_variable, "body:/variables/v"),
    "cookie": (in_cookie, "cookie:session[0]"),
    "header": (in_header, "header:x-filter[0]"),
    "path": (in_path, "path:1"),
}

OPAQUE = ("base64", "gzip", "hex", "jwt", "utf-16")
"""Steps without which nothing of an attack can be seen; of the others some may be left when it shows."""

NO_CONTROLS = ("xml", "header")
"""Carriers that have no form for a NUL or a line feed: there such a value comes percent-encoded."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load(RULES))


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("chain", CHAINS, ids="+".join)
def test_the_finding_is_the_same_and_at_the_right_place(engine: Engine, carrier: str, chain: tuple[str, ...]) -> None:
    value = ATTACK
    steps: list[str] = []
    for name in chain:
        encode, undone = ENCODINGS[name]
        before, value = value, encode(value)
        if value != before:
            steps[:0] = undone
    if carrier in NO_CONTROLS and any(c < " " for c in value):
        value = quote(value, safe="")
    wrap, place = CARRIERS[carrier]
    decision = engine.inspect(wrap(value))
    found = [finding for finding in decision.findings if finding.rule == "sql-injection"]
    # A part that is JSON is read as JSON, and its place goes on with a pointer.
    told = next(finding for finding in found if re.fullmatch(re.escape(place) + r"(/.*)?", str(finding.location)))
    assert _is_within([step for step in steps if step in OPAQUE], told.transformations)
    assert decision.action.word == "block"


def _is_within(steps: list[str], told: tuple[str, ...]) -> bool:
    """Whether all of `steps` are told, in their order, whatever the carrier's own between them."""
    rest = iter(told)
    return all(step in rest for step in steps)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("value", ["O'Brien & Sons", "50% off or more -- today", "select a hospital"])
def test_a_harmless_value_passes_in_every_carrier(engine: Engine, carrier: str, value: str) -> None:
    wrap, _ = CARRIERS[carrier]
    assert engine.inspect(wrap(value)).action.word == "allow"
