from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from gatelens import audit
from gatelens.answers import answer
from gatelens.audit import Judged, Transaction
from gatelens.engine import FAILED, OVERFLOW, THRESHOLD, Engine
from gatelens.inspection import Trigger, View
from gatelens.inspectors import pattern
from gatelens.model.finding import Action, Match
from gatelens.model.message import Message
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.loader import load
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.support.messages import NOW, request, response
from tests.support.rules import RuleData, engine_of, outcome, rule, words, write

EVIL = words("evil", "evil")
ODD = words("odd", "odd", action="log", severity="medium")
CARD = rule("card", "payment_card", "redact", phase="response", category="response")
STRICT = rule(
    "strict", "payload_limits", category="malformed", params={"checks": ["json-syntax", "json-duplicate-key"]}
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("rules"), EVIL, ODD, CARD, STRICT)


def post(value: object, **more: Any) -> Message:
    return request(json.dumps(value).encode(), **more)


def test_the_engine_needs_no_mitmproxy() -> None:
    code = "import sys, gatelens.engine, gatelens.audit, gatelens.answers; sys.exit('mitmproxy' in sys.modules)"
    addons = Path(__file__).resolve().parents[1] / "addons"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(addons)}, check=False).returncode == 0


class TestDecisions:
    def test_an_attack_is_blocked_with_rule_place_and_masked_evidence(self, engine: Engine) -> None:
        decision = engine.inspect(post({"a": ["fine", "some evil canary"]}))
        assert outcome(decision) == ("block", [("evil", "body:/a/1")])
        assert (decision.status, decision.findings[0].evidence) == (403, "•")

    def test_a_message_without_a_finding_passes(self, engine: Engine) -> None:
        decision = engine.inspect(post({"a": "vile"}))
        assert outcome(decision) == ("allow", [])
        assert (decision.status, decision.score, decision.edits) == (0, 0, ())

    def test_an_attack_is_found_in_every_part_of_a_request(self, engine: Engine) -> None:
        message = request(
            b'{"evil": "evil"}', target="/evil?evil=evil", headers=[("cookie", "c=evil"), ("x-h", "an evil one")]
        )
        assert outcome(engine.inspect(message)) == (
            "block",
            [
                ("evil", place)
                for place in (
                    "header:x-h[0]",
                    "cookie:c[0]",
                    "path:0",
                    "query:evil[0]",
                    "query:evil[0] (key)",
                    "body:/evil",
                    "body:/evil (key)",
                )
            ],
        )

    def test_the_gravest_finding_decides_and_all_are_told(self, engine: Engine) -> None:
        decision = engine.inspect(request(b'{"a": "odd", "a": "evil"}'))
        assert outcome(decision) == ("block", [("odd", "body:/a"), ("evil", "body:/a"), ("strict", "body:/a (key)")])

    def test_the_answer_s_status_is_that_of_the_gravest_cause(self, tmp_path: Path) -> None:
        high = words("high", "both", category="malformed", severity="high")
        critical = words("critical", "both", category="authentication", severity="critical")
        engine = engine_of(tmp_path, high, critical, statuses={"authentication": 418})
        assert engine.inspect(post("both")).status == 418

    def test_detect_mode_decides_nothing_above_log_and_tells_the_verdict(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, EVIL, CARD, mode="detect")
        decision = engine.inspect(post("evil"))
        assert outcome(decision) == ("log", [("evil", "body")])
        assert (decision.verdict, decision.status, decision.mode) == (Action.BLOCK, 0, "detect")
        redacted = engine.inspect(response(b'["4111 1111 1111 1111"]'))
        assert (redacted.action, redacted.verdict, redacted.edits) == (Action.LOG, Action.REDACT, ())

    def test_a_redaction_comes_with_the_body_it_is_about_and_its_edits(self, engine: Engine) -> None:
        body = b'{"card": "4111 1111 1111 1111"}'
        decision = engine.inspect(response(body))
        assert outcome(decision) == ("redact", [("card", "body:/card")])
        assert decision.content == body
        assert [(body[slice(*edit.span)], edit.replacement) for edit in decision.edits] == [
            (b"4111 1111 1111 1111", b"**** **** **** 1111")
        ]

    def test_a_rule_of_one_phase_finds_nothing_in_the_other(self, engine: Engine) -> None:
        assert outcome(engine.inspect(response(b'["evil"]'))) == ("allow", [])
        assert outcome(engine.inspect(post("4111 1111 1111 1111"))) == ("allow", [])


