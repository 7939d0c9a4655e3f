"""Which format of objects a value is in: each is tried in turn, the first that would build something counts.

Source: CWE-502.
Limits: Kryo, Hessian, Perl's Storable and formats of one product are not read. Of a value 32 Ki characters are read;
all of these formats tell what they are where they begin.
"""

from __future__ import annotations

from gatelens.languages.serialized import (
    dotnet_binary,
    java_stream,
    node_functions,
    php_serialize,
    pickle_stream,
    ruby_marshal,
    typed_json,
    typed_xml,
    yaml_tags,
)
from gatelens.languages.serialized.class_names import Known, class_name
from gatelens.languages.serialized.encoded_bytes import Run, runs
from gatelens.languages.serialized.outline import Outline

MOST_CHARACTERS = 32_768


def outline(text: str, known: Known) -> Outline | None:
    """What `text` builds when it is read back, where that is more than data."""
    text = text[:MOST_CHARACTERS]
    return (
        _of_name(text, known)
        or _of_bytes(text, known)
        or php_serialize.outline(text, known.scripts)
        or pickle_stream.outline_of_text(text, known.python)
        or yaml_tags.outline(text, known)
        or node_functions.outline(text)
        or typed_json.of_text(text, known.compiled, known.type_keys)
        or typed_xml.of_text(text, known.compiled)
    )


def _of_name(text: str, known: Known) -> Outline | None:
    name = class_name(text)
    effect = known.compiled.effect(name) if "." in name else ""
    if not effect:
        return None
    return Outline("the name of a class", "name", (name,), text, f"it is known to be misused, {effect}")


def _of_bytes(text: str, known: Known) -> Outline | None:
    for run in runs(text):
        if found := of_run(run, known, text):
            return found
    return java_stream.shifted(text)


def of_run(run: Run, known: Known, value: str = "") -> Outline | None:
    """What the bytes of `run`, found in `value`, build when they are read back."""
    return (
        java_stream.outline(run, known.compiled)
        or dotnet_binary.outline(run, known.compiled)
        or pickle_stream.outline(run.raw, known.python, run.text, run.steps)
        or ruby_marshal.outline(run, value, known.scripts)
    )
