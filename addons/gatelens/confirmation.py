"""Confirm what the shared scan named: each value once, within what may be spent on its message, told within bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import orjson

from gatelens.inspection import Hit, View
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE

_MAY_BE_JSON = re.compile(r"\s*+(?:\{\s*+[\"}]|\[)")
"""How objects and arrays begin that unwrapping takes apart (decoders/unwrapping). A string alone is rather a value in
quotes, which may be what gets it out of its place."""

_LONGEST_JSON = 65_536


class _Repeated(ValueError):
    """A name is there twice: one of its values is not among those taken out."""


def _once(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _Repeated


def is_taken_apart(text: str) -> bool:
    """Whether `text` is JSON (RFC 8259) each value of which unwrapping has given as a text of its own."""
    if len(text) > _LONGEST_JSON or not _MAY_BE_JSON.match(text):
        return False
    try:
        orjson.loads(text)  # as unwrapping reads it
        json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return False
    return True


class Budget(Protocol):
    """What is left to be spent on one message."""

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be analysed."""
        ...


class Work:
    """A budget in characters read."""

    __slots__ = ("left",)

    def __init__(self, characters: int) -> None:
        self.left = characters

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be analysed."""
        return self.left <= 0


def work(view: View, least: int = 65_536, times: int = 4) -> dict[str, Work]:
    """A budget for each rule of `view`: `times` the length of its body, and `least` characters in any case."""
    return {rule.id: Work(least + times * len(view.decoded.content)) for rule in view.rules}


def confirm[B: Budget](
    view: View,
    budgets: Mapping[str, B],
    judge: Callable[[Hit, B], Confirmed | None],
    too_much: str,
    *,
    anywhere: bool = False,
    leaves: bool = False,
) -> Iterator[Match]:
    """The matches among the hits of `view`, as `judge` confirms them. `judge` takes from the budget of the hit's rule
    what it spends; where that is gone, or more is found than is told, one match with the words `too_much` stands for
    all that was not looked at: fail closed. `anywhere` says that `judge` goes by the text alone, so that one found
    harmless need not be judged again in another place; `leaves`, that a text of JSON counts by the values in it, which
    are hits of their own: not for what may get out by the quotes around them.
    """
    left = dict(budgets)
    told = dict.fromkeys(left, view.told)
    harmless: set[tuple[str, str]] = set()
    for hit in view.hits:
        rule = hit.rule.id
        budget = left.get(rule)
        if budget is None or (anywhere and (rule, hit.target.text) in harmless):
            continue
        if budget.is_spent or not told[rule]:
            del left[rule]
            yield Match(rule=rule, location=WHOLE_MESSAGE, explanation=too_much)
            if not left:
                return
        elif leaves and is_taken_apart(hit.target.text):
            continue
        elif found := judge(hit, budget):
            told[rule] -= 1
            yield Match(
                rule=rule,
                location=hit.target.location,
                evidence=found.evidence,
                explanation=found.explanation,
                transformations=hit.target.transformations + found.steps,
            )
        elif anywhere:
            harmless.add((rule, hit.target.text))