class TestScope:
    def test_the_first_route_that_fits_says_mode_and_limits(self, tmp_path: Path) -> None:
        routes = [
            {"path": "/upload/**", "methods": ["PUT"], "mode": "detect", "name": "uploads"},
            {"path": "/upload/**", "limits": {"json_depth": 1}},
        ]
        limits = rule("limits", "payload_limits", params={"checks": ["json-depth"]})
        engine = engine_of(tmp_path, EVIL, limits, routes=routes)
        put = engine.inspect(post("evil", method="PUT", target="/upload/x"))
        assert (put.route, put.mode, outcome(put)[0]) == ("uploads", "detect", "log")
        deep = engine.inspect(post([[1]], target="/upload/x"))
        assert (deep.route, outcome(deep)) == ("/upload/**", ("block", [("limits", "body")]))
        other = engine.inspect(post([[1]], target="/uploads/x"))
        assert (other.route, outcome(other)) == ("default", ("allow", []))

    @pytest.mark.parametrize(
        "target", ["/admin/x", "//admin/x", "/%61dmin/x", "/a/../admin;v=1/x", "/admin/x?q=1", "/admin#x"]
    )
    def test_a_rule_of_a_route_finds_whatever_the_spelling_of_the_path(self, tmp_path: Path, target: str) -> None:
        engine = engine_of(tmp_path, words("scoped", "evil", routes=[{"path": "/admin/**", "methods": ["post"]}]))
        assert outcome(engine.inspect(post("evil", target=target))) == ("block", [("scoped", "body")])

    @pytest.mark.parametrize(("method", "target"), [("POST", "/administrators"), ("PUT", "/admin/x"), ("POST", "/")])
    def test_a_rule_of_a_route_finds_nothing_elsewhere(self, tmp_path: Path, method: str, target: str) -> None:
        engine = engine_of(tmp_path, words("scoped", "evil", routes=[{"path": "/admin/**", "methods": ["post"]}]))
        assert outcome(engine.inspect(post("evil", method=method, target=target))) == ("allow", [])

    def test_a_response_is_on_the_route_of_its_request(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, CARD, routes=[{"path": "/cards", "mode": "detect"}])
        asked = request(method="GET", target="/cards")
        assert engine.inspect(response(b'["4111111111111111"]', to=asked)).action is Action.LOG
        assert engine.inspect(response(b'["4111111111111111"]')).action is Action.REDACT

    def test_a_rule_of_some_parts_finds_nothing_in_others(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, words("parts", "evil", parts=["header", "query"]))
        message = request(b'["evil"]', target="/evil?q=evil", headers=[("x", "evil"), ("cookie", "a=evil")])
        assert outcome(engine.inspect(message)) == ("block", [("parts", "header:x[0]"), ("parts", "query:q[0]")])

    def test_a_selection_runs_the_inspectors_named_and_no_other(self, tmp_path: Path) -> None:
        ruleset = load(write(tmp_path, EVIL, STRICT))
        engine = Engine(ruleset, selection={"pattern"})
        assert outcome(engine.inspect(request(b'{"a": "evil", "a": 1}')))[1] == [("evil", "body:/a")]

    def test_the_least_limits_are_the_least_of_all_routes(self, tmp_path: Path) -> None:
        routes = [{"path": "/a", "limits": {"request_body": 5}}, {"path": "/b", "limits": {"response_body": 7}}]
        least = engine_of(tmp_path, routes=routes, limits={"request_body": 100}).least_limits
        assert (least.request_body, least.response_body) == (5, 7)


