"""Fold a text to the plain characters that its own may become downstream: for matching only.

Source: Unicode UAX 15 (NFKC), UTS 39 section 4 (confusables), UTR 36 (best-fit conversions such as U+02BC to an
apostrophe); CWE-176.
Limits: letters of another script count only in a text where a word mixes them with Latin ones. Typographic
quotes, which no conversion makes plain, stay.
"""

from __future__ import annotations

import re
import unicodedata

from gatelens.decoders.bulk_replacement import Memo, replaced

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
_COMPATIBLE = (
    "\u00a0\u00aa\u00ba\u017f\u02b0-\u02b8\u02d8-\u02dd\u1d2c-\u1dbf\u2000-\u200a\u2024\u2028\u2029\u202f\u203c"
    "\u2047-\u2049\u205f\u2070-\u209c\u2100-\u214f\u2460-\u24ff\u3000\ufe30-\ufe6f\uff01-\uffee"
    "\U0001d400-\U0001d7ff\U0001f100-\U0001f16f"
)
_SIGNS = "ʹʺʼˈ′″‵∕⁄−∗∣∶∼‹›❨❩❮❯❰❱❴❵"
_PLAIN_SIGNS = "'\"'''\"`//-*|:~<>()<><>{}"
_LETTERS = "аеорсухіјѕһԁԛԝьАВЕКМНОРСТУХІЈЅԌՕαονιρυκτχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_PLAIN_LETTERS = "aeopcyxijshdqwbABEKMHOPCTYXIJSGOaoviupktxABEZHIKMNOPTYX"
_MEANT = dict(zip(_SIGNS + _LETTERS, _PLAIN_SIGNS + _PLAIN_LETTERS, strict=True))
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_OTHER = "\u0370-\u03ff\u0400-\u052f"

# Three searches for one class each: one search for all of this would cost several times as much.
_SIGN = re.compile(f"[{_INVISIBLE}{_COMPATIBLE}{_SIGNS}]")
_OTHER_LETTER = re.compile(f"[{_OTHER}]")
_MIXED = re.compile(f"[a-zA-Z][{_OTHER}]|[{_OTHER}][a-zA-Z]")
_FOLDED = re.compile(f"([{_INVISIBLE}{_COMPATIBLE}{_SIGNS}{_LETTERS}])")


def _meaning(character: str) -> str:
    if _IS_INVISIBLE.match(character):
        return ""
    return _MEANT.get(character) or unicodedata.normalize("NFKC", character)


_MEANINGS = Memo(_meaning)


def has_signs(text: str) -> bool:
    """Whether there is anything in `text` to fold."""
    if _SIGN.search(text):
        return True
    return _OTHER_LETTER.search(text) is not None and _MIXED.search(text) is not None


def fold(text: str) -> str:
    """`text` without invisible characters, and with plain ones for those that look like them or are forms of them."""
    return replaced(_FOLDED, _MEANINGS, text)
