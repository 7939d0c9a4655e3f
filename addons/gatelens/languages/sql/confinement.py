"""Decide whether a text stays one literal wherever it is put, within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.sql.breakout import QUOTED, Exit, Place, exits
from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.effects import Names, effects, is_cut_only, is_cut_prefix
from gatelens.languages.sql.grammar import parses
from gatelens.languages.sql.lexer import Ending, Reading, read
from gatelens.languages.sql.spelling import spellings
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_EFFECTS_TOLD = 3
_EXIT_COST = 4
"""An exit costs as much as so many tokens."""

_CHARACTERS_A_TOKEN = 64
"""Characters that cost as much to spell otherwise as a token to read."""

_TOKENS_A_PARSE = 16
"""Tokens of a statement to be parsed, that it may have before it counts as one more."""

_TOO_LONG = "too long to be read in full"
_PLACES_OF_THE_LIKELY = QUOTED | {Place.NUMBER, Place.STRING}
_COMPUTING = frozenset("+ - * / % = < > ^ & |".split())


class Grammar(Struct, frozen=True):
    """What the analysis goes by: telling names, dialects to try, and limits of one text."""

    names: Names
    dialects: Sequence[str]
    most_nesting: int
    most_tokens: int


class Budget:
    """What is left to be spent on one message: tokens to read, statements to parse."""

    __slots__ = ("parses", "tokens")

    def __init__(self, tokens: int, parses: int) -> None:
        self.tokens = tokens
        self.parses = parses

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can be analysed."""
        return self.tokens <= 0 or self.parses < 0


def injection(text: str, grammar: Grammar, budget: Budget) -> Confirmed | None:
    """The first way in which `text` is an injection, or None. What goes beyond the budget is one: fail closed."""
    budget.tokens -= 1
    left = grammar.most_tokens
    for spelling, steps in spellings(text):
        if steps:
            budget.tokens -= len(spelling) // _CHARACTERS_A_TOKEN
        for exit_ in exits(spelling):
            before: Reading | None = None
            for family in exit_.families:
                budget.tokens -= _EXIT_COST
                most = min(left, budget.tokens)
                if most <= 0:
                    return Confirmed(_evidence(spelling, exit_), f"{exit_.place.value}, {_TOO_LONG}", steps)
                reading = read(spelling, exit_.start, family, most)
                left -= len(reading.tokens)
                budget.tokens -= len(reading.tokens) + reading.size // _CHARACTERS_A_TOKEN
                if reading == before:
                    continue  # most texts read the same in every family
                before = reading
                if explanation := _judge(reading, exit_, grammar, budget):
                    return Confirmed(_evidence(spelling, exit_), explanation, steps)
    return None


def _evidence(text: str, exit_: Exit) -> str:
    start = max(0, exit_.start - 1)
    return text[start : start + _EVIDENCE]


def _judge(reading: Reading, exit_: Exit, grammar: Grammar, budget: Budget) -> str:
    """Why the tokens behind `exit_` are an injection, or an empty text."""
    place = exit_.place
    if reading.ending is Ending.PROSE:
        return ""
    if place in QUOTED and exit_.short and (words := _cut(reading)):
        return f"{place.value}, {words}"
    if reading.ending is Ending.LIMIT:
        return f"{place.value}, {_TOO_LONG}"
    found = [
        effect for effect in effects(reading, grammar.names, quoted=place in QUOTED) if _fits(effect, reading, exit_)
    ]
    best = max((effect.grade for effect in found), default=Grade.CHANCE)
    if best is Grade.CHANCE or (best is Grade.LIKELY and place not in _PLACES_OF_THE_LIKELY):
        return ""
    telling = list(dict.fromkeys(effect.words for effect in found if effect.grade is best))
    words = ", ".join(telling[:_EFFECTS_TOLD])
    if best is Grade.CERTAIN and not _must_parse(found, reading, place):
        return f"{place.value}, {words}"
    budget.parses -= 1 + len(reading.tokens) // _TOKENS_A_PARSE
    if budget.parses < 0:
        return f"{place.value}, {words}; too many such values to parse each"
    dialect = parses(reading, exit_, grammar.dialects, grammar.most_nesting)
    return f"{place.value}, {words}; {dialect}" if dialect else ""


def _cut(reading: Reading) -> str:
    """What a text does that ends right behind its quote."""
    if is_cut_only(reading):
        return "cuts the rest off with a comment"
    if is_cut_prefix(reading):
        return "adds a connector and ends there"
    return ""


def _fits(effect: Effect, reading: Reading, exit_: Exit) -> bool:
    """Whether an effect counts there: sums may hold conditions (`2+2=4 and 3+3=6`), code calls, and prose quotes."""
    cut = reading.ending is Ending.COMMENT
    if effect.act is Act.CONSTANT and not exit_.tight:
        return False
    if exit_.place is Place.NUMBER and effect.act in (Act.CONDITION, Act.CONSTANT):
        return cut or not reading.tokens or reading.tokens[0].text not in _COMPUTING
    if exit_.place is Place.CALL:
        return effect.act is not Act.OTHER or (cut and reading.terse)
    return True


def _must_parse(found: Sequence[Effect], reading: Reading, place: Place) -> bool:
    """Whether an expression is told from code only by its grammar: no comment cuts it, and it adds no query to it."""
    if place not in (Place.EXPRESSION, Place.CALL) or reading.ending is Ending.COMMENT:
        return False
    return not any(effect.words.endswith("SELECT") for effect in found)
