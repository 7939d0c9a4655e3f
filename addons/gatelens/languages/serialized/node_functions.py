"""Find functions that serializers of Node.js write into JSON, which they make functions again when they read it.

Source: node-serialize (`_$$ND_FUNC$$_`), funcster (`__js_function`), cryo (`_CRYO_FUNCTION_`); CWE-502.
Limits: a serializer with another mark is not known.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.outline import Outline

_MARK = re.compile(r"(?:\A|[\"':\s=])(_\$\$ND_FUNC\$\$_|_CRYO_FUNCTION_)\s*(?:async\b|function\b|\(|\w+\s*=>)")
_KEY = re.compile(r"\s*[\"']?__js_function[\"']?\s*\Z|[{,]\s*[\"']__js_function[\"']\s*:")

_MARKS = ("_$$ND_FUNC$$_", "_CRYO_FUNCTION_", "__js_function")


def outline(text: str) -> Outline | None:
    """What `text` is as a function written into JSON."""
    if not any(mark in text for mark in _MARKS):
        return None
    found = _MARK.search(text) or _KEY.search(text)
    if found is None:
        return None
    why = "a function that runs when it is read"
    return Outline("JSON of a serializer of Node.js", "function", (), text[found.start() :], why)
