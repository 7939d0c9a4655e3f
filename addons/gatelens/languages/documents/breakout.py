"""Find texts that leave the literal they stand in, within a document, and go on with an operator.

Source: CWE-943. A query that is put together as text has the value in quotes or bare: `{name: '…', role: 1}`.
"""

from __future__ import annotations

import re

from gatelens.languages.documents import literal
from gatelens.languages.documents.operators import Operators
from gatelens.model.confirmed import Confirmed

_PLACES = (
    (
        "closes a string in single quotes",
        re.compile(r"[^']*+'(?:[\s}\])]*+,|\s*+[}\])][\s}\])]*+)[\s{\[]*+(?=['\"]?[\w$])"),
    ),
    (
        "closes a string in double quotes",
        re.compile(r'[^"]*+"(?:[\s}\])]*+,|\s*+[}\])][\s}\])]*+)[\s{\[]*+(?=[\'"]?[\w$])'),
    ),
    ("is a member", re.compile(r"\s*+(?=['\"]?\$\w++['\"]?\s*+:\s*+(?:['\"{\[/\d]|function\b|null\b|true\b))")),
    ("ends a value", re.compile(r"\s*+[\w.+\-/*^]{0,64}+[\s}\])]*+,[\s{\[]*+(?=['\"]?\$)")),
)
_EVIDENCE = 200


def breakout(text: str, known: Operators, also: frozenset[str]) -> Confirmed | None:
    """The first way in which `text` adds an operator (or one of `also`) behind a literal."""
    for words, place in _PLACES:
        left = place.match(text)
        if left is None:
            continue
        for _, name, _ in literal.members(text, start=left.end(), opened=True):
            if name in known or name in also:
                return Confirmed(text[:_EVIDENCE], f"{words} of an object, adds an operator to the query")
    return None
