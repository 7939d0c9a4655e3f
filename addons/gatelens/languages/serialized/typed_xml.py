"""Find XML whose names are classes: as XStream, XMLDecoder, XAML and the SOAP formatter of .NET build them.

Source: XStream's and java.beans.XMLDecoder's formats, [MS-XAML], System.Runtime.Serialization; CWE-502.
Limits: names are compared as written, prefixes and entities are not resolved; 512 tags of one text are looked at.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Classes, class_name
from gatelens.languages.serialized.outline import Outline

_MOST_TAGS = 512
_XML_START = re.compile(r"[\s\"'\ufeff]*+<[?!A-Za-z]")
_TAG = re.compile(r"<([A-Za-z_][\w.$:\-]*+)([^<>]{0,2000}+)")
_VALUE = re.compile(r"=\s*+(?:\"([^\"]{3,400})\"|'([^']{3,400})')")
_FORMAT = "XML of an object graph"


def of_text(text: str, classes: Classes) -> Outline | None:
    """What a text that is XML has built, where that is more than data."""
    if not _XML_START.match(text):
        return None
    names: list[str] = []
    why = ""
    for count, tag in enumerate(_TAG.finditer(text)):
        if count == _MOST_TAGS:
            break
        found = element_effect(tag[1], classes)
        if found:
            names.append(tag[1])
            why = why or found
        for value in _VALUE.finditer(tag[2]):
            name = class_name(value[1] or value[2])
            if name and (known := classes.effect(name)):
                names.append(name)
                why = why or f"names a class known to be misused, {known}"
    return Outline(_FORMAT, "document", tuple(names), text, why) if names else None


def of_element(name: str, classes: Classes) -> Outline | None:
    """What an element of this name has built."""
    why = element_effect(name, classes)
    return Outline(_FORMAT, "element", (name,), name, why) if why else None


def element_effect(name: str, classes: Classes) -> str:
    """What an element does that is called `name`; empty where it is data."""
    name = name.replace("_-", "$").rpartition(":")[2]
    known = classes.effect(name) or classes.effect("xml." + name)
    if known:
        return f"an element builds what is known to be misused, {known}"
    builds = "." in name and name.rpartition(".")[2][:1].isupper() and classes.of_platform(name)
    return "an element builds an object of a class of the platform" if builds else ""
