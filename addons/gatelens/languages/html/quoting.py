"""Find what a text only shows: code spans and fenced blocks of Markdown, code elements around escaped markup.

Source: CommonMark 0.31 sections 4.4 (indented code), 4.5 (fenced code), 6.1 (code spans); WHATWG HTML section 4.5.15.
Limits: what stands in a code span is told as shown only where words of a sentence stand outside, so that a value which
is nothing but a span is not; where the text is not rendered as Markdown, what is quoted so passes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

_FENCE = re.compile(r"^[ \t>*+-]*(?:\d+[.)][ \t]+)?(`{3,}|~{3,})([^\n]*+)", re.MULTILINE)
_TICKS = re.compile(r"`+")
_BEFORE = frozenset(" \t\r\n([{*_|,:;/-\"'>\u2014\u2013.~+#\u300c\uff08")
_AFTER = frozenset(" \t\r\n)]}*_|,:;.!?/-\"'<s\u2014\u2013~+=&\\\u300d\uff09")
_INDENTED = re.compile(r"(?:\A|\n[ \t]*)\n((?:(?: {4}|\t)[^\n]*+(?:\n[ \t]*(?=\n))*+(?:\n|\Z))++)")
_ELEMENT = re.compile(r"<(code|pre|kbd|samp|tt|textarea|xmp|p|li|td|dd|blockquote)\b[^>]*+>", re.IGNORECASE)
_WORD = re.compile(r"(?<![^\s(\"'\u201c>*_])[^\W\d_]{2,}(?=[\s.,;:!?)'\"\u201d<*_]|\Z)")
_TAG = re.compile(r"<[^<>]*+>|`[^`\n]*+`|(?<![^\s>`])[^\s=;{}()\[\]<>\"`]*+[=;{}()\[\]<>\"`]\S*+")
"""Tags, spans, and words with a sign of code in them."""


class Spans(Struct, frozen=True):
    """Stretches of a text, sorted and apart."""

    starts: Sequence[int]
    ends: Sequence[int]

    def hold(self, start: int) -> bool:
        """Whether character `start` is within one."""
        index = bisect_right(self.starts, start) - 1
        return index >= 0 and start < self.ends[index]


NOTHING = Spans((), ())


def quoted(text: str, *, is_escaped: bool, markdown: bool) -> Spans:
    """What is shown as code in `text`; `is_escaped` says that it stood there with entities for its signs."""
    spans: list[tuple[int, int]] = []
    if markdown and ("`" in text or "~~~" in text):
        spans = _markdown(text)
    if markdown and ("\n    " in text or "\n\t" in text) and spoken(text[:2_048]) >= _SENTENCE:
        spans += [found.span(1) for found in _INDENTED.finditer(text)]
    if is_escaped:
        spans += _code_elements(text)
    if not spans:
        return NOTHING
    spans.sort()
    starts: list[int] = []
    ends: list[int] = []
    for start, end in spans:
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    outside = "".join(text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True))
    return Spans(starts, ends) if is_escaped or spoken(outside) >= _SENTENCE else NOTHING


def may_show(text: str) -> bool:
    """Whether it makes a difference to `quoted` that `text` stood there escaped."""
    return "`" in text or "~~~" in text or "\n\t" in text or "\n    " in text or _ELEMENT.search(text) is not None


_SENTENCE = 3
"""Words that make a text a person's."""


def spoken(text: str) -> int:
    """How many words of a sentence `text` has: letters between white space, tags and code aside."""
    return len(_WORD.findall(_TAG.sub(" ", text[:8_192])))


def is_prose(text: str) -> bool:
    """Whether `text` has the words of a sentence, besides what is markup or code."""
    return spoken(text) >= _SENTENCE


def _markdown(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for found in _FENCE.finditer(text):
        if opened is None:
            if found[1][0] == "~" or "`" not in found[2]:
                opened = found
        elif found[1].startswith(opened[1]) and not found[2].strip():
            spans.append((opened.start(), found.end()))
            opened = None
    if opened is not None:
        spans.append((opened.start(), len(text)))
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        _spans(text, start, end, spans)
    return spans


def _spans(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> int:
    """Add the code spans between `start` and `end`: backticks as many on both sides, in one paragraph."""
    opened: dict[int, int] = {}
    for found in _TICKS.finditer(text, start, end):
        count = found.end() - found.start()
        begun = opened.get(count)
        if begun is not None and "\n\n" not in text[begun : min(found.start(), begun + 4_096)]:
            after = text[found.end() : found.end() + 1]
            if not after or after in _AFTER or not after.isascii():
                spans.append((begun, found.end()))
                opened.clear()
                continue
        before = text[found.start() - 1] if found.start() else " "
        if before in _BEFORE or not before.isascii():
            opened[count] = found.start()
    return end


def _code_elements(text: str) -> list[tuple[int, int]]:
    spans = []
    at = 0
    unended: set[str] = set()
    while found := _ELEMENT.search(text, at):
        end = -1 if found[1] in unended else text.find(f"</{found[1]}", found.end())
        if end < 0:
            unended.add(found[1])
            at = found.end()
            continue
        spans.append((found.end(), end))
        at = end
    return spans
