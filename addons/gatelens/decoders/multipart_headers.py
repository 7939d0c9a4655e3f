"""Read the header fields of a part, and the parameters of one: leniently, each leniency told.

Source: RFC 2045 section 5.1 (parameters), RFC 5322 section 2.2 (fields), RFC 6266 and RFC 8187 (`filename*`),
RFC 7578 sections 4.2 and 4.8; CWE-436 (WAFs and servers that read a quoted name otherwise).
Limits: a parameter continued in sections (RFC 2231, `filename*0`) is read piece by piece. Of very many
escapes in a value the first are undone.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.decoders import percent

_MOST_FIELDS = 32
_MOST_PARAMETERS = 32
_MOST_ESCAPES = 256

_LINE_END = re.compile(rb"\r\n|\n|\r")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_PARAMETER = re.compile(
    r'[; \t]*+([^;="\s]*+)[ \t]*+(?:(=)[ \t]*+(?:"((?:[^"\\]++|\\.)*+)("?)|([^;]*+)))?+([^;]*+)', re.DOTALL
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


class Parameter(Struct, frozen=True):
    """One parameter: its name in lower case, its value, and other ways to read the value."""

    name: str
    value: str
    others: tuple[str, ...] = ()


def fields(block: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """(name in lower case, value) of each field of a header block, and what is odd about them."""
    odd: dict[str, None] = {}
    lines = _LINE_END.split(block, _MOST_FIELDS)
    if len(lines) > _MOST_FIELDS:
        odd[f"over {_MOST_FIELDS} header lines"] = None
    found: list[tuple[str, str]] = []
    for line in lines:
        if not line:
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError:
            odd["a header that is not UTF-8"] = None
            text = line.decode("utf-8", "replace")
        if text[0] in " \t":
            odd["a folded header"] = None
            if found:
                name, value = found[-1]
                found[-1] = name, f"{value} {text.strip()}"
                continue
        if "\x00" in text:
            odd["a NUL in a header"] = None
        name, colon, value = text.partition(":")
        if not colon:
            odd["a header without a colon"] = None
            name, value = "", text
        elif _TOKEN.fullmatch(name) is None:
            odd["a header name that is no token"] = None
        found.append((name.strip().lower(), value.strip()))
    return found, list(odd)


def parameters(value: str) -> tuple[str, list[Parameter], list[str]]:
    """What stands before the first `;` in lower case, the parameters behind it, and what is odd about them."""
    kind, _, rest = value.partition(";")
    odd: dict[str, None] = {}
    found: list[Parameter] = []
    position = 0
    while position < len(rest):
        if len(found) == _MOST_PARAMETERS:
            odd[f"over {_MOST_PARAMETERS} parameters"] = None
            break
        match = _PARAMETER.match(rest, position)
        if match is None or match.end() == position:
            odd["a parameter that can't be read"] = None
            break
        position = match.end()
        name, equals, quoted, closed, bare, behind = match.groups()
        if not name and not equals and not behind.strip():
            continue
        if not equals or not name:
            odd["a parameter without a name or a value"] = None
        elif behind.strip():
            odd["text behind a parameter"] = None
        if not equals:
            found.append(Parameter(name.lower(), behind.strip()))
        elif quoted is None:
            found.append(_bare(name, (bare or "").strip(), odd))
        else:
            if not closed:
                odd["a quote that is not closed"] = None
            found.append(_quoted(name, quoted, odd))
    return kind.strip().lower(), found, list(odd)


def _bare(name: str, value: str, odd: dict[str, None]) -> Parameter:
    if name.endswith("*"):
        return _extended(name, value, odd)
    if _TOKEN.fullmatch(value) is None:
        odd["a value without quotes that is no token"] = None
        return Parameter(name.lower(), value, (value.strip("'\""), *_unescaped(value)))
    if value[0] == "'":
        odd["single quotes"] = None
        return Parameter(name.lower(), value, (value.strip("'"),))
    return Parameter(name.lower(), value, _unescaped(value))


def _quoted(name: str, value: str, odd: dict[str, None]) -> Parameter:
    if name.endswith("*"):
        odd["an extended value in quotes"] = None
        return _extended(name, value, odd)
    if "\\" not in value:
        return Parameter(name.lower(), value, _unescaped(value))
    # RFC 2045: a backslash escapes. Browsers: it stands for itself (and ends no quote that it precedes).
    odd["a backslash"] = None
    first_quote = value.partition('"')[0]
    return Parameter(
        name.lower(),
        _QUOTED_PAIR.sub(r"\1", value, count=_MOST_ESCAPES),
        (value, first_quote.rstrip("\\"), *_unescaped(value)),
    )


def _extended(name: str, value: str, odd: dict[str, None]) -> Parameter:
    """RFC 8187: charset'language'percent-encoded."""
    charset, _, rest = value.partition("'")
    _, quote, encoded = rest.partition("'")
    raw = percent.decode_bytes((encoded if quote else value).encode("utf-8", "replace"))
    if not quote:
        odd["an extended value without a charset"] = None
    if charset.lower() == "iso-8859-1":
        return Parameter(name.lower(), raw.decode("latin-1"), (value,))
    if quote and charset.lower() != "utf-8":
        odd["an extended value in another charset than UTF-8"] = None
    return Parameter(name.lower(), raw.decode("utf-8", "replace"), (value,))


def _unescaped(value: str) -> tuple[str, ...]:
    """As WHATWG HTML writes quotes and line ends in a name: `%22`, `%0D%0A`."""
    if "%" not in value:
        return ()
    return (percent.decode(value.encode("utf-8", "replace"))[0],)
