"""Say what a tag brings into a page: an event handler, a script, a script URL, a foreign document, a style that runs.

Source: WHATWG HTML sections 4.2 (base, link, meta), 4.8 (embedded content), 4.12 (scripting), 8.1.8 (event handlers);
SVG 2, MathML Core, SMIL; CWE-79, CWE-80, CWE-83.
Limits: an event handler that only calls functions which the page must define, with plain arguments, is none of the
value's own code. Pictures, links, forms and media of other hosts are what a text may have.
"""

from __future__ import annotations

import re
from html import unescape

from msgspec import Struct

from gatelens.languages.html.directives import directive
from gatelens.languages.html.script import effect, is_script, runs
from gatelens.languages.html.style import style_effect
from gatelens.languages.html.tags import Attribute, Tag
from gatelens.languages.html.urls import data_url, foreign_host, obscured_host, obscured_url, script_url
from gatelens.languages.html.vocabulary import Vocabulary

HANDLER = re.compile(r"on(?!(?:e|ce|ly|line|to|us|going|board|ion|set|wards?|enote|shore)\Z)[a-z]{3,}")
"""Names of event handlers. Every element has them, so have those of no known name; the words are none."""

_EMBEDDED = {
    "iframe": ("src",),
    "frame": ("src",),
    "embed": ("src", "code"),
    "object": ("data", "codebase", "classid"),
    "applet": ("code", "codebase", "archive", "object"),
    "portal": ("src",),
    "layer": ("src",),
    "ilayer": ("src",),
    "fencedframe": ("src",),
    "base": ("href",),
    "xml": ("src",),
    "import": ("href", "implementation"),
    "use": ("href", "xlink:href"),
    "listener": ("handler",),
    "param": ("value",),
}
_PLUGINS = frozenset({"embed", "applet"})
_PICTURES = frozenset({"img", "image", "source", "video", "audio", "picture", "input", "feimage", "track"})
_INERT_TYPE = re.compile(
    r"\s*(?:(?!text/(?:java|j|vb|live|ecma)script|application/(?:x-)?(?:java|ecma)script|module)\w+/[\w.+-]+|importmap"
    r"|speculationrules)",
    re.IGNORECASE,
)
_SCRIPT_END = re.compile(r"</\s*(?:\w+:)?(?:script|handler)", re.IGNORECASE)
_STYLE_END = re.compile(r"</\s*style", re.IGNORECASE)
MOST_CONTENT = 4_096
"""Characters read of what an element holds."""
WITH_CONTENT = frozenset({"script", "style", "handler"})
_SHEET = re.compile(r"\b(?:stylesheet|import|preload|modulepreload|xslt)\b", re.IGNORECASE)
_REFRESH = re.compile(r"refresh|link|set-cookie", re.IGNORECASE)
_SCRIPT_WITHIN = re.compile(r"[;,=\s'\"(<](?=(?:java|vb)script:|data:text)", re.IGNORECASE)
_SWALLOWED = re.compile(r"on[a-z]{3,}=", re.IGNORECASE)
"""A handler taken for the value of the attribute before it, `src= onerror=x`, which stricter readers do not."""
_LEFT = re.compile(r"\s*+[^{}<>\s][^{}<>]*+\}|[^{}\x00-\x08\x0e-\x1f]*+[\x00-\x08\x0e-\x1f]")
"""An end of a block that it did not begin, or a character that no style has."""
_DOUBLED = re.compile(r"o[a-z]*on[a-z]{3,}")
"""What becomes the name of a handler where a filter takes one out."""
_ODD_HANDLER = re.compile(r"(?<![a-z-])on[a-z]{3,}(?![a-z])")
_MACRO = re.compile(r"&\{")
"""A script in a value, as Netscape 4 read it."""
_SCHEME_START = re.compile(r"(?:j|ja|jav|java|javas|javasc|javascr|javascri|javascrip|javascript|vb|vbs|vbscript)\Z")
_SPACES = re.compile(r"[\s\x00-\x20]++")
_MOST_PARTED = 512
_PAGE = re.compile(r"\s*+(?:<\?[^>]*+>\s*+)?(?:<!--[^>]*+>\s*+)*+<(?:!doctype\s++html|html|head)\b", re.IGNORECASE)
_PAGE_END = re.compile(r"</html>\s*+\Z", re.IGNORECASE)
_ACTS = re.compile(r"[`(=]")
_LETTER = re.compile(r"[a-z]")
_LINK = re.compile(r"(?:xlink:)?href", re.IGNORECASE)
_PLAYS = frozenset({"code", "src", "url", "movie", "data", "href", "filename"})
_CLOBBERS = frozenset({"form", "input", "img", "object", "embed", "a", "iframe", "button", "select", "output"})
_MARKUP_TARGET = re.compile(r"innerhtml|on[a-z]{3,}", re.IGNORECASE)


