"""Find where a value leaves the attribute, the script or the string that it was put into, or is itself one that runs.

Source: WHATWG HTML sections 13.2.5.34 to 13.2.5.39 (attribute states); ECMA-262 sections 12.9.4 (strings), 12.9.6
(templates); OWASP XSS prevention rules 2 and 3 (attribute and script contexts).
Limits: a value breaks out by the first quote of a kind, as what stands before it would be within; behind that quote the
script has to go on as script does, with an operator or the end of an expression, within three lines. A value that is
a script from end to end is told up to 2,048 characters in one line, and only by what pages seldom do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gatelens.languages.html.elements import HANDLER
from gatelens.languages.html.quoting import is_prose
from gatelens.languages.html.script import LEAVES, MOST, effect, effect_of_all, is_script, is_signs_only, runs
from gatelens.languages.html.style import style_effect
from gatelens.languages.html.tags import Attribute, attributes
from gatelens.languages.html.urls import script_url
from gatelens.languages.html.vocabulary import Vocabulary


class Leaving(Struct, frozen=True):
    """`place` is the place left, `words` what it then brings, the evidence stands between `start` and `end`."""

    place: str
    words: str
    start: int
    end: int


QUOTES = {'"': "double quotes", "'": "single quotes", "`": "backticks"}
_STRING_QUOTES = {**QUOTES, "\u201d": "double quotes", "\u2019": "single quotes"}
"""A typographic quote may become a plain one where a database or a page has no such character."""
_MAY_ADD = re.compile(r"on[a-z]{3}|style|srcdoc")
"""Without one of these, or a colon, no attribute that runs is added."""
_QUOTE = re.compile(r"\"|'|`")
_NAME = re.compile(r"[a-z@:\x00-\x20][\w:.@-]*")
_NEXT_TAG = re.compile(r"[\s/]*+>\s*+<[\w/!][^<>\s]*+")
_ENDS = re.compile(r"(?=[^\w<]*[\"'`\u2019\u201d-])(?=[^\w<]*[>;)\]-])[^\w<]{2,16}+<[a-zA-Z/!][^<>\s]*+")
_EVERY_END = re.compile(r"(?:\"'|'\"|\"`|'`|`\"|`')[\"'`]?[^\w\s]{0,4}?(?:-->|--!>|\]\]>)")
_CLOSES = re.compile(r"[\"'`\u2019\u201d]|-->|--!>|\]\]>")
"""Nothing but signs that end a string, an attribute or a comment, and then a tag."""
_LATER = 12
_MOST_PROBE = 256
"""Attributes read behind a break-out."""
_UNQUOTED = re.compile(
    r"(?:\"[^\"<>]{0,256}\"|'[^'<>]{0,256}'|[^\s<>\"'`=]{0,64})[\s/]++|\"[^\"<>]{0,256}\"|'[^'<>]{0,256}'"
)
_SPACE = frozenset(" \t\n\r\f\x0b/>\x00")
_GOES_ON = re.compile(r"[\s)\]}]*+(?:[-+*/%&|^<>=?:,;!~]|\bin\b|\binstanceof\b|[\n)\]}][\s)\]}]*+[a-z([!~+'\"/-])")
_TEMPLATE = re.compile(r"\$\{|#\{|&\{")
_MOST_EXPRESSION = 2_048
_MOST_LINES = 2
_LINK = re.compile(
    r"\]\([\s<]{0,8}+(?=(?:j\s?a\s?v\s?a|v\s?b|live)\s?s\s?c\s?r\s?i\s?p\s?t\s?:)([^()\n]{1,256}+(?:\([^\n]{0,512}+)?)",
    re.IGNORECASE,
)
_BBCODE = re.compile(
    r"\[(?:url|img|link|iframe|email)(?:=|\])\s*+[\"']?(?=\s*+(?:java|vb)\s*+script\s*+:)([^\n]{1,256}+)", re.IGNORECASE
)
_ESCAPED_QUOTE = re.compile(r"\\++(?=[\"'`])")
_PLUS = re.compile(r"(?<=['\"`\])]) +(?=['\"`\[(])")
"""Where a script would have a sign between two operands: in a query, a plus sign is read as a space."""
_STAYS = re.compile(r"\s*+(?:void\b|history\b|window\.(?:history|close|print)\b|return\b|;|//[^\n]*+\Z)")
"""What links that are no links hold, or ones that lead back."""
_TAKEN = re.compile(
    r"location[\w.]*+\s*+(?:=\s*+(?:name\b|self\b|top\b|window\b|location\b|document\b|URL\b|['\"`/]|\[)|\[|\.\w++\s*+\()",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"(?:^|[=:;{}]\s*+)(?:async\s++)?(?:function\b|(?:\([\w$,\s]*+\)|[\w$]++)\s*+=>)")


def out_of_attribute(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """A value that ends its attribute, or stands among attributes, and adds one that runs."""
    may_add = "=" in text and (":" in text or _MAY_ADD.search(text.lower()) is not None)
    seen: set[str] = set()
    for found in _QUOTE.finditer(text):
        quote = found[0]
        if quote in seen:
            continue
        seen.add(quote)
        before = text[: found.start()]
        if "<" in before or before.endswith("="):
            continue
        if may_add and (place := _added(text, found.end(), vocabulary, strict=True)):
            return Leaving(f"closes an attribute in {QUOTES[quote]}", place[0], found.start(), place[1])
        if (tag := _NEXT_TAG.match(text, found.end())) and "=" not in before and len(text) <= _MOST_PROBE:
            return Leaving(
                f"closes an attribute in {QUOTES[quote]}", "closes its tag and opens another", found.start(), tag.end()
            )
        if len(seen) == len(QUOTES):
            break
    if len(text) <= _MOST_PROBE and (ends := _ENDS.match(text)) and _CLOSES.search(ends[0]):
        return Leaving("closes whatever it stands in", "opens a tag", 0, ends.end())
    if every := _EVERY_END.search(text):
        return Leaving("closes whatever it stands in", "ends quotes and a comment at once", every.start(), every.end())
    if not may_add:
        return None
    if (first := _UNQUOTED.match(text)) and (place := _added(text, first.end(), vocabulary, strict=False)):
        return Leaving("ends an attribute without quotes", place[0], first.end(), place[1])
    if place := _added(text, 0, vocabulary, strict=False):
        return Leaving("stands among the attributes of a tag", place[0], 0, place[1])
    return None


def _added(text: str, at: int, vocabulary: Vocabulary, *, strict: bool) -> tuple[str, int] | None:
    """The attribute that runs, read among attributes from `at` on, in words, and its end."""
    adjacent = at < len(text) and text[at] not in _SPACE
    for count, attribute in enumerate(attributes(text, at, set())):
        if count >= _LATER or not _NAME.fullmatch(attribute.name):
            return None
        if words := _runs(attribute, vocabulary, own=not (strict and count < 2 and not (adjacent and count))):
            return words, attribute.end
        if attribute.value is None and count > 2:
            return None
    return None


def _runs(attribute: Attribute, vocabulary: Vocabulary, *, own: bool) -> str:
    value = attribute.value
    if not value:
        return ""
    if HANDLER.fullmatch(attribute.name.strip()):
        words = runs(value, vocabulary, own=own)
        return f"adds an event handler that {words}" if words and (not own or words != "runs code") else ""
    if attribute.name == "style":
        return f"adds a style that {words}" if (words := style_effect(value, vocabulary)) else ""
    if ":" in value and (words := script_url(value, vocabulary, own=own)):
        return f"adds a URL that {words}"
    if attribute.name == "srcdoc" and "<" in value:
        return "adds a document of its own"
    return ""


def out_of_script(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """A value that ends its string within a script and goes on as script."""
    if text.strip().count("\n") > _MOST_LINES:
        return None
    for quote, at in _first_quotes(text):
        rest = text[at + 1 : at + 1 + MOST]
        if rest[:1] == " " and rest.rstrip()[-1:] == quote:
            rest = "+" + rest[1:]  # a query is sent with a plus sign for each space, and read so, though it was one
        if not _GOES_ON.match(rest):
            continue
        code = rest
        words = effect(code, vocabulary) or ("is longer than is read" if len(code) == MOST else "")
        if words and (is_script(code, 512) or _has_tail(code)):
            return Leaving(
                f"closes a script's string in {_STRING_QUOTES[quote]}", f"goes on with script that {words}", at, at + 80
            )
    if (found := _TEMPLATE.search(text)) and "`" not in text[: found.start()]:
        inner = [piece.partition("}")[0] for piece in _TEMPLATE.split(text)[1:]]
        if (words := effect_of_all(inner, vocabulary)) and not is_prose(text):
            return Leaving(
                "stands in a template literal", f"adds an expression that {words}", found.start(), found.end() + 80
            )
    return None


def _has_tail(code: str) -> bool:
    """Whether the script up to its comment is script."""
    head, sign, _ = code.partition("//")
    return bool(sign) and is_script(head, 512)


def _first_quotes(text: str) -> Iterator[tuple[str, int]]:
    for quote in _STRING_QUOTES:
        at = text.find(quote)
        if at >= 0 and "<" not in text[:at]:
            yield quote, at


def whole_script(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """A value that is an expression of a script from end to end, in one line, and runs at once."""
    bare = text.strip()
    if not bare or bare[0] == "<":
        return None
    if is_signs_only(bare):
        return Leaving("is an expression of a script", "is written in signs only", 0, 80)
    if len(bare) > _MOST_EXPRESSION or "\n" in bare:
        return None
    if "\\" in bare:
        bare = _ESCAPED_QUOTE.sub("", bare)
    if found := _DEFINITION.search(bare):
        bare = bare[: found.start()]  # what a function would do is not done by defining it
    bare = _PLUS.sub("+", bare)
    words = effect(bare, vocabulary.alone)
    if words == LEAVES and not _TAKEN.search(bare):
        return None  # a variable of that name
    if words and is_script(bare, _MOST_EXPRESSION):
        return Leaving("is an expression of a script", words, 0, 80)
    return None


def whole_url(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """A value that is a URL which runs."""
    if ":" not in text[:128]:
        return None
    words = script_url(text, vocabulary, own=False)
    code = text.partition(":")[2]
    if words and (words != "runs code" or (is_script(code) and not _STAYS.match(code))):
        return Leaving("is a URL", words, 0, 80)
    return None


def link(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """The address of a link of Markdown or BBCode that runs: CommonMark 0.31 section 6.3."""
    for found in _LINK.finditer(text) if "](" in text else ():
        if words := script_url(_balanced(found[1]), vocabulary):
            return Leaving("is the address of a link in Markdown", words, found.start(), found.end() + 80)
    if "[" in text and (in_brackets := _BBCODE.search(text)) and (words := script_url(in_brackets[1], vocabulary)):
        return Leaving("is the address of a link in BBCode", words, in_brackets.start(), in_brackets.end())
    return None


def _balanced(address: str) -> str:
    """`address` up to the parenthesis that ends the link."""
    depth = 0
    for at, sign in enumerate(address):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return address[:at]
    return address


def whole_style(text: str, vocabulary: Vocabulary) -> Leaving | None:
    """A value that goes on a style sheet, and runs there."""
    if len(text) > 512 or text.count("\n") > _MOST_LINES or not (words := style_effect(text, vocabulary)):
        return None
    if words in {"imports a style sheet", "names a script URL"} or "<" in text:
        return None
    return Leaving("stands in a style", words, 0, 80)
