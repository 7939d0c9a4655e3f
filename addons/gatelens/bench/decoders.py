"""What decoding and inspecting costs for harmless messages of every format and for the ones that cost most.

Times are of the thread on the processor, the least of a few. The last column but one is the share of the budget that
inspecting took, in units of the machine: gatelens.bench.budget says how that is found and what is charged for.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.table import Column, Table

from gatelens.bench import budget
from gatelens.bench.cases import BENIGN, NASTY, Case
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.engine import Engine
from gatelens.model.message import Message
from gatelens.ruleset.loader import load

SMALL = 2 * 1024
LARGE = (64 * 1024, 2 * 1024 * 1024 - 1024)
"""The larger one is as much as the limit on bodies lets through, whatever stands around what is repeated."""

_WIDTH = 110
"""Columns that the tables need, for where the output is no terminal."""


class Measured(Struct, frozen=True):
    """A message of `size` bytes; times in seconds. `used` is the share of the budget that inspecting took."""

    name: str
    size: int
    decoding: float
    inspecting: float
    used: float
    action: str


def main(arguments: list[str] | None = None) -> None:
    """Measure and print; exit 1 where a case of --check is over its budget."""
    ask = argparse.ArgumentParser(prog="scripts/bench decoders", description=__doc__)
    ask.add_argument("--check", action="store_true", help="exit 1 where a case takes more than its budget")
    ask.add_argument("--factor", type=float, default=1, help="times the budget, for a machine that is not calm")
    ask.add_argument("--only", default="", help="cases whose name holds this text")
    ask.add_argument("--rules", type=Path, help="rules directory; the built-in rules where none is given")
    given = ask.parse_args(arguments)
    engine = Engine(load(given.rules or built_in()))
    slowness = budget.slowness()
    console = Console(width=max(Console().width, _WIDTH))
    benign = list(measure(engine, [case for case in BENIGN if given.only in case.name], (SMALL,), slowness))
    nasty = list(measure(engine, [case for case in NASTY if given.only in case.name], LARGE, slowness))
    console.print(_small_table(benign))
    console.print(_large_table(nasty))
    console.print(f"This machine now takes {slowness:.2f} times as long as that of the budget.")
    over = [row for row in (*benign, *nasty) if row.used > given.factor]
    for row in over if given.check else ():
        console.print(f"over its budget: {row.name}, {row.size:,} bytes, {row.used:.1f} times")
    raise SystemExit(given.check and bool(over))


def built_in() -> Path:
    """The rules of the repository."""
    return Path(__file__).resolve().parents[3] / "rules"


def measure(engine: Engine, cases: Sequence[Case], sizes: Iterable[int], slowness: float) -> Iterator[Measured]:
    """Each case at each size. What is over the budget is measured again, together with the machine."""
    for size in sizes:
        for case in cases:
            message = case.build(size)
            measured = _measure(engine, case.name, message, slowness)
            if measured.used > 1:
                measured = min(
                    measured,
                    _measure(engine, case.name, message, budget.slowness()),
                    key=lambda measured: measured.used,
                )
            yield measured


def _measure(engine: Engine, name: str, message: Message, slowness: float) -> Measured:
    limits = engine.route_of(message).limits
    decoded = Decoded()
    decode(message, decoded, limits, set(), set())
    size = budget.charged(message, decoded)
    action = engine.inspect(message).action.word  # and what is remembered of a message is remembered now
    times = 30 if size <= SMALL * 2 else 3
    decoding = budget.best(lambda: decode(message, Decoded(), limits, set(), set()), times)
    inspecting = budget.best(lambda: engine.inspect(message), times)
    return Measured(name, size, decoding, inspecting, inspecting / slowness / budget.allowed(size), action)


def _small_table(rows: Iterable[Measured]) -> Table:
    table = Table(
        Column("harmless", no_wrap=True),
        "bytes",
        "decode µs",
        "inspect µs",
        "µs/KB",
        "of budget",
        "action",
        title="Small messages",
    )
    for row in rows:
        table.add_row(
            row.name,
            f"{row.size:,}",
            f"{row.decoding * 1e6:,.0f}",
            f"{row.inspecting * 1e6:,.0f}",
            f"{row.inspecting * 1e6 / (row.size / 1024):.1f}",
            f"{row.used:.2f}",
            row.action,
        )
    return table


def _large_table(rows: Iterable[Measured]) -> Table:
    table = Table(
        Column("costly", no_wrap=True),
        "bytes",
        "decode ms",
        "inspect ms",
        "ms/MiB",
        "of budget",
        "action",
        title="Costly messages",
    )
    for row in sorted(rows, key=lambda row: -row.used):
        table.add_row(
            row.name,
            f"{row.size:,}",
            f"{row.decoding * 1e3:,.1f}",
            f"{row.inspecting * 1e3:,.1f}",
            f"{row.inspecting * 1e3 / (row.size / 1_048_576):,.0f}",
            f"[bold red]{row.used:.2f}[/]" if row.used > 1 else f"{row.used:.2f}",
            row.action,
        )
    return table
