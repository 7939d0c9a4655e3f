"""What kind of text a place in a message asks for: a line (a name, a number, an address), or a text of any length.

The same characters are an attack in a line and an example in a text: nobody's name has a pipe and a command in it, many
a comment has.
"""

from __future__ import annotations

import re

from gatelens.inspection import Target
from gatelens.model.location import Part

_LINES = frozenset({Part.QUERY, Part.PATH, Part.HEADER, Part.COOKIE})

TEXTS = frozenset(
    """
    about abstract answer article bio biography body caption code comment comments content contents css data desc
    description details document excerpt feedback footer formatted html instructions intro introduction javascript json
    letter markdown markup md memo message messages msg note notes overview payload post prompt question readme reason
    remark remarks reply report response review richtext script signature snippet source story style summary template
    terms text textarea transcript tweet wysiwyg xml yaml
    """.split()
)
"""Words in the names of form fields that take a text: what people and editors write in text areas."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_INDEX = re.compile(r"\[\d+\]\Z")


def is_line(target: Target) -> bool:
    """Whether `target` stands where a line is asked for. A document's values (JSON, XML …) are texts, and so is a form
    field named for one, or one in which there is a line break."""
    part = target.segment.part
    if part in _LINES:
        return "json" not in target.transformations
    if part is not Part.FORM or "\n" in target.text.strip():
        return False
    location = target.location
    name = _INDEX.sub("", location.pointer)
    words = {word.lower() for word in _WORD.findall(name)}
    return TEXTS.isdisjoint(words) and "json" not in target.transformations
