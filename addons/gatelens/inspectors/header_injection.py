"""Find values that end the header line that they are put into, and go on with a field, a response or a request.

Source: CWE-93, CWE-113 (response splitting), CWE-444; RFC 9110 section 5.5, RFC 9112 section 2.2.
Limits: those of languages/header_fields: behind a first line of several words in a body, a field is part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.header_fields.splitting import Fields, fields, request_line, splitting
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Form = Literal["pair", "address", "number", "media-type", "host", "word", "any"]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `fields` are the names of header fields that decide something, by the
    form that the value of each has to have: a name with a value (`pair`), an `address`, a `number`, a `media-type`, a
    `host`, one `word`, or `any`."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    fields: dict[Form, tuple[str, ...]] = {}


_CHARACTERS = 8_192
_TOO_MUCH = "more values with line breaks and header fields than are read in one message"
_ONE_LINE = frozenset({Part.QUERY, Part.PATH, Part.HEADER, Part.COOKIE})
_PARAMETERS = frozenset({Part.QUERY, Part.FORM, Part.COOKIE})
_CLOSED = frozenset({Part.PATH, Part.HEADER, Part.COOKIE})


class Inspector:
    """All header injection rules at once: the shared scan names the values, their lines decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._fields = {rule.id: _fields(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), self._judge, _TOO_MUCH, leaves=True)

    def explain(self, hit: Hit) -> Explanation | None:
        """The header as it is with one line for the value, and with those that the value adds."""
        found = self._found(hit)
        if found is None:
            return None
        added = tuple(Tree(line, planted=True) for line in found.evidence.split("\n")[:8] if line.strip())
        return Explanation(
            context="the value of a header field",
            harmless=Tree("header", (Tree("field"),)),
            attack=Tree("header", (Tree("field"), *added)),
        )

    def _judge(self, hit: Hit, left: Work) -> Confirmed | None:
        left.left -= min(len(hit.target.text), _CHARACTERS)
        return self._found(hit)

    def _found(self, hit: Hit) -> Confirmed | None:
        part, location = hit.target.segment.part, hit.target.location
        name = location.key and part in (Part.QUERY, Part.FORM)
        found = splitting(
            hit.target.text,
            self._fields[hit.rule.id],
            one_line=name or part in _ONE_LINE,
            closed=name or part in _CLOSED,
        )
        if found is None and part in _PARAMETERS:
            found = request_line(hit.target.text)
        return found


def _fields(params: Params) -> Fields:
    return fields({str(form): names for form, names in params.fields.items()})


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
