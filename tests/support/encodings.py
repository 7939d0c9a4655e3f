"""Ways in which a value may be encoded within its own format, each with the steps that undo it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from html import escape
from urllib.parse import quote


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def wide(text: str, prefix: str, digits: int) -> str:
    return "".join(f"{prefix}{ord(c):0{digits}x}" for c in text)


def token(claims: dict[str, str]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".sig"


ENCODINGS: dict[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "percent": (lambda t: quote(t, safe=""), ("percent",)),
    "percent-u": (lambda t: wide(t, "%u", 4), ("percent",)),
    "html-named": (escape, ("html-entity",)),
    "html-decimal": (lambda t: "".join(f"&#{ord(c)};" for c in t), ("html-entity",)),
    "html-hex-without-semicolon": (lambda t: "".join(f"&#x{ord(c):06x}" for c in t), ("html-entity",)),
    "unicode-escape": (lambda t: wide(t, "\\u", 4), ("backslash-escape",)),
    "hex-escape": (lambda t: wide(t, "\\x", 2), ("backslash-escape",)),
    "octal-escape": (lambda t: "".join(f"\\{ord(c):03o}" for c in t), ("backslash-escape",)),
    "braced-escape": (lambda t: "".join(f"\\u{{{ord(c):x}}}" for c in t), ("backslash-escape",)),
    "base64": (b64, ("base64",)),
    "base64-unpadded": (lambda t: b64(t).rstrip("="), ("base64",)),
    "base64url": (lambda t: base64.urlsafe_b64encode(t.encode()).decode(), ("base64",)),
    "base64-lines": (lambda t: base64.encodebytes((t + " " * 60).encode()).decode(), ("base64",)),
    "basic-credentials": (lambda t: "Basic " + b64("user:" + t), ("base64",)),
    "data-url": (lambda t: f"data:text/plain;base64,{b64(t)}", ("base64",)),
    "gzip-base64": (lambda t: base64.b64encode(gzip.compress(t.encode())).decode(), ("base64", "gzip")),
    "zlib-base64": (lambda t: base64.b64encode(zlib.compress(t.encode())).decode(), ("base64", "gzip")),
    "utf16-base64": (lambda t: base64.b64encode(t.encode("utf-16-le")).decode(), ("base64", "utf-16")),
    "utf16-bom-base64": (lambda t: base64.b64encode(t.encode("utf-16")).decode(), ("base64", "utf-16")),
    "hex": (lambda t: t.encode().hex(), ("hex",)),
    "0x-hex": (lambda t: "0x" + t.encode().hex().upper(), ("hex",)),
    "json": (lambda t: json.dumps({"a": [1, {"b": t}]}), ("json",)),
    "json-key": (lambda t: f" \n{json.dumps({t: 1})}", ("json",)),
    "json-string": (json.dumps, ("json",)),
    "jwt": (lambda t: token({"sub": t}), ("jwt", "json")),
    "bearer-jwt": (lambda t: "Bearer " + token({"sub": t}), ("jwt", "json")),
    "null-bytes": ("\x00".join, ("null-bytes",)),
    "comments": (lambda t: t.replace(" ", "/**/"), ("comment",)),
    "fullwidth": (lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t), ("unicode-fold",)),
    "modifier-quote": (lambda t: t.replace("'", "\u02bc"), ("unicode-fold",)),
    "zero-width": ("\u200b".join, ("unicode-fold",)),
    "utf-7": (lambda t: t.replace("<", "+ADw-").replace("'", "+ACc-"), ("utf-7",)),
}
