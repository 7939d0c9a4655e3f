"""Live events: what may go on goes on at once, and after a blocked event nothing does."""

from __future__ import annotations

import pytest
from gatelens.decoders.event_stream import BASE_EVENTS
from gatelens.mitm.event_streams import LiveEvents
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Category, Edit, Finding, Severity
from gatelens.model.location import WHOLE_MESSAGE


class Judge:
    """Blocks what holds `bad`, takes `secret` out, and would block `odd` if it were not in detect mode."""

    def __init__(self) -> None:
        self.judged: list[bytes] = []
        self.told: list[str] = []

    def decide(self, content: bytes) -> Decision:
        self.judged.append(content)
        if b"broken" in content:
            raise MemoryError
        start = content.find(b"secret")
        if b"bad" in content:
            return self._decision(Action.BLOCK, Action.BLOCK)
        if b"odd" in content:
            return self._decision(Action.LOG, Action.BLOCK)
        if start >= 0:
            return self._decision(Action.REDACT, Action.REDACT, content, Edit((start, start + 6), b"***"))
        return Decision(action=Action.ALLOW, verdict=Action.ALLOW, mode="block", mode_source="", route="", generation=1)

    def _decision(self, action: Action, verdict: Action, content: bytes = b"", *edits: Edit) -> Decision:
        finding = Finding(
            rule="r",
            severity=Severity.HIGH,
            action=verdict,
            category=Category.RESPONSE,
            location=WHOLE_MESSAGE,
        )
        return Decision(
            action=action,
            verdict=verdict,
            mode="block",
            mode_source="",
            route="",
            generation=1,
            findings=(finding,),
            edits=edits,
            content=content,
        )

    def note(self, decision: Decision, _started: int) -> None:
        self.told.append(decision.action.word)


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def live(judge: Judge) -> LiveEvents:
    return LiveEvents(100, judge.decide, judge.note)


def test_an_event_is_held_until_it_is_whole_and_no_empty_piece_is_given(live: LiveEvents) -> None:
    assert live(b"data: a") == []
    assert live(b"\n") == []
    assert live(b"\n") == [b"data: a\n\n"]
    assert live(b"") == []


def test_what_is_left_at_the_end_is_judged_too(live: LiveEvents, judge: Judge) -> None:
    assert live(b"data: bad") == []
    assert live(b"") == []
    assert (live.cut, judge.told) == (True, ["block"])


def test_events_that_come_together_are_judged_together(live: LiveEvents, judge: Judge) -> None:
    assert live(b"data: a\n\ndata: secret\n\n") == [b"data: a\n\ndata: ***\n\n"]
    assert (len(judge.judged), judge.told) == (1, ["redact"])


def test_of_events_that_come_together_those_before_the_blocked_one_go_on(live: LiveEvents, judge: Judge) -> None:
    assert live(b"data: a\n\ndata: secret\n\ndata: bad\n\ndata: b\n\n") == [b"data: a\n\ndata: ***\n\n"]
    assert (live.cut, judge.told) == (True, ["redact", "block"])
    assert live(b"data: c\n\n") == []
    assert live(b"") == []


def test_in_detect_mode_each_event_that_would_be_blocked_is_told(live: LiveEvents, judge: Judge) -> None:
    stream = b"data: odd\n\ndata: a\n\ndata: odd\n\n"
    assert live(stream) == [stream]
    assert (live.cut, judge.told) == (False, ["log", "log"])


def test_very_many_events_are_judged_in_parts(judge: Judge) -> None:
    live = LiveEvents(1_000_000, judge.decide, judge.note)
    stream = b"data: a\n\n" * (BASE_EVENTS * 2 + 1)
    assert live(stream) == [stream]
    assert [len(content) for content in judge.judged] == [BASE_EVENTS * 9, BASE_EVENTS * 9, 9]


def test_the_events_of_one_part_are_together_no_larger_than_one_may_be(live: LiveEvents, judge: Judge) -> None:
    stream = b"data: 0123456789012345678901234567890123456789\n\n" * 4
    assert live(stream) == [stream]
    assert all(len(content) <= 100 for content in judge.judged)


def test_an_event_over_its_size_is_judged_by_that_and_its_rest_goes_on_with_it(live: LiveEvents, judge: Judge) -> None:
    large = b"data: " + b"x" * 200
    assert live(large) == [large]
    assert live(b"more") == [b"more"]
    assert live(b"end\n\ndata: secret\n\n") == [b"end\n\ndata: ***\n\n"]
    assert judge.judged == [large, b"data: secret\n\n"]


def test_blank_lines_alone_cost_no_judgement(live: LiveEvents, judge: Judge) -> None:
    assert live(b"\n\n\r\n") == [b"\n\n\r\n"]
    assert judge.judged == []


def test_a_fault_of_ours_ends_the_stream_and_does_not_raise(live: LiveEvents) -> None:
    assert live(b"data: a\n\n") == [b"data: a\n\n"]
    assert live(b"data: broken\n\n") == []
    assert (live.cut, live(b"data: a\n\n")) == (True, [])
