"""Turn bytes into text as lenient readers do: overlong forms stand for the character that was meant.

Source: RFC 3629 section 3 (overlong forms are invalid) and section 10 (why they are an attack); CWE-176.
Limits: of very many overlong forms only the first are folded; the step says that there were any.
"""

from __future__ import annotations

import re

OVERLONG = "overlong-utf8"

_OVERLONG = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xf8[\x80-\x87][\x80-\xbf]{3}"
)
_MOST = 10_000
"""Overlong forms that are folded in one text: each costs a call."""


def decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and the step taken where overlong forms were folded. Other invalid bytes become U+FFFD."""
    try:
        return raw.decode(), ()
    except UnicodeDecodeError:
        folded = _OVERLONG.sub(_meant, raw, count=_MOST)
        return folded.decode("utf-8", "replace"), () if folded == raw else (OVERLONG,)


def _meant(form: re.Match[bytes]) -> bytes:
    raw = form.group()
    code = raw[0] & (0xFF >> (len(raw) + 2))
    for byte in raw[1:]:
        code = code << 6 | byte & 0x3F
    return chr(code).encode("utf-8", "replace")
