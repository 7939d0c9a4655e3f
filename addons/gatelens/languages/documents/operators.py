"""Judge an operator among the names of a document by where it stands and what it is applied to.

Source: CWE-943; the MongoDB manual, "Query and Projection Operators"; Sequelize 4, "Operators".
What tells a query by design from an injection is who chose that an operator may stand there. An interface for queries
has a place for them, which is named so (`filter`, `where`, `pipeline`). Elsewhere a name stands for a value, and an
operator in its place makes the value a condition. Within a query by design a condition on a credential, one that holds
for every document, and code are what nobody asks for who may not read all.
Limits: a range with a date or a number on an ordinary field (`createdAt[$gte]`) passes anywhere: it selects, and
interfaces for lists commonly have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.documents.members import UNKNOWN, Operand
from gatelens.languages.documents.names import words


class Operators(Struct, frozen=True):
    """What the judgement goes by: operators with their `$`, words of names in lower case."""

    comparing: frozenset[str]
    connecting: frozenset[str]
    running: frozenset[str]
    reaching: frozenset[str]
    containers: frozenset[str]
    credentials: frozenset[str]
    identities: frozenset[str]

    def __contains__(self, name: str) -> bool:
        return name in self.comparing or name in self.connecting or name in self.running or name in self.reaching


_RANGES = frozenset({"$gt", "$gte", "$lt", "$lte", "$between"})
_EXPRESSIONS = _RANGES | {"$eq", "$ne", "$in", "$not"}
"""Those that compare two expressions as well, in a pipeline."""
_PATTERNS = frozenset({"$regex", "$regexp", "$iRegexp", "$like", "$iLike"})
_FOR_ALL = re.compile(r"[\^.*+?$%/()|\s]*+i?")
_DATE = re.compile(r"\d{4}-\d\d?(?:-\d\d?)?(?:[T ][\d:.,+Z\-]*+)?|\d{10}|\d{13}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_INDEX = re.compile(r"\d*+")


def misuse(path: Sequence[str], operator: str, operand: Operand, known: Operators) -> str:
    """Why `operator`, which `path` leads to, is an injection; empty where it is none."""
    if operator in known.running:
        is_data = isinstance(operand, int | float | None)
        return "" if is_data else "an operator that runs JavaScript in the database stands for a value"
    fields = [step for step in path if step and step not in known and not _INDEX.fullmatch(step)]
    field = fields[-1] if fields else ""
    field_is_place = bool(field) and _is(field, known.containers)
    by_design = any(_is(step, known.containers) for step in fields)
    if operator in _EXPRESSIONS and _are_equal_constants(operand):
        return "an operator compares constants"
    if operator in known.connecting:
        if isinstance(operand, list) and {} in operand:
            return "an operator joins a condition that always holds"
        # A scalar is data that only looks alike, as `$text` of an element that was made JSON.
        return (
            ""
            if by_design or isinstance(operand, str | int | float | None)
            else "an operator that joins conditions stands among values"
        )
    if operator in known.reaching:
        return "" if by_design else "an operator that reads or writes other collections stands among values"
    if field and is_credential(field, known.credentials):
        return "an operator compares a credential instead of a value"
    if not field or (field_is_place and not any(_is(step, known.containers) for step in fields[:-1])):
        expression = by_design and operator in _EXPRESSIONS and (operand is UNKNOWN or isinstance(operand, list))
        return "" if expression else "an operator stands where a whole value was to be"
    if by_design:
        return "an operator holds for every document" if _holds_for_all(operator, operand) else ""
    return "" if _selects(field, operator, operand, known) else "an operator stands where a value was to be"


def _are_equal_constants(operand: Operand) -> bool:
    """`{$eq: [1, 1]}`: a condition of the aggregation language on no field."""
    if not isinstance(operand, list) or len(operand) != 2 or operand[0] != operand[1]:
        return False
    first = operand[0]
    return isinstance(first, int | float) or (isinstance(first, str) and not first.startswith("$"))


def is_credential(field: str, credentials: frozenset[str]) -> bool:
    """Whether `field` names a secret: by one of its words, or by one of at least six letters within it."""
    if words(field) & credentials:
        return True
    squeezed = field.replace("_", "").replace("-", "").lower()
    return any(len(word) > 5 and word in squeezed for word in credentials)


def _is(step: str, listed: frozenset[str]) -> bool:
    return bool(words(step) & listed)


def _holds_for_all(operator: str, operand: Operand) -> bool:
    if operator in ("$nin", "$notIn"):
        return operand == []
    if operator in ("$gt", "$gte"):
        return operand is None or operand == ""
    return operator in _PATTERNS and isinstance(operand, str) and _FOR_ALL.fullmatch(operand, 0, 64) is not None


def _selects(field: str, operator: str, operand: Operand, known: Operators) -> bool:
    """Whether this is a range as a list is asked for: bound by a date or a number, and on no one's name."""
    if operator not in _RANGES or _is(field, known.identities):
        return False
    if isinstance(operand, str):
        if _NUMBER.fullmatch(operand, 0, 64):
            return abs(float(operand)) > 1
        return _DATE.fullmatch(operand, 0, 64) is not None
    return isinstance(operand, int | float) and not isinstance(operand, bool) and abs(operand) > 1
