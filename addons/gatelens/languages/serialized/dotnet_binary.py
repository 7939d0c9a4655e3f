"""Recognise object graphs of .NET: BinaryFormatter's, and those within the view state that is not what pages write.

Source: [MS-NRBF] section 2.6.1 (SerializationHeaderRecord); System.Web.UI.ObjectStateFormatter (tokens: 0xFF 0x01, and
0x32 before a graph of BinaryFormatter); CWE-502.
Limits: of view state only what is not encrypted can be read, and only graphs in it are told: pairs and strings, as
every page of Web Forms writes them, are data.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Classes
from gatelens.languages.serialized.encoded_bytes import Run
from gatelens.languages.serialized.outline import Outline

_HEAD = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff"
_VIEW_STATE = b"\xff\x01"
_GRAPH_TOKEN = 0x32
_CLASS = re.compile(rb"(?:System|Microsoft|[A-Z]\w{2,40})(?:\.[A-Z]\w{1,80}){1,8}")
_MOST_CLASSES = 40


def outline(run: Run, classes: Classes) -> Outline | None:
    """What the bytes of `run` are as a graph of .NET objects."""
    raw = run.raw
    at = raw.find(_HEAD)
    if at == 0:
        name = "BinaryFormatter's object graph"
    elif raw.startswith(_VIEW_STATE) and (at > 0 or raw[2:3] == bytes((_GRAPH_TOKEN,))):
        name = "view state with an object graph"
    else:
        return None
    names = tuple(dict.fromkeys(found[0].decode() for found in _CLASS.finditer(raw)))[:_MOST_CLASSES]
    why = next((effect for effect in map(classes.effect, names) if effect), "")
    why = f"its classes are known to be misused, {why}" if why else "builds what the client says"
    return Outline(name, "graph", names, run.text, why, run.steps)
