"""Decide whether a text stays one literal in an XPath or XQuery expression.

Source: CWE-643, CWE-652; XPath 1.0 sections 2 (location paths) and 4 (functions).
A value is put into a string, in a predicate (`//user[name='…']`), or bare. It is an injection where it leaves its
place, what follows reads as an expression, and that expression asks for something of XML: a path, a node, a function of
the language. A whole expression leaves nothing and is a query by design, but where it asks for what a document is made
of (node kinds and wildcards from the root, without a name) or reads another document from an address.
Limits: a condition on constants, which SQL has as well (`' or '1'='1`), is for the SQL rule to tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gatelens.languages.xpath.lexer import Kind, Token, tokens
from gatelens.model.confirmed import Confirmed


class Functions(Struct, frozen=True):
    """Functions by their names in lower case: `asking` about a document, `reading` another one."""

    asking: frozenset[str]
    reading: frozenset[str]


_EXITS = (
    ("closes a string in single quotes", re.compile(r"[^']*+'")),
    ("closes a string in double quotes", re.compile(r'[^"]*+"')),
    ("ends a value", re.compile(r"\s*+(?:[\d.]{1,64}+(?=[\s)\]|])|[\w.\-]{1,64}+(?=\s*+\]))")),
)
_CONNECTOR = re.compile(
    r"\s*+(?:(?:[)\]]\s*+)++(?=/)|(?:[)\]]\s*+)*+(?:(?:or|and|union|intersect|except|div|mod)\b|[|=!,]))"
)
_NEXT_QUERY = re.compile(
    r"""\s*+;\s*+(?:fn:)?(?:doc|document|collection|unparsed-text|json-doc)\s*+\(\s*+['"]?(?:https?|ftp|file|jar):"""
)
_XQUERY = re.compile(r"\s*+(?:for|let)\s+\$\w+\s+(?:in|:=)\s+(?P<source>(?:doc|collection|document)\s*\()")
_ADDRESS = re.compile(r"""["'(,]\s*+(?:https?|ftp|file|jar|netdoc):|(?:concat|encode-for-uri)\s*\(""")
_EVIDENCE = 200


def injection(text: str, functions: Functions) -> Confirmed | None:
    """How `text` is an injection. Of an expression 256 tokens are read."""
    for words, place in _EXITS:
        left = place.match(text)
        if left is None:
            continue
        if _NEXT_QUERY.match(text, left.end()):
            return Confirmed(text[:_EVIDENCE], f"{words} of XPath, reads another document from an address")
        connector = _CONNECTOR.match(text, left.end())
        if connector and (asked := _asked(text, connector.end(), functions)):
            return Confirmed(text[:_EVIDENCE], f"{words} of XPath, {asked}")
    if asked := _whole(text, functions):
        return Confirmed(text[:_EVIDENCE], asked)
    return None


def _asked(text: str, start: int, functions: Functions) -> str:
    """What the expression from `start` on asks of XML; empty where it is none, or asks nothing of it."""
    last: Token | None = None
    for token in tokens(text, start):
        if said := _xml(last, token, functions):
            return said if _bears(text, token) else ""
        last = token
    return ""


def _xml(last: Token | None, token: Token, functions: Functions) -> str:
    if token.kind is Kind.AXIS:
        return "goes along an axis"
    if token.kind is Kind.NODE_TEST:
        return "asks for nodes of a kind"
    if token.kind is Kind.FUNCTION:
        name = _name(token)
        if name in functions.asking:
            return "calls a function that tells about the document"
        if name in functions.reading:
            return "reads another document"
    if last and last.kind is Kind.STEP and token.kind is Kind.WILDCARD:
        return "goes to nodes of any name"
    if last and last.text == "//" and token.kind is Kind.NAME and token.text[:1] not in ".$":
        return "goes to nodes anywhere in the document"
    return ""


_STOPS = re.compile(r"\s*+(?:\Z|[)\]/|=!<>,'\"+\-*\[({@.:$\w%])")


def _bears(text: str, token: Token) -> bool:
    """Whether what follows `token` may go on with the expression."""
    return _STOPS.match(text, token.end) is not None


def _name(token: Token) -> str:
    name = token.text.rstrip("( \t\r\n").lower()
    return name.rpartition(":")[2]


def _asks_for_structure(read: Sequence[Token], *, named: bool) -> bool:
    """Whether a path asks for nodes of a kind along an axis, or from anywhere for any."""
    kinds = {token.kind for token in read}
    if Kind.AXIS in kinds and Kind.NODE_TEST in kinds:
        return True
    return not named and read[0].text == "//" and bool(kinds & {Kind.WILDCARD, Kind.NODE_TEST})


_MAY_BE_WHOLE = re.compile(r"\s*+(?:[a-z][\w\-]*+(?::[a-z][\w\-]*+)?+\s*+\(|/|for\s|let\s|\.\.|\*)", re.IGNORECASE)


def _whole(text: str, functions: Functions) -> str:
    """Why a whole expression is more than a query by design."""
    if not _MAY_BE_WHOLE.match(text):
        return ""
    if (query := _XQUERY.match(text)) and _ADDRESS.search(text, query.end() - 1):
        return "reads another document from an address"
    read = list(tokens(text))
    if not read or text[read[-1].end :].strip():
        return ""
    called = {_name(token) for token in read if token.kind is Kind.FUNCTION}
    if called & functions.reading and _ADDRESS.search(text):
        return "reads another document from an address"
    named = any(token.kind is Kind.NAME and token.text[:1] not in ".$" for token in read)
    if text.lstrip()[:1] == "/" and _asks_for_structure(read, named=named):
        return "asks what the document is made of"
    anonymous = any(token.kind in (Kind.NODE_TEST, Kind.WILDCARD) for token in read)
    rooted = any(token.kind is Kind.STEP for token in read)
    if anonymous and rooted and not named and called & functions.asking:
        return "asks what the document is made of"
    return ""
