"""Read the signs of markup as they stand where a text goes through another encoding: without the high bit, with its
bytes swapped, or by the nearest sign that the other encoding has.

Source: Unicode best-fit mappings of code page 1252; UTF-16 and UTF-32 with the wrong order of bytes; US-ASCII read with
seven bits; Unicode Security Considerations (UTR 36) section 3.
Limits: the signs that make a tag and its attributes, in texts of up to 4,096 characters; letters in other encodings
are told by the decoders.
"""

from __future__ import annotations

import re

_MOST = 4_096
_SIGNS = "<>\"'=/();:` "
_BEST_FIT = dict(
    zip(
        "\u2039\u203a\u3008\u3009\u27e8\u27e9\u2329\u232a\ufe64\ufe65\u02ba\u02b9\u2215\u2044",
        "<><><><><>\"'//",
        strict=True,
    )
)
_READ = str.maketrans(
    {chr(ord(sign) | 0x80): sign for sign in _SIGNS if sign != " "}
    | {chr(ord(sign) << 8): sign for sign in _SIGNS}
    | _BEST_FIT
    | {"\u2200": ""}
)
"""U+2200 is what a quote with its bytes swapped looks like, and also half of a sign of four bytes."""
_OPENS = re.compile("[\u00bc\u3c00\u2039\u3008\u27e8\u2329\ufe64]/?[a-zA-Z!]")


def read_otherwise(text: str) -> str:
    """`text` with such signs as those of markup; empty where none begins a tag."""
    if text.isascii() or len(text) > _MOST or not _OPENS.search(text):
        return ""
    return text.translate(_READ)
