r"""Find values that leave the assertion they stand in, of an LDAP search filter, and go on as a filter.

Source: RFC 4515 section 3: in an assertion value `(`, `)` and NUL are written `\28`, `\29` and `\00`, so that one which
is not written so ends the assertion; CWE-90.
A value is put into `(name=VALUE)`. It leaves where it closes a parenthesis that it did not open, and what follows must
read as filters to its end: that is what tells it from prose and code with parentheses.
Limits: a whole filter leaves nothing: it is a query by design. A `*` alone is a broader search, which is not judged.
A distinguished name that is put together of values (RFC 4514) is not analysed: any value may be one by design.
"""

from __future__ import annotations

import re

from gatelens.model.confirmed import Confirmed

_NAME = (
    r"(?P<name>[A-Za-z][A-Za-z0-9\-]{0,63}+|[0-9]++(?:\.[0-9]++)*+)"
    r"(?:;[A-Za-z0-9\-]{1,64}+)*+(?::dn)?+(?::[\w.\-]{1,64}+)?+"
)
_COMPARISON = r"(?:=|~=|>=|<=|:=)"
_ASSERTION = re.compile(rf"\s*+(?:{_NAME}|:dn:[\w.\-]++:){_COMPARISON}(?P<value>[^()\x00]*+)")
_OPENING = re.compile(r"\s*+\((?P<joined>\s*+[&|!])?+")
_CLOSING = re.compile(r"\s*+\)")
_JOINING = re.compile(r"\s*+[&|!]\s*+(?=\()")
_END = re.compile(r"\s*+(?:\x00.*+)?\s*+", re.DOTALL)
_SMILEY = re.compile(r"[:;]['-]?\)")
_SMUGGLED = re.compile(r"\(\s*+[&|!]\s*+\(\s*+[A-Za-z][\w\-;:.]{0,63}+[~<>:]?=")
_EVIDENCE = 200
_MOST_FILTERS = 64
_TIGHT = 200
"""Characters of filters without a space between them, that need nothing else to tell them from prose."""


def injection(text: str, attributes: frozenset[str], credentials: frozenset[str] = frozenset()) -> Confirmed | None:
    """How `text` leaves its assertion, or asks for what no filter by design does. `attributes` are well-known ones in
    lower case: one of them, a wildcard or a joined filter must be among what follows. `credentials` are attributes that
    are secret. Of what follows 64 filters are read."""
    if _only_marks(text):
        return Confirmed(text[:_EVIDENCE], "nothing but the marks of a filter")
    close = _first_unopened(text)
    if close >= 0 and not _SMILEY.match(text, max(0, close - 1)) and (words := _goes_on(text, close, attributes)):
        return Confirmed(text[max(0, close - 40) :][:_EVIDENCE], f"closes an assertion, {words}")
    if smuggled := _within(text, attributes):
        return Confirmed(text[smuggled:][:_EVIDENCE], "opens a filter within a value")
    if (second := _second_filter(text)) >= 0:
        return Confirmed(text[second:][:_EVIDENCE], "closes a filter and begins a second one behind it")
    if _FILTER.match(text) and (words := _asks_too_much(text, credentials)):
        return Confirmed(text[:_EVIDENCE], words)
    return None


def whole(text: str, attributes: frozenset[str]) -> Confirmed | None:
    """Whether `text` is a filter, or several side by side, on one of `attributes` at least."""
    read = text.strip()
    if not _FILTER.match(read) or read[:1] != "(" or read[-1:] != ")" or _first_unopened(read) >= 0:
        return None
    if any(assertion["name"].lower() in attributes for assertion in _EACH.finditer(read)):
        return Confirmed(read[:_EVIDENCE], "a whole filter where a value was to be")
    return None


_FILTER = re.compile(rf"\s*+(?:\(\s*+(?:[&|!]\s*+\(|{_NAME}{_COMPARISON})|[^\n()]{{0,64}}?\(\s*+[&|!]\s*+\()")
_EACH = re.compile(rf"\(\s*+{_NAME}(?P<by>{_COMPARISON})(?P<value>[^()\x00]*+)\)")


_ABSOLUTE = re.compile(r"\(\s*+[&|]\s*+\)")
"""RFC 4526: absolute true and false."""

_MARKS = re.compile(r"[*()|&!=<>~\\'\"/%\x00\s]++")
_FEWEST_MARKS = 4


def _only_marks(text: str) -> bool:
    """Whether `text` is nothing but the marks of filters, put together to see what breaks."""
    return _MARKS.fullmatch(text) is not None and len(_OWN_MARKS.intersection(text)) >= _FEWEST_MARKS


_OWN_MARKS = frozenset("*()|&!")


