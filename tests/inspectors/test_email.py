from __future__ import annotations

import json
import time
from pathlib import Path

import msgspec
import pytest
from gatelens.engine import Engine
from gatelens.inspectors.email import Params, addresses
from gatelens.model.finding import Action
from gatelens.redaction import apply
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.messages import response
from tests.support.rules import engine_of, outcome, rule


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    data = rule("email", "email", "redact", phase="response", category="response", severity="low")
    return engine_of(tmp_path_factory.mktemp("rules"), data)


def locals_of(text: str) -> list[str]:
    return [text[start:at] for start, at in addresses(text)]


def redacted(engine: Engine, body: bytes, content_type: str = "application/json") -> bytes:
    decision = engine.inspect(response(body, content_type=content_type))
    return apply(decision.content, decision.edits) if decision.edits else body


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada@example.com", ["ada"]),
        ("Ada <ada.lovelace+news@mail.example.co.uk>, Bob <b@x.org>", ["ada.lovelace+news", "b"]),
        ("mailto:ada@example.com?subject=x", ["ada"]),
        ("see ...ada@example.com.", ["ada"]),
        ("ada@example.com@example.org", ["ada", "example.com"]),
        ("josé@example.com", ["josé"]),
        ("ada@xn--bcher-kva.example", ["ada"]),
        ("ada@example.xn--p1ai", ["ada"]),
        ("x" * 80 + "@example.com", ["x" * 80]),
        ("ADA@EXAMPLE.COM", ["ADA"]),
    ],
)
def test_an_address_is_found(text: str, found: list[str]) -> None:
    assert locals_of(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "meet @ noon",
        "@alice",
        "ada@localhost",
        "left-pad@1.3.0",
        "ada@.com",
        "ada@-example.com",
        "ada.@example.com",
        "...@example.com",
        "ada@example.c",
        "ada@example.com-pany",
        "ada @example.com",
        "@@",
        "",
    ],
)
def test_what_is_nearly_an_address_is_none(text: str) -> None:
    assert locals_of(text) == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"m": "ada@example.com"}', b'{"m": "a***@example.com"}'),
        (b'{"m": "a@example.com"}', b'{"m": "***@example.com"}'),
        (b'{"m": "Ada <ada@x.org>, bob@x.org"}', b'{"m": "Ada <a***@x.org>, b***@x.org"}'),
        (b'{"m": "\\u0061da@example.com", "n": 1.50}', b'{"m": "\\u0061***@example.com", "n": 1.50}'),
        (b'{"ada@example.com": true}', b'{"a***@example.com": true}'),
        ('{"m": "josé@example.com"}'.encode(), b'{"m": "j***@example.com"}'),
        (b"{'m': 'x ada@example.com y'}", b"{'m': 'x a***@example.com y'}"),
        (b'{"m": "user@localhost"}', b'{"m": "user@localhost"}'),
    ],
)
def test_the_local_part_goes_and_every_other_byte_stays(engine: Engine, body: bytes, shown: bytes) -> None:
    assert redacted(engine, body) == shown


def test_a_latin_1_page_keeps_its_bytes(engine: Engine) -> None:
    assert redacted(engine, b"caf\xe9 ada@example.com \xe9", "text/html") == b"caf\xe9 a***@example.com \xe9"


def test_rule_and_place_are_told_and_nothing_of_the_address(engine: Engine) -> None:
    decision = engine.inspect(response(b'[{"m": "canary@example.com, other@example.com"}]'))
    assert outcome(decision) == ("redact", [("email", "body:/0/m")])
    (finding,) = decision.findings
    assert (finding.evidence, finding.explanation) == ("", "2 e-mail addresses")


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({"keep": 0}, b'["***@x.org", "***@x.org", "***@x.org"]'),
        ({"keep": 3}, b'["a***@x.org", "a***@x.org", "ada***@x.org"]'),
        ({"keep": 2, "replacement": "[gone]"}, b'["a[gone]@x.org", "a[gone]@x.org", "ad[gone]@x.org"]'),
    ],
)
def test_as_much_stays_as_the_rule_says_but_never_the_whole(
    tmp_path: Path, params: dict[str, object], shown: bytes
) -> None:
    engine = engine_of(tmp_path, rule("email", "email", "redact", phase="response", params=params))
    once = redacted(engine, b'["ab@x.org", "ac@x.org", "adam@x.org"]')
    assert once == shown
    assert redacted(engine, once) == once


