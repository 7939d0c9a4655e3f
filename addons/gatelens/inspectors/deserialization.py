"""Find values that are objects written out, which run code of their classes when they are read back.

Source: CWE-502; OWASP Deserialization Cheat Sheet; the formats are told in languages/serialized.
Limits: one value at a time; types in JSON are looked for in the body as a whole, and in values that are JSON. Objects
that are signed or encrypted are the reader's to check. A class of the application's own in a format that also carries
data (JSON, XML, YAML) passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.decoders.decoded import Decoded
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.serialized import typed_json, typed_xml
from gatelens.languages.serialized.class_names import Classes, Known
from gatelens.languages.serialized.outline import Outline
from gatelens.languages.serialized.value import MOST_CHARACTERS, outline
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Expression = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `gadgets` (of Java and .NET), `python` and `scripts` (of PHP and Ruby)
    are classes and callables by what building or calling them does, in words that go on "known to be misused, …": a
    name, a package (`a.b.*`), a class in any package (`*.A`), an element of XML without a package (`xml.a`). Of
    `platforms` (packages) every class but `data_classes` is none that a client has to name. `type_keys` are the JSON
    names, in lower case, whose values name classes."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    gadgets: dict[str, tuple[str, ...]] = {}
    python: dict[str, tuple[str, ...]] = {}
    scripts: dict[str, tuple[str, ...]] = {}
    platforms: tuple[str, ...] = ()
    data_classes: tuple[str, ...] = ()
    type_keys: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like serialized objects than is read in one message"


class Inspector:
    """All deserialization rules at once: the shared scan names the values, their formats' grammars decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._known = {rule.id: _known(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        def judge(hit: Hit, left: Work) -> Confirmed | None:
            text = hit.target.text
            left.left -= min(len(text), MOST_CHARACTERS)
            found = self._value(hit)
            if found is None and _may_be_name(hit):
                found = self._name(hit, view.decoded, left)
            return found.confirmed() if found else None

        return confirm(view, work(view, times=2), judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The value as plain data, and the objects that it builds."""
        found = self._value(hit)
        if found is None:
            return None
        return Explanation(
            context=f"a value that is read back as {found.format}", harmless=Tree("data"), attack=found.tree()
        )

    def _value(self, hit: Hit) -> Outline | None:
        return outline(hit.target.text, self._known[hit.rule.id])

    def _name(self, hit: Hit, decoded: Decoded, left: Work) -> Outline | None:
        """What the body does that has this name: as a key of JSON, or as an element of XML."""
        known = self._known[hit.rule.id]
        name = hit.target.text
        if decoded.json is not None and name.lower() in known.type_keys:
            left.left -= len(decoded.content)
            return typed_json.of_value(decoded.json.value, known.compiled, known.type_keys)
        return typed_xml.of_element(name, known.compiled) if decoded.content[:64].lstrip()[:1] == b"<" else None


def _may_be_name(hit: Hit) -> bool:
    return len(hit.target.text) <= 400 and hit.target.location.key


def _known(params: Params) -> Known:
    return Known(
        Classes(params.gadgets, params.platforms, params.data_classes),
        Classes(params.python),
        Classes(params.scripts),
        frozenset(params.type_keys),
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
