from __future__ import annotations

import json
import time

import pytest
from gatelens.decoders import json_body
from gatelens.engine import Engine
from gatelens.inspectors.payment_card import Params, cards, luhn, masked
from gatelens.model.finding import Action
from gatelens.model.limits import Limits
from gatelens.redaction import apply
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.messages import request, response
from tests.support.rules import engine_of, outcome, rule

# Test numbers that the issuers publish.
KNOWN = (
    *("4111111111111111", "4012888888881881", "4222222222222", "4929531277138008", "5555555555554444"),
    *(
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "30569309025904",
        "3530111333300000",
    ),
    *("6200000000000005", "6011000990139424", "36227206271667", "2720992593319364"),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    rules = (
        rule("card", "payment_card", "redact", phase="response", category="response"),
        rule("sent", "payment_card", "log", severity="info"),
    )
    return engine_of(tmp_path_factory.mktemp("rules"), *rules)


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in cards(text)]


def redacted(engine: Engine, body: bytes, content_type: str = "application/json") -> bytes:
    decision = engine.inspect(response(body, content_type=content_type))
    return apply(decision.content, decision.edits) if decision.edits else body


@pytest.mark.parametrize("number", KNOWN)
def test_a_number_of_each_issuer_is_found_plain_and_in_groups(number: str) -> None:
    grouped = " ".join(number[index : index + 4] for index in range(0, len(number), 4))
    assert found(number) == [number]
    assert found(grouped) == [grouped]
    assert found(grouped.replace(" ", "-")) == [grouped.replace(" ", "-")]


@pytest.mark.parametrize("number", KNOWN)
def test_a_number_with_another_last_digit_is_none(number: str) -> None:
    for other in range(1, 10):
        assert found(number[:-1] + str((int(number[-1]) + other) % 10)) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("paid with 4111 1111 1111 1111.", ["4111 1111 1111 1111"]),
        ("4111 1111 1111 1111 12/27", ["4111 1111 1111 1111"]),
        ("4111 1111 1111 1111 123", ["4111 1111 1111 1111"]),
        ("12 4111 1111 1111 1111 27", ["4111 1111 1111 1111"]),
        ("4111111111111111 5555555555554444", ["4111111111111111", "5555555555554444"]),
        ("4111-1111-1111-1111-5555-5555-5555-4444", ["4111-1111-1111-1111", "5555-5555-5555-4444"]),
        ("x4111111111111111y", ["4111111111111111"]),
        ("-4111111111111111", ["4111111111111111"]),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"]),
    ],
)
def test_a_number_is_found_beside_other_text(text: str, numbers: list[str]) -> None:
    assert found(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "41111111111111111",
        "14111111111111111",
        "0.4111111111111111",
        "4111111111111111.5",
        "4111  1111 1111 1111",
        "4111_1111_1111_1111",
        "4111 1111 1111",
        "1111 1111 1111 1111",
        "0000000000000000",
        "9000000000001111",
        "",
    ],
)
def test_digits_that_are_nearly_a_number_are_none(text: str) -> None:
    assert found(text) == []


@given(st.from_regex(r"[0-9]{1,19}", fullmatch=True))
def test_the_check_digit_is_the_standard_s(digits: str) -> None:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    assert luhn(digits) == (total % 10 == 0)


@given(
    st.text(alphabet="0123456789 -.x", max_size=60)
    | st.lists(st.sampled_from([*KNOWN, " ", "-", "12", "x", "."])).map("".join)
)
@settings(max_examples=150)
def test_what_is_found_is_whole_groups_and_never_overlaps(text: str) -> None:
    last = 0
    for start, end in cards(text):
        assert start >= last
        last = end
        assert not text[:start][-1:].isdigit()
        assert not text[end:][:1].isdigit()
        assert luhn("".join(filter(str.isdigit, text[start:end])))


