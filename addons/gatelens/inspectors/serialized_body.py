"""Find bodies, and parts of bodies, that are objects written out in bytes: streams of Java and .NET, pickles, Ruby's.

What is binary is not decoded to texts but for its strings, so the first bytes have to be looked at themselves.
Source: CWE-502; the formats as languages/serialized tells them.
Limits: of a multipart body the parts are found by the empty line before them; the first 64 are looked at. Objects in
the midst of other bytes are not looked for, but for Java's, which say what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from gatelens.inspection import Trigger, View
from gatelens.languages.serialized.class_names import Classes, Known
from gatelens.languages.serialized.encoded_bytes import MOST_BYTES, Run
from gatelens.languages.serialized.value import of_run
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.finding import Match
from gatelens.model.location import Location, Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`gadgets` (Java and .NET), `python` and `scripts` (PHP and Ruby) are names known to be misused, as the rule
    `deserialization` has them: only the words of the finding depend on them."""

    gadgets: Mapping[str, tuple[str, ...]] = {}
    python: Mapping[str, tuple[str, ...]] = {}
    scripts: Mapping[str, tuple[str, ...]] = {}


_MOST_PARTS = 64
_PART = re.compile(rb"\r?\n\r?\n(?=\xac\xed\x00\x05|\x80[\x02-\x05]|\x04\x08|\x00\x01\x00\x00\x00\xff|\x1f\x8b)")


class Inspector:
    """Looks at the first bytes of a body that is no text; costs nothing where the body is text."""

    phases: ClassVar[frozenset[Phase]] = frozenset({Phase.REQUEST})
    triggers: Sequence[Trigger] = ()

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._known = {rule.id: _known(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        decoded = view.decoded
        if not any(anomaly.kind is AnomalyKind.NOT_INSPECTED for anomaly in decoded.anomalies):
            return
        for rule in view.rules:
            for start in _starts(decoded.content):
                raw = decoded.content[start : start + MOST_BYTES]
                found = of_run(Run(raw, "", (), True), self._known[rule.id])
                if found is not None:
                    span = start, start + 4
                    yield Match(
                        rule=rule.id,
                        location=Location(Part.BODY, "", False, span),
                        evidence=", ".join(found.parts[:4]),
                        explanation=f"{found.format}: {found.why}",
                    )
                    break


def _starts(content: bytes) -> Iterator[int]:
    yield 0
    for count, part in enumerate(_PART.finditer(content)):
        if count == _MOST_PARTS:
            return
        yield part.end()
    java = content.find(b"\xac\xed\x00\x05")
    if java >= 0:
        yield java


def _known(params: Params) -> Known:
    return Known(Classes(params.gadgets), Classes(params.python), Classes(params.scripts), frozenset())


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