class Danger(Struct, frozen=True):
    """`words` say what the tag brings, `end` is where it ends; `is_certain` says that it runs whatever stands around
    it, else it may be only named in a text."""

    words: str
    end: int
    is_certain: bool = True


def danger(tag: Tag, text: str, vocabulary: Vocabulary, *, is_read: bool = False) -> Danger | None:
    """What `tag` of `text` brings that a text of a person does not have. `is_read` says that what it holds was read as
    part of what an element around it holds."""
    for attribute in tag.attributes:
        if words := _attribute(attribute, tag, vocabulary):
            return Danger(words, attribute.end)
        if attribute.value and _SCHEME_START.match(attribute.value.lower()):
            url = _SPACES.sub("", attribute.value + text[attribute.end : min(tag.end, attribute.end + _MOST_PARTED)])
            if words := script_url(url, vocabulary):
                return Danger(f"a tag with a URL, parted by white space, that {words}", attribute.end)
    if tag.is_end or (is_read and tag.name in WITH_CONTENT):
        return None
    element = _ELEMENTS.get(tag.name)
    if element is not None:
        return element(tag, text, vocabulary)
    if tag.name in _EMBEDDED:
        return _embedded(tag, text, vocabulary)
    if "script" in tag.name and tag.name.replace("script", "", 1) == "script":
        return _script(tag, text, vocabulary)  # where a filter takes the word out once, it is left
    return None


def _attribute(attribute: Attribute, tag: Tag, vocabulary: Vocabulary) -> str:
    name, value = attribute.name, attribute.value
    if not value:
        return ("a tag with a directive that " + words) if (words := directive(attribute, vocabulary)) else ""
    if name[0] == "o" and HANDLER.match(name):
        if words := runs(value, vocabulary) if HANDLER.fullmatch(name) else effect(value, vocabulary):
            return "a tag with an event handler that " + words
        return ""
    if name == "style" or name.endswith(":style"):
        words = style_effect(value, vocabulary) or ("leaves its declarations" if _LEFT.match(value) else "")
        return f"a tag with a style that {words}" if words else ""
    if ":" in value:
        if words := script_url(value, vocabulary) or _later_url(value, vocabulary):
            return "a tag with a URL that " + words
        if _is_address(name) and obscured_host(value):
            return "a tag with a URL whose host is hidden in numbers"
        if _is_address(name) and (words := obscured_url(value, vocabulary)):
            return "a tag with a URL whose scheme is hidden and that " + words
        if tag.name != "link" and (words := data_url(value, image=tag.name in _PICTURES)) and _is_address(name):
            return "a tag with a URL that " + words
    if words := directive(attribute, vocabulary):
        return "a tag with a directive that " + words
    if name == "srcdoc":
        return "a frame with a document of its own" if "<" in value else ""
    if name == "ev:handler":
        return "a tag with a handler of XML events"
    if name == "dataformatas" and value.lower() == "html":
        return "a tag that is bound to data as markup"
    if (found := _SWALLOWED.match(value)) and (words := runs(value[found.end() :], vocabulary)):
        return "a tag with an event handler that " + words
    if (not _LETTER.search(name) or _is_odd_handler(name)) and (words := effect(value, vocabulary)):
        return "a tag with an attribute that " + words
    if (found := _MACRO.search(value)) and (words := effect(value[found.end() :], vocabulary)):
        return "a tag with a value that is script and " + words
    if name in ("id", "name") and tag.name in _CLOBBERS and value.lower() in vocabulary.properties:
        return "a tag that takes the name of a property of the document"
    return ""


def _is_odd_handler(name: str) -> bool:
    """The name of a handler among signs that a filter may take out, but that no language of templates has there."""
    if _DOUBLED.fullmatch(name):
        return True
    found = _ODD_HANDLER.search(name)
    return found is not None and found.end() - found.start() + 2 < len(name) and HANDLER.fullmatch(found[0]) is not None


def _is_address(name: str) -> bool:
    return name in (
        "=",
        "src",
        "lowsrc",
        "dynsrc",
        "background",
        "href",
        "xlink:href",
        "data",
        "action",
        "formaction",
        "code",
        "codebase",
        "values",
        "to",
        "from",
    )


def _later_url(value: str, vocabulary: Vocabulary) -> str:
    """A script URL behind something else: the refresh of a page, one of the values of an animation."""
    for found in _SCRIPT_WITHIN.finditer(value[:4_096]):
        if words := script_url(value[found.end() :], vocabulary) or data_url(value[found.end() :], image=False):
            return words
    return ""


