"""Decide whether a value is a URL that sends the server where its client could not go itself.

A URL of an inner host may be meant: it is what a developer's configuration and a native application's redirect look
like. What tells is a host that nobody means, a spelling that hides it, a scheme that only an attack asks for, and the
place: a parameter that a server fetches.

Source: CWE-918; CAPEC-664; OWASP API7:2023.
Limits: within a document, a plain URL of an inner host passes unless its port or its name tells; a URL in the midst of
other text is not fetched, and passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from msgspec import Struct

from gatelens.languages.urls.addresses import PRIVATE
from gatelens.languages.urls.hosts import Grade, Known, judged
from gatelens.languages.urls.parsing import WEB, Url, authority, parse
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_LONGEST = 4_096
_IN_PATH = re.compile(r"/((?:[a-z][a-z0-9+.\-_]{1,31}):/.*)", re.IGNORECASE | re.DOTALL)
_NESTED = re.compile(r"[?&;#]([^=&#]{0,64})=([a-z][a-z0-9+.\-]{1,31}(?::|%3a)[^&#]{1,1024})", re.IGNORECASE)
_BARE = re.compile(r"[\w.\-\[\]:]{1,255}/")
_LINE_BREAK = re.compile(r"%0[ad]", re.IGNORECASE)
_NETWORK = re.compile(r"/\d{1,3}\Z")
_SEGMENT = re.compile(r"[/?#]")
_HTTP = frozenset({"http", "https"})
_SENTENCE = re.compile(r"\A[^\s@\\#]{1,512}(?:\s++[^\W\d_]++(?:['\u2019-][^\W\d_]++)?[.,;:!?]?){2,}+\Z")
"""A URL and then words, as of a person who tells about it."""
_NAMED_FIRST = re.compile(r"https?://(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}@", re.IGNORECASE)
_MOST_NESTED = 8


class Place(Struct, frozen=True):
    """Where a value stands: in the `path`, in a parameter or a cookie (`exposed`), or in a document; `fetched`: under
    the name of what a server fetches; `followed`: under a name whose URL goes back to the browser; `addressed`: under
    the name of a URL or host of any kind."""

    path: bool = False
    exposed: bool = False
    fetched: bool = False
    followed: bool = False
    addressed: bool = False


class Asked(Struct, frozen=True):
    """What a rule lists. `schemes`: an attack anywhere; `exposed_schemes`: in a parameter; each with words for it.
    `closed_ports`: of services that speak no HTTP; `administration_ports`: of services that only an administrator
    speaks to; `inner_paths`: first segments of pages that only one asks for."""

    hosts: Known
    schemes: frozenset[str]
    exposed_schemes: frozenset[str]
    closed_ports: frozenset[int]
    administration_ports: frozenset[int]
    inner_paths: frozenset[str]


def fetch(text: str, place: Place, asked: Asked) -> Confirmed | None:
    """What makes `text` a forged request; None where nothing does."""
    value = text.strip(" \t\r\n\"'<>")[:_LONGEST]
    if place.path:
        found = _IN_PATH.search(value)
        if found is None:
            return None
        value = found[1]
    url = parse(value)
    if url is None:
        if value[:2] == "//":
            return _relative(value, place, asked)
        if place.exposed and place.addressed and _BARE.match(value) and not _NETWORK.search(value):
            return _bare(value, asked)
        return None
    if _is_prose(value, url):
        return None
    words = _told(url, place, asked) or _hidden(value, url, asked) or next(_nested(url, asked), "")
    return Confirmed(value[:_EVIDENCE], words) if words else None


def _is_prose(value: str, url: Url) -> bool:
    """Whether words follow the URL: a text that begins with one."""
    if url.scheme not in WEB or _LINE_BREAK.search(url.rest):
        return False
    if _SENTENCE.search(value):
        return True
    return not url.odd and len(url.rest.split(None, 1)) > 1


def _hidden(value: str, url: Url, asked: Asked) -> str:
    """Whether an inner host stands behind the name of another one: `http://shop.example@127.0.0.1/`."""
    host = judged(url.host, asked.hosts) if _NAMED_FIRST.match(value) else None
    return f"leads to {host.words}, behind the name of another host" if host and host.grade is Grade.INNER else ""


def _told(url: Url, place: Place, asked: Asked) -> str:
    host = judged(url.host, asked.hosts)
    if url.scheme in asked.schemes:
        return f"asks for a scheme that only an attack asks for{_to(host.words)}"
    if host.grade is Grade.EVIDENT:
        return f"leads to {host.words}"
    for other in url.others if url.scheme in WEB else ():  # others name several hosts of one cluster
        seen = judged(other, asked.hosts)
        if seen.grade:
            return f"leads to {seen.words} for some readers, and elsewhere for others"
    asks = place.fetched or place.addressed or host.grade is not Grade.OUTER
    if url.scheme in asked.exposed_schemes and place.exposed and asks:
        return f"asks for a scheme that the place does not call for{_to(host.words)}"
    if host.grade is Grade.OUTER:
        return "leads to a name without a domain, of an inner network" if _is_inner_name(url, place) else ""
    if _LINE_BREAK.search(url.rest):
        return f"leads to {host.words}, with lines of another protocol"
    if url.odd or url.others or (url.user and url.scheme in _HTTP and place.exposed):
        return f"leads to {host.words}, written as nobody does"
    if url.scheme in _HTTP and url.port in asked.closed_ports:
        return f"leads to {host.words}, to a service that speaks no HTTP"
    if url.port in asked.administration_ports and (
        place.exposed or place.fetched or (place.addressed and url.rest[1:])
    ):
        return f"leads to {host.words}, to a service of administrators"
    if not (place.followed and url.port) and _first_segment(url.rest) in asked.inner_paths:
        return f"leads to {host.words}, to a page of administrators"
    if place.addressed and host.words == PRIVATE and url.scheme in _HTTP and not url.user:
        return f"leads to {host.words}"
    if place.fetched or (place.exposed and not place.followed and not place.path):
        return f"leads to {host.words}"
    return ""


def _is_inner_name(url: Url, place: Place) -> bool:
    """Whether a parameter that a server may fetch has a host of one word, which only a resolver within knows."""
    asked = place.exposed and (place.fetched or place.addressed) and not place.followed
    return asked and url.scheme in _HTTP and url.host[:1].isalpha() and "." not in url.host and ":" not in url.host


def _first_segment(rest: str) -> str:
    return _SEGMENT.split(rest, 2)[1].lower() if rest[:1] == "/" else ""


def _to(words: str) -> str:
    return f", and leads to {words}" if words else ""


def _bare(value: str, asked: Asked) -> Confirmed | None:
    """A host and a path, without a scheme."""
    host = judged(authority(value).host, asked.hosts)
    return Confirmed(value[:_EVIDENCE], f"leads to {host.words}") if host.grade else None


def _relative(value: str, place: Place, asked: Asked) -> Confirmed | None:
    """A host behind two slashes, as a page may name one: in a document only one that nobody means."""
    host = judged(authority(value[2:]).host, asked.hosts)
    tells = host.grade is Grade.EVIDENT or (host.grade is Grade.INNER and place.exposed)
    return Confirmed(value[:_EVIDENCE], f"leads to {host.words}") if tells else None


def _nested(url: Url, asked: Asked) -> Iterator[str]:
    """Why a URL within the query of `url` is an attack: what is asked would send on."""
    for number, found in enumerate(_NESTED.finditer(url.rest)):
        if number >= _MOST_NESTED:
            return
        inner = parse(unquote(found[2]))
        if inner is None:
            continue
        host = judged(inner.host, asked.hosts)
        plain = host.grade is Grade.INNER and not inner.port and "redirect" not in found[1].lower()
        if host.grade is Grade.EVIDENT or plain or inner.scheme in asked.schemes:
            words = host.words or "a scheme that only an attack asks for"
            yield f"asks an outer host to send it on to {words}"
