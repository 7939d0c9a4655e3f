"""Decide whether a text stays one literal wherever it is put, within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.sql.breakout import QUOTED, Exit, Place, exits
from gatelens.languages.sql.drawing import explanation
from gatelens.languages.sql.effect import Act, Effect, Grade
from gatelens.languages.sql.effects import effects, is_cut_only, is_cut_prefix
from gatelens.languages.sql.fragments import MOST_CHARACTERS, broken_off, fragment
from gatelens.languages.sql.grammar import parses
from gatelens.languages.sql.lexer import NOTHING_READ, Ending, Kind, Reading, read
from gatelens.languages.sql.names import Names
from gatelens.languages.sql.spelling import spellings
from gatelens.languages.sql.words import FUNCTIONS
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation

_EVIDENCE = 200
_EFFECTS_TOLD = 3
_EXIT_COST = 4
"""An exit costs as much as so many tokens."""

_CHARACTERS_A_TOKEN = 512
"""Characters that cost as much to spell otherwise, or to go through in a string, as a token to read."""

_TOKENS_A_PARSE = 16
"""Tokens of a statement to be parsed, that it may have before it counts as one more."""

_TOO_LONG = "too long to be read in full"
_PLACES_OF_THE_LIKELY = QUOTED | {Place.NUMBER, Place.STRING}
_CALLS_IN_CALLS = 3
_SHOWN = frozenset("select insert update delete create alter drop with show".split())
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


class Found(Struct, frozen=True):
    """A way in which a text is an injection: `reading` goes on behind `exit_`; without an exit the text is a piece."""

    confirmed: Confirmed
    reading: Reading
    exit_: Exit | None


def injection(text: str, grammar: Grammar, budget: Budget) -> Confirmed | None:
    """The first way in which `text` is an injection, or None. What goes beyond the budget is one: fail closed."""
    found = analyse(text, grammar, budget)
    return found.confirmed if found else None


def analyse(text: str, grammar: Grammar, budget: Budget) -> Found | None:
    """As `injection`, with what shows it."""
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
                    words = f"{exit_.place.value}, {_TOO_LONG}"
                    return Found(Confirmed(_evidence(spelling, exit_), words, steps), NOTHING_READ, exit_)
                reading = read(spelling, exit_.start, family, most)
                left -= len(reading.tokens)
                budget.tokens -= len(reading.tokens) + reading.size // _CHARACTERS_A_TOKEN
                if reading == before:
                    continue  # most texts read the same in every family
                before = reading
                if words := _judge(reading, exit_, grammar, budget):
                    return Found(Confirmed(_evidence(spelling, exit_), words, steps), reading, exit_)
        if len(spelling) <= MOST_CHARACTERS and (words := fragment(spelling, grammar.names)):
            return Found(Confirmed(spelling[:_EVIDENCE], words, steps), NOTHING_READ, None)
    return None


def explain(text: str, grammar: Grammar, budget: Budget) -> Explanation | None:
    """How `text`, an injection, reads in a statement beside an ordinary value."""
    found = analyse(text, grammar, budget)
    if found is None:
        return None
    words = found.confirmed.explanation
    return explanation(found.reading, found.exit_, grammar.dialects, grammar.most_nesting, words)


def _evidence(text: str, exit_: Exit) -> str:
    start = max(0, exit_.start - 1)
    return text[start : start + _EVIDENCE]


def _judge(reading: Reading, exit_: Exit, grammar: Grammar, budget: Budget) -> str:
    """Why the tokens behind `exit_` are an injection, or an empty text."""
    place = exit_.place
    if reading.ending is Ending.PROSE:
        return ""
    if place in QUOTED and exit_.short and (words := _cut(reading, exit_)):
        return f"{place.value}, {words}"
    if reading.ending is Ending.LIMIT:
        return f"{place.value}, {_TOO_LONG}"
    if place in QUOTED and _is_quotation(reading):
        return ""
    if place not in QUOTED and reading.ending is Ending.END and reading.tokens and reading.tokens[-1].text == "?":
        return ""  # a question
    found = [
        effect for effect in effects(reading, grammar.names, place, short=exit_.short) if _fits(effect, reading, exit_)
    ]
    best = max((effect.grade for effect in found), default=Grade.CHANCE)
    if best is Grade.CHANCE or (best is Grade.LIKELY and not _may_be_likely(reading, place)):
        broken = place in QUOTED and exit_.short and broken_off(reading, grammar.names)
        return f"{place.value}, {broken}" if broken else ""
    telling = list(dict.fromkeys(effect.words for effect in found if effect.grade is best))
    words = ", ".join(telling[:_EFFECTS_TOLD])
    if best is Grade.CERTAIN and not _must_parse(found, reading, place):
        return f"{place.value}, {words}"
    budget.parses -= 1 + len(reading.tokens) // _TOKENS_A_PARSE
    if budget.parses < 0:
        return f"{place.value}, {words}; too many such values to parse each"
    dialect = parses(reading, exit_, grammar.dialects, grammar.most_nesting)
    return f"{place.value}, {words}; {dialect}" if dialect else ""


def _is_quotation(reading: Reading) -> bool:
    """Whether a statement stands between two quotes, and a text goes on behind them: it is shown, not added."""
    if reading.ending is not Ending.OPEN or reading.tokens[0].text not in _SHOWN:
        return False
    last = reading.tokens[-1].text
    return not last or last[0].isspace() or last[0] in ".,;:)"


def _cut(reading: Reading, exit_: Exit) -> str:
    """What a text does that ends right behind its quote."""
    if is_cut_only(reading):
        return "cuts the rest off with a comment"
    if is_cut_prefix(reading, first=exit_.first):
        return "adds a connector and ends there"
    return ""


def _fits(effect: Effect, reading: Reading, exit_: Exit) -> bool:
    """Whether an effect counts there: sums may hold conditions (`2+2=4 and 3+3=6`), code calls, and prose quotes."""
    cut = reading.ending is Ending.COMMENT
    if effect.act is Act.CONSTANT and not exit_.tight:
        return False
    if exit_.place is Place.NUMBER and effect.act in (Act.CONDITION, Act.CONSTANT):
        decides = effect.grade is Grade.CERTAIN and any(token.text == "case" for token in reading.tokens)
        return cut or decides or not reading.tokens or reading.tokens[0].text not in _COMPUTING
    if exit_.place is Place.CALL:
        return effect.act is not Act.OTHER or (cut and reading.terse) or _calls_only(reading)
    return True


def _calls_only(reading: Reading) -> bool:
    """Whether a text is calls within calls of a database's functions, on no names: `hex(substr(version(),1,1))`."""
    calls = [token.text for token in reading.tokens if token.kind is Kind.CALL]
    return (
        len(calls) >= _CALLS_IN_CALLS
        and FUNCTIONS.issuperset(calls)
        and not any(token.kind in (Kind.WORD, Kind.QUOTED) for token in reading.tokens)
    )


def _may_be_likely(reading: Reading, place: Place) -> bool:
    """Whether what is only likely may count at `place`: not where prose and code begin as it does."""
    if place is Place.NOTHING:
        return reading.ending is Ending.COMMENT and reading.terse
    return place in _PLACES_OF_THE_LIKELY


def _must_parse(found: Sequence[Effect], reading: Reading, place: Place) -> bool:
    """Whether an expression is told from code only by its grammar: no comment cuts it, and it adds no query to it."""
    if place not in (Place.EXPRESSION, Place.CALL) or reading.ending is Ending.COMMENT:
        return False
    return not any(effect.words.endswith("SELECT") for effect in found)
