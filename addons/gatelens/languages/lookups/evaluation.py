"""What a lookup is replaced by, as far as it can be known without the server.

Source: Log4j 2 manual, "Lookups"; Commons Text, StringLookupFactory.
Limits: what only the server knows (environment, properties, dates) is an empty text, unless a default is given.
"""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import unquote

_LONGEST = 4096
"""Characters of a content that are worked on: a longer one names nothing that is looked up."""


def value(content: str) -> str:
    """What the lookup with this content becomes: its default, or what its prefix makes of its key."""
    content = content[:_LONGEST]
    name, separator, default = content.partition(":-")
    if separator:
        return value_of_prefix(name) or default
    return value_of_prefix(content)


def value_of_prefix(content: str) -> str:
    """`lower:J` is `j`, `date:'j'` is `j`, `base64decoder:ag==` is `j`; an unknown prefix gives nothing."""
    prefix, _, key = content.partition(":")
    match prefix.strip().lower():
        case "lower":
            return key.lower()
        case "upper":
            return key.upper()
        case "date":
            return "".join(key.split("'")[1::2])
        case "base64decoder" | "base64":
            return _base64(key)
        case "urldecoder":
            return unquote(key)
        case "const" | "urlencoder" | "xmldecoder":
            return key
        case _:
            return ""


def _base64(key: str) -> str:
    try:
        return b64decode(key + "==").decode("utf-8", "replace")
    except ValueError:
        return ""
