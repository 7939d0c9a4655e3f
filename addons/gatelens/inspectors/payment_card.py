"""Find payment card numbers (PAN) in decoded values, and mask all but their last digits.

Source: ISO/IEC 7812-1 (length, Luhn check digit, issuer ranges), PCI DSS 4.0 requirement 3.4 (what may be shown),
CWE-359.
Limits: digits in groups divided by single spaces or hyphens; a number split over two fields is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.inspectors import Hit, Trigger, View
from gatelens.model.finding import Edit, Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_TRIGGER = r"[0-9](?:[ -]?[0-9]){12}"
_RUN = re.compile(r"(?<![0-9.])[0-9](?:[ -]?[0-9]){12,}+")
_GROUP = re.compile(r"[0-9]+")
_FRACTION = re.compile(r"\.[0-9]")

# First digits and lengths of the issuers' ranges; an order number of another form passes.
_ISSUERS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:6011|64[4-9][0-9]|65[0-9]{2})[0-9]{12,15}"  # Discover
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}"  # JCB
    r"|62[0-9]{14,17}"  # UnionPay
)


_SHORTEST, _LONGEST = 13, 19
_MAX_GROUPS = 6
"""Groups of digits that one number is written in; the longest, of 19 digits, takes five."""

_DOUBLED = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
_SINGLE = bytes.maketrans(b"0123456789", bytes(range(10)))


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`keep`: digits at the end that stay; `mask`: what each other digit becomes, a digit itself in a JSON number."""

    keep: Annotated[int, Meta(ge=0, le=4)] = 4
    mask: Annotated[str, Meta(min_length=1, max_length=1, pattern='^[^"\\\\0-9]$')] = "*"


class Inspector:
    """A run of digits triggers; range, length and check digit decide."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, _TRIGGER) for rule in rules]

    def inspect(self, view: View) -> Iterator[Match]:
        for hit in view.hits:
            if spans := list(cards(hit.target.text)):
                yield _match(hit, spans)


def cards(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of each card number in `text`: whole groups of digits, with or without groups beside them, such
    as an expiry date. Of several readings from one group on, the longest. Linear."""
    for run in _RUN.finditer(text):
        groups = [group.span() for group in _GROUP.finditer(text, *run.span())]
        if _FRACTION.match(text, run.end()):
            groups.pop()
        first = 0
        while first < len(groups):
            last = _last_group(text, groups, first)
            if last is not None:
                yield groups[first][0], groups[last][1]
                first = last
            first += 1


def _last_group(text: str, groups: Sequence[tuple[int, int]], first: int) -> int | None:
    """The last group of the longest number that begins with group `first`, if one does."""
    most = _LONGEST if len(groups) <= _LONGEST else _MAX_GROUPS
    stop = min(first + most, len(groups))
    if groups[stop - 1][1] - groups[first][0] - (stop - 1 - first) < _SHORTEST:
        return None
    found = None
    digits = ""
    for index in range(first, stop):
        digits += text[slice(*groups[index])]
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and _ISSUERS.fullmatch(digits) and luhn(digits):
            found = index
    return found


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is their check digit (ISO/IEC 7812-1 annex B)."""
    raw = digits.encode()
    return (sum(raw[-1::-2].translate(_SINGLE)) + sum(raw[-2::-2].translate(_DOUBLED))) % 10 == 0


def _match(hit: Hit, spans: list[tuple[int, int]]) -> Match:
    params = hit.rule.params
    assert isinstance(params, Params)
    target = hit.target
    location = target.location
    # A string's span holds its quotes; that of a number is as long as its text.
    is_number = location.span is not None and location.span[1] - location.span[0] == len(target.text)
    edits: list[Edit] = []
    for start, end in spans:
        if (place := target.segment.span(target.index, start, end)) is not None:
            # A number stays a number: of the same length, and by no means a card.
            mask = "0" if is_number else params.mask
            edits.append(Edit(place, masked(target.text[start:end], params.keep, mask).encode()))
    return Match(
        rule=hit.rule.id,
        location=location,
        explanation=f"{len(spans)} card number{'s' if len(spans) > 1 else ''} with a right check digit",
        transformations=target.transformations,
        edits=tuple(edits),
    )


def masked(card: str, keep: int, mask: str) -> str:
    """`card` with all but its last `keep` digits masked; the first of a number masked by digits becomes 9."""
    hidden = sum(map(str.isdigit, card)) - keep
    built: list[str] = []
    for character in card:
        if character.isdigit() and hidden > 0:
            hidden -= 1
            built.append("9" if mask == "0" and not built else mask)
        else:
            built.append(character)
    return "".join(built)
