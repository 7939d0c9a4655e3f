"""Undo the spellings of dots and slashes that are no encoding, or not any more where a path is opened.

What decoders undo before this is spelled out here once more, so that a path that was written with it can be told from
one that was not. `%2%e` is what one decoding leaves of a dot whose escape was escaped digit by digit.

Source: CWE-22, CWE-38 to CWE-40, CWE-176; RFC 3629 section 10 (bytes that no decoder should take).
Limits: of bytes that are no UTF-8 only their number is left to see; they count as one slash behind two dots or between
names, and as nothing elsewhere.
"""

from __future__ import annotations

import re

_SLASHES = "\u2044\u2215\u29f8\uff0f\ufe68\uff3c\u2216\u29f5\u29f9\uefc8\uf025\u00a5\u20a9"
"""Slashes and backslashes of other scripts and code pages, and the private characters that some systems map to one."""

_DOTS = "\uff0e\u2024\ufe52"

_LONG = r"(?:%c0|%e0%80|%f0%80%80|%f8(?:%80){3}|%fc(?:%80){4})"
"""How the overlong form of a dot or slash begins (RFC 3629 section 3); the last is longer than decoders take now."""

_WRITTEN = re.compile(
    rf"(?P<dot>0x2e|%2%?e|{_LONG}%[a2]e|%u(?:002e|2024|fe52|ff0e)|[{_DOTS}])"
    rf"|(?P<back>0x5c|%5%?c|{_LONG}%5c|%c1%9c|%u005c)"
    rf"|0x2f|%2%f|{_LONG}%[a2]f|%u(?:[0-9a-f]{{4}})|%[0-9a-z]{{2}}|[{_SLASHES}]",
    re.IGNORECASE,
)
_BEFORE_DOT = re.compile("(?<!\\.\\.)(?<!\ufffd)\ufffd++(?=\\.)|(?<!\ufffd)\ufffd++(?=[/\\\\])")
_AS_SLASH = re.compile("(?<=\\.\\.)\ufffd++|(?<=\\w)\ufffd++(?=\\w)")
_SIGN = re.compile(f"0x[25]|[%\ufffd{_SLASHES}{_DOTS}]", re.IGNORECASE)
_BARE_HEX = re.compile(r"\.\.(2f|5c)", re.IGNORECASE)


_LETTER = re.compile(r"\.\.([a-z])(?:\.\.\1){2,}+", re.IGNORECASE)
"""An overlong form with a wrong bit decodes to a letter in the place of each slash."""


_VARIABLE = re.compile(
    r"%(?:(?P<windows>windir|systemroot)|(?P<home>userprofile|homepath)|systemdrive)%", re.IGNORECASE
)


def plain(text: str) -> str:
    """`text` with plain dots and slashes: `0x2e` is a dot, an escape that nothing reads a slash."""
    if _SIGN.search(text):
        text = _VARIABLE.sub(_stands_for, text, 1)
        if "\ufffd" in text:
            text = _AS_SLASH.sub("/", _BEFORE_DOT.sub("", text))
        text = _WRITTEN.sub(_meant, text)
    if found := _BARE_HEX.search(text):
        text = re.sub(found[1], "/", text, flags=re.IGNORECASE)
    if found := _LETTER.search(text):
        text = text.replace(f"..{found[1]}", "../")
    return text


def _stands_for(found: re.Match[str]) -> str:
    return "/windows" if found["windows"] else "~" if found["home"] else "c:"


def _meant(found: re.Match[str]) -> str:
    return "." if found["dot"] else "\\" if found["back"] else "/"
