"""Decide whether a value makes a program include a file of the client's choice: a stream wrapper, or a remote script.

Source: CWE-98, CWE-829; PHP manual, "Supported Protocols and Wrappers"; CAPEC-193, CAPEC-252, CAPEC-253.
Limits: a remote file is told by the program it is given to (a script), by its parameter's name and by its ending; a
plain URL given to another program passes.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.languages.urls.hosts import is_below
from gatelens.languages.urls.parsing import parse
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_LONGEST = 2_048
_SPACE = re.compile(r"\s")
_WRAPPER = re.compile(r"(?:url:)?([a-z][a-z0-9.+\-_]{1,31}):(//|/?/?)", re.IGNORECASE)
_NESTED = re.compile(r"jar:[a-z]+:", re.IGNORECASE)
_TAIL = re.compile(r"[=?&]([a-z][a-z0-9.+\-_]{1,31}:/?/?[^\s]+)\Z", re.IGNORECASE)
_DATA = re.compile(r"data:(//)?([^,]{0,128}),(.{0,64})", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"\s*(?:<\?|<%|<script|PD9|PD8|PCU|PHNjcmlwd|%3c%3f|\+?ADw-)", re.IGNORECASE)
_REMOTE = re.compile(r"(?:(?:https?|ftps?):/{0,2}|//|\\\\)[^/\\\s?#]+([^\s]*)\Z", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z0-9]{1,8})(?:[?#\x00&].*|)\Z", re.IGNORECASE | re.DOTALL)
_BARE = re.compile(r"[\d.]+|[\[\]0-9a-f:]+")
_CUT = re.compile(r"(?:(?<!\?)\?++|\x00.*|#|%00.*)\Z", re.DOTALL)
_FILE = re.compile(r"file:(/*)(?:localhost/)?([^?#]*)", re.IGNORECASE)


class Place(Struct, frozen=True):
    """Where a value stands: in a parameter or a cookie (`exposed`), given to a script (`script`), under a name that
    is a path's (`path_name`) or a link's (`link_name`)."""

    exposed: bool = False
    script: bool = False
    path_name: bool = False
    link_name: bool = False


class Listed(Struct, frozen=True):
    """What a rule lists: `wrappers` by scheme with words for each, directories at a `roots` of a file system, `endings`
    of files that are code, `pages` endings of what a browser shows; and the `allowed` hosts."""

    wrappers: dict[str, str]
    roots: frozenset[str]
    endings: frozenset[str]
    pages: frozenset[str]
    allowed: frozenset[str]


def inclusion(text: str, place: Place, listed: Listed) -> Confirmed | None:
    """What makes `text` an inclusion; None where nothing does."""
    value = text.strip(" \t\r\n\"'<>`")
    if not value:
        return None
    words = _wrapped(value, place, listed) or (_remote(value, place, listed) if place.exposed else "")
    if not words and len(value) <= _LONGEST and not _SPACE.search(value) and (found := _TAIL.search(value)):
        words = _wrapped(found[1], place, listed)
    return Confirmed(value[:_EVIDENCE], words) if words else None


def _wrapped(value: str, place: Place, listed: Listed) -> str:
    """Why `value` is a stream wrapper, in words."""
    found = _WRAPPER.match(value)
    if found is None:
        return ""
    scheme = found[1].lower()
    if scheme == "data":
        return _data(value[found.start(1) :])
    if scheme == "file":
        return _file(value[found.start(1) :], place, listed)
    words = listed.wrappers.get(scheme, "")
    if words and (found[2] == "//" or _NESTED.match(value, found.start(1))) and "\n" not in value:
        return f"opens a stream wrapper that {words}"
    return ""


def _data(value: str) -> str:
    """`data:` with code in it. With two slashes it is PHP's alone."""
    found = _DATA.match(value)
    if found is None:
        return ""
    slashes, kind, content = found.groups()
    if _SCRIPT.match(content) and not kind.lower().startswith(("image/", "text/html", "application/xhtml")):
        return "opens a data stream that holds a script"
    return "opens a data stream as only PHP reads it" if slashes and not kind.lower().startswith("image/") else ""


def _file(value: str, place: Place, listed: Listed) -> str:
    """`file:` outside a parameter: only for a directory of the system, since editors and tools name their files so."""
    found = _FILE.match(value)
    if found is None or not found[1] or "\n" in value:
        return ""
    names = [name for name in re.split(r"[/\\]+", found[2].lower()) if name]
    if names and re.fullmatch(r"[a-z][:|]", names[0]):
        del names[0]
    if place.exposed or (names and names[0] in listed.roots) or ".." in names:
        return "opens a file of the server by its URL"
    return ""


def _remote(value: str, place: Place, listed: Listed) -> str:
    """Why `value` is a remote script, in words. It is a whole URL, and what takes it would not take one."""
    found = _REMOTE.match(value)
    if found is None:
        return ""
    url = parse(value)
    if url is not None and not url.others and is_below(url.host, listed.allowed):
        return ""
    rest = found[1]
    ending = _ENDING.search(rest)
    kind = ending[1].lower() if ending else ""
    cut = _CUT.search(rest) is not None
    code = kind in listed.endings
    if place.path_name and (place.script or code or cut):
        return "gives the name of a file as a URL of another host"
    if code and cut:
        return "gives a URL of a script whose end cuts off what is added to it"
    if code and url is not None and _BARE.fullmatch(url.host):
        return "gives a URL of a script at an address without a name"
    if place.script and not place.link_name and (code or cut or (kind and kind not in listed.pages)):
        return "gives a URL of a script of another host to a script"
    if (place.script or place.path_name) and value[:3].lower() == "ftp":
        return "gives a URL of another host's files to a script"
    return ""
