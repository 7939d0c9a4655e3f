"""Read a document type declaration within a text for the entities it declares.

A body of XML is read by the decoders, to which any declaration is odd. This is about a document in a value: one that
begins as a document, so that a program may well read it as one.
Source: XML 1.0 (fifth edition) sections 2.8 and 4.2; CWE-611, CWE-776, CWE-827.
Limits: what is well-formed is not asked for: a probe is often not. Declarations that name a public type (XHTML, SVG,
DocBook), wherever it is, are what documents begin with, and pass where they declare no entity. 256 are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gatelens.model.confirmed import Confirmed

_MOST_READ = 32_768
_MOST_DECLARATIONS = 256
_MOST_EVIDENCE = 160

_LITERAL = r"(?:\"[^\"]{0,4096}\"|'[^']{0,4096}')"
# What may stand before a declaration: also an element where the declaration of XML should be, as in a slip.
_START = re.compile(
    r"[\s\"'\ufeff>)]*+(?:<!--.{0,400}?-->\s*+|<(?:\?|xml\b)[^>]{0,400}>\s*+){0,4}+(?=<!(?:DOCTYPE|ENTITY)\b)",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(
    rf"<!DOCTYPE\s++(?P<root>[^\s\[<>]{{1,200}})\s*+(?:(?P<kind>SYSTEM|PUBLIC)\s*+(?P<first>{_LITERAL})\s*+(?P<second>{_LITERAL})?)?",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    rf"<!ENTITY\s++(?P<parameter>%\s*+)?(?P<name>[^\s\"'<>%]{{1,200}})\s*+(?P<kind>SYSTEM|PUBLIC)?\s*+(?P<value>{_LITERAL})",
    re.IGNORECASE,
)
_HOST = re.compile(r"https?://([\w.\-]+)", re.IGNORECASE)
_PUBLIC_TYPE = re.compile(r"[\"'][-+]?//[^/]+//[^/]+//[A-Z]{2}(?:[\"'/]|\Z)", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w\-]+\.)+[a-z]{2,24}\Z")
_SCHEME = re.compile(r"\s*(?!urn:)([a-z][a-z0-9+.\-]*):|\s*/|\s*\\", re.IGNORECASE)
_REFERENCE = re.compile(r"[&%][\w.:\-]+;")


def declarations(text: str, known_hosts: Sequence[str]) -> Confirmed | None:
    """What the declaration at the beginning of `text` fetches or multiplies. A document type at a host whose name ends
    with one of `known_hosts` is a public one."""
    text = text[:_MOST_READ]
    start = _START.match(text)
    if start is None and (section := text.find("<![CDATA[")) >= 0:
        start = _START.match(text, section + len("<![CDATA["))  # as a message in an envelope is sent
    if start is None:
        return None
    external: list[str] = []
    doctype = _DOCTYPE.match(text, start.end())
    first = ""
    if doctype is not None and doctype["kind"] and _reaches(doctype, known_hosts):
        external.append("an external document type")
        first = doctype[0]
    multiplied = False
    for count, entity in enumerate(_ENTITY.finditer(text, start.end())):
        if count == _MOST_DECLARATIONS:
            multiplied = True
            break
        if entity["kind"]:
            external.append("an external parameter entity" if entity["parameter"] else "an external entity")
        elif entity["parameter"]:
            external.append("a parameter entity")
        else:
            multiplied |= len(_REFERENCE.findall(entity["value"])) > 1
        first = first or entity[0]
    if not first:
        return None
    words = ", ".join(dict.fromkeys(external)) or "an entity"
    words += ", made of others" if multiplied else ""
    return Confirmed(first[:_MOST_EVIDENCE], f"a document that declares {words}")


def _reaches(doctype: re.Match[str], known_hosts: Sequence[str]) -> bool:
    """Whether the identifier of a document type is an address of its own rather than that of a public type."""
    address = (doctype["second"] or doctype["first"]).strip("\"'")
    host = _HOST.match(address)
    if host is not None:
        name = host[1].lower()
        if doctype["second"] and _PUBLIC_TYPE.match(doctype["first"]) and _DOMAIN.match(name):
            return False
        return not any(name == known or name.endswith("." + known) for known in known_hosts)
    return doctype["kind"].upper() == "SYSTEM" and _SCHEME.match(address) is not None
