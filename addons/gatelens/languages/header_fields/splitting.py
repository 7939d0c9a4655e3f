"""Find a value that ends the one line it is put into, and goes on with lines of an HTTP message.

A text of several lines is nothing odd: mails, commit messages and HTTP messages themselves are sent as values. What is
told is a value that begins as one (a path, a language, nothing at all) and goes on, behind its first line break, with a
field that decides something and has a value of that field's form, with a status line, a request line, or an empty line
and a document.
Source: CWE-93, CWE-113, CWE-444; RFC 9112 sections 2.2 (bare CR and LF), 3 and 4 (lines), RFC 9110 section 5.5.
Limits: behind several words, or behind a heading, a field is taken for a part of the text, unless the value stands
where a text of lines does not (a path, a query, a header field): there nothing in front of a field counts. Fields that
no rule lists are told only in a path, a header field, a cookie or a name, and where one such field is all that a value
holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gatelens.model.confirmed import Confirmed

_MOST_HEAD = 256
_MOST_LINES = 16
_MOST_READ = 8_192
_MOST_EVIDENCE = 160

# Characters that are CR or LF where each is cut to its low byte (as by some HTTP libraries), beside the two themselves.
_LOW = "".join(chr(high << 8 | low) for high in range(1, 0x100) if not 0xD8 <= high < 0xE0 for low in (0x0A, 0x0D))
_BREAKS = re.compile(rf"(?:[\r\n]|\\[rn]|[{_LOW}](?=[A-Za-z{_LOW}\r\n]))+")
_PLAIN_BREAK = re.compile(r"[\r\n]|\\[rn]")
_FIELD = re.compile(r"(?:0[aAdD])*+[ \t]*+([A-Za-z][A-Za-z0-9_\-]{1,40})[ \t\r\n]*+:[ \t]*+([^\r\n\\]{0,400})")
_STATUS_LINE = re.compile(r"[ \t]*+HTTP/\d(?:\.\d)?[ \t]+[1-5]\d\d\b")
_REQUEST_LINE = re.compile(
    r"[ \t]*+(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|TRACE|TRACK|CONNECT|PROPFIND|MKCOL|MOVE|COPY)[ \t]+"
    r"(?:/|\*|https?://)\S*[ \t]+HTTP/\d(?:\.\d)?"
)
_REQUEST = re.compile(
    r"\s*+(?:GET|POST|PUT|HEAD|DELETE|PATCH|CONNECT|OPTIONS|TRACE|TRACK|PROPFIND)\s+(?:https?://[^\s/]|/)\S*\s+HTTP/\d(?:\.\d)?\s*\Z"
)
_LONE_FIELD = re.compile(r"[ \t]*+[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}:[ \t]*+[^\s\\]{1,200}\s*\Z")
_REQUEST_GOES_ON = re.compile(r"\S{0,128}[ \t]++HTTP/\d(?:\.\d)?")
"""The rest of a request line behind a path or a value: with no method in front it is no request of its own."""
_NAME_BEHIND_BREAK = re.compile(r"[\r\n][^\w\r\n]{0,8}[\w\-]{2,40}[\r\n \t]*+:")
_DOCUMENT = re.compile(r"[ \t]*+<(?:!doctype|html|head|body|script|svg|title|h1|iframe|img)\b", re.IGNORECASE)

# What begins a text of several lines: a heading, a list, a fence, a boundary, another field, a line of HTTP.
_OF_A_TEXT = re.compile(
    r"\s*(?:--|```|~~~|[#>|*+\-]\s|[{<\[(]|[A-Za-z][\w\-]*:\s|HTTP/|[A-Z]+ \S+ HTTP/)|.*[:,;{(]\s*\Z"
)

_FORMS = {
    "pair": re.compile(r"[\w.\-]+=|[\w.\-]+\s*\Z"),
    "address": re.compile(
        r"(?:[a-z][a-z0-9+.\-]*:|/|<[^\s>]+>\s*;|\\|\d+\s*;\s*url=|\*\s*\Z|null\s*\Z|[\w\-]+(?:\.[\w\-]+)+)",
        re.IGNORECASE,
    ),
    "number": re.compile(r"\d+\s*\Z"),
    "media-type": re.compile(r"[\w.+\-]+/[\w.+\-*]+\s*(?:;|\Z)|multipart"),
    "host": re.compile(r"(?:[\w\-]+(?:\.[\w\-]+)+|localhost|\[[0-9a-f:]+\])(?::\d+)?(?:[/,;\s].*)?\Z", re.IGNORECASE),
    "word": re.compile(r"[\w.\-*]+(?:\s*[,;=].*)?\s*\Z"),
    "any": re.compile(r"\S"),
}
FORMS = tuple(_FORMS)
"""Forms of a field's value that rules may name."""

