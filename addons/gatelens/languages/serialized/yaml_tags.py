"""Find YAML tags that build an object of a language, or call it, at a place where a node of YAML stands.

Source: YAML 1.2.2 section 6.8.2 and 6.9.1 (tags); PyYAML, SnakeYAML, Psych, js-yaml and PHP's yaml for what their tags
do; CWE-502. `!!str`, `!!python/tuple`, CloudFormation's `!Ref` and other local tags are data.
Limits: `!!python/name:` and calls of modules that no rule lists are told only where the whole document is such a node:
configuration files of Python programs hold them too. 64 tags of one value are looked at.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Known
from gatelens.languages.serialized.outline import Outline

_MOST_TAGS = 64
_YAML = "(?:!!|!<tag:yaml\\.org,2002:|tag:yaml\\.org,2002:)"
_TAG = re.compile(
    rf"{_YAML}python/(?P<python>object/apply|object/new|object|name|module):(?P<name>[\w.]*)"
    r"|!{1,2}(?:<!?)?(?:tag:ruby\.yaml\.org,2002:)?"
    r"ruby/(?P<ruby>object|hash|struct|exception|array|class|module|method|string|marshalable)"
    r"(?:-with-ivars)?:?(?P<constant>[A-Z][\w:]*)?"
    rf"|{_YAML}(?P<java>\[*[A-Za-z_]\w*(?:\.[\w$]+)+)"
    rf"|(?:{_YAML}|!)(?P<code>js/function|php/object|perl/(?:hash|array|code|regexp|scalar|glob):?[\w:]*)"
)
_NODE_BEFORE = re.compile(r"(?:\A|[\n\[{,]|[:?\-](?=[ \t\n])|---)[ \t]*(?:&\w+[ \t]+)?\Z")
_ROOT_BEFORE = re.compile(r"(?:\s|\ufeff|%[^\n]*\n|#[^\n]*\n|---)*(?:&\w+[ \t]+)?\Z")
_NEAR = 80
_MARKS = ("!!", "!<", "!ruby/", "!php/", "!perl/", "!js/", "tag:")


def outline(text: str, listed: Known) -> Outline | None:
    """What the tags in `text` build, where that is more than data."""
    if not any(mark in text for mark in _MARKS):
        return None
    names: list[str] = []
    why = ""
    first = -1
    for count, tag in enumerate(_TAG.finditer(text)):
        if count == _MOST_TAGS:
            break
        start = tag.start()
        before = text[max(0, start - _NEAR) : start]
        if not _NODE_BEFORE.search(before):
            continue
        root = start < _NEAR and _ROOT_BEFORE.fullmatch(before) is not None
        found = _effect(tag, listed, root=root)
        if found:
            names.append(tag[0])
            why, first = why or found, start if first < 0 else first
    if not names:
        return None
    return Outline("tags of YAML", "document", tuple(names), text[first:], why)


def _effect(tag: re.Match[str], listed: Known, *, root: bool) -> str:
    python, ruby, java = tag["python"], tag["ruby"], tag["java"]
    if python:
        name = tag["name"] if "." in tag["name"] else f"builtins.{tag['name']}"
        known = listed.python.effect(name)
        if known:
            return f"names a Python callable known to be misused, {known}"
        if python in ("object/apply", "object/new"):
            return "calls a Python callable that it names" if root else ""
        return "builds a Python object of a class it names" if root and python == "object" else ""
    if ruby:
        constant = tag["constant"] or ""
        known = listed.scripts.effect(constant.replace("::", ".")) if constant else ""
        if known:
            return f"builds a Ruby object of a class known to be misused, {known}"
        builds = ruby in ("object", "hash", "struct", "exception", "marshalable") and constant
        return "builds a Ruby object of a class it names" if builds and root else ""
    if java:
        known = listed.compiled.effect(java)
        if known:
            return f"builds a Java object of a class known to be misused, {known}"
        return "builds a Java object of a class of the platform" if listed.compiled.of_platform(java) or root else ""
    return "builds an object or a function"
