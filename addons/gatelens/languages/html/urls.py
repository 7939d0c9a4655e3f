"""Say what following a URL runs: a script URL, a document that holds one, a thing of a foreign host.

Source: WHATWG URL section 4.4 (leading control characters and spaces, tabs and newlines anywhere are dropped),
RFC 2397 (data URLs), RFC 3986 section 3.1 (schemes).
Limits: a document of a host is not fetched; it is told by the host alone.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from gatelens.languages.html.script import effect, runs
from gatelens.languages.html.vocabulary import Vocabulary

_DROPPED = re.compile("[\x00-\x20\x7f-\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\\\\]")
_SCRIPT = re.compile(
    r"[^a-zA-Z0-9]*(?:(?:feed|view-source|jar|url|pcast):)*(?:(?:java|vb|live|j)script|mocha):", re.IGNORECASE
)
_SCHEME = 64
_OBSCURED = 1_024
_SHORTEST = 2
_PATH_SIGN = re.compile(r"[/?{$]|#[^(]*\Z")
_NUMBERS = re.compile(
    r"\d{8,10}|(?:(?:0x[0-9a-f]++|0\d++|\d++)\.?+){0,4}(?:0x[0-9a-f]++|0\d{2,})(?:\.[\dxa-f]++){0,3}", re.IGNORECASE
)
_KNOWN = frozenset("http https mailto tel sms ftp ws wss blob about geo magnet intent urn data".split())
_DATA = re.compile(r"[\"'`(]*data:([^,]*),?", re.IGNORECASE)
_ACTIVE = re.compile(r"html|xml|xsl|script|/x-shockwave|sol;|pdf", re.IGNORECASE)
_IMAGE = re.compile(r"\s*image/", re.IGNORECASE)
_HOST = re.compile(
    r"[\s\"'`(\u2018-\u201d]*(?:[a-zA-Z][a-zA-Z0-9+.-]*:\s*){0,2}[\\/]{2,}(?:[^\s/\\?#@]*@)?([^\s/\\?#:\"'`>]*)"
)


def script_url(url: str, vocabulary: Vocabulary, *, own: bool = True) -> str:
    """What following `url` runs as a script, in words that go on "a URL that …"; empty where nothing does."""
    start = _DROPPED.sub("", url[:_SCHEME])
    found = _SCRIPT.match(start)
    if found is None:
        return ""
    # in `url` itself the code begins behind the colon that ends the scheme
    colon = -1
    for _ in range(found[0].count(":")):
        colon = url.find(":", colon + 1)
    code = url[colon + 1 :]
    if "%" in code:
        code = unquote(code)
    return runs(code, vocabulary, own=own)


def obscured_url(url: str, vocabulary: Vocabulary) -> str:
    """What the script in `url` does behind a scheme that is none, but may become one where letters are taken out or
    put in before it is followed; empty where there is no script that tells an attack.
    """
    scheme, colon, code = url[:_OBSCURED].partition(":")
    if not colon or len(scheme) < _SHORTEST or _PATH_SIGN.search(scheme) or scheme.lower() in _KNOWN:
        return ""
    return effect(code, vocabulary.alone)


def data_url(url: str, *, image: bool) -> str:
    """Whether `url` is a document that may hold a script, in words; `image` says that it is only shown as a picture."""
    found = _DATA.match(_DROPPED.sub("", url[:256]))
    if found is None or (image and _IMAGE.match(found[1])):
        return ""
    return "carries a document of its own" if _ACTIVE.search(found[1]) else ""


def obscured_host(url: str) -> bool:
    """Whether the host of `url` is an address written in a way that nobody writes it in: RFC 3986 section 7.4."""
    found = _HOST.match(url)
    return found is not None and _NUMBERS.fullmatch(found[1]) is not None


def foreign_host(url: str, vocabulary: Vocabulary) -> str:
    """Words where `url` leads to another host that is not known to be harmless."""
    found = _HOST.match(url)
    return "of a foreign host" if found and not vocabulary.trusts(found[1]) else ""