type Fields = Mapping[str, re.Pattern[str]]
"""Field names in lower case, each with the form that its value has."""


def fields(listed: Mapping[str, Iterable[str]]) -> Fields:
    """Field names by form as a mapping from each name to its form."""
    return {name.lower(): _FORMS[form] for form, names in listed.items() for name in names}


def splitting(text: str, known: Fields, *, one_line: bool, closed: bool) -> Confirmed | None:
    """How `text` goes on behind the line it belongs in. `one_line`: it stands where a line break cannot be of use (the
    query, the path, a header field); `closed`: where none can be at all, and any field is one too many."""
    text = text[:_MOST_READ]
    first = _BREAKS.search(text, 0, _MOST_READ if one_line or closed else _MOST_HEAD + 16)
    if first is None:
        return None
    head = text[: first.start()]
    if _REQUEST_GOES_ON.fullmatch(head) and _FIELD.match(text, first.end()):
        return Confirmed(text[:_MOST_EVIDENCE], "ends a request line, adds a header field")
    if not closed and not one_line and not _is_value(head):
        return None
    words = _behind(text, first, known, any_field=closed)
    if not words and (one_line or closed):
        words = _further(text, first.end(), known)
    if closed and not words and _NAME_BEHIND_BREAK.search(text):
        words = "ends its line, adds a header field"
    elif not words and (one_line or not head.strip()) and _is_lone(text, first, head):
        words = "ends its line, adds a header field and nothing else"
    return Confirmed(text[first.start() : first.start() + _MOST_EVIDENCE], words) if words else None


def _is_lone(text: str, first: re.Match[str], head: str) -> bool:
    """Whether nothing comes behind the first line break but a field of a name like `Two-Words`, with one word in it."""
    return len(head.split()) <= 1 and not _empty_line(first[0]) and _LONE_FIELD.match(text, first.end()) is not None


def _further(text: str, place: int, known: Fields) -> str:
    """What comes behind the line breaks after `place`, in words; a line of a text may be before it."""
    for number, breaks in enumerate(_BREAKS.finditer(text, place)):
        if number == _MOST_LINES:
            return ""
        if words := _behind(text, breaks, known, any_field=False, most=1):
            return words
    return ""


def request_line(text: str) -> Confirmed | None:
    """Whether the whole of `text` is the first line of a request: what is smuggled, but for the line break."""
    found = len(text) <= _MOST_EVIDENCE and _REQUEST.match(text)
    return Confirmed(text, "a request line as the whole of a value") if found else None


def _is_value(head: str) -> bool:
    """Whether `head` is a value by itself, rather than the first line of a text."""
    if len(head) > _MOST_HEAD or _OF_A_TEXT.match(head):
        return False
    return len(head.split()) <= 1


def _behind(text: str, first: re.Match[str], known: Fields, *, any_field: bool, most: int = _MOST_LINES) -> str:
    """What comes behind a line break in the next `most` lines, in words; empty where it is a text's next line."""
    ends = "ends its line"
    hidden = not _PLAIN_BREAK.search(first[0])
    if hidden:
        ends = "ends its line with characters whose low byte is a line break"
    place, breaks = first.end(), first[0]
    for number in range(most):
        if _STATUS_LINE.match(text, place):
            return f"{ends}, begins a response"
        if _REQUEST_LINE.match(text, place):
            return f"{ends}, begins a request"
        if _empty_line(breaks) and _DOCUMENT.match(text, place):
            return f"{ends}, ends the header, begins a document"
        field = _FIELD.match(text, place)
        if field is None:
            return ""
        form = known.get(field[1].lower())
        if form is not None and (form.match(field[2]) or (hidden and len(first[0]) > 1)):
            return f"{ends}, adds a header field that decides something"
        if any_field and number == 0 and (form is None or field[2].strip()):
            return f"{ends}, adds a header field"
        following = _BREAKS.search(text, field.end(), field.end() + _MOST_HEAD)
        if following is None:
            return ""
        place, breaks = following.end(), following[0]
    return ""


def _empty_line(breaks: str) -> bool:
    plain = breaks.replace("\\r", "\r").replace("\\n", "\n").replace("\r\n", "\n")
    return len(plain) > 1
