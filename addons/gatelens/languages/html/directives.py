"""Say what a client-side template runs: an expression in double braces, a directive in an attribute.

Source: AngularJS (`{{ }}`, `ng-…`), Vue (`v-…`, `@…`, `:…`), Alpine (`x-…`), htmx (`hx-on`); CWE-1336.
Limits: an expression is told by what reaches out of the template's own scope; other templates are another class.
"""

from __future__ import annotations

import re

from gatelens.languages.html.script import effect, effect_of_all
from gatelens.languages.html.tags import Attribute
from gatelens.languages.html.vocabulary import Vocabulary

_DIRECTIVE = re.compile(r"(?:data-|x-)?ng[-:_]|data-bind|v-|x-|hx-on|[@:#(\[*]|on:|bind:|slot-scope|is\Z|scope")
_SHOWN = 80
_MOST = 4_096
"""Characters read of a directive."""
_ESCAPES = re.compile(
    r"\$(?:eval|apply|watch|parse|on|new|root)\s*+(?:Async)?\(|\borderBy\s*+:|\$event\b.{0,40}\bview\b|__proto__"
    r"|charAt\s*+=|\b_[cbo]\b|\bcomposedPath\b|\bconstructor\s*+(?:['\"`]\s*+\])?\s*+(?:\.\s*+(?:constructor|prototype)|[(`\[])|\.\s*+valueOf\s*+[.(]"
)


def directive(attribute: Attribute, vocabulary: Vocabulary) -> str:
    """What a directive of a template does, in words that go on "a directive that …"."""
    if not _DIRECTIVE.match(attribute.name):
        return ""
    if attribute.name == "is":
        return "becomes a script element" if (attribute.value or "").lower() == "script" else ""
    return _escape((attribute.value or "")[:_MOST], vocabulary) or (
        _escape(attribute.name, vocabulary) if len(attribute.name) > 8 else ""
    )


def expression(text: str, vocabulary: Vocabulary) -> tuple[int, int, str] | None:
    """The first expression in braces that reaches out of its scope: start, end and what it does."""
    first = text.find("{{")
    if first < 0:
        return None
    pieces = (piece.partition("}}") for piece in text[first + 2 :].split("{{"))
    inner = [before for before, end, _ in pieces if end]
    words = effect_of_all(inner, vocabulary.alone) or _leaves("\n".join(inner))
    return (first, first + _SHOWN, words) if words else None


def _escape(code: str, vocabulary: Vocabulary) -> str:
    return effect(code, vocabulary.alone) or _leaves(code)


def _leaves(code: str) -> str:
    return "leaves the scope of its template" if _ESCAPES.search(code) else ""
