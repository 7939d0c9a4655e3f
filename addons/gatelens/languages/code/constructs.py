"""Find what only ECMAScript does with its global objects: members called by a string or by another function,
functions called at once, the environment as a value.

Source: CWE-95; ECMAScript section 13.3.2 (property accessors), Node.js `process`, CVE-2017-5941 (node-serialize).
In a field, which is a single line that nobody writes programs in, any call of a member of such an object tells.
Limits: only where the value begins with it; of a value longer than 2,000 characters nothing is read but its beginning.
"""

from __future__ import annotations

import re
from itertools import pairwise

from gatelens.languages.code.chains import Chain, Step, chains
from gatelens.languages.code.folding import fold
from gatelens.languages.code.lexer import Kind, Token, read
from gatelens.languages.code.names import brings_all, juxtaposed
from gatelens.languages.code.surroundings import words_around
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_TOKENS = 256
_LONGEST = 2000
_GLOBALS = frozenset(
    "console process global globalthis window self this reflect object function require module document buffer".split()
)
_INDIRECT = frozenset({"call", "apply", "bind"})
_RUNNERS = frozenset({"eval", "function", "settimeout", "setinterval", "execscript"})
_OPERATORS = frozenset({"in", "instanceof"})
_SERIALIZED = re.compile(r"_\$\$ND_FUNC\$\$_|__js_function")
_DEFINED = re.compile(r"[\s;!+~(-]*+(?:async\s++)?function\s*+\w*+\s*+\([^()\n]*+\)\s*+\{", re.IGNORECASE)
_EXPORTED = re.compile(r"[\s;]*+module\s*+\.\s*+exports\s*+=", re.IGNORECASE)
_FEW_WORDS = 6
_RUNNING = frozenset({"env", "argv", "binding", "mainmodule"})
_RUNNING_IN_FIELD = _RUNNING | {"global", "constructor", "main", "require", "process", "dlopen", "versions"}
_ALWAYS_ITS_OWN = frozenset({"process", "global", "globalthis", "module", "child_process"})
_IN_FIELD = (
    (re.compile(r"\bString\s*+\.\s*+fromCharCode\b", re.IGNORECASE), "hides text in the codes of its characters"),
    (
        re.compile(
            r"\bprocess\s*+(?:\??\.\s*+|\[\s*+['\"`])(?:env|argv|binding|main|dlopen|require|versions)", re.IGNORECASE
        ),
        "reads an object of the running process",
    ),
    (re.compile(r"\A[\w\s\[\]{}().'\";]{0,80}[\w\])}'\"]\.constructor\b"), "walks to a constructor"),
    (re.compile(r"(?<![\w/.-])child_process(?![\w/.-])"), "names the module that runs commands"),
)
"""What no value of a single line holds, unless it is prose."""

_BEGINNING = re.compile(r"[\s;!+~(-]*+")
_SHOWN = re.compile(r"\s*+console\s*+\.\s*+\w++\s*+\(\s*+\d++\s*+\)[\s;]*+", re.IGNORECASE)
_CALLED_FUNCTION = re.compile(
    r"[\s;!+~(-]*+(?:async\s++)?(?:function\s*+\w*+\s*+\([^()\n]*+\)\s*+\{|\([^()\n]*+\)\s*+=>)"
)
_END_OF_CALL = re.compile(r"\}\s?\)?\s?\([^()\n]{0,80}\)\s?\)?;?\s{0,9}\Z")


def injection(text: str, *, in_field: bool) -> Confirmed | None:
    """What `text` does with a global object, or the environment that it is; None otherwise. `in_field` says that it is
    a value of a single line."""
    serialized = _SERIALIZED.search(text)
    if serialized is not None and words_around(text, *serialized.span(), _FEW_WORDS) < _FEW_WORDS:
        return Confirmed(text[serialized.start() :][:_EVIDENCE], "marks a function for a reader of serialized data")
    if _SHOWN.fullmatch(text):
        return Confirmed(text.strip(), "shows a constant on the console")
    if _CALLED_FUNCTION.match(text) and _END_OF_CALL.search(text, max(0, len(text) - _LONGEST)):
        return Confirmed(text[:_EVIDENCE], "calls a function that it defines")
    start = _BEGINNING.match(text)
    if in_field and (found := _in_field(text)):
        return found
    tokens = fold(read(text, start.end() if start else 0, min(len(text), _LONGEST), _TOKENS, prose=1, lines=1).tokens)
    if not tokens or tokens[0].kind is not Kind.NAME:
        return None
    if in_field and not juxtaposed(tokens, 1) and (words := _runs(text, tokens)):
        return Confirmed(text.strip()[:_EVIDENCE], words)
    if tokens[0].text.lower() not in _GLOBALS:
        return None
    chain = chains(tokens)[0]
    if _is_running(chain, in_field=in_field) and all(token.text in (";", ")") for token in tokens[chain.last :]):
        return Confirmed(text.strip()[:_EVIDENCE], "is an object of the running process")
    if juxtaposed(tokens, 1):
        return None
    for link, following in pairwise(chain.links):
        if link.step is not Step.MEMBER or following.step is not Step.CALL:
            continue
        if link.hidden:
            return Confirmed(text[:_EVIDENCE], "calls a member of a global object by a string")
        own = tokens[0].text in ("this", "self")  # what many a line of a program begins with
        if (in_field or (link.name in _INDIRECT and not own)) and (
            brings_all(tokens, following.first, following.last) or tokens[0].text.lower() in _ALWAYS_ITS_OWN
        ):
            return Confirmed(text[:_EVIDENCE], "calls a member of a global object")
    return None


def _is_running(chain: Chain, *, in_field: bool) -> bool:
    """Whether a chain ends in an object of the running process: `process.env`, `global['process']['argv']`; in a field
    also in a part of it."""
    path = [chain.root.text.lower() if chain.root else "", *(link.name.lower() for link in chain.links)]
    return any(
        pair[0] == "process" and pair[-1] in (_RUNNING_IN_FIELD if in_field else _RUNNING)
        for pair in (list(pairwise(path)) if in_field else [path[-2:]])
    )


def _in_field(text: str) -> Confirmed | None:
    for pattern, words in _IN_FIELD:
        found = pattern.search(text, 0, _LONGEST)
        if found is not None and words_around(text, *found.span(), _FEW_WORDS) < _FEW_WORDS:
            return Confirmed(found[0][:_EVIDENCE], words)
    return None


def _runs(text: str, tokens: list[Token]) -> str:
    """What only a program does, where nobody writes one: in words, or an empty text."""
    if _DEFINED.match(text):
        return "defines a function"
    if _EXPORTED.match(text):
        return "sets what a module exports"
    called = tokens[1:] if tokens[0].text == "new" else tokens
    runs = len(called) > 2 and called[0].text.lower() in _RUNNERS and called[1].text in ("(", "`") and not called[1].gap
    if runs and not _is_mentioned(tokens):
        return "calls a function that runs what it gets"
    return ""


def _is_mentioned(tokens: list[Token]) -> bool:
    """Whether a word stands behind the chain that `tokens` begin with, where an expression has an operator or ends."""
    at = tokens[0].text == "new"
    last = chains(tokens[at:])[0].last + at
    return last < len(tokens) and tokens[last].kind is Kind.NAME and tokens[last].text.lower() not in _OPERATORS
