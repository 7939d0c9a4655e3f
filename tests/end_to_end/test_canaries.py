"""No secret of the traffic gets into anything that the gateway writes of its own accord.

A canary stands in every place that a request and a response have; then every stream and file of the gateway, and its
answers to blocked requests, are searched for all of them, plain and in the common codings.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.gateway import Response, Running, gateway
from tests.support.recorder import Recorder, answer

CARD = "4929 5312 7713 8008"
PLACES = (
    *("path", "query_name", "query_value", "header_name", "header_value", "cookie_name", "cookie_value", "token"),
    *("basic", "json_key", "json_value", "attack", "attack_key", "form", "plain", "graphql", "variable", "broken_json"),
    *("broken_head", "bad_header", "unknown_method", "duplicate", "agent", "gzip", "fragment"),
    *("reply_header", "reply_cookie", "reply_key", "reply_value", "reply_mail", "reply_broken", "reply_text"),
)
CANARIES = {place: f"cn{secrets.token_hex(8)}4z" for place in PLACES}


def send_everything(running: Running, upstream: Recorder) -> list[Response]:
    """Requests with a canary in every place; the answers that the gateway made itself."""
    c = CANARIES
    reply = json.dumps({c["reply_key"]: c["reply_value"], "card": CARD, "mail": f"{c['reply_mail']}@example.com"})
    headers = [f"x-reply: {c['reply_header']}", f"set-cookie: sid={c['reply_cookie']}; path=/"]
    upstream.answering = lambda _head, _body: answer(reply.encode(), *headers)
    json_type = ("content-type", "application/json")
    form_type = ("content-type", "application/x-www-form-urlencoded")
    bearer = ("authorization", f"Bearer {_unsigned_token(c['token'])}")
    answers = [
        running.request("GET", f"/reset/{c['path']}?{c['query_name']}=1&q={c['query_value']}#{c['fragment']}"),
        running.request("GET", "/", headers=[(f"x-{c['header_name']}", c["header_value"])]),
        running.request("GET", "/", headers=[("cookie", f"{c['cookie_name']}={c['cookie_value']}")]),
        running.request("GET", "/", headers=[bearer]),
        running.request("GET", "/", headers=[("authorization", f"Basic {_basic(c['basic'])}")]),
        running.request("GET", "/", headers=[("user-agent", f"sqlmap/1.8 {c['agent']}")]),
        running.post(json.dumps({c["json_key"]: c["json_value"]}).encode()),
        running.post(json.dumps({"name": f"{c['attack']}' OR 1=1 --"}).encode()),
        running.post(json.dumps({c["attack_key"]: "x' UNION SELECT 1,2,3 --"}).encode()),
        running.post(json.dumps({"name": f"x' OR '{c['attack']}'='{c['attack']}"}).encode()),
        running.request("POST", "/", f"a={c['form']}'".encode(), [form_type]),
        running.request("POST", "/", c["plain"].encode(), [("content-type", "text/plain")]),
        running.post(json.dumps({"query": "{a" * 60 + c["graphql"] + "}" * 60}).encode(), target="/graphql"),
        running.post(json.dumps({"query": "{a(", "variables": {"v": c["variable"]}}).encode(), target="/graphql"),
        running.post(f'{{"cut": "{c["broken_json"]}'.encode()),
        running.post(f'{{"{c["duplicate"]}": 1, "{c["duplicate"]}": "{c["duplicate"]}"}}'.encode()),
        running.request("POST", "/", c["gzip"].encode(), [json_type, ("content-encoding", "gzip")]),
        running.request("X" + c["unknown_method"].upper(), "/"),
        running.send(f"GET / HTTP/1.1\r\nhost: x\r\nbad header {c['bad_header']}: 1\r\n\r\n".encode()),
        running.send(f"GET {c['broken_head']}\r\n\r\n".encode()),
    ]
    upstream.answering = lambda _head, _body: (
        b"HTTP/1.1 200 OK\r\nbad header: " + c["reply_broken"].encode() + b"\r\n\r\n"
    )
    answers.append(running.request("GET", "/broken"))
    upstream.answering = lambda _head, _body: c["reply_text"].encode() + b"\r\n\r\n"
    answers.append(running.request("GET", "/nonsense"))
    return [given for given in answers if given.status >= 400]


def _unsigned_token(secret: str) -> str:
    parts = [{"alg": "none"}, {"sub": secret, "exp": 9_999_999_999}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secret])


def _basic(secret: str) -> str:
    return base64.b64encode(f"user:{secret}".encode()).decode()


def forms(secret: str) -> Iterator[bytes]:
    """The secret as it might be written."""
    plain = secret.encode()
    yield from (plain, plain.upper(), plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")[:-1])
    yield from (quote(secret).encode(), repr(secret).encode())


def leaks(written: bytes) -> list[str]:
    """Where the canaries stood that are in `written`."""
    found = [place for place, secret in CANARIES.items() if any(form in written for form in forms(secret))]
    return found + ["card"] * (CARD.encode() in written or CARD.replace(" ", "").encode() in written)


@pytest.mark.parametrize("verbosity", ["", "-v"])
def test_no_canary_is_in_anything_the_gateway_writes(
    tmp_path: Path, upstream: Recorder, verbosity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATELENS_CACHE", str(tmp_path / "cache"))
    options = ["--mode", "block", "--set", f"confdir={tmp_path / 'conf'}", *filter(None, [verbosity])]
    with gateway(upstream.url, tmp_path, *options) as running:
        own_answers = send_everything(running, upstream)
        running.events(20)
    assert len(own_answers) >= 10
    written = {
        str(path.relative_to(tmp_path)): leaks(path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()
    }
    assert "audit.jsonl" in written
    assert {name: places for name, places in written.items() if places} == {}
    for given in own_answers:
        assert leaks(given.body + repr(given.headers).encode()) == []


def test_a_planted_leak_would_be_found(tmp_path: Path) -> None:
    assert leaks(b"... " + CANARIES["token"].encode() + b" ...") == ["token"]
    assert leaks(base64.b64encode(b"x" + CANARIES["form"].encode())) in ([], ["form"])
