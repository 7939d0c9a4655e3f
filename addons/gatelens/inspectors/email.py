"""Find e-mail addresses in decoded values, and mask their local part.

Source: RFC 5321 section 4.1.2 (dot-string local parts), RFC 1035 section 2.3.1 (domain labels), CWE-359.
Limits: quoted local parts and address literals (`"a b"@[10.0.0.1]`) are not taken for addresses; international ones are
found where the domain is written in ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.inspectors import Trigger, View
from gatelens.model.finding import Edit, Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_TRIGGER = r"[^\s@]@[a-z0-9]"
_LOCAL_SIGNS = frozenset("._!#$%&'*+/=?^`{|}~-")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,24}|[xX][nN]--[A-Za-z0-9-]{1,58}[A-Za-z0-9])(?![\w-])"
)


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`keep`: characters at the beginning of the local part that stay; `replacement`: what stands for the rest."""

    keep: Annotated[int, Meta(ge=0, le=3)] = 1
    replacement: Annotated[str, Meta(min_length=1, pattern='^[^"\\\\@]+$')] = "***"


class Inspector:
    """An @ between words triggers; the grammar of both sides decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, _TRIGGER) for rule in rules]

    def inspect(self, view: View) -> Iterator[Match]:
        for hit in view.hits:
            params = hit.rule.params
            assert isinstance(params, Params)
            target = hit.target
            edits: list[Edit] = []
            found = 0
            for start, at in addresses(target.text):
                if _is_masked(target.text[start:at], params):
                    continue
                found += 1
                kept = start + min(params.keep, at - start - 1)
                if (span := target.segment.span(target.index, kept, at)) is not None:
                    edits.append(Edit(span, params.replacement.encode()))
            if found:
                yield Match(
                    rule=hit.rule.id,
                    location=target.location,
                    explanation=f"{found} e-mail address{'es' if found > 1 else ''}",
                    transformations=target.transformations,
                    edits=tuple(edits),
                )


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """(start, place of the @) of each address in `text`. Linear: a domain is bounded, a local part ends at an @."""
    at = text.find("@")
    while at >= 0:
        if _DOMAIN.match(text, at + 1, at + 256):
            start = _local_start(text, at)
            if start < at and text[at - 1] != ".":
                yield start, at
        at = text.find("@", at + 1)


def _local_start(text: str, at: int) -> int:
    start = at
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_SIGNS):
        start -= 1
    while text[start] == ".":  # an ellipsis before an address; no local part begins so
        start += 1
    return start


def _is_masked(local: str, params: Params) -> bool:
    """Whether a local part is what this check makes of one: redacting twice changes nothing."""
    return local.endswith(params.replacement) and len(local) - len(params.replacement) <= params.keep