EXCLUSION = {
    "rule": "evil",
    "path": "/notes/**",
    "methods": ["post"],
    "location": "body:/text",
    "reason": "free text",
    "owner": "ada",
    "expires": "2027-01-31",
}


class TestExclusions:
    def test_an_excluded_finding_is_told_and_does_not_count(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, EVIL, exclusions=[EXCLUSION])
        decision = engine.inspect(post({"text": "evil"}, target="/notes/1"))
        assert outcome(decision) == ("allow", [("evil", "body:/text")])
        assert decision.findings[0].excluded == "free text (ada, until 2027-01-31)"

    @pytest.mark.parametrize(
        "message",
        [
            post({"text": "evil"}, target="/note/1"),
            post({"text": "evil"}, target="/notes/1", method="PUT"),
            post({"title": "evil"}, target="/notes/1"),
            post({"text": ["evil"]}, target="/notes/1"),
            post({"text": "evil"}, target="/notes/1", time=NOW + 86_400 * 365),
        ],
    )
    def test_what_is_not_wholly_as_the_exclusion_says_counts(self, tmp_path: Path, message: Message) -> None:
        engine = engine_of(tmp_path, EVIL, exclusions=[EXCLUSION])
        decision = engine.inspect(message)
        assert (decision.action, decision.findings[0].excluded) == (Action.BLOCK, "")

    def test_a_second_finding_beside_an_excluded_one_counts(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, EVIL, exclusions=[EXCLUSION])
        decision = engine.inspect(post({"text": "evil", "x": "evil"}, target="/notes/1"))
        assert outcome(decision) == ("block", [("evil", "body:/text"), ("evil", "body:/x")])


class TestScore:
    def test_suspicions_add_up_to_a_block_each_rule_once(self, tmp_path: Path) -> None:
        suspicions = [words(name, name, action="log", severity="medium") for name in ("one", "two")]
        engine = engine_of(tmp_path, *suspicions, thresholds={"request": 6})
        decision = engine.inspect(post({"a": "one", "b": "two"}))
        assert outcome(decision) == ("block", [("one", "body:/a"), ("two", "body:/b"), (THRESHOLD, "message")])
        assert (decision.score, decision.status) == (6, 403)
        again = engine.inspect(post({"a": "one", "b": "one", "c": "one"}))
        assert (again.action, again.score) == (Action.LOG, 3)

    def test_a_rule_that_is_not_scored_adds_nothing(self, tmp_path: Path) -> None:
        silent = words("silent", "silent", action="log", severity="critical", scored=False)
        engine = engine_of(tmp_path, silent)
        assert outcome(engine.inspect(post("silent"))) == ("log", [("silent", "body")])

    def test_the_strict_profile_counts_what_else_only_observes_and_blocks_sooner(self, tmp_path: Path) -> None:
        silent = words("silent", "silent", action="log", severity="medium", scored=False)
        faint = words("faint", "faint", action="log", severity="low")
        engine = engine_of(tmp_path, silent, faint, profile="strict")
        assert outcome(engine.inspect(post("silent"))) == ("block", [("silent", "body"), (THRESHOLD, "message")])
        assert engine.inspect(post("faint")).action is Action.LOG
        lenient = engine_of(tmp_path, silent, faint, profile="strict", thresholds={"request": 6})
        assert (
            lenient.inspect(post(["silent", "faint"])).action,
            lenient.inspect(post(["silent", "faint"])).score,
        ) == (
            Action.LOG,
            5,
        )

    def test_scores_and_thresholds_of_a_response_are_its_own(self, tmp_path: Path) -> None:
        leak = words("leak", "leak", action="log", severity="high", phase="response")
        engine = engine_of(tmp_path, leak, thresholds={"response": 4, "request": 1})
        decision = engine.inspect(response(b'["leak"]'))
        assert (decision.action, decision.status) == (Action.BLOCK, 502)
        assert outcome(engine_of(tmp_path, leak, thresholds={"response": 5}).inspect(response(b'["leak"]')))[0] == "log"


