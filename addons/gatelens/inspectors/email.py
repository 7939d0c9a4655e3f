"""Find e-mail addresses in decoded values, and mask their local part.

Source: RFC 5321 section 4.1.2 (dot-string local parts), RFC 1035 section 2.3.1 (domain labels), CWE-359.
Limits: quoted local parts and address literals (`"a b"@[10.0.0.1]`) are not taken for addresses; international ones are
found where the domain is written in ASCII. Of more addresses than a message of its size may hold none is told apart:
the message as a whole is a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.gathering import Gathering
from gatelens.inspection import Trigger, View
from gatelens.model.finding import Match
from gatelens.model.location import Span
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_TRIGGER = r"[^\s@]@[a-z0-9]"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = r"(?:[A-Za-z]{2,24}|[xX][nN]--[A-Za-z0-9-]{1,58}[A-Za-z0-9])"
_AT = re.compile(rf"@(?=(?:{_LABEL}\.){{1,127}}{_TOP}(?![\w-]))")
_CHARACTERS = r"(?:[^\W_]|[._!#$%&'*+/=?^`{|}~-])"
_LOCAL = re.compile(rf"{_CHARACTERS}*+")
_WHOLE = re.compile(rf"(?!\.){_CHARACTERS}++(?<!\.)@(?:{_LABEL}\.){{1,127}}{_TOP}")
"""A value that is an address and nothing else, as most are."""

_USUAL = 64
"""Characters of a local part (RFC 5321 section 4.5.3.1.1); a longer one is read in full all the same."""


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
        for rule in view.rules:
            yield from _of_rule(view, rule)


def _of_rule(view: View, rule: Rule) -> Iterator[Match]:
    params = rule.params
    assert isinstance(params, Params)
    replacement = params.replacement.encode()
    gathering = Gathering(rule.id, ("e-mail address", "e-mail addresses"), view.most, view.told)
    for hit in view.hits:
        if hit.rule is not rule:
            continue
        target = hit.target
        edits: list[tuple[Span | None, bytes]] = []
        for start, at in addresses(target.text):
            gathering.left -= 1
            if gathering.left < 0:
                yield gathering.too_many()
                return
            if not _is_masked(target.text[start:at], params):
                kept = start + min(params.keep, at - start - 1)
                edits.append((target.segment.span(target.index, kept, at), replacement))
        if edits and (match := gathering.add(target, edits)) is not None:
            yield match
    if (rest := gathering.rest()) is not None:
        yield rest


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """(start, place of the @) of each address in `text`. Linear: a domain and a local part end at the next @."""
    if _WHOLE.fullmatch(text):
        yield 0, text.index("@")
        return
    for found in _AT.finditer(text):
        at = found.start()
        start = _local_start(text, at)
        if start < at and text[at - 1] != ".":
            yield start, at


def _local_start(text: str, at: int) -> int:
    backwards = text[max(0, at - _USUAL) : at][::-1]
    length = _local_length(backwards)
    if length == _USUAL:
        length = _local_length(text[text.rfind("@", 0, at) + 1 : at][::-1])
    start = at - length
    while text[start] == ".":  # an ellipsis before an address; no local part begins so
        start += 1
    return start


def _local_length(backwards: str) -> int:
    found = _LOCAL.match(backwards)
    return found.end() if found else 0


def _is_masked(local: str, params: Params) -> bool:
    """Whether a local part is what this check makes of one: redacting twice changes nothing."""
    return local.endswith(params.replacement) and len(local) - len(params.replacement) <= params.keep
