"""What each inspector costs beyond decoding: for the harmless and the harmful examples of its own rules, and for the
same examples repeated until they fill a message, in one value and in many.

Times are of the thread on the processor, the least of a few. Decoding and the look of the shared scan for triggers of
other inspectors are not counted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct
from rich.console import Console
from rich.table import Column, Table

from gatelens import rulecheck
from gatelens.bench import budget
from gatelens.bench.decoders import built_in
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.engine import Engine
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Example, Rule
from gatelens.ruleset.loader import Ruleset, load

ALLOWED = 0.020
"""Seconds that one inspector may take for one message on the machine of the budget."""

LARGE = 63 * 1024
"""Bytes of the messages that are filled: about as much as one value may have."""

_WIDTH = 110
_TIMES = 5


class Cost(Struct, frozen=True):
    """What one inspector costs, in seconds: the median of examples, and the most of the messages they fill."""

    inspector: str
    rules: int
    ignored: float
    matched: float
    worst: float
    worst_message: str


def main(arguments: list[str] | None = None) -> None:
    """Measure and print; exit 1 where an inspector is over what --check allows."""
    ask = argparse.ArgumentParser(prog="scripts/bench inspectors", description=__doc__)
    ask.add_argument("--check", action="store_true", help="exit 1 where an inspector takes more than it may")
    ask.add_argument("--factor", type=float, default=1, help="times what is allowed, for a machine that is not calm")
    ask.add_argument(
        "--examples", type=int, default=20, help="of each kind and rule, to fill messages with; spread evenly"
    )
    ask.add_argument("--only", default="", help="inspectors whose name holds this text")
    ask.add_argument("--rules", type=Path, help="rules directory; the built-in rules where none is given")
    given = ask.parse_args(arguments)
    costs = list(measure(load(given.rules or built_in()), given.only, given.examples))
    slowness = budget.slowness()
    console = Console(width=max(Console().width, _WIDTH))
    console.print(_table(costs, slowness))
    console.print(f"This machine now takes {slowness:.2f} times as long as that of the budget.")
    over = [cost for cost in costs if cost.worst > ALLOWED * slowness * given.factor]
    for cost in over if given.check else ():
        console.print(f"over what it may take: {cost.inspector}, {cost.worst * 1e3:.1f} ms for {cost.worst_message}")
    raise SystemExit(given.check and bool(over))


def measure(ruleset: Ruleset, only: str = "", examples: int = 20) -> Iterator[Cost]:
    """The cost of each inspector of `ruleset` that looks at requests, alone."""
    for name in sorted({rule.inspector for rule in ruleset.rules}):
        rules = [rule for rule in ruleset.rules if rule.inspector == name and rule.phase is Phase.REQUEST]
        if not rules or only not in name:
            continue
        engine = Engine(ruleset, selection={name})
        ignored = [message for rule in rules for message in messages(rule, rule.tests.ignore)]
        matched = [message for rule in rules for message in messages(rule, rule.tests.match)]
        worst = [(_cost(engine, message, 1), words) for rule in rules for words, message in filled(rule, examples)]
        most, message = max(worst, default=(0.0, ""))
        yield Cost(name, len(rules), _median(engine, ignored), _median(engine, matched), most, message)


def filled(rule: Rule, most: int = 20) -> Iterator[tuple[str, Message]]:
    """Messages full of an example of `rule` that is one value: joined to one, and many of them, each made another. Of
    matching and of other examples at most so many are taken, spread evenly."""
    for expected, examples in (("match", rule.tests.match), ("ignore", rule.tests.ignore)):
        step = -(-len(examples) // most)
        for index, example in list(enumerate(examples))[::step]:
            value = example if isinstance(example, str) else example.value
            if not value:
                continue
            name = f"{rule.id} {expected} {index}"
            copies = LARGE // (len(value.encode("utf-8", "replace")) + 1)
            yield f"{name}, one value", _message({"value": " ".join([value] * copies)[:LARGE]})
            yield f"{name}, many values", _message([f"{value}{number}" for number in range(min(copies, 4_000))])


def _message(content: object) -> Message:
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    headers = ((b"content-type", b"application/json"),)
    return Message(phase=Phase.REQUEST, method="POST", target="/", headers=headers, body=body, time=1_800_000_000.0)


def messages(rule: Rule, examples: Iterable[str | Example]) -> list[Message]:
    """The messages that examples of `rule` stand for."""
    return [
        rulecheck.message_of(rule, Example(value=example) if isinstance(example, str) else example)
        for example in examples
    ]


def _median(engine: Engine, messages: Sequence[Message]) -> float:
    return median([_cost(engine, message, _TIMES) for message in messages] or [0.0])


def _cost(engine: Engine, message: Message, times: int) -> float:
    """Seconds that inspecting `message` takes more than decoding it."""
    limits = engine.route_of(message).limits
    decoding = budget.best(lambda: decode(message, Decoded(), limits, set(), set()), times)
    return max(0.0, budget.best(lambda: engine.inspect(message), times) - decoding)


def _table(costs: Iterable[Cost], slowness: float) -> Table:
    numbers = ("rules", "ignored µs", "matched µs", "worst ms", "of allowed")
    table = Table("inspector", *(Column(name, justify="right") for name in numbers), "worst message")
    for cost in sorted(costs, key=lambda cost: -cost.worst):
        share = cost.worst / slowness / ALLOWED
        table.add_row(
            cost.inspector,
            str(cost.rules),
            f"{cost.ignored * 1e6:,.0f}",
            f"{cost.matched * 1e6:,.0f}",
            f"{cost.worst * 1e3:.1f}",
            f"[bold red]{share:.2f}[/]" if share > 1 else f"{share:.2f}",
            cost.worst_message,
        )
    return table