class Raising:
    """In the place of an inspector whose author was wrong."""

    phases = pattern.Inspector.phases

    def __init__(self, rules: Sequence[Any]) -> None:
        self.triggers = [Trigger(found.id, "evil") for found in rules]

    def inspect(self, view: View) -> Iterator[Match]:
        raise ValueError(f"a canary: {view.hits[0].target.text}")


class TestFaults:
    @pytest.mark.parametrize(("on_error", "action", "status"), [("block", "block", 500), ("log", "log", 0)])
    def test_an_inspector_that_raises_is_a_finding_that_quotes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, action: str, status: int
    ) -> None:
        monkeypatch.setattr(pattern, "Inspector", Raising)
        engine = engine_of(tmp_path, EVIL, on_error=on_error, thresholds={"request": 50})
        decision = engine.inspect(post("evil"))
        assert outcome(decision) == (action, [(FAILED, "message")])
        assert decision.status == status
        assert decision.findings[0].explanation.startswith("ValueError at inspect:")
        assert "canary" not in repr(decision)

    def test_one_inspector_s_fault_hides_nothing_that_others_find(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pattern, "Inspector", Raising)
        engine = engine_of(tmp_path, EVIL, STRICT, on_error="log", thresholds={"request": 50})
        decision = engine.inspect(request(b'{"a": "evil", "a": 1}'))
        assert {finding.rule for finding in decision.findings} == {FAILED, "strict"}
        assert decision.action is Action.BLOCK

    def test_a_fault_around_the_engine_is_judged_by_on_error(self, engine: Engine) -> None:
        decision = engine.failed(post("x"), KeyError("canary"))
        assert (outcome(decision), decision.status) == (("block", [(FAILED, "message")]), 500)
        assert "canary" not in repr(decision)

    def test_rules_that_an_inspector_cannot_work_with_are_an_operator_s_fault(self, tmp_path: Path) -> None:
        (tmp_path / "keys.json").write_text("{}")
        data = rule("token", "jwt", params={"jwks_file": "keys.json", "algorithms": ["RS256"]})
        with pytest.raises(RulesetError):
            engine_of(tmp_path, data)


class TestMemory:
    def test_a_field_seen_clean_is_still_found_evil_with_another_value(self, engine: Engine) -> None:
        for _ in range(3):
            assert engine.inspect(request(method="GET", headers=[("x-a", "fine")])).action is Action.ALLOW
        for _ in range(3):
            decision = engine.inspect(request(method="GET", headers=[("x-a", "evil")]))
            assert outcome(decision) == ("block", [("evil", "header:x-a[0]")])

    def test_a_name_seen_clean_hides_no_evil_name_beside_it(self, engine: Engine) -> None:
        for _ in range(3):
            assert engine.inspect(post({"clean": 1})).action is Action.ALLOW
        assert outcome(engine.inspect(post({"clean": 1, "evil": 2}))) == ("block", [("evil", "body:/evil (key)")])

    def test_the_decision_does_not_depend_on_what_came_before(self, tmp_path: Path) -> None:
        messages = [
            post({"k": "evil", "evil": "x"}, headers=[("x-a", "1")]),
            post({"k": "fine"}, headers=[("x-a", "1"), ("x-b", "evil")]),
            post({"k": "fine", "j": 1}, headers=[("x-a", "evil")]),
        ]
        fresh = [outcome(engine_of(tmp_path, EVIL).inspect(message)) for message in messages]
        used = engine_of(tmp_path, EVIL)
        for _ in range(3):
            assert [outcome(used.inspect(message)) for message in messages] == fresh


CANARY = "canary4711x"