def _asks_too_much(text: str, credentials: frozenset[str]) -> str:
    """Why a whole filter is more than a query by design."""
    if _ABSOLUTE.search(text):
        return "a filter with a condition that always holds"
    for assertion in _EACH.finditer(text):
        name, value = assertion["name"], assertion["value"]
        if name.isdigit() and value.strip().isdigit():
            return "a filter with a condition on constants"
        if name.lower() in credentials and ("*" in value or assertion["by"] != "="):
            return "a filter that asks for a credential bit by bit"
    return ""


def _first_unopened(text: str) -> int:
    """Where `text` closes a parenthesis that is not open; -1 where it does not."""
    depth = 0
    for mark in _PARENTHESES.finditer(text):
        depth += 1 if mark[0] == "(" else -1
        if depth < 0:
            return mark.start()
    return -1


_PARENTHESES = re.compile(r"[()]")


def _goes_on(text: str, place: int, attributes: frozenset[str]) -> str:
    """What follows the closing parenthesis at `place`, where it reads as filters to the end; else empty."""
    prefix = text[:place]
    found: list[str] = []
    telling = prefix.endswith("*")
    closings = 0
    for _ in range(_MOST_FILTERS):
        if end := _END.fullmatch(text, place):
            if "\x00" in end[0]:
                return "cuts the rest of the filter off" if closings else ""
            break
        if closing := _CLOSING.match(text, place):
            place = closing.end()
            closings += 1
            continue
        joining = _JOINING.match(text, place)
        opening = _OPENING.match(text, joining.end() if joining else place)
        if opening is None:
            if not found and closings and _JOINS_AT_END.fullmatch(text, place):
                return "begins a joined filter"
            return ""
        place = opening.end()
        if joining or opening["joined"]:
            found.append("begins a joined filter")
            telling = True
        assertion = _ASSERTION.match(text, place)
        if assertion is None:
            if not _REST.match(text, place):
                return ""
            continue
        place = assertion.end()
        found.append("adds an assertion")
        name = assertion["name"] or ""
        telling = telling or name.lower() in attributes or "*" in assertion["value"]
    else:
        return "adds very many filters" if telling else ""
    if not found:
        return "begins another one" if _OPENS_NEXT.fullmatch(text) else ""
    is_tight = len(text) - len(prefix) < _TIGHT and not _SPACE_BETWEEN.search(text, len(prefix))
    return found[0] if telling or is_tight else ""


_JOINS_AT_END = re.compile(r"\s*+[&|!]\s*+")
_OPENS_NEXT = re.compile(r"[\w*.@\-]++\)++\(++")
_REST = re.compile(r"\s*+(?:[()\x00]|\Z)")
_SPACE_BETWEEN = re.compile(r"\s")


def _within(text: str, attributes: frozenset[str]) -> int:
    """Where a filter begins behind the start of a value (`*(|(mail=*))`), or an assertion ends at a wildcard that
    stands in no filter (`f(a*)(uid=`); 0 where neither is so."""
    found = _SMUGGLED.search(text)
    if found and found.start() > 0 and not _SPACE_BETWEEN.search(text[: found.start()]):
        return found.start()
    opened: list[int] = []
    for mark in _PARENTHESES.finditer(text):
        place = mark.start()
        if mark[0] == "(":
            opened.append(place)
        elif opened and _is_call(text, opened.pop()):
            ended = _BEHIND_WILDCARD.match(text, place - 1)
            if ended and ended[1].lower() in attributes:
                return place - 1
    return 0


_BEHIND_WILDCARD = re.compile(r"\*\)\(([A-Za-z][A-Za-z0-9\-]{0,63}+)[~<>]?=")


def _is_call(text: str, place: int) -> bool:
    """Whether the parenthesis opened at `place` is that of a call, not of an assertion or a group."""
    return place > 0 and (text[place - 1].isalnum() or text[place - 1] in "_$")


_COMPOSITE = re.compile(r"\(\s*+[&|!]\s*+\(")


def _second_filter(text: str) -> int:
    """Where a joined filter begins right behind one that is complete; -1 where none does."""
    first = _COMPOSITE.search(text)
    if first is None or not _ASSERTION.match(text, first.end()):
        return -1
    depth = last = 0
    for mark in _PARENTHESES.finditer(text, first.start()):
        if mark[0] == "(":
            if not depth and mark.start() > first.start():
                second = _COMPOSITE.match(text, mark.start())
                if second and not text[last : mark.start()].strip() and _ASSERTION.match(text, second.end()):
                    return mark.start()
                return -1
            depth += 1
        else:
            depth -= 1
            last = mark.end()
    return -1
