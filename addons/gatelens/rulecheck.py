"""Run the rules' own tests: every example judged by an engine that holds the whole ruleset in block mode.

Only one thing is asked of an example: whether its rule is among the findings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET, Struct

from gatelens.engine import FAILED, Engine
from gatelens.model.message import Headers, Message, Phase
from gatelens.model.rule import Example, ExampleRequest, ExampleResponse, Rule
from gatelens.policy import may_select
from gatelens.ruleset import yaml_source
from gatelens.ruleset.faults import Fault, RulesetError
from gatelens.ruleset.files import read_file
from gatelens.ruleset.loader import Ruleset, load
from gatelens.ruleset.parsing import shown
from gatelens.ruleset.yaml_source import Source

Expected = Literal["match", "ignore"]

_JSON = "application/json"


class Report(Struct, frozen=True):
    """How many rules and examples there are, how many of these are known gaps, and all that is wrong."""

    rules: int
    examples: int
    known_gaps: int
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        counts = [(self.rules, "rule"), (self.examples, "example"), (len(self.faults), "fault")]
        text = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
        gaps = f"{self.known_gaps} known gap{'' if self.known_gaps == 1 else 's'}"
        return f"{text} ({gaps})" if self.known_gaps else text


class _Unusable(Exception):
    """An example that proves nothing: what was seen, and what is allowed."""

    def __init__(self, seen: str, allowed: str) -> None:
        super().__init__(seen)
        self.seen = seen
        self.allowed = allowed


def check(directory: Path) -> Report:
    """Load the rules in `directory` and run their tests. Faults of the files themselves are in the report too."""
    try:
        ruleset = load(directory, "block")
        engine = Engine(ruleset)
    except RulesetError as error:
        return Report(0, 0, 0, error.faults)
    return run(engine, ruleset)


def run(engine: Engine, ruleset: Ruleset) -> Report:
    """Run the tests of all rules of `ruleset` with `engine`, which holds it."""
    faults: list[Fault] = []
    examples = gaps = 0
    for rule in ruleset.rules:
        wrong: list[tuple[Expected, int, str, str]] = []
        for expected, index, example in _examples(rule):
            examples += 1
            gaps += bool(example.known_gap)
            problem = _problem(engine, rule, expected, example)
            if problem:
                wrong.append((expected, index, *problem))
        if wrong:
            source = _source(rule)
            faults += (source.fault(("tests", word, index), seen, allowed) for word, index, seen, allowed in wrong)
    return Report(len(ruleset.rules), examples, gaps, tuple(faults))


def _source(rule: Rule) -> Source:
    """The file of `rule`, for the lines in it; without any where it has gone since it was loaded."""
    name = shown(Path(rule.source))
    try:
        return yaml_source.read(name, read_file(Path(rule.source)))
    except RulesetError:
        return Source(name, None, {})


def _examples(rule: Rule) -> Iterator[tuple[Expected, int, Example]]:
    words: tuple[Expected, Expected] = ("match", "ignore")
    for word in words:
        for index, example in enumerate(getattr(rule.tests, word)):
            yield word, index, Example(value=example) if isinstance(example, str) else example


def _problem(engine: Engine, rule: Rule, expected: Expected, example: Example) -> tuple[str, str] | None:
    """What is wrong with an example or its outcome; None where all is as it should be."""
    try:
        message = message_of(rule, example, expected)
    except _Unusable as error:
        return error.seen, error.allowed
    findings = engine.inspect(message).findings
    failure = next((finding for finding in findings if finding.rule == FAILED), None)
    if failure is not None:
        return f"the inspection failed ({failure.explanation})", "an inspection that ends"
    found = any(finding.rule == rule.id for finding in findings)
    right = found == (expected == "match")
    if example.known_gap:
        return ("comes out right", "no known_gap, which says that it does not") if right else None
    if right:
        return None
    if found:
        return f"{rule.id} finds it", "no finding"
    others = sorted({finding.rule for finding in findings})
    return f"{rule.id} does not find it" + (f", only {', '.join(others)} does" if others else ""), "a finding"


def message_of(rule: Rule, example: Example, expected: Expected = "match") -> Message:
    """The message that an example stands for, in the rule's phase. Raises _Unusable."""
    sent = example.request
    if example.value is None and sent is None and example.response is None:
        raise _Unusable("an example of nothing", "a value, a request or a response")
    if rule.phase is Phase.REQUEST:
        if example.response is not None:
            raise _Unusable("a response", "a request, the phase of the rule")
        request = _request(sent or ExampleRequest(), example.time, example.value)
    else:
        if example.value is None and example.response is None:
            raise _Unusable("no response", "a response, the phase of the rule")
        request = _request(sent or ExampleRequest(method="GET"), example.time, None)
    if expected == "ignore" and sent is None and not _on_routes(rule, request):
        # It would be ignored for its path, whatever it holds.
        raise _Unusable(f"no path, so {request.target}", "a request with a path of the rule's routes")
    if rule.phase is Phase.REQUEST:
        return request
    return _response(example.response or ExampleResponse(), request, example.value)


def _on_routes(rule: Rule, request: Message) -> bool:
    return not rule.routes or any(may_select(route, request.method, request.path) for route in rule.routes)


def _request(sent: ExampleRequest, time: float, value: str | None) -> Message:
    headers, body = _content(sent, value)
    return Message(phase=Phase.REQUEST, method=sent.method, target=sent.path, headers=headers, body=body, time=time)


def _response(answer: ExampleResponse, request: Message, value: str | None) -> Message:
    headers, body = _content(answer, value)
    return Message(
        phase=Phase.RESPONSE,
        method=request.method,
        target=request.target,
        headers=headers,
        body=body,
        time=request.time,
        status=answer.status,
        request=request,
    )


def _content(sent: ExampleRequest | ExampleResponse, value: str | None) -> tuple[Headers, bytes]:
    """Header fields and body: `value` or `json` as JSON, `body` as it is."""
    given = sum(part is not None for part in (value, sent.body)) + (sent.json is not UNSET)
    if given > 1:
        raise _Unusable("several bodies", "one of value, body and json")
    headers = dict(sent.headers)
    content: Any = UNSET if value is None and sent.json is UNSET else sent.json if value is None else {"value": value}
    if content is UNSET:
        body = (sent.body or "").encode()
    else:
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if not any(name.lower() == "content-type" for name in headers):
            headers["content-type"] = _JSON
    return tuple((name.encode(), text.encode()) for name, text in headers.items()), body