@pytest.mark.parametrize(
    "message",
    [
        post({"a": f"evil {CANARY}"}),
        post({CANARY: "evil"}),
        post({f"evil{CANARY}": 1}),
        request(f'{{"a": "{CANARY}", "a": 1, evil}}'.encode()),
        request(f'{{"{CANARY}": 1, "{CANARY}": 1}}'.encode()),
        request(f"{{'{CANARY}': 'evil {CANARY}'}}".encode()),
        request(method="GET", target=f"/{CANARY}/evil/{CANARY}?{CANARY}=evil{CANARY}"),
        request(method="GET", headers=[(f"x-{CANARY}", f"evil {CANARY}"), ("cookie", f"{CANARY}=evil {CANARY}")]),
        request(method=CANARY.upper(), target="/evil"),
        post({"query": f'{{ {CANARY}(x: "evil {CANARY}") }}'}, target="/graphql"),
        request(f"{CANARY}=evil+{CANARY}".encode(), content_type="application/x-www-form-urlencoded"),
    ],
)
def test_no_word_of_a_message_is_in_the_event_or_the_answer_about_it(engine: Engine, message: Message) -> None:
    decision = engine.inspect(message)
    transaction = Transaction(
        incident="id",
        time=NOW,
        client="192.0.2.1",
        method=message.method,
        path=message.path,
        judged=[Judged(message.phase, decision, 0)],
    )
    event = audit.event(transaction)
    assert event["gatelens.findings"]
    assert CANARY not in json.dumps(event).lower()
    told = answer(structs.replace(decision, verbose=True), message, "id")
    assert CANARY not in repr(told).lower()


RULES: list[RuleData] = [
    words("a-log", "alpha", action="log", severity="low"),
    words("a-block", "alpha"),
    words("b-log", "beta", action="log", severity="critical"),
    words("b-allow", "beta", action="allow"),
    words("c-throttle", "gamma", action="throttle", category="rate"),
    words("keys", "delta", parts=["query"]),
    words("routed", "delta", routes=[{"path": "/x"}]),
    STRICT,
]


@pytest.fixture(scope="module")
def subsets(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[frozenset[str], Engine]]:
    """Engines with more and more rules, in several orders."""
    engines = []
    for order in (RULES, RULES[::-1], RULES[3:] + RULES[:3]):
        for count in range(len(order) + 1):
            names = frozenset(data["id"] for data in order[:count])
            engines.append((names, engine_of(tmp_path_factory.mktemp("rules"), *order[:count])))
    return engines


@given(
    values=st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "fine"]), max_size=4),
    query=st.sampled_from(["", "?q=beta", "?q=delta&delta"]),
    twice=st.booleans(),
    path=st.sampled_from(["/", "/x", "/y"]),
)
@settings(max_examples=60)
def test_more_rules_never_weaken_a_decision(
    subsets: list[tuple[frozenset[str], Engine]], values: list[str], query: str, twice: bool, path: str
) -> None:
    body = b'{"values": ' + json.dumps(values).encode() + (b', "values": 1' if twice else b"") + b"}"
    decisions = [(names, engine.inspect(request(body, target=path + query))) for names, engine in subsets]
    for fewer, weaker in decisions:
        for more, stronger in decisions:
            if fewer <= more:
                assert weaker.verdict <= stronger.verdict
                assert weaker.action <= stronger.action


@pytest.fixture(scope="module")
def word_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("rules"), words("quote", "'evil'"), mode="block")


@given(value=st.sampled_from(["'evil'", "it's 'evil' & more", "évil 'evil'", "evil"]), pretty=st.booleans())
def test_the_same_value_in_another_coding_gives_the_same_finding(word_engine: Engine, value: str, pretty: bool) -> None:
    import gzip
    import zlib
    from urllib.parse import quote, quote_plus

    expected = ("block", ["quote"]) if "'evil'" in value else ("allow", [])
    plain = json.dumps({"q": value}, ensure_ascii=False, indent=2 if pretty else None).encode()
    escaped = json.dumps({"q": value}).replace("'", "\\u0027").encode()
    form = "application/x-www-form-urlencoded"
    messages = [
        request(plain),
        request(escaped),
        request(escaped, content_type="text/plain"),
        request(gzip.compress(escaped), headers=[("content-encoding", "gzip")]),
        request(zlib.compress(gzip.compress(plain)), headers=[("content-encoding", "gzip, deflate")]),
        request(f"q={quote_plus(value)}".encode(), content_type=form),
        request(f"q={quote(quote(value, safe=''), safe='')}".encode(), content_type=form),
        request(method="GET", target=f"/?q={quote(value, safe='')}"),
        request(method="GET", target=f"/{quote(value, safe='')}"),
        request(method="GET", headers=[("cookie", f"q={quote(value)}")]),
    ]
    for message in messages:
        action, findings = outcome(word_engine.inspect(message))
        assert (action, sorted({found for found, _ in findings})) == expected


