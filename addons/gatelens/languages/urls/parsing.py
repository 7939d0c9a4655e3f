"""Read a text as a URL in the ways that clients do: where they differ, each of the hosts counts.

Source: RFC 3986 sections 3.1 and 3.2, WHATWG URL section 4.4; CWE-918, CWE-436; Orange Tsai, "A New Era of SSRF"
(Black Hat USA 2017: the same URL has one host for the check and another for the request).
Limits: 2,048 characters of the authority.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from msgspec import Struct

_SCHEME = re.compile(r"(?:url:)?([a-z][a-z0-9+.\-_]{0,31}):", re.IGNORECASE)
_SLASHES = re.compile(r"[/\\]*")
_ENDS = re.compile(r"[/\\?#]")
_PORT = re.compile(r"\d{1,5}(?![\d.xX])")
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_APART = re.compile(r"[\\;,\x00]|%(?:00|0[ad]|23|2f|3f|40|5c)", re.IGNORECASE)
_CUT = re.compile(r"[?#\s]")
_CONFUSING = re.compile(r"[@\\/?#\s,&;\x00]+")
_PORTS = re.compile(r"[\d:]+")
_GROUP = re.compile(r"[0-9a-fA-F]{0,4}")
_LONGEST = 2_048

_MOST_HOSTS = 8
"""Hosts that are taken from either end of an authority with very many in it."""

WEB = frozenset({"http", "https", "ftp", "ws", "wss"})
"""Schemes whose slashes clients do without, and write either way."""


class Url(Struct, frozen=True):
    """A text read as a URL. `host` is the one that RFC 3986 has, `others` those that other readers have; lower case,
    without brackets. `port` is 0 where none is given. `rest` is what follows the authority. `user` says that there is
    user information, `odd` that the text is not written as a URL is."""

    scheme: str
    host: str
    others: tuple[str, ...]
    port: int
    rest: str
    user: bool
    odd: bool


def parse(text: str) -> Url | None:
    """`text` as a URL; None where it has no scheme and authority (`http:80` names a port)."""
    if ":\\/\\/" in text:
        text = text.replace("\\/", "/")  # as JSON may write a slash
    found = _SCHEME.match(text)
    if found is None:
        return None
    scheme = found[1].lower()
    begin = found.end()
    slashes = _SLASHES.match(text, begin)
    count = slashes.end() - begin if slashes else 0
    if count < 2 and (scheme not in WEB or (not count and _PORT.match(text, begin))):
        return None
    run = text[begin : begin + count]
    odd = count != 2 or "\\" in run
    return authority(text[begin + count :], scheme, odd=odd)


def authority(text: str, scheme: str = "", *, odd: bool = False) -> Url:
    """`text` read from the authority on."""
    ends = re.search(r"[/?#]", text[:_LONGEST])
    sent = text[: ends.start() if ends else _LONGEST]
    rest = text[len(sent) :]
    upto_slash = text[:_LONGEST].partition("/")[0]
    user, at, place = sent.rpartition("@")
    host, port = _host(place)
    pieces = [_ENDS.split(text[:_LONGEST], 1)[0].rpartition("@")[2]]
    if _is_confusing(upto_slash):
        split = _CONFUSING.split(unquote(upto_slash))
        pieces += split[:_MOST_HOSTS] + split[-_MOST_HOSTS:]
    others = dict.fromkeys(other for piece in pieces if (other := _host(piece)[0]) and other != host)
    odd = odd or _CONTROL.search(upto_slash) is not None
    return Url(scheme, host, tuple(others), port, rest, bool(at and user), odd)


def _is_confusing(text: str) -> bool:
    """Whether readers may differ on where the host is: there is a sign beside one `@`, and not only in front of it."""
    if text.count("@") > 1:
        return True
    return _APART.search(text) is not None or ("@" in text and _CUT.search(text) is not None)


def _host(place: str) -> tuple[str, int]:
    """The host and the port of `place`."""
    place = _CONTROL.sub("", unquote(place)) if "%" in place else _CONTROL.sub("", place)
    if place.startswith("["):
        inner, _, after = place[1:].partition("]")
        return inner.lower(), _port(after[1:])
    host, colon, port = place.partition(":")
    if colon and ":" in port and (_GROUP.fullmatch(host) or not _PORTS.fullmatch(port)):
        return place.lower(), 0  # an address of version 6 without brackets, or several hosts
    return host.strip(".").lower(), _port(port.partition(":")[0])


def _port(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