def _script(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    kind = tag.get("type") or tag.get("language")
    source = next((value for name in ("src", "href", "xlink:href") if (value := tag.get(name))), None)
    if source is not None:
        if _PAGE.match(text) and not foreign_host(source, vocabulary) and ":" not in source[:32]:
            return None  # a whole page that loads its site's own script
        return Danger("a script element that loads a script", tag.end)
    if kind and _INERT_TYPE.match(kind):
        return None
    end = _SCRIPT_END.search(text, tag.end, tag.end + MOST_CONTENT)
    content = text[tag.end : end.start() if end else tag.end + MOST_CONTENT]
    if _PAGE.match(text) and _PAGE_END.search(text):
        vocabulary = vocabulary.alone  # a whole page has scripts, which do what scripts do
        if not effect(content, vocabulary):
            return None
    if words := effect(content, vocabulary) or (tag.name != tag.spelled and effect(tag.spelled, vocabulary)):
        if end or is_script(content, 256):
            return Danger("a script element that " + words, tag.end + min(len(content), 80))
        return Danger("a script element that " + words, tag.end + min(len(content), 80), is_certain=False)
    if "&" in content and (words := effect(unescape(content), vocabulary)):
        return Danger("a script element that " + words, tag.end + min(len(content), 80))
    if not is_script(content):
        return Danger("a script element", tag.end, is_certain=False) if end else None
    certain = _ACTS.search(content) is not None if end else len(content) == MOST_CONTENT
    return Danger("a script element", tag.end, is_certain=certain)


def _style(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    end = _STYLE_END.search(text, tag.end, tag.end + MOST_CONTENT)
    content = text[tag.end : end.start() if end else tag.end + MOST_CONTENT]
    if words := style_effect(content, vocabulary):
        return Danger("a style element that " + words, tag.end + min(len(content), 80))
    if "script" in (tag.get("type") or "").lower() and (words := runs(content, vocabulary)):
        return Danger("a style element that " + words, tag.end + min(len(content), 80))
    return None


def _link(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    source = tag.get("href") or ""
    if _SHEET.search(tag.get("rel") or "") and (
        foreign_host(source, vocabulary) or data_url(source, image=False) or source.lower().startswith("data:")
    ):
        return Danger("a style sheet of a foreign host", tag.end, is_certain=False)
    return None


def _meta(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    content = tag.get("content") or ""
    if _REFRESH.search(tag.get("http-equiv") or "") and (
        re.search(r"url\s*=|;|https?:", content, re.IGNORECASE) or "<" in content
    ):
        return Danger("a meta element that acts for the page", tag.end, is_certain=False)
    if "utf-7" in (tag.get("charset") or content).lower():
        return Danger("a meta element that changes the encoding", tag.end)
    return None


def _animation(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    target = tag.get("attributename") or ""
    if _MARKUP_TARGET.fullmatch(target):
        return Danger("an animation that sets markup or a handler", tag.end)
    if _LINK.fullmatch(target):
        return Danger("an animation that sets a link", tag.end)
    return None


def _sheet(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    """An instruction of XML that names a style sheet, which may be a program: XML Stylesheets 1.0."""
    source = (tag.get("href") or "").strip()
    if source[:1] == "#" or data_url(source, image=False) or source.lower().startswith("data:"):
        return Danger("a style sheet within the document", tag.end)
    if foreign_host(source, vocabulary):
        return Danger("a style sheet of a foreign host", tag.end, is_certain=False)
    return None


def _embedded(tag: Tag, text: str, vocabulary: Vocabulary) -> Danger | None:
    if tag.name == "import" and tag.get("implementation") is not None:
        return Danger("an import of a behaviour", tag.end)
    if tag.name == "param" and (tag.get("name") or "").lower() not in _PLAYS:
        return None
    for name in _EMBEDDED[tag.name]:
        source = tag.get(name) or ""
        if foreign_host(source, vocabulary):
            return Danger("an embedded document of a foreign host", tag.end, is_certain=False)
        if data_url(source, image=False):
            return Danger("an embedded document of its own", tag.end)
        if source and tag.name in _PLUGINS and len(text) <= _MOST_PARTED and not text[: tag.start].strip("\"'`<>/ "):
            return Danger("a document in a plug-in", tag.end, is_certain=False)
    return None


_ELEMENTS = {
    "script": _script,
    "handler": _script,
    "style": _style,
    "link": _link,
    "meta": _meta,
    "set": _animation,
    "animate": _animation,
    "xml-stylesheet": _sheet,
}