@given(
    body=st.binary(max_size=120),
    content_type=st.sampled_from(["application/json", "text/plain", "application/graphql", "x"]),
    target=st.text(alphabet="/?&=%25'#é;"),
    coding=st.sampled_from(["", "gzip", "br", "zstd", "deflate", "x"]),
)
@settings(max_examples=100)
def test_inspecting_never_raises_and_always_decides(
    engine: Engine, body: bytes, content_type: str, target: str, coding: str
) -> None:
    headers = [("content-encoding", coding)] if coding else []
    message = request(body, target=target, content_type=content_type, headers=headers)
    for each in (message, structs.replace(response(body, content_type=content_type), request=message)):
        decision = engine.inspect(each)
        assert decision.action in Action
        assert FAILED not in {finding.rule for finding in decision.findings}


def test_of_a_message_that_was_not_read_to_its_end_nothing_is_remembered_as_harmless() -> None:
    builtin = Engine(load(Path(__file__).parents[1] / "rules"))
    hidden = b64encode(b"x' UNION SELECT 1,2 FROM users-- ").decode()
    decoy = request(b'["' + b"%" * 62_000 + b'"]', headers=[("x-zz", hidden)])
    assert "nested-bytes" in str(builtin.inspect(decoy).findings)
    later = request(method="GET", headers=[("x-zz", hidden)])
    assert builtin.inspect(later).action is Action.BLOCK


def test_a_redaction_that_cannot_be_carried_out_blocks(engine: Engine) -> None:
    wide = response('{"card": "4111111111111111"}'.encode("utf-16"))  # its bytes are not those of the text
    decision = engine.inspect(wide)
    assert (decision.action, decision.status, decision.edits) == (Action.BLOCK, 502, ())


def test_a_body_full_of_hits_is_decided_in_time(engine: Engine) -> None:
    begin = time.process_time()
    decision = engine.inspect(request(b"[" + b'"evil",' * 30_000 + b"1]"))
    assert decision.action is Action.BLOCK
    assert time.process_time() - begin < 2


class TestOverflow:
    @pytest.mark.parametrize(("action", "verdict"), [("block", "block"), ("redact", "block"), ("log", "log")])
    def test_more_hits_than_are_looked_at_ask_for_the_gravest_that_a_rule_could(
        self, tmp_path: Path, action: str, verdict: str
    ) -> None:
        rules = (
            words("many", "many", action="log", phase="response", scored=False),
            words("other", "other", action=action, severity="critical", phase="response"),
        )
        decision = engine_of(tmp_path, *rules).inspect(response(json.dumps(["many"] * 3_000).encode()))
        assert decision.action.word == verdict
        first = decision.findings[0]
        assert (first.rule, str(first.location), first.severity) == (OVERFLOW, "message", "critical")
        assert re.fullmatch(r"more than \d+ values that need a look", first.explanation)

    def test_a_rule_of_another_route_asks_for_nothing(self, tmp_path: Path) -> None:
        rules = words("many", "many", action="log"), words("other", "other", routes=[{"path": "/other"}])
        engine = engine_of(tmp_path, *rules)
        assert engine.inspect(post(["many"] * 3_000)).action is Action.LOG
        assert engine.inspect(post(["many"] * 3_000, target="/other")).action is Action.BLOCK

    def test_a_message_that_was_not_read_to_its_end_is_not_remembered_as_harmless(self, tmp_path: Path) -> None:
        engine = engine_of(tmp_path, EVIL)
        flood = request(json.dumps(["evil"] * 3_000).encode(), headers=[("x-h", "evil")])
        assert engine.inspect(flood).action is Action.BLOCK
        later = engine.inspect(request(b"[1]", headers=[("x-h", "evil")]))
        assert outcome(later) == ("block", [("evil", "header:x-h[0]")])
