"""The outcome of a replay as a table for a terminal or a log."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gatelens import masking
from gatelens.replay.captures import Outcome

_LOG_WIDTH = 160
"""Columns where there is no terminal: a log cut at 80 hides the difference it is read for."""


def print_table(outcomes: Iterable[Outcome], console: Console | None = None) -> None:
    """Print one row a capture: its name, number of flows, result and differences."""
    table = Table("capture", "flows", "result", "differences", pad_edge=False)
    table.columns[1].justify = "right"
    for outcome in outcomes:
        word, style = _result(outcome)
        details = [*map(str, outcome.faults), *outcome.broken, *outcome.differences]
        table.add_row(
            _plain(outcome.capture.name), Text(str(outcome.flows)), Text(word, style), _plain("\n".join(details))
        )
    (console or _console()).print(table)


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_LOG_WIDTH)


def _result(outcome: Outcome) -> tuple[str, str]:
    if outcome.faults:
        return "bad expectation", "red"
    if outcome.broken:
        return "broken", "red"
    if outcome.updated:
        return "updated", "yellow"
    return ("different", "red") if outcome.differences else ("as expected", "green")


def _plain(text: str) -> Text:
    """Text with nothing in it that a terminal obeys: a location may quote a key of the traffic."""
    return Text(masking.printable(text, kept="\n"), overflow="fold")
