"""Find values that are run as script where a browser reads them.

Source: CWE-79, CWE-80, CWE-83, CWE-87; WHATWG HTML section 13.2.5 (tokenization).
Limits: one value at a time. Code shown in a span or a block of Markdown between words of a text passes, as do event
handlers that only call functions of the page, and pictures, links and forms of other hosts, but for values that stand
where a line of plain text is asked for (query, path, header, cookie, form). A bare expression of script passes in a
document's value that is named for code. What a page does with a harmless value is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Annotated, ClassVar
from urllib.parse import unquote_plus

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, is_taken_apart, work
from gatelens.inspection import Hit, Target, Trigger, View
from gatelens.languages.html.confinement import Finding, injection
from gatelens.languages.html.drawing import drawn
from gatelens.languages.html.fragments import Line
from gatelens.languages.html.quoting import may_show
from gatelens.languages.html.vocabulary import Vocabulary
from gatelens.languages.urls.parameter_names import name_at, words_at
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Expression = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `functions` and `members` are what a script calls, reads or writes that
    tells an attack, listed by what that does, in words that go on "an event handler that …"; a member is a chain such
    as `document.cookie`. `everyday` are those of the words that every page's scripts do: they tell nothing in a value
    that is a line of script and leaves no place. `hosts` may be embedded in a text (frames, players, style sheets).
    `properties` are names of the document that a form or picture of that name would hide. `rich_text` lets markup that
    only formats stand in a value; `markdown` lets code stand in the spans and blocks of a text that is a person's."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    functions: dict[str, tuple[str, ...]] = {}
    members: dict[str, tuple[str, ...]] = {}
    hosts: tuple[str, ...] = ()
    properties: tuple[Annotated[str, Meta(pattern="^[A-Za-z]+$")], ...] = ()
    everyday: tuple[str, ...] = ()
    rich_text: bool = True
    markdown: bool = True


_ANY_TAG = "<[/a-z]"
_TOO_MUCH = "more that looks like markup or script than is analysed in one message"


class Inspector:
    """All rules of cross-site scripting at once: the shared scan names the values, the analysis decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _patterns(_params(rule))]
        self._vocabularies = {rule.id: _vocabulary(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        unparted = _Unparted(view)

        def judge(hit: Hit, budget: Work) -> Confirmed | None:
            found = self._found(hit, budget)
            if found is None and (text := unparted.of(hit.target)):
                found = injection(text, self._vocabularies[hit.rule.id], budget)
            return Confirmed(found.evidence, found.explanation) if found else None

        return confirm(view, work(view, times=2), judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The place in the page, and what it holds with an ordinary value and with this one."""
        found = self._found(hit, Work(4 * len(hit.target.text) + 65_536))
        return drawn(found) if found else None

    def _found(self, hit: Hit, budget: Work) -> Finding | None:
        # how a text was decoded is found out at some cost
        is_escaped = may_show(hit.target.text) and "html-entity" in hit.target.transformations
        # what stood in Base64 is a document, as in a data URL
        is_plain = is_line(hit.target) and "base64" not in hit.target.transformations
        line = _LINES.get(hit.target.segment.part, Line.NONE) if is_plain else Line.NONE
        vocabulary, code = self._vocabularies[hit.rule.id], _is_code(hit.target) or is_taken_apart(hit.target.text)
        return injection(_whole(hit.target), vocabulary, budget, is_escaped=is_escaped, line=line, code=code)


_LINES = {
    Part.FORM: Line.FORM,
    Part.QUERY: Line.ONLY,
    Part.PATH: Line.ONLY,
    Part.HEADER: Line.ONLY,
    Part.COOKIE: Line.ONLY,
}
"""Parts whose values are lines of plain text rather than documents."""
_CODE = frozenset("code context exec script scripts source sources snippet sample lines js javascript".split())
"""Words in the names of what holds code by design, often line by line: editors, traces, reports, notebooks."""


def _is_code(target: Target) -> bool:
    """Whether the target is a value of a document that is named for code."""
    if target.segment.part is not Part.BODY:
        return False
    location = target.location
    return not location.key and not _CODE.isdisjoint(words_at(name_at(location.pointer)))


_PAIRS = frozenset({Part.QUERY, Part.FORM})
_IN_MARKUP = re.compile(r"[<\"'`]|^on[a-z]{3,}(?:\[|\Z)|^(?:lt|quot|apos|#x?[0-9a-f]+);", re.IGNORECASE)


def _whole(target: Target) -> str:
    """The text, and the name before it where a pair was parted at an equals sign within markup."""
    if target.segment.part in _PAIRS:
        location = target.location
        name = location.pointer.rpartition("[")[0]
        if not location.key and _IN_MARKUP.search(name):
            return f"{name.replace('~1', '/').replace('~0', '~')}={target.text}"
    return target.text


_SENT_AS_IT_IS = re.compile(r"[<>\"]|&(?:#|[a-z]{2,8};)", re.IGNORECASE)
"""What a client that encodes its values never sends: without it, each ampersand parts two values."""

_MOST_UNPARTED = 4_096


class _Unparted:
    """Queries and forms as one text, for those who read them so: markup has ampersands and equals signs of its own."""

    __slots__ = ("_given", "_view")

    def __init__(self, view: View) -> None:
        self._view = view
        self._given: set[Part] = set()

    def of(self, target: Target) -> str:
        """All of what `target` is a piece of; empty where it is none, has no markup in it, or was given before."""
        part = target.segment.part
        if part not in _PAIRS or part in self._given or not _IN_MARKUP.search(target.text):
            return ""
        self._given.add(part)
        if part is Part.QUERY:
            sent = self._view.message.target.partition("?")[2]
        else:
            sent = self._view.decoded.content[: _MOST_UNPARTED + 1].decode("utf-8", "replace")
        if len(sent) > _MOST_UNPARTED or "\n" in sent or not _SENT_AS_IT_IS.search(sent):
            return ""
        return unescape(unquote_plus(sent))


def _patterns(params: Params) -> Iterator[str]:
    yield from params.patterns
    if params.properties:
        yield rf"\b(?:id|name)[\s\"'=]+(?:{'|'.join(params.properties)})\b"
    if not params.rich_text:
        yield _ANY_TAG


def _vocabulary(params: Params) -> Vocabulary:
    return Vocabulary(
        params.functions,
        params.members,
        params.hosts,
        params.properties,
        everyday=params.everyday,
        rich_text=params.rich_text,
        markdown=params.markdown,
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
