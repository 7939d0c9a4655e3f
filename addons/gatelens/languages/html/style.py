"""Say what a style sheet or the value of a `style` attribute runs.

Source: CSS Syntax 3 section 4 (escapes, comments); Microsoft dynamic properties and behaviours, Mozilla XBL.
Limits: the first 16,384 characters of a style, 4,096 of a style element. A selector
that measures by other means than the letters of an attribute is not told from a harmless one.
"""

from __future__ import annotations

import re

from gatelens.languages.html.script import without
from gatelens.languages.html.urls import foreign_host
from gatelens.languages.html.vocabulary import Vocabulary

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/|<!--|-->|\x00")
_COMMENT_OR_STRING = re.compile(r"(\"[^\"]*+\"|'[^']*+')|" + _COMMENT.pattern)
_RUNS = re.compile(
    r"(?P<expression>:[^a-z;:]{0,16}expression\s*+\()"
    r"|(?P<script>(?<![\w-])(?:java|vb|live)script\s*+:)"
    r"|(?P<behaviour>(?<![\w-])behaviou?r\s*+:\s*+url\s*+\((?!\s*+['\"]?#default#vml\b))"
    r"|(?P<binding>-moz-binding\s*+:|(?<![\w-])-o-link\s*+:)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\[\s*+[a-z-]++\s*+[\^$*]=[^{}]{0,200}+\{[^{}]{0,400}?url\(\s*+['\"]?([^'\")]*+)", re.IGNORECASE
)
"""A picture that is loaded where an attribute begins or ends with some letters, so that these are told."""
_IMPORT = re.compile(r"@import\s*+(?:url\s*+\(\s*+)?['\"]?([^'\")\s;]*+)", re.IGNORECASE)
_WORDS = {
    "expression": "computes a property by script",
    "script": "names a script URL",
    "behaviour": "attaches a behaviour",
    "binding": "binds a script",
}
_BROKEN = re.compile(
    r"url\(\s*+(?!['\"]|data:)(?:[^)'\";}\s]*+\s?[^)'\";}\s]*+[;}]|[^)'\"\s\x7f]++[\s\x7f])[^)'\"]{0,200}?/\*"
)
"""A URL without quotes that CSS Syntax 3 section 4.3.6 calls bad: what stands behind it is read in two ways."""
_TELLING = ("expression", "script", "behavio", "binding", "o-link", "url(")
_MOST = 16_384


def style_effect(style: str, vocabulary: Vocabulary) -> str:
    """What `style` runs, in words that go on "a style that …"; empty where nothing does."""
    style = style[:_MOST]
    if "\\" in style:
        style = _ESCAPE.sub(_character, style)
    bare = without(_COMMENT, "", style)
    lowered = bare.lower()
    for imported in _IMPORT.finditer(bare) if "@import" in lowered else ():
        url = imported[1].lower()
        if url.startswith(("data:", "javascript:")) or foreign_host(url, vocabulary):
            return "imports a style sheet"
    for measured in _MEASURED.finditer(bare) if "url(" in lowered else ():
        if foreign_host(measured[1], vocabulary):
            return "tells another host what an attribute holds"
    # what looks like a comment may be part of a string, and what looks like a string part of a comment
    other = without(_COMMENT_OR_STRING, r"\1", style) if "/*" in style else bare
    lowered += other.lower()
    if not any(word in lowered for word in _TELLING):
        return ""
    if _BROKEN.search(style):
        return "leaves a URL in it"
    for reading in dict.fromkeys((bare, other)):
        if found := _RUNS.search(reading):
            return _WORDS[found.lastgroup or ""]
    return ""


def _character(found: re.Match[str]) -> str:
    if found[2] is not None:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
