"""Find XML that fetches, includes or multiplies: in values that are documents, and in bodies by what they include.

Source: CWE-611, CWE-776, CWE-91; XML 1.0, XInclude 1.1, XSLT. Document types of XML bodies are an anomaly of their own.
Limits: those of languages/xml_entities: a document has to begin the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.xml_entities.declarations import declarations
from gatelens.languages.xml_entities.inclusions import inclusions
from gatelens.model.confirmed import Confirmed
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `known_hosts` are where public document types are published."""

    patterns: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    known_hosts: tuple[str, ...] = ()


_CHARACTERS = 32_768
_TOO_MUCH = "more documents of XML than are read in one message"


class Inspector:
    """All rules on XML at once: the shared scan names the values, what they declare and include decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]

    def inspect(self, view: View) -> Iterator[Match]:
        content = view.decoded.content
        is_document = content[:64].lstrip()[:1] == b"<"

        @cache
        def of_body() -> Confirmed | None:
            return inclusions(content[:_CHARACTERS].decode("utf-8", "replace"))

        def judge(hit: Hit, left: Work) -> Confirmed | None:
            text = hit.target.text
            left.left -= min(len(text), _CHARACTERS)
            found = declarations(text, _params(hit.rule).known_hosts) or inclusions(text)
            if found is None and is_document and hit.target.segment.part is Part.BODY:
                # A name or a value of an XML body: what it is part of tells.
                found = of_body()
            return found

        return confirm(view, work(view, times=2), judge, _TOO_MUCH)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
