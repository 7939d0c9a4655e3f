"""What only Java has: classes by their full names, and parameters bound to the parts of an object.

Source: CVE-2022-22965 (Spring4Shell), CVE-2014-0094 and CVE-2017-5638 (Struts), CWE-470, CWE-915.
Limits: a class by its full name is told only where it is the whole value or name, as where a type is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.model.confirmed import Confirmed
from gatelens.model.location import Location, Part

_LONGEST = 300
_CLASS = re.compile(r"(?:[\w.-]{1,40}=)?(?:\[L)?([a-z_]\w*+(?:\.\w++)++)[;.]?(?:=\w{0,40})?", re.IGNORECASE)
_RUNNING = (".runtime", ".processbuilder")
_FAULTS = ("exception", "error", "throwable")
_BOUND = re.compile(r"[\s?&]*+([\w.$\[\]'\"]++)")
_BRACKETS = re.compile(r"\[['\"]?|['\"]?\]")


class Words(Struct, frozen=True):
    """`classes` are full names of classes and packages, `harmless` some among them that choose no more than a kind of
    data; `fields` tell of classes by design; `binding` are beginnings of names of bound parts. In lower case."""

    classes: tuple[str, ...] = ()
    harmless: AbstractSet[str] = frozenset()
    fields: AbstractSet[str] = frozenset()
    binding: tuple[str, ...] = ()


def injection(text: str, place: Location, words: Words) -> Confirmed | None:
    """The first thing of Java's own in `text`, which stands at `place`, or None."""
    if len(text) <= _LONGEST and (named := _CLASS.fullmatch(text.strip())):
        name = named[1].lower()
        described = _field(place.pointer) in words.fields and not place.key
        if not described and (_acts(name, words) or (place.part is not Part.BODY and _is_data(name, words))):
            return Confirmed(named[1], "names a Java class for the server to load")
    bound = _BOUND.match(text, 0, _LONGEST)
    if bound is not None:
        name = _BRACKETS.sub(".", bound[1].lower()).replace("..", ".")
        if name.startswith(words.binding):
            return Confirmed(bound[1], "binds a parameter to the class loader of a Java object")
    return None


def _acts(name: str, words: Words) -> bool:
    if name in words.harmless or name.endswith(_FAULTS):
        return False
    if name.startswith("java") and name.endswith(_RUNNING):
        return True
    return any(name == listed or name.startswith(f"{listed}.") for listed in words.classes)


def _is_data(name: str, words: Words) -> bool:
    """Whether a class is one of data: only a body tells of the types of data."""
    return any(name == listed for listed in words.harmless)


def _field(pointer: str) -> str:
    """The name of the field at a pointer, without its index."""
    return pointer.rpartition("/")[2].partition("[")[0].lower()
