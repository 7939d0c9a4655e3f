"""Decide whether a value sends a browser to another site while it looks like a path or another site.

Source: CWE-601; WHATWG URL section 4.4 (backslashes, slashes, tabs and user information as browsers read them).
Limits: a plain URL of another site is what many redirects are for: only with a list of allowed hosts is it a finding.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.languages.urls.hosts import is_below
from gatelens.languages.urls.parsing import Url, authority, parse
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_LONGEST = 2_048
_SKIPPED = re.compile(r"[\t\r\n]+")
_SPACE = re.compile(r"[\s`]")
_LEAD = re.compile(r"[\x00-\x20]*+([/\\][/\\\x00-\x20]{0,64}[/\\])[\x00-\x20]{0,64}+([^/\\\s].*)", re.DOTALL)
_DOTS = re.compile(r"[\u3002\uff0e\uff61]")
"""Signs that a browser reads as the dot of a name: UTS 46 section 4."""
_HOST = re.compile(r"(?:[\w\-]+\.)+[a-z][\w\-]+|\[[0-9a-f:.]+\]|(?:0x)?[0-9a-f]+(?:\.(?:0x)?[0-9a-f]+)*", re.IGNORECASE)


class Place(Struct, frozen=True):
    """Where a value stands: under the name of a redirect's target (`followed`)."""

    followed: bool = False


def redirect(text: str, place: Place, allowed: frozenset[str]) -> Confirmed | None:
    """What makes `text` an open redirect; None where nothing does."""
    value = text.strip(" ")[:_LONGEST]
    words = _slashes(value, place, allowed) or _url(value, place, allowed)
    return Confirmed(value[:_EVIDENCE], words) if words else None


def _slashes(value: str, place: Place, allowed: frozenset[str]) -> str:
    """A path whose first slashes are read as a host's."""
    found = _LEAD.match(value)
    if found is None:
        return ""
    lead = _SKIPPED.sub("", found[1])
    url = authority(_SKIPPED.sub("", found[2]))
    if _SPACE.search(found[2]) or not _HOST.fullmatch(_DOTS.sub(".", url.host)) or _is_allowed(url, allowed):
        return ""
    plain = lead == "//" and lead == found[1]
    if plain:
        return "leads to another site, without a scheme" if place.followed else ""
    if set(lead) == {"\\"} and "/" not in url.rest and not place.followed:
        return ""  # a file share of Windows
    return "leads to another site behind slashes that look like a path's"


def _url(value: str, place: Place, allowed: frozenset[str]) -> str:
    """A whole URL, under the name of a redirect's target."""
    if not place.followed:
        return ""
    url = parse(_SKIPPED.sub("", value))
    if url is None or not url.host or url.scheme not in ("http", "https") or _is_allowed(url, allowed):
        return ""
    if url.odd:
        return "leads to another site, its scheme written so as not to be seen"
    if url.others or (url.user and "." in value.partition("@")[0]):
        return "leads to another site than it seems to"
    return "leads to another site than those allowed" if allowed else ""


def _is_allowed(url: Url, allowed: frozenset[str]) -> bool:
    return is_below(url.host, allowed) and not url.others
