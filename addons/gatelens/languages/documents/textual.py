"""Find what other stores take as text: lines of Redis and memcached, clauses of Cypher and of CQL.

Source: the Redis serialization protocol (RESP) specification, memcached's protocol.txt, openCypher 9, CQL 3.4; CWE-93.
Limits: a command by itself is no injection: it must stand behind a line end, or behind the end of a literal.
"""

from __future__ import annotations

import re

from gatelens.model.confirmed import Confirmed

_REDIS = re.compile(
    r"\*[0-9]{1,4}\r?\n\$[0-9]{1,8}\r?\n\w|\S*+\r?\n(?:\*[0-9]{1,4}\r?\n\$[0-9]{1,8}\r?\n|FLUSH(?:ALL|DB)\b"
    r"|(?:CONFIG[ ]SET|SLAVEOF|REPLICAOF|MODULE[ ]LOAD|MIGRATE|SCRIPT[ ]LOAD)[ ]\S|EVAL[ ]['\"][^\r\n]*['\"][ ]\d)",
    re.IGNORECASE,
)
_MEMCACHED = re.compile(
    r"\S*+(?: \d+ \d+ \d+)?\r\n(?:[^\r\n]{0,250}\r\n)?"
    r"(?:(?:set|add|replace|append|prepend|cas) \S{1,250} \d+ -?\d+ \d+"
    r"|(?:flush_all|stats|version|verbosity \d+|delete \S{1,250}|gets? \S{1,250})(?: \d+)?)(?: noreply)?\r\n"
)
_LEFT = (
    r"""[^'"`]*+['"`][\s}\])]*+"""
    r"""(?:(?:OR|AND)\s+[^\s'"=<>]++\s*+(?:=|<>|STARTS\s+WITH|CONTAINS)\s*+[^\s]++[\s}\])]*+)?+"""
)
_PATTERN = r"\(\s*+(?:[A-Za-z_]\w*+)?+(?:\s*+:\w++)?+\s*+(?:\{[^{}]{0,200}+\})?+\s*+\)"
_CLAUSE = r"(?:MATCH|RETURN|SET|DETACH|DELETE|WHERE|CALL|LOAD|REMOVE|CREATE|MERGE|UNION|FOREACH|UNWIND)\b"
_CYPHER = re.compile(
    _LEFT
    + rf"(?:RETURN\s++[\w.*(),][\w.*(), ]{{0,63}}?\s*+(?://|\bUNION\b|;\s*(?://|\Z))|(?<=[}})])\s*RETURN\s+[\w.*]++\s*\Z"
    rf"|WITH\s+[\w.*']++\s+AS\s+\w+\s+{_CLAUSE}|(?:UNION\s+)?(?:ALL\s+)?(?:OPTIONAL\s+)?"
    rf"MATCH\s*+{_PATTERN}\s*+(?:-|<-|{_CLAUSE})"
    rf"|DETACH\s+DELETE\s+\w+|DELETE\s+\w+\s*//|CALL\s+(?:db|dbms|apoc)\.[\w.]+\(|LOAD\s+CSV\s"
    rf"|(?:CREATE|MERGE)\s*+{_PATTERN}\s*+(?:-|<-|//|{_CLAUSE})|SET\s+\w+\.\w+\s*=[^=])",
    re.IGNORECASE,
)
_CONSTANTS = re.compile(
    r"""[^'"]*+['"][\s}\])]*+(?:OR|AND|XOR)\s+(?:(\d+)\s*=\s*\1|TRUE)[\s)\]}]*+(?://|/\*)""", re.IGNORECASE
)
"""A condition with a comment that SQL does not have, but Cypher."""

_LOAD = re.compile(r"\bLOAD\s+CSV\s+(?:WITH\s+HEADERS\s+)?FROM\s+['\"](?:https?|ftp|file):", re.IGNORECASE)
_CQL = re.compile(r"[^'\"]*+['\"][^\n]*?\bALLOW\s+FILTERING\s*(?:;|--|//|\Z)", re.IGNORECASE)
_EVIDENCE = 200


def injection(text: str) -> Confirmed | None:
    """What `text` brings into a store's line or query."""
    if "\n" in text:
        if found := _REDIS.match(text):
            return Confirmed(found[0].strip()[:_EVIDENCE], "ends a line of the Redis protocol, begins a command")
        if found := _MEMCACHED.match(text):
            return Confirmed(found[0].strip()[:_EVIDENCE], "ends a line of memcached's protocol, begins a command")
    if found := _CYPHER.match(text) or _CONSTANTS.match(text):
        return Confirmed(found[0][-_EVIDENCE:], "closes a string, goes on in Cypher")
    if _LOAD.search(text) and text.count("\n") < 2 and text.lower().count("match") == 0:
        return Confirmed(text[:_EVIDENCE], "loads data from an address by Cypher")
    if found := _CQL.match(text):
        return Confirmed(found[0][:_EVIDENCE], "closes a string, allows a scan of all rows in CQL")
    return None
