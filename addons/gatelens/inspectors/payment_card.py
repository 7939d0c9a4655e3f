"""Find payment card numbers (PAN) in decoded values, and mask all but their last digits.

Source: ISO/IEC 7812-1 (length, Luhn check digit, issuer ranges), PCI DSS 4.0 requirement 3.4 (what may be shown),
CWE-359.
Limits: digits in groups divided by single spaces or hyphens; a number split over two fields is not seen. Where a
message holds more runs of digits than one of its size may, none is told apart: the message as a whole is a match.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.gathering import Gathering
from gatelens.inspection import Target, Trigger, View
from gatelens.model.finding import Match
from gatelens.model.location import Part, Span
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

_LEAD = "(?:4[ -]?[0-9]|5[ -]?[1-5]|2[ -]?[2-7]|3[ -]?[03-8]|6[ -]?[0-9])"
"""The first two digits of the issuers' ranges."""

_TRIGGER = rf"{_LEAD}(?:[ -]?[0-9]){{11,}}(?:[^0-9 \n-]|[ -][^0-9\n]|[ -]?$)"
"""One report for a run of digits and not for each digit: it ends where the run ends."""

_RUN = re.compile(r"(?<![0-9.])[0-9](?:[ -]?[0-9]){12,}+")
_GROUP = re.compile(r"[0-9]+")
_LONG_GROUP = re.compile(r"[0-9]{3,}")
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

_SHORT_GROUPS = 3 * (_MAX_GROUPS - 1)
"""Characters that the other groups of a number have at most, if they have one or two digits each."""

_THINGS = ("card number with a right check digit", "card numbers with a right check digit")

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
        for rule in view.rules:
            yield from _of_rule(view, rule)


def _of_rule(view: View, rule: Rule) -> Iterator[Match]:
    params = rule.params
    assert isinstance(params, Params)
    gathering = Gathering(rule.id, _THINGS, view.most, view.told)
    for hit in view.hits:
        if hit.rule is not rule:
            continue
        spans: list[tuple[int, int]] = []
        for found in readings(hit.target.text):
            gathering.left -= 1
            if gathering.left < 0:
                yield gathering.too_many()
                return
            if found is not None:
                spans.append(found)
        if spans and (match := gathering.add(hit.target, _edits(view, hit.target, spans, params))) is not None:
            yield match
    if (rest := gathering.rest()) is not None:
        yield rest


def cards(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of each card number in `text`: whole groups of digits, with or without groups beside them, such
    as an expiry date. Of several readings from one group on, the longest. Linear."""
    return (found for found in readings(text) if found is not None)


def readings(text: str) -> Iterator[tuple[int, int] | None]:
    """The card number, or None, for each group of digits of `text` that was looked at: what there is of work."""
    if text.isdigit() and text.isascii():
        yield (0, len(text)) if _is_card(text) else None
        return
    for run in _RUN.finditer(text):
        start, end = run.span()
        if (digits := run.group()).isdigit():
            card = _is_card(digits) and not _FRACTION.match(text, end)
            yield (start, end) if card else None
        elif _has_many_groups(digits):
            yield from _in_groups(text, _near_long_groups(text, start, end), end, _MAX_GROUPS)
        else:
            ahead = (group.span() for group in _GROUP.finditer(text, start, end))
            yield from _in_groups(text, ahead, end, _LONGEST)


def _has_many_groups(run: str) -> bool:
    return run.count(" ") + run.count("-") >= _LONGEST


def _near_long_groups(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The groups of a run of many that can be of a number: those around a group of three digits, since the six groups
    of a number would else have twelve."""
    read = start
    for long_group in _LONG_GROUP.finditer(text, start, end):
        first = max(read, long_group.start() - _SHORT_GROUPS)
        while first > read and text[first - 1].isdigit():  # the rest of a group is no group
            first += 1
        last = min(end, long_group.end() + _SHORT_GROUPS)
        while last < end and text[last].isdigit():
            last += 1
        for group in _GROUP.finditer(text, first, last):
            yield group.span()
        read = max(read, last)


def _in_groups(text: str, ahead: Iterator[tuple[int, int]], end: int, most: int) -> Iterator[tuple[int, int] | None]:
    """The readings of the groups of a run that ends at `end`; at most `most` of them are one number."""
    fraction = _FRACTION.match(text, end) is not None
    groups: deque[tuple[int, int]] = deque()
    while True:
        while len(groups) < most and (group := next(ahead, None)) is not None:
            if not (fraction and group[1] == end):
                groups.append(group)
        if not groups:
            return
        last = _last_group(text, groups)
        if last < 0:
            yield None
            groups.popleft()
        else:
            yield groups[0][0], groups[last][1]
            for _ in range(last + 1):
                groups.popleft()


def _last_group(text: str, groups: Sequence[tuple[int, int]]) -> int:
    """The last group of the longest number that begins with the first of `groups`, or -1."""
    if groups[-1][1] - groups[0][0] - (len(groups) - 1) < _SHORTEST:
        return -1
    found = -1
    digits = ""
    last = groups[0][0] - 1
    for index, (start, end) in enumerate(groups):
        digits += text[start:end]
        if len(digits) > _LONGEST or start > last + 1:
            break
        last = end
        if _is_card(digits):
            found = index
    return found


def _is_card(digits: str) -> bool:
    return _SHORTEST <= len(digits) <= _LONGEST and _ISSUERS.fullmatch(digits) is not None and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is their check digit (ISO/IEC 7812-1 annex B)."""
    raw = digits.encode()
    return (sum(raw[-1::-2].translate(_SINGLE)) + sum(raw[-2::-2].translate(_DOUBLED))) % 10 == 0


def _edits(
    view: View, target: Target, spans: Sequence[tuple[int, int]], params: Params
) -> list[tuple[Span | None, bytes]]:
    edits: list[tuple[Span | None, bytes]] = []
    for start, end in spans:
        place = target.segment.span(target.index, start, end)
        # A number stays a number: of the same length, and by no means a card.
        mask = "0" if place is not None and _is_number(view, target, place) else params.mask
        edits.append((place, masked(target.text[start:end], params.keep, mask).encode()))
    return edits


def _is_number(view: View, target: Target, place: Span) -> bool:
    """Whether the text is a JSON number: its span is as long as the text, and that of a string holds its quotes."""
    if view.decoded.json is None or target.segment.part is not Part.BODY:
        return False
    if view.decoded.content[max(0, place[0] - 1) : place[0]] == b'"':
        return False  # to see this is cheaper than to find the place
    span = target.location.span
    return span is not None and span[1] - span[0] == len(target.text)


def masked(card: str, keep: int, mask: str) -> str:
    """`card` with all but its last `keep` digits masked; the first of a number masked by digits becomes 9."""
    if card.isdigit():
        hidden = len(card) - keep
        return ("9" + mask * (hidden - 1) if mask == "0" else mask * hidden) + card[hidden:]
    hidden = sum(map(str.isdigit, card)) - keep
    built: list[str] = []
    for character in card:
        if character.isdigit() and hidden > 0:
            hidden -= 1
            built.append("9" if mask == "0" and not built else mask)
        else:
            built.append(character)
    return "".join(built)
