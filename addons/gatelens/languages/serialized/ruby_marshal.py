"""Read Ruby's Marshal format: are objects of classes in it, or data alone?

Source: Ruby's doc/marshal.rdoc (version 4.8); CWE-502. Strings, numbers, symbols, arrays and hashes are data.
Limits: what is signed, as session cookies of Rails are, is the server's own and is left to it to check; a signature is
known by its form. 2,000 values are read.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Classes
from gatelens.languages.serialized.encoded_bytes import Run
from gatelens.languages.serialized.outline import Outline

_HEAD = b"\x04\x08"
_MOST_VALUES = 2_000
_SIGNATURE = re.compile(r"--[0-9a-f]{40,128}\s*\Z")
_CLASS_NAME = re.compile(rb"[A-Z]\w*(?:::[A-Z]\w*)*\Z")


class _Reader:
    """Values in the order in which they are written; `pending` values are still to come, and after `ivars[-1]` values
    come the instance variables of one that was read."""

    def __init__(self, raw: bytes) -> None:
        self.classes: list[str] = []
        self._raw = raw
        self._place = len(_HEAD)
        self._symbols: list[bytes] = []

    def read(self) -> None:
        """Read what is well-formed of it."""
        # What is to be read, last one first: a value, or the instance variables of one.
        waiting = ["value"]
        for _ in range(_MOST_VALUES):
            if not waiting or self._place >= len(self._raw):
                return
            if waiting.pop() == "variables":
                waiting += ["value"] * (2 * min(self._count(), _MOST_VALUES))
                continue
            kind = self._raw[self._place : self._place + 1]
            self._place += 1
            self._value(kind, waiting)

    def _value(self, kind: bytes, waiting: list[str]) -> None:
        if kind in b"oucUeCSmM":
            name = self._bytes() if kind in b"cmM" else self._symbol()
            if _CLASS_NAME.match(name):
                self.classes.append(name.decode())
            elif kind not in b"cmM":
                self._place = len(self._raw)
        if kind in b"o:S":
            if kind == b":":
                self._symbols.append(self._bytes())
            else:
                waiting += ["value"] * (2 * min(self._count(), _MOST_VALUES))
        elif kind == b"I":
            waiting += ["variables", "value"]
        elif kind == b"[":
            waiting += ["value"] * min(self._count(), _MOST_VALUES)
        elif kind in b"{}":
            waiting += ["value"] * (2 * min(self._count(), _MOST_VALUES) + (kind == b"}"))
        elif kind in b'"fu':
            self._bytes()
        elif kind == b"/":
            self._bytes()
            self._place += 1
        elif kind in b"UeC":
            waiting.append("value")
        elif kind == b"l":
            self._place += 1
            self._place += 2 * self._count()
        elif kind in b"i;@":
            self._count()
        elif kind not in b"0TFcmM":
            self._place = len(self._raw)

    def _symbol(self) -> bytes:
        kind = self._raw[self._place : self._place + 1]
        self._place += 1
        if kind == b":":
            self._symbols.append(self._bytes())
            return self._symbols[-1]
        number = self._count() if kind == b";" else -1
        return self._symbols[number] if 0 <= number < len(self._symbols) else b""

    def _bytes(self) -> bytes:
        length = self._count()
        start = self._place
        self._place += length
        return self._raw[start : self._place]

    def _count(self) -> int:
        """A number as Marshal packs it; 0 for a negative one, which counts nothing."""
        first = self._raw[self._place] if self._place < len(self._raw) else 0
        self._place += 1
        if 1 <= first <= 4:
            number = int.from_bytes(self._raw[self._place : self._place + first], "little")
            self._place += first
            return number
        return first - 5 if 5 < first < 0x80 else 0


def outline(run: Run, value: str, classes: Classes) -> Outline | None:
    """What the bytes of `run`, found in `value`, are as marshalled objects of Ruby."""
    if not run.raw.startswith(_HEAD) or _SIGNATURE.search(value[-200:]):
        return None
    reader = _Reader(run.raw)
    reader.read()
    if not reader.classes:
        return None
    why = next((effect for effect in map(classes.effect, reader.classes) if effect), "")
    why = f"its classes are known to be misused, {why}" if why else "builds objects of classes it names"
    return Outline("Ruby's Marshal format", "value", tuple(reader.classes), run.text, why, run.steps)
