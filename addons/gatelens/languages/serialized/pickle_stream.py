"""Disassemble a Python pickle, which is a program: does it import something, and call it?

Source: Python's pickletools (the opcodes of protocols 0 to 5); CWE-502. A pickle of numbers, strings, lists and dicts
imports nothing and is data.
Limits: 2,000 opcodes are read. Nothing is run, and no memo is followed: of a name built from pieces only that it is
built is told. Opcodes of extension registries count as imports. Protocol 1, which is bytes and says so nowhere, is not
recognised in base64.
"""

from __future__ import annotations

import re

from gatelens.languages.serialized.class_names import Classes
from gatelens.languages.serialized.outline import Outline

_FORMAT = "a Python pickle"
_MOST_OPCODES = 2_000

_LINE = b"FIJLPSVgp"
"""Opcodes with one argument that ends with the line."""

_FIXED = {
    **dict.fromkeys(b"(.012QRabdelost)]}N\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98", 0),
    **dict.fromkeys(b"Khq\x80\x82", 1),
    **dict.fromkeys(b"M\x83", 2),
    **dict.fromkeys(b"Jjr\x84", 4),
    **dict.fromkeys(b"G\x95", 8),
}
"""Opcodes by the bytes of their argument."""
_COUNTED = {**dict.fromkeys(b"UC\x8c\x8a", 1), **dict.fromkeys(b"XTB\x8b", 4), **dict.fromkeys(b"\x8d\x8e\x96", 8)}
"""Opcodes by the bytes of the count before their argument."""
_STRINGS = b"SVUXTC\x8c\x8d"
_CALLS = b"Rob\x81\x92"
_IMPORTS = b"\x93\x82\x83\x84"
_NAME = re.compile(rb"[A-Za-z_][\w.]{0,200}\Z")
_PROTOCOL = re.compile(rb"\x80[\x02-\x05][\x00-\xff]")
_TEXT_START = re.compile(r"[\s\"']*+(?=[(\]})cilSV]|[FIL]-?\d+\n)")


class _Program:
    """What was read: names imported, and whether one of them is called."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.called = False
        self.opcodes = 0
        self.ended = False
        self.whole = False

    def read(self, raw: bytes) -> None:
        """Read opcodes up to the end, the first that is none, or the most that are read. `whole` is then whether there
        was none that is none."""
        place = 0
        strings: list[bytes] = []
        while place < len(raw) and self.opcodes < _MOST_OPCODES and not self.ended:
            opcode = raw[place]
            self.opcodes += 1
            place += 1
            if opcode in b"ci":
                end = raw.find(b"\n", place)
                second = raw.find(b"\n", end + 1) if end >= 0 else -1
                module, name = raw[place:end], raw[end + 1 : second]
                if second < 0 or not _NAME.match(module) or not _NAME.match(name):
                    return
                self.names.append(f"{module.decode()}.{name.decode()}")
                self.called |= opcode == ord("i")
                place = second + 1
                continue
            if opcode in _LINE:
                end = raw.find(b"\n", place)
                if end < 0:
                    return
                argument, place = raw[place:end].strip(b"'\"\r"), end + 1
            elif (width := _FIXED.get(opcode)) is not None:
                argument, place = b"", place + width
            elif (width := _COUNTED.get(opcode)) is not None:
                count = int.from_bytes(raw[place : place + width], "little")
                argument, place = raw[place + width : place + width + count], place + width + count
            else:
                return
            if opcode in _STRINGS:
                strings = [*strings[-1:], argument]
            elif opcode in _IMPORTS:
                plain = len(strings) == 2 and all(map(_NAME.match, strings)) and opcode == 0x93
                self.names.append(b".".join(strings).decode() if plain else "a name put together")
            self.called |= opcode in _CALLS and bool(self.names)
            self.ended = opcode == ord(".")
        self.whole = True


def outline(raw: bytes, classes: Classes, text: str, steps: tuple[str, ...]) -> Outline | None:
    """What `raw` is as a pickle that imports something; `text` and `steps` are how it was written."""
    if not _PROTOCOL.match(raw):
        return None
    return _outline(raw, classes, text, steps, sure=2)


def outline_of_text(text: str, classes: Classes) -> Outline | None:
    """The same of protocol 0, which is text: it has to begin as a program does, import, and call or end."""
    start = _TEXT_START.match(text)
    if start is None or "\n" not in text:
        return None
    raw = text[start.end() : start.end() + 65_536].replace("\r\n", "\n").encode("utf-8", "replace")
    return _outline(raw, classes, text, (), sure=3)


def _outline(raw: bytes, classes: Classes, text: str, steps: tuple[str, ...], sure: int) -> Outline | None:
    program = _Program()
    program.read(raw)
    if not program.names or program.opcodes < sure or not (program.called or program.ended):
        return None
    why = next((effect for effect in map(classes.effect, program.names) if effect), "")
    if not steps and not why and not program.whole and not _PROTOCOL.match(raw):
        return None  # words of a text, which may begin as a program does
    if why:
        why = f"imports what is known to be misused, {why}"
    else:
        why = "imports a name and calls it" if program.called else "imports a name"
    return Outline(_FORMAT, "program", tuple(program.names), text, why, steps)