class TestRedaction:
    @pytest.mark.parametrize(
        ("body", "shown"),
        [
            (b'{"c": "4111 1111 1111 1111"}', b'{"c": "**** **** **** 1111"}'),
            (b'{"c": "a 4111111111111111 b 5555555555554444"}', b'{"c": "a ************1111 b ************4444"}'),
            (b'{"c": "x\\n4111\\u0020111111111111\\n"}', b'{"c": "x\\n**** ********1111\\n"}'),
            (b'{"c": 4111111111111111}', b'{"c": 9000000000001111}'),
            (b'{"c": -4111111111111111, "d": 1}', b'{"c": -9000000000001111, "d": 1}'),
            (b'{"4111111111111111": 1}', b'{"************1111": 1}'),
            (
                b'{"c": "4111111111111111", "c": "4111111111111111"}',
                b'{"c": "************1111", "c": "************1111"}',
            ),
            (b"{'c': 'a 4111111111111111 b', }", b"{'c': 'a ************1111 b', }"),
            (b'["4111111111111111"', b'["************1111"'),
        ],
    )
    def test_all_but_the_last_four_digits_go_and_every_other_byte_stays(
        self, engine: Engine, body: bytes, shown: bytes
    ) -> None:
        assert redacted(engine, body) == shown

    def test_a_body_that_is_no_utf_8_keeps_its_bytes(self, engine: Engine) -> None:
        body = b"<p>caf\xe9 4111 1111 1111 1111 \xff</p>"
        assert redacted(engine, body, "text/html") == b"<p>caf\xe9 **** **** **** 1111 \xff</p>"

    @given(
        value=st.recursive(
            st.text(max_size=5) | st.sampled_from(KNOWN) | st.sampled_from(KNOWN).map(int) | st.integers(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=3) | st.sampled_from(KNOWN), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        ascii_only=st.booleans(),
    )
    def test_json_stays_json_without_a_card_and_a_second_time_changes_nothing(
        self, engine: Engine, value: object, ascii_only: bool
    ) -> None:
        body = json.dumps(value, ensure_ascii=ascii_only, indent=1).encode("utf-8", "replace")
        once = redacted(engine, body)
        assert redacted(engine, once) == once
        if json_body.read(body, Limits()).strict:
            written = json.dumps(json.loads(once), ensure_ascii=False)
            assert not any(number in written for number in KNOWN)

    def test_a_response_is_redacted_with_rule_place_and_no_evidence(self, engine: Engine) -> None:
        decision = engine.inspect(response(b'{"a": [{"c": "4111111111111111, 5555555555554444"}]}'))
        assert outcome(decision) == ("redact", [("card", "body:/a/0/c")])
        (finding,) = decision.findings
        assert (finding.evidence, finding.explanation) == ("", "2 card numbers with a right check digit")

    def test_a_request_is_found_in_all_its_parts(self, engine: Engine) -> None:
        message = request(b'["4111111111111111"]', target="/4111-1111-1111-1111?c=4111+1111+1111+1111")
        assert outcome(engine.inspect(message)) == (
            "log",
            [("sent", "path:0"), ("sent", "query:c[0]"), ("sent", "body:/0")],
        )


@pytest.mark.parametrize(
    "body",
    [
        b"4111 1111 1111 1112 " * 20_000,
        b"4111111111111111\n" * 20_000,
        json.dumps(["4111111111111112"] * 20_000).encode(),
        json.dumps([4111111111111111] * 20_000).encode(),
    ],
)
def test_an_answer_of_nothing_but_numbers_like_cards_does_not_pass(engine: Engine, body: bytes) -> None:
    begin = time.process_time()
    decision = engine.inspect(response(body, content_type="application/json" if body[:1] == b"[" else "text/plain"))
    assert decision.action is Action.BLOCK
    assert "more than" in " ".join(finding.explanation for finding in decision.findings)
    assert time.process_time() - begin < 1


def test_two_thousand_cards_in_an_answer_are_all_masked(engine: Engine) -> None:
    body = json.dumps([{"card": "4111111111111111", "note": "x" * 300}, {"card": 4111111111111111}] * 1_000).encode()
    decision = engine.inspect(response(body))
    assert decision.action is Action.REDACT
    shown = apply(body, decision.edits)
    assert (shown.count(b'"************1111"'), shown.count(b" 9000000000001111")) == (1_000, 1_000)


@pytest.mark.parametrize("small", ["1 ", "12 ", "1-", "12-3 "])
@pytest.mark.parametrize(
    "number", ["4111 1111 1111 1111", "4111-111111-111111", "3782 822463 10005", "4111111111111111"]
)
def test_a_number_is_found_among_very_many_small_ones(small: str, number: str) -> None:
    run = small * 200
    assert found(run + number + " " + run) == [number]
    assert found(run + number + " " + run + "9" * 30 + " " + number) == [number, number]


@pytest.mark.parametrize(
    ("keep", "mask", "shown"),
    [(4, "*", "**** 1111"), (0, "x", "xxxx xxxx"), (2, "•", "•••• ••11"), (4, "0", "9000 1111"), (0, "0", "9000 0000")],
)
def test_digits_are_masked_and_what_divides_them_stays(keep: int, mask: str, shown: str) -> None:
    assert masked("4111 1111", keep, mask) == shown


@pytest.mark.parametrize(
    "params", [{"keep": 5}, {"keep": -1}, {"mask": "**"}, {"mask": "1"}, {"mask": '"'}, {"mask": "\\"}]
)
def test_a_mask_that_would_tell_or_break_something_is_refused(params: dict[str, object]) -> None:
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, Params)


@pytest.mark.parametrize(
    "text", ["4 " * 300_000, "4444 " * 100_000, "4" * 1_000_000, "4111 1111 1111 1112 " * 20_000, "1-" * 300_000]
)
def test_the_search_is_linear(text: str) -> None:
    begin = time.process_time()
    list(cards(text))
    assert time.process_time() - begin < 5
