from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from gatelens.bench import faults, fuzz
from gatelens.bench.cases import BENIGN, NASTY
from gatelens.bench.decoders import built_in
from gatelens.bench.mutations import MOST, mutated, shrunk
from gatelens.engine import Engine
from gatelens.model.decision import Decision
from gatelens.model.location import Location, Part
from gatelens.model.message import Message
from gatelens.ruleset.loader import load
from msgspec import structs

from tests.support.messages import request
from tests.support.rules import engine_of, words

FACTOR = 300
"""Times the budget: twenty seconds beside other tests are to catch what grows faster than its length, or raises.
`scripts/fuzz` is held to the budget itself."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("rules"), words("evil", "evil"))


@pytest.mark.timeout(180)
def test_no_message_of_twenty_seconds_fuzzing_raises_or_takes_too_long(tmp_path: Path) -> None:
    failures, population, count = fuzz.run(Engine(load(built_in())), 20, 1, tmp_path, FACTOR)
    assert [(failure.fault.kind, failure.fault.words, failure.path.name) for failure in failures] == []
    assert count > 100
    assert len(population.slowest()) > 5


def test_a_seed_gives_the_same_changes_and_another_one_others() -> None:
    seeds = [case.build(512) for case in (*BENIGN, *NASTY)]

    def some(seed: int) -> list[Message]:
        chance = Random(seed)
        return [mutated(chance.choice(seeds), seeds, chance) for _ in range(20)]

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_a_changed_message_stays_within_the_limit_on_bodies_and_keeps_its_phase() -> None:
    chance = Random(3)
    seeds = [case.build(4_096) for case in (*BENIGN, *NASTY)]
    for _ in range(150):
        parent = chance.choice(seeds)
        child = mutated(parent, seeds, chance)
        assert len(child.body) <= MOST
        assert child.phase is parent.phase


def test_pieces_are_shorter() -> None:
    assert all(len(piece) < 100 for piece in shrunk(bytes(100)))
    assert shrunk(b"") == []


class TestFaults:
    """Each is a fault that the engine is made to have."""

    def kind(self, engine: Engine, body: bytes = b'{"a": ["evil"]}', factor: float = 1000) -> str:
        tried = faults.trial(engine, request(body), 1, factor)
        return tried.fault.kind if tried.fault else ""

    def changed(self, monkeypatch: pytest.MonkeyPatch, engine: Engine, location: Location) -> None:
        inspect = Engine.inspect

        def misplace(self: Engine, message: Message) -> Decision:
            decision = inspect(self, message)
            return structs.replace(
                decision, findings=tuple(structs.replace(found, location=location) for found in decision.findings)
            )

        monkeypatch.setattr(Engine, "inspect", misplace)

    def test_a_right_finding_is_no_fault(self, engine: Engine) -> None:
        assert self.kind(engine) == ""

    def test_an_exception(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Engine, "inspect", lambda *_: 1 / 0)
        assert self.kind(engine) == "raised"

    def test_a_failed_inspection(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Engine, "_findings", lambda *_: 1 / 0)
        assert self.kind(engine) == "failed"

    def test_a_span_outside_of_the_body(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.changed(monkeypatch, engine, Location(Part.BODY, "/a/0", False, (7, 99)))
        assert self.kind(engine) == "span"

    @pytest.mark.parametrize("pointer", ["/b", "/a/1", "/a/x", "/a/0x"])
    def test_a_pointer_that_leads_nowhere(self, engine: Engine, monkeypatch: pytest.MonkeyPatch, pointer: str) -> None:
        self.changed(monkeypatch, engine, Location(Part.BODY, pointer))
        assert self.kind(engine) == "pointer"

    def test_more_time_than_the_budget(self, engine: Engine) -> None:
        assert self.kind(engine, factor=0) == "slow"

    def test_an_inspection_without_end(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        def spin(*_: object) -> Decision:
            while True:
                time.process_time()

        monkeypatch.setattr(faults, "_ENDLESS", 0.2)
        monkeypatch.setattr(Engine, "inspect", spin)
        assert self.kind(engine) == "endless"


def test_a_failure_is_made_small_and_written_so_that_it_can_be_read_again(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspect = Engine.inspect

    def fails(self: Engine, message: Message) -> Decision:
        if b"1111" in message.body:
            raise ValueError
        return inspect(self, message)

    monkeypatch.setattr(Engine, "inspect", fails)
    failures, _, _ = fuzz.run(engine, 2, 1, tmp_path, 1000)
    assert failures
    assert all(failure.fault.kind == "raised" for failure in failures)
    for failure in failures:
        again = fuzz.read(failure.path)
        assert again == failure.message
        assert b"1111" in again.body
    assert min(len(failure.message.body) for failure in failures) < 64
