"""Find values that end the mail header field or the mail command that they are put into, and go on with another one.

Source: CWE-93, CWE-77; RFC 5322 (header), RFC 5321 (SMTP), RFC 9051 (IMAP), RFC 1939 (POP3); CAPEC-183.
Limits: those of languages/mail: recipients behind a first line of several words are text, but for Bcc.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.mail.commands import added_commands
from gatelens.languages.mail.header import added_fields
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]


_CHARACTERS = 8_192
_TOO_MUCH = "more values with line breaks and mail fields than are read in one message"


class Inspector:
    """All mail injection rules at once: the shared scan names the values, their lines decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), _judge, _TOO_MUCH, leaves=True)


def _judge(hit: Hit, left: Work) -> Confirmed | None:
    text = hit.target.text
    left.left -= min(len(text), _CHARACTERS)
    return added_commands(text) or added_fields(text)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
