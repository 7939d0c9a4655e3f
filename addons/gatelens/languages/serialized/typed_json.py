"""Find JSON that says which classes are to be built: types by key, as Json.NET, fastjson and Jackson read them.

Source: Json.NET TypeNameHandling, fastjson autoType, Jackson default typing, JavaScriptSerializer; CWE-502.
Limits: a class that no rule names and that is of no listed platform may be the application's own, and passes. Types in
JSON-LD (`Person`), OData (`#Namespace.Type`) and protobuf's Any (an URL) are no names of classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from gatelens.decoders.json_document import Json
from gatelens.languages.serialized.class_names import Classes, class_name
from gatelens.languages.serialized.outline import Outline

_MOST_NODES = 20_000
_MOST_PAIRS = 256
_PAIR = re.compile(r"[\"']?([@$_]{0,2}[A-Za-z]+)[\"']?\s*+:\s*+[\"']([^\"'\r\n]{1,400})[\"']")
_JSON_START = re.compile(r"[\s\"'(]*+[{\[]")


def of_value(value: Json, classes: Classes, keys: frozenset[str]) -> Outline | None:
    """What a JSON value has built, where that is more than data."""
    return _outline(_types(value, keys), classes, "")


def of_text(text: str, classes: Classes, keys: frozenset[str]) -> Outline | None:
    """The same of a text that is JSON, strict or as lenient as fastjson reads it, or the beginning of it."""
    if not _JSON_START.match(text):
        return None
    lowered = text.lower()
    if not any(key in lowered for key in keys):
        return None
    pairs = (found.groups() for found in islice(_PAIR.finditer(text), _MOST_PAIRS))
    return _outline(((key, name) for key, name in pairs if key.lower() in keys), classes, text)


def _outline(types: Iterable[tuple[str, str]], classes: Classes, text: str) -> Outline | None:
    names: list[str] = []
    why = ""
    for _, sent in types:
        name = class_name(sent)
        if not name:
            continue
        known = classes.effect(name)
        if known:
            why = f"names a class known to be misused, {known}"
        elif classes.of_platform(name):
            why = why or "names a class of the platform that is no data"
        else:
            continue
        names.append(sent)
    if not names:
        return None
    return Outline("JSON with types", "object", tuple(names), text or names[0], why)


def _types(value: Json, keys: frozenset[str]) -> Iterator[tuple[str, str]]:
    waiting: list[Json] = [value]
    left = _MOST_NODES
    while waiting and left > 0:
        item = waiting.pop()
        left -= 1
        if isinstance(item, Mapping):
            for key, inner in item.items():
                if isinstance(inner, str):
                    if key.lower() in keys:
                        yield key, inner
                else:
                    waiting.append(inner)
        elif isinstance(item, list):
            waiting += [inner for inner in item if not isinstance(inner, str)]
