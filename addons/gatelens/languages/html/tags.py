"""Read markup as a browser does: tags and their attributes, however they are spelled.

Source: WHATWG HTML sections 13.2.5.6 to 13.2.5.40 (tag and attribute states).
Limits: more lenient than a browser, as old ones are told apart nowhere: any white space parts attributes, backticks
quote a value, names may hold what a browser would not have in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from msgspec import Struct

_OPENED = re.compile(r"<(/?)([^\s\d<>=\-\"'()&|,][^\s/><\"'=`(+]*+)")
_ATTRIBUTE = re.compile(
    r"[\s/+\x00-\x20]*+([^\s/>\x00-\x20][^\s/>=<\x00-\x20]*+)"
    r"(?:[\s\x00-\x20]*+=[\s\x00-\x20]*+(?:\"([^\"]*+)\"?|'([^']*+)'?|`([^`>]*+)`|([^>\x00-\x20]*+)))?"
)
_NAME = re.compile(r"[^a-z]*+(?:[\w-]++:)?([a-z][\w-]*+)")
_HIDDEN = re.compile("[\x00\u00ad\u200b-\u200f\u2060-\u206f\ufeff]|\\\\(?:x0{1,2}|u0000|0{1,3})?")
"""What is not seen in a name, and a backslash with the number of such a character."""
_MOST_ATTRIBUTES = 1_000
_MOST_UNREAD = 256
ELEMENTS = frozenset(
    "a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption center cite "
    "code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font "
    "footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img image input ins kbd "
    "label legend li link main map mark marquee math menu meta meter nav noscript object ol optgroup option "
    "output p picture pre progress q rp rt ruby s samp script search section select slot small source span strong "
    "style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track u ul var video "
    "wbr".split()
)
"""Elements of HTML: WHATWG HTML, "List of elements", and what older ones are still read as."""


class Attribute(Struct, frozen=True, gc=False):
    """`name` in small letters, `value` with its entities undone, None where there is none."""

    name: str
    value: str | None
    start: int
    end: int


class Tag(Struct, frozen=True):
    """`name` in small letters and without a prefix, `spelled` as it stands; `end` is behind the tag's `>`."""

    name: str
    spelled: str
    attributes: tuple[Attribute, ...]
    start: int
    end: int
    is_end: bool
    is_closed: bool

    def get(self, name: str) -> str | None:
        """The value of the first attribute of that name."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value or ""
        return None


def attributes(text: str, at: int, seen: set[int]) -> Iterator[Attribute]:
    """The attributes of a tag from `at` on, up to its `>`, the end of `text` or a place in `seen`: where reading went
    on before, it would go on in the same way. So all tags of a text are read in a time that grows with it.
    """
    while at not in seen and (found := _ATTRIBUTE.match(text, at)):
        seen.add(at)
        at = found.end()
        value = next((value for value in found.groups()[1:] if value is not None), None)
        if value and "&" in value:
            value = unescape(value)
        name = _HIDDEN.sub("", found[1]).strip("\"'`").lower()
        if value is None and name[:1] == "=" and len(name) > 1:
            value, name = unescape(found[1][1:]).strip("\"'`"), "="  # its name stands within that of the tag
        yield Attribute(name or found[1], value, found.start(1), at)


def tag_at(text: str, start: int, seen: set[int] | None = None) -> Tag | None:
    """The tag that begins with the `<` at `start`; None where none does. `seen` are places as `attributes` has them."""
    found = _OPENED.match(text, start)
    if found is None:
        return None
    own = tuple(islice(attributes(text, found.end(), set() if seen is None else seen), _MOST_ATTRIBUTES))
    end = own[-1].end if own else found.end()
    close = text.find(">", end, end + _MOST_UNREAD)
    close = len(text) if close < 0 else close + 1
    spelled = _HIDDEN.sub("", found[2]).lower()
    name = _NAME.match(spelled[:_MOST_UNREAD])
    return Tag(
        name[1] if name else spelled, spelled, own, start, close, found[1] == "/", text[close - 1 : close] == ">"
    )
