"""How well labelled requests are told apart: what is blocked of each class of attack, what of each kind of harmless
traffic, and what it costs. Offline, through the engine alone.

A corpus is JSON lines, plain or gzip: {"id", "source", "class", "label": "attack"|"benign", "method", "path",
"headers": [[name, value], …], "body": text or null, "body_b64": base64 where it is no text}; an attack may be "weak"
(one only in a context, counted apart), a harmless one "hard" (the kind of difficulty). A request is blocked where the
verdict says so, whatever the mode.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from rich.console import Console
from rich.table import Column, Table

from gatelens.bench.decoders import built_in
from gatelens.engine import Engine
from gatelens.model.finding import Action
from gatelens.model.message import Message, Phase
from gatelens.ruleset.loader import load

_SMALL_BODY = 4 * 1024
_ENOUGH = 20
"""Records that a class needs to count in the mean over classes."""

_WIDTH = 100


class Case(Struct, frozen=True):
    """One labelled request. `kind` is the class of an attack, or what makes a harmless request hard, else `plain`."""

    id: str
    source: str
    kind: str
    attack: bool
    weak: bool
    message: Message


class Judged(Struct, frozen=True):
    """What came of a case: the rules that block it, and the seconds that inspecting took."""

    case: Case
    rules: tuple[str, ...]
    took: float

    @property
    def blocked(self) -> bool:
        """Whether any rule blocks it."""
        return bool(self.rules)

    @property
    def wrong(self) -> bool:
        """Whether it came out otherwise than it should; a weak attack may come out either way."""
        return self.blocked is not self.case.attack and not (self.case.weak and not self.blocked)


def main(arguments: list[str] | None = None) -> None:
    """Score the corpora and print the figures; exit 2 where one cannot be read."""
    ask = argparse.ArgumentParser(prog="scripts/score", description=__doc__.partition("\n\n")[0] if __doc__ else "")
    ask.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS", help="labelled requests: .jsonl or .jsonl.gz")
    ask.add_argument("--rules", type=Path, metavar="DIR", help="rules directory; default: the built-in rules")
    ask.add_argument("--wrong", action="store_true", help="name each request judged wrongly and the rules that block")
    given = ask.parse_args(arguments)
    engine = Engine(load(given.rules or built_in()))
    console = Console(width=max(Console().width, _WIDTH))
    try:
        judged = [judge(engine, case) for path in given.corpora for case in read(path)]
    except (OSError, EOFError, ValueError, KeyError) as error:
        console.print(f"not a corpus: {type(error).__name__}: {error}", markup=False)
        raise SystemExit(2) from error
    for table in (attacks(judged), harmless(judged), by_rule(judged)):
        console.print(table)
    console.print(cost(judged))
    for row in judged if given.wrong else ():
        if row.wrong:
            console.print(f"{row.case.id} {row.case.kind} {' '.join(row.rules) or 'passed'}", markup=False)


def read(path: Path) -> Iterator[Case]:
    """The cases of a corpus. Raises OSError, ValueError or KeyError where it is none."""
    source = path.name.split(".")[0]
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield _case(source, json.loads(line))


def _case(source: str, record: Mapping[str, Any]) -> Case:
    attack = record["label"] == "attack"
    body = record.get("body") or ""
    message = Message(
        phase=Phase.REQUEST,
        method=record["method"],
        target=record["path"] or "/",
        headers=tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in record["headers"]),
        body=b64decode(record["body_b64"]) if record.get("body_b64") else body.encode("utf-8", "surrogateescape"),
        time=time.time(),
    )
    kind = record["class"] if attack else record.get("hard") or "plain"
    return Case(record["id"], source, kind, attack, bool(record.get("weak")), message)


def judge(engine: Engine, case: Case) -> Judged:
    """Inspect one case."""
    started = time.perf_counter()
    decision = engine.inspect(case.message)
    took = time.perf_counter() - started
    rules = dict.fromkeys(finding.rule for finding in decision.findings if finding.action >= Action.THROTTLE)
    return Judged(case, tuple(rules), took)


def attacks(judged: Iterable[Judged]) -> Table:
    """What is blocked of each class, source by source, and the mean over the classes that are not too small."""
    strong: dict[str, list[Judged]] = {}
    weak: list[Judged] = []
    for row in judged:
        if row.case.attack:
            (weak if row.case.weak else strong.setdefault(row.case.kind, [])).append(row)
    table = _table("class, source", "blocked")
    for kind, rows in sorted(strong.items()):
        table.add_row(kind, *_share(rows), style="bold")
        for source, own in sorted(_by_source(rows).items()):
            table.add_row(f"  {source}", *_share(own))
    rates = [_rate(rows) for rows in strong.values() if len(rows) >= _ENOUGH]
    if rates:
        mean = f"mean over the {len(rates)} classes of {_ENOUGH} or more"
        table.add_row(mean, "", "", f"{sum(rates) / len(rates):.2%}", style="bold")
    if weak:
        table.add_row("(weak: attacks only in a context)", *_share(weak))
    return table


def harmless(judged: Iterable[Judged]) -> Table:
    """What is blocked of each kind of harmless traffic, source by source."""
    kinds: dict[str, list[Judged]] = {}
    for row in judged:
        if not row.case.attack:
            kinds.setdefault(row.case.kind, []).append(row)
    table = _table("harmless: kind, source", "blocked")
    for kind, rows in sorted(kinds.items()):
        table.add_row(kind, *_share(rows), style="bold")
        for source, own in sorted(_by_source(rows).items()):
            table.add_row(f"  {source}", *_share(own))
    return table


def by_rule(judged: Iterable[Judged]) -> Table:
    """What each rule blocks, alone or with others."""
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for row in judged:
        (right if row.case.attack else false).update(row.rules)
    table = Table("rule", Column("attacks", justify="right"), Column("harmless", justify="right"))
    for rule in sorted(right | false):
        table.add_row(rule, f"{right[rule]:,}", f"{false[rule]:,}")
    return table


def cost(judged: Iterable[Judged]) -> str:
    """Median, 99th percentile and most of the inspection of harmless requests with small bodies; most of all."""
    rows = list(judged)
    small = sorted(row.took for row in rows if not row.case.attack and len(row.case.message.body) <= _SMALL_BODY)
    if not small:
        return "no harmless request with a small body"
    median, late = small[len(small) // 2], small[len(small) * 99 // 100]
    worst = max(rows, key=lambda row: row.took)
    return (
        f"{len(small):,} harmless requests with bodies up to {_SMALL_BODY:,} bytes: p50 {median * 1e6:,.0f} µs, "
        f"p99 {late * 1e6:,.0f} µs, most {small[-1] * 1e3:,.1f} ms; "
        f"of all {len(rows):,} requests most {worst.took * 1e3:,.1f} ms ({worst.case.id})"
    )


def _by_source(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    sources: dict[str, list[Judged]] = {}
    for row in rows:
        sources.setdefault(row.case.source, []).append(row)
    return sources


def _rate(rows: Sequence[Judged]) -> float:
    return sum(row.blocked for row in rows) / len(rows)


def _share(rows: Sequence[Judged]) -> tuple[str, str, str]:
    return f"{len(rows):,}", f"{sum(row.blocked for row in rows):,}", f"{_rate(rows):.2%}"


def _table(first: str, second: str) -> Table:
    return Table(first, *(Column(name, justify="right") for name in ("requests", second, "share")), pad_edge=False)
