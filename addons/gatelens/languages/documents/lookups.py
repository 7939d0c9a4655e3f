"""Judge the lookups that mappers of objects to tables read from names: a condition, or an order, on a secret.

Source: CWE-943, CWE-639; Django "Field lookups", Prisma "Filter conditions and operators", Ransack "Search matchers",
Hasura "Boolean expressions", OData 4.01 part 2 section 5.1.1 (functions of `$filter`), Sequelize "Nested columns".
A caller who may ask whether a secret begins with a letter reads it letter by letter. On what is no secret a lookup is a
query by design.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.documents.members import UNKNOWN, Operand
from gatelens.languages.documents.operators import is_credential


class Lookups(Struct, frozen=True):
    """`lookups` in lower case, as last steps of a name; `suffixes` behind a field's name in a place named so in
    `searches`; `revealing` places list or order fields; `secrets` are words in names of fields."""

    lookups: frozenset[str]
    suffixes: tuple[str, ...]
    searches: frozenset[str]
    revealing: frozenset[str]
    secrets: frozenset[str]


_ORDERS = frozenset({"asc", "desc", "ascending", "descending", "1", "-1"})
_CALL = re.compile(
    r"\b(?:starts_?with|ends_?with|contains|substringof|substring|indexof|length|tolower|toupper|concat|matchespattern)"
    r"\s*+\(\s*+(?:'[^']{0,64}+'\s*+,\s*+)?(?P<field>[A-Za-z][\w/]{0,64}+)\s*+[,)]",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"\b(?P<field>[A-Za-z][\w/]{0,64}+)\s++(?:ge|gt|le|lt)\s++'", re.IGNORECASE)


def asks(path: Sequence[str], name: str, operand: Operand, known: Lookups) -> str:
    """Why `name`, which `path` leads to, asks for a secret; empty where it does not."""
    if "__" in name:
        fields = name.split("__")
        if fields[-1].lower() in known.lookups and any(is_credential(field, known.secrets) for field in fields[:-1]):
            return "a lookup in a name asks for a secret"
    if name[:1] == "$" and name[-1:] == "$" and is_credential(name.rpartition(".")[2], known.secrets):
        return "a name of a joined column asks for a secret"
    if not path:
        return ""
    if name.lower() in known.lookups and is_credential(path[-1], known.secrets) and _is_scalar(operand):
        return "a lookup asks for a secret"
    if (
        path[0].lower() in known.searches
        and name.lower().endswith(known.suffixes)
        and is_credential(name, known.secrets)
    ):
        return "a search matcher in a name asks for a secret"
    if path[-1].lower() in known.revealing and _reveals(operand) and is_credential(name, known.secrets):
        return "a secret is asked for among the fields to show or to order by"
    return ""


def in_filter(text: str, known: Lookups) -> str:
    """Why a filter expression asks for a secret; empty where it does not."""
    for pattern in (_CALL, _COMPARISON):
        for found in pattern.finditer(text):
            if is_credential(found["field"].rpartition("/")[2], known.secrets):
                return "a filter asks for a secret"
    return ""


def _is_scalar(operand: Operand) -> bool:
    return operand is UNKNOWN or isinstance(operand, str)


def _reveals(operand: Operand) -> bool:
    return operand is True or (isinstance(operand, str) and operand.lower() in _ORDERS) or operand in ("true", 1)