@given(
    parts=st.lists(
        st.sampled_from(
            ["ada@example.com", "a@b.co", "é@x.org", "@", "...", "x" * 70, "***", " ", "<", "\n", "😀", '"', "\\"]
        )
    ),
    ascii_only=st.booleans(),
)
@settings(max_examples=100)
def test_redacting_twice_changes_nothing_and_json_stays_json(
    engine: Engine, parts: list[str], ascii_only: bool
) -> None:
    body = json.dumps(["".join(parts)], ensure_ascii=ascii_only).encode()
    once = redacted(engine, body)
    assert redacted(engine, once) == once
    assert all(local.endswith("***") for local in locals_of(json.loads(once)[0]))


RECORD = {"name": "Ada Lovelace", "city": "London", "note": "The first computer program, 1843.", "tags": ["new", "old"]}


def test_five_thousand_addresses_in_an_answer_are_all_masked_and_the_first_are_told_with_their_places(
    engine: Engine,
) -> None:
    records = [{**RECORD, "mail": f"ada{n}@example.com"} for n in range(5_000)]
    body = json.dumps(records).encode()
    decision = engine.inspect(response(body))
    places = [str(finding.location) for finding in decision.findings]
    assert decision.action is Action.REDACT
    assert places == [*(f"body:/{n}/mail" for n in range(100)), "message"]
    assert decision.findings[-1].explanation == "4900 e-mail addresses in further values"
    assert {record["mail"] for record in json.loads(apply(decision.content, decision.edits))} == {"a***@example.com"}


def test_each_place_is_told_where_the_policy_excludes_one(tmp_path: Path) -> None:
    exclusion = {
        "rule": "email",
        "path": "/**",
        "location": "body:/150/m",
        "reason": "r",
        "owner": "o",
        "expires": "2100-01-01",
    }
    data = rule("email", "email", "redact", phase="response")
    engine = engine_of(tmp_path, data, exclusions=[exclusion])
    body = json.dumps([{"m": "ada@example.com"}] * 200).encode()
    decision = engine.inspect(response(body))
    assert len(decision.findings) == 200
    assert apply(body, decision.edits).count(b"ada@example.com") == 1


@pytest.mark.parametrize("body", [b"a@b.co " * 10_000, json.dumps(["a@b.co"] * 20_000).encode()])
def test_an_answer_of_nothing_but_addresses_does_not_pass(engine: Engine, body: bytes) -> None:
    begin = time.process_time()
    decision = engine.inspect(response(body, content_type="application/json" if body[:1] == b"[" else "text/plain"))
    assert decision.action is Action.BLOCK
    assert "more than" in " ".join(finding.explanation for finding in decision.findings)
    assert time.process_time() - begin < 1


@given(st.text(alphabet="a.@-b1é +'", max_size=80))
def test_places_lie_within_the_text(text: str) -> None:
    for start, at in addresses(text):
        assert 0 <= start < at
        assert text[at] == "@"


@pytest.mark.parametrize(
    "params", [{"keep": 4}, {"keep": -1}, {"replacement": ""}, {"replacement": '"'}, {"replacement": "a@b"}]
)
def test_params_that_would_tell_or_break_something_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, Params)


@pytest.mark.parametrize(
    "text",
    ["a@" * 300_000, "a" * 1_000_000 + "@x.org", "a@b.co" * 100_000, "a@" + "b." * 300_000, "." * 500_000 + "@x.org"],
)
def test_the_search_is_linear(text: str) -> None:
    begin = time.process_time()
    list(addresses(text))
    assert time.process_time() - begin < 5
