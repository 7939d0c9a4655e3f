"""Look for messages that take more than their time, raise, or get findings in places that are none.

Begins with the harmless and costly messages of every format and with the rules' own examples, changes them at random,
and keeps the slowest of each size to go on from, so that it climbs. What is found is made as small as halving makes it
and written to a file, which `--again FILE` inspects once more. The same seed tries the same changes; how far it gets
depends on the machine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct, structs
from rich.console import Console

from gatelens.bench import budget, faults
from gatelens.bench.cases import BENIGN, NASTY
from gatelens.bench.decoders import built_in
from gatelens.bench.faults import Fault, Trial
from gatelens.bench.inspectors import messages
from gatelens.bench.mutations import mutated, shrunk
from gatelens.engine import Engine
from gatelens.model.message import Message
from gatelens.ruleset.loader import load

_SEED_SIZES = (64, 512, 4_096, 65_536)
_KEPT = 8
"""Messages kept of each size, by powers of two: the slowest."""

_FROM_SEEDS = 0.4
_CALIBRATED_EVERY = 20.0
_AS_SLOW = 0.8
_MOST_SHRINKING = 24
_MOST_FAILURES = 25


class Failure(Struct, frozen=True):
    """A message that something is wrong with, as small as it got."""

    fault: Fault
    message: Message
    path: Path


class Population:
    """The slowest messages so far of each size."""

    def __init__(self) -> None:
        self._of_size: dict[int, list[tuple[float, Message]]] = {}

    def add(self, used: float, message: Message) -> None:
        """Keep `message` where it is among the slowest of its size."""
        own = self._of_size.setdefault((len(message.body) + len(message.target)).bit_length(), [])
        if len(own) < _KEPT or used > own[-1][0]:
            own.append((used, message))
            own.sort(key=lambda kept: -kept[0])
            del own[_KEPT:]

    def any(self, chance: Random) -> Message | None:
        """One of them at random: any size, and of a size any."""
        if not self._of_size:
            return None
        return chance.choice(self._of_size[chance.choice(list(self._of_size))])[1]

    def slowest(self) -> list[tuple[int, float]]:
        """For each size in bytes, rounded up to a power of two, the largest share of the budget that was used."""
        return [(1 << size, own[0][0]) for size, own in sorted(self._of_size.items())]


def main(arguments: list[str] | None = None) -> None:
    """Fuzz, print what was found; exit 1 where that is anything."""
    ask = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    ask.add_argument("--seconds", type=float, default=600)
    ask.add_argument("--seed", type=int, default=0)
    ask.add_argument("--factor", type=float, default=1, help="times the budget, for a machine that is not calm")
    ask.add_argument("--out", type=Path, default=Path("fuzz-failures"), help="directory for what fails")
    ask.add_argument("--again", type=Path, metavar="FILE", help="inspect the message of this file, nothing else")
    ask.add_argument("--rules", type=Path, help="rules directory; the built-in rules where none is given")
    given = ask.parse_args(arguments)
    engine = Engine(load(given.rules or built_in()))
    console = Console()
    if given.again:
        tried = faults.trial(engine, read(given.again), budget.slowness(), given.factor)
        console.print(f"{tried.used:.2f} of the budget; {tried.fault.words if tried.fault else 'nothing is wrong'}")
        raise SystemExit(tried.fault is not None)
    failures, population, count = run(engine, given.seconds, given.seed, given.out, given.factor)
    for failure in failures:
        console.print(f"{failure.fault.kind}: {failure.fault.words}: {failure.path}", soft_wrap=True)
    for size, used in population.slowest():
        console.print(f"up to {size:>9,} bytes: at most {used:.2f} of the budget")
    console.print(f"{count:,} messages, {len(failures)} failures, seed {given.seed}")
    raise SystemExit(bool(failures))


def run(
    engine: Engine, seconds: float, seed: int, out: Path, factor: float = 1
) -> tuple[list[Failure], Population, int]:
    """Fuzz for some seconds; the failures, one of each sort, the slowest messages, and how many were tried."""
    chance = Random(seed)  # noqa: S311  # to be repeated, not to be guessed
    seeds = [case.build(size) for case in (*BENIGN, *NASTY) for size in _SEED_SIZES]
    seeds += [message for rule in engine.rules for message in messages(rule, (*rule.tests.match, *rule.tests.ignore))]
    chance.shuffle(seeds)
    population = Population()
    failures: dict[tuple[str, str, str], Failure] = {}
    end = time.monotonic() + seconds
    calibrated, slowness = time.monotonic(), budget.slowness()
    count = 0
    while (now := time.monotonic()) < end and len(failures) < _MOST_FAILURES:
        if now - calibrated > _CALIBRATED_EVERY:
            calibrated, slowness = now, budget.slowness()
        message = _next(count, seeds, population, chance)
        count += 1
        tried = faults.trial(engine, message, slowness, factor)
        if tried.fault is None:
            population.add(tried.used, message)
            continue
        sort = tried.fault.kind, message.phase.value, _of_type(message)
        if sort not in failures:
            small, fault = _minimised(engine, message, tried, slowness, factor)
            failures[sort] = Failure(fault, small, _write(out, len(failures), small, fault))
    return list(failures.values()), population, count


def _next(count: int, seeds: Sequence[Message], population: Population, chance: Random) -> Message:
    """A seed as it is, each once; then changed seeds and changed slow messages in turn."""
    if count < len(seeds) and count % 2:
        return seeds[count]
    parent = None if chance.random() < _FROM_SEEDS else population.any(chance)
    return mutated(parent or chance.choice(seeds), seeds, chance)


def _of_type(message: Message) -> str:
    return message.header(b"content-type").partition(b";")[0].decode("latin-1")


def _minimised(engine: Engine, message: Message, found: Trial, slowness: float, factor: float) -> tuple[Message, Fault]:
    """The smallest message found by halving that has a fault of the same kind; a slow one stays about as slow."""
    assert found.fault is not None
    least = found.used * _AS_SLOW if found.fault.kind == "slow" else 0.0
    fault = found.fault
    left = _MOST_SHRINKING
    smaller = True
    while smaller and left > 0:
        smaller = False
        for body in shrunk(message.body)[:left]:
            left -= 1
            candidate = structs.replace(message, body=body)
            tried = faults.trial(engine, candidate, slowness, factor)
            if tried.fault is not None and tried.fault.kind == fault.kind and tried.used >= least:
                message, fault, smaller = candidate, tried.fault, True
                break
    return message, fault


def _write(out: Path, number: int, message: Message, fault: Fault) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{number:03}-{fault.kind}.json"
    path.write_bytes(msgspec.json.encode(message))
    return path


def read(path: Path) -> Message:
    """The message of a file that fuzzing wrote."""
    return msgspec.json.decode(path.read_bytes(), type=Message)
