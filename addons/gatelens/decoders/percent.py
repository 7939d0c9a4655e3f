"""Undo percent-encoding, once.

Source: RFC 3986 section 2.1; WHATWG URL section 5.1 (`+` is a space in forms and queries).
What is still encoded after that is `nested`'s to undo, so that each reading is matched.
"""

from __future__ import annotations

import secrets
from binascii import a2b_qp
from collections.abc import Sequence

from gatelens.decoders import utf8

STEP = "percent"

# Stands for an equals sign: begins with what is neither text nor a hexadecimal digit, and is not known outside.
_EQUALS = b"\x1a%b" % secrets.token_hex(1).encode()


def decode_bytes(raw: bytes) -> bytes:
    """Each `%XX` as its byte; a `%` that begins none stands for itself.

    Quoted-printable is the same code with another sign, and the standard library undoes it in C: ten times faster than
    a call an escape, which bounds what a long text full of escapes can cost. Where that code gives its sign another
    meaning (twice, before a line end, at the end), the sign is encoded first.
    """
    if b"=" in raw:
        raw = raw.replace(b"=", _EQUALS)
    if b"%%" in raw:  # the second time for those that the first left between its pairs
        raw = raw.replace(b"%%", b"%25%").replace(b"%%", b"%25%")
    if b"\n" in raw or b"\r" in raw:
        raw = raw.replace(b"%\n", b"%25\n").replace(b"%\r", b"%25\r")
    if raw.endswith(b"%"):
        raw += b"25"
    raw = raw.replace(b"%3D", _EQUALS).replace(b"%3d", _EQUALS).replace(b"%", b"=")
    return a2b_qp(raw).replace(b"=", b"%").replace(_EQUALS, b"=")


def decode(raw: bytes, *, plus: bool = False) -> tuple[str, tuple[str, ...]]:
    """`raw` decoded once, as text, and the steps taken."""
    if plus and b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        once = decode_bytes(raw)
        if once != raw:
            text, folded = utf8.decode(once)
            return text, (STEP, *folded)
    return utf8.decode(raw)


# Stands between texts that are decoded together; nobody outside can write it.
_BETWEEN = b"\x1f%b\x1f" % secrets.token_hex(2).encode()
_BETWEEN_TEXT = _BETWEEN.decode()


def decode_all(raws: Sequence[bytes], *, plus: bool = False) -> tuple[list[str], list[tuple[str, ...]]]:
    """As `decode` for each of `raws`: at one go where that works, since a call for each costs several times as much."""
    text, steps = decode(_BETWEEN.join(raws), plus=plus)
    texts = text.split(_BETWEEN_TEXT)
    if len(steps) > 1 or "\ufffd" in text or len(texts) != len(raws):
        each = [decode(raw, plus=plus) for raw in raws]
        return [text for text, _ in each], [steps for _, steps in each]
    if not steps:
        return texts, [()] * len(texts)
    return texts, [
        steps if b"%" in raw and len(text.encode()) < len(raw) else () for raw, text in zip(raws, texts, strict=True)
    ]
