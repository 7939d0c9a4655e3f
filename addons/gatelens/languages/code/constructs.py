"""Find what only ECMAScript does with its global objects: members called by a string, functions called at
once, the environment as a value.

Source: CWE-95; ECMAScript section 13.3.2 (property accessors), Node.js `process`.
Limits: only where the value begins with it.
"""

from __future__ import annotations

import re

from gatelens.languages.code.chains import Chain, Step, chains
from gatelens.languages.code.folding import fold
from gatelens.languages.code.lexer import Kind, read
from gatelens.languages.code.names import juxtaposed
from gatelens.model.confirmed import Confirmed

_TOKENS = 256
_GLOBALS = frozenset(
    "console process global globalthis window self this reflect object function require module document".split()
)
_RUNNING = frozenset({"env", "argv", "binding", "mainmodule"})
_SHOWN = re.compile(r"\s*+console\s*+\.\s*+\w++\s*+\(\s*+\d++\s*+\)[\s;]*+", re.IGNORECASE)
_CALLED_FUNCTION = re.compile(
    r"[\s;!+~(-]*+(?:async\s++)?(?:function\s*+\w*+\s*+\([^()\n]*+\)\s*+\{|\([^()\n]*+\)\s*+=>)"
)
_END_OF_CALL = re.compile(r"\}\s?\)?\s?\([^()\n]{0,80}\)\s?\)?;?\s{0,9}\Z")


def called_by_string(text: str) -> Confirmed | None:
    """The member of a global object that `text` calls by a string, or the environment that it is; None otherwise."""
    if _SHOWN.fullmatch(text):
        return Confirmed(text.strip(), "shows a constant on the console")
    if _CALLED_FUNCTION.match(text) and _END_OF_CALL.search(text):
        return Confirmed(text[:200], "calls a function that it defines")
    tokens = fold(read(text, 0, len(text), _TOKENS).tokens)
    if not tokens or tokens[0].kind is not Kind.NAME or tokens[0].text.lower() not in _GLOBALS:
        return None
    chain = chains(tokens)[0]
    if _is_running(chain) and all(token.text in (";", ")") for token in tokens[chain.last :]):
        return Confirmed(text.strip(), "is an object of the running process")
    for link, following in zip(chain.links, chain.links[1:], strict=False):
        if link.step is Step.MEMBER and link.hidden and following.step is Step.CALL and not juxtaposed(tokens, 1):
            return Confirmed(text[:200], "calls a member of a global object by a string")
    return None


def _is_running(chain: Chain) -> bool:
    """Whether a chain ends in an object of the running process: `process.env`, `global['process']['argv']`."""
    path = [chain.root.text.lower() if chain.root else "", *(link.name.lower() for link in chain.links)]
    return len(path) >= 2 and path[-2] == "process" and path[-1] in _RUNNING
