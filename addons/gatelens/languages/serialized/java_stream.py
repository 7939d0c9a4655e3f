"""Recognise the serialization stream of Java objects, and read the classes that stand in it.

Source: Java Object Serialization Specification, section 6.4 (grammar and constants); CWE-502.
Limits: the classes are found by their descriptors, fields are not read. In base64 that something precedes within the
bytes, the head is recognised by its characters, and no class is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatelens.languages.serialized.class_names import Classes
from gatelens.languages.serialized.encoded_bytes import Run
from gatelens.languages.serialized.outline import Outline

_HEAD = b"\xac\xed\x00\x05"
_FORMAT = "a stream of Java objects"
_CLASS = re.compile(rb"\x72(\x00[\x01-\xff]|[\x01-\x03].)(?=[\[A-Za-z_$])", re.DOTALL)
_CLASS_NAME = re.compile(rb"[\[\w.$/;\-]+")
_MOST_CLASSES = 40

_SHIFTED_HEAD = re.compile(r"[Kaq6]ztAA[UV]|[CGKOSWaeimquy26+\-]s7QAF(?![ABD-Zabg-z0-9+/_\-])")
"""The head in base64 where one byte, or two, or any number not divisible by three, stand before it. What precedes it in
a character decides the first one here, the kind of what follows (0x70 to 0x7E) the last."""


def outline(run: Run, classes: Classes) -> Outline | None:
    """What the bytes of `run` are as a stream of Java objects."""
    raw = run.raw
    if not raw.startswith(_HEAD) or not (0x70 <= (raw[4:5] or b"\x70")[0] <= 0x7E):
        return None
    if len(raw) < 6 and not run.alone:  # the head alone, named in a text
        return None
    names = tuple(_classes(raw))
    why = next((effect for effect in map(classes.effect, names) if effect), "")
    why = f"its classes are known to be misused, {why}" if why else "builds what the client says"
    return Outline(_FORMAT, "stream", names, run.text, why, run.steps)


def shifted(text: str) -> Outline | None:
    """The same where the head stands within base64, behind other bytes."""
    found = _SHIFTED_HEAD.search(text)
    if found is None:
        return None
    why = "its head stands within base64, behind other bytes"
    return Outline(_FORMAT, "stream", (), text[found.start() :], why, ("base64",))


def _classes(raw: bytes) -> Iterator[str]:
    count = 0
    for found in _CLASS.finditer(raw):
        start = found.end()
        name = raw[start : start + int.from_bytes(found[1])]
        if len(name) > 2 and _CLASS_NAME.fullmatch(name):
            yield name.decode("latin-1")
            count += 1
            if count == _MOST_CLASSES:
                return
