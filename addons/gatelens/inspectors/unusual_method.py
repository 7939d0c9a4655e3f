"""Find requests with a method that the API does not speak, or that ask to be taken for one of another method.

Source: RFC 9110 section 9 and the IANA method registry; CWE-650 (trusting the method), CWE-749; the override headers
and parameters are those of Rails, Laravel, Symfony, Express method-override, ASP.NET and Google's APIs.
Limits: whether a method is right for a resource is the API's own description to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from msgspec import Struct

from gatelens.inspection import Trigger, View
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from gatelens.model.message import Channel, Message, Phase
from gatelens.model.rule import Rule

Asked = Literal["method", "override"]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`of`: look at the `method` itself, or at an `override` of it. `known` are the methods let through, in upper case:
    methods are case-sensitive. `overrides` are header fields, in lower case, that ask for another method; one in a
    request of a method other than `overridable` contradicts it."""

    of: Asked = "method"
    known: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    overridable: tuple[str, ...] = ("POST",)


class Inspector:
    """All rules on methods at once; a look at the first line and the header, whatever the message holds."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers: Sequence[Trigger] = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._known = {rule.id: frozenset(_params(rule).known) for rule in rules}
        self._overrides = {
            rule.id: frozenset(name.encode("latin-1") for name in _params(rule).overrides) for rule in rules
        }

    def inspect(self, view: View) -> Iterator[Match]:
        message = view.message
        if message.channel is not Channel.HTTP:
            return
        for rule in view.rules:
            params = _params(rule)
            if params.of == "override":
                yield from self._overridden(message, rule.id, params)
            elif message.method not in self._known[rule.id]:
                yield Match(rule=rule.id, location=WHOLE_MESSAGE, explanation=_words(message.method))

    def _overridden(self, message: Message, rule: str, params: Params) -> Iterator[Match]:
        names = self._overrides[rule]
        for name, value in message.headers:
            if name.lower() not in names:
                continue
            asked = value.strip().decode("latin-1").upper()
            place = Location(Part.HEADER, f"{name.decode('latin-1').lower()}[0]")
            if asked not in self._known[rule]:
                yield Match(rule=rule, location=place, evidence=asked, explanation="asks for a method unheard of")
            elif message.method not in params.overridable and asked != message.method:
                yield Match(
                    rule=rule,
                    location=place,
                    evidence=asked,
                    explanation="asks for another method than it is sent with",
                )


def _words(method: str) -> str:
    if method.upper() in ("TRACE", "TRACK", "DEBUG"):
        return "a method that shows what the server was sent or how it runs"
    return "a method that is not among those known"


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
