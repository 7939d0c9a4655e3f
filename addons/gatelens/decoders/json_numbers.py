"""Find numbers that parsers read differently, or that are longer than anybody means.

Source: RFC 8259 section 6 (grammar; range and precision are left to implementations), RFC 7493 section 2.2, CWE-436.
Limits: loss of precision is none of these: every double loses some.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatelens.decoders.json_positions import LITERALS, NUMBER
from gatelens.model.anomaly import Anomaly, AnomalyKind
from gatelens.model.limits import Limits
from gatelens.model.location import Location, Part

_PLAIN = re.compile(rb"(?:(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]{1,2}+)?|true|false|null),)*+")
_SURELY_DOUBLE = 200
_MEANT = re.compile(rb"[-+]?(?:\.?[0-9]|nan\b|inf(?:inity)?\b)", re.IGNORECASE)
_SAMPLED = re.compile(rb"[-+.0-9]{2}")
_AS_DIGITS = bytes(0x30 if byte in b"-+.0123456789eE" else 0x20 for byte in range(256))
_OTHERS = bytes(set(range(256)) - set(b"0123456789"))

WORD = "word without quotes"


def check(words: Sequence[bytes], limits: Limits, faults: set[str]) -> list[Anomaly]:
    """One anomaly for numbers that are too long, one for those that are no JSON or no double; `faults` has a word where
    one of `words` is neither a literal nor meant as a number."""
    found: list[Anomaly] = []
    # Most are plain: one match over all of them says so.
    most = min(limits.json_number_length, _SURELY_DOUBLE)
    if max(map(len, words), default=0) <= most and _PLAIN.fullmatch(b",".join(words) + b","):
        return found
    longest = 0
    seen: set[str] = set()
    for word in set(words):
        if word in LITERALS:
            continue
        if NUMBER.fullmatch(word):
            if _is_beyond_double(word):
                seen.add("beyond a double")
        elif _MEANT.match(word):
            seen.add(_form(word))
        else:
            faults.add(WORD)
            continue
        longest = max(longest, len(word.translate(None, _OTHERS)))
    if longest > limits.json_number_length:
        limit = str(limits.json_number_length)
        found.append(Anomaly(AnomalyKind.JSON_NUMBER_LENGTH, str(longest), limit, Location(Part.BODY)))
    if seen:
        found.append(Anomaly(AnomalyKind.JSON_NUMBER, ", ".join(sorted(seen)), "RFC 8259", Location(Part.BODY)))
    return found


def may_be_long(body: bytes, limit: int) -> bool:
    """Whether `body` may hold a number of more digits than `limit`.

    Some bytes of it are mostly enough to say no: of the places that are a quarter of the limit apart, a number lies
    over four in a row, and one of them may be its E.
    """
    if limit > 3 and not _SAMPLED.search(body[:: (limit + 1) // 4]):
        return False
    return b"0" * (limit + 1) in body.translate(_AS_DIGITS)


def _is_beyond_double(number: bytes) -> bool:
    mantissa, mark, _ = number.lower().partition(b"e")
    if not mark and len(number) < 300:
        return False
    value = abs(float(number))
    return value == float("inf") or (value == 0 and bool(mantissa.strip(b"-0.")))


def _form(number: bytes) -> str:
    signless = number.lstrip(b"+-").lower()
    if signless.startswith((b"nan", b"inf")):
        return "not finite"
    if signless.startswith((b"0x", b"0b", b"0o")):
        return "not decimal"
    if number.startswith(b"+"):
        return "plus sign"
    if signless.startswith(b"0") and signless[1:2].isdigit():
        return "leading zero"
    return "not a JSON number"
