"""Work out strings that are put together from constants: `'sys'.'tem'`, `'a'+'b'`, `chr(115)`, `('x')`, `['x'][0]`.

Source: CWE-506; what PHP, ECMAScript, Python, Ruby, Jinja2, Twig and Freemarker do with constants.
Limits: one value at a time; a string kept in a variable and used later is not followed.
"""

from __future__ import annotations

import binascii
import codecs
from base64 import b64decode
from collections.abc import Callable

from gatelens.languages.code.lexer import Kind, Token

_JOINING = frozenset(".+~&")
_LONGEST = 4096


def _base64(text: str) -> str:
    return b64decode(text + "==").decode("utf-8", "replace")


def _hex(text: str) -> str:
    return binascii.unhexlify(text).decode("utf-8", "replace")


_DECODERS: dict[str, Callable[[str], str]] = {
    "strrev": lambda text: text[::-1],
    "base64_decode": _base64,
    "atob": _base64,
    "b64decode": _base64,
    "hex2bin": _hex,
    "str_rot13": lambda text: codecs.encode(text, "rot13"),
}
_CHARACTERS = frozenset({"chr", "fromcharcode"})


def fold(tokens: list[Token]) -> list[Token]:
    """`tokens` with every constant string in one token, marked as hidden where it was not written in one."""
    out: list[Token] = []
    for token in tokens:
        out.append(token)
        while _fold_end(out):
            pass
    return out


def _fold_end(out: list[Token]) -> bool:
    """Fold what ends `out` once, if it can be."""
    last = out[-1]
    if last.kind is Kind.STRING:
        return _join(out)
    if last.kind is Kind.OPERATOR and len(out) >= 3:
        if last.text == ")":
            return _unwrap(out)
        if last.text == "]":
            return _first_of_list(out)
        if last.text == "}" and out[-2].hidden and out[-3].text == "{":
            _put(out, 3, out[-2].text, out[-3], last)
    return False


def _join(out: list[Token]) -> bool:
    """STRING joined to STRING. A backtick behind a string is another thing: a command or a template."""
    last = out[-1]
    if len(out) >= 3 and out[-2].kind is Kind.OPERATOR and out[-2].text in _JOINING and out[-3].kind is Kind.STRING:
        before, dropped = out[-3], 3
    elif len(out) >= 2 and out[-2].kind is Kind.STRING and last.quote != "`" and out[-2].quote != "`":
        before, dropped = out[-2], 2
    else:
        return False
    if len(before.text) + len(last.text) > _LONGEST:
        return False
    _put(out, dropped, before.text + last.text, before, last)
    return True


def _unwrap(out: list[Token]) -> bool:
    """`('x')` is 'x'; `chr(120)` and `strrev('x')` are strings; `('x')` behind a name is a call."""
    opening, inner = out[-3], out[-2]
    if opening.kind is not Kind.OPERATOR or opening.text != "(":
        return False
    before = out[-4] if len(out) >= 4 else None
    if before is not None and before.kind is Kind.NAME:
        return _decode(out, before, inner)
    if inner.kind is not Kind.STRING or (before is not None and _ends_a_value(before)):
        return False
    _put(out, 3, inner.text, opening, out[-1], inner.quote)
    return True


def _decode(out: list[Token], function: Token, inner: Token) -> bool:
    name = function.text.lower().lstrip("@\\")
    if inner.kind is Kind.NUMBER and name in _CHARACTERS:
        code = _number(inner.text)
        if not 0 <= code <= 0xD7FF:
            return False
        text = chr(code)
    elif inner.kind is Kind.STRING and name in _DECODERS:
        try:
            text = _DECODERS[name](inner.text)
        except ValueError:
            return False
    else:
        return False
    _put(out, 4, text, function, out[-1])
    return True


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        return -1


def _first_of_list(out: list[Token]) -> bool:
    """`['x'][0]` is 'x'."""
    if len(out) < 6 or [token.text for token in out[-3:-1]] != ["[", "0"] or out[-4].text != "]":
        return False
    inner, opening = out[-5], out[-6]
    if inner.kind not in (Kind.STRING, Kind.NAME) or opening.text != "[":
        return False
    if len(out) >= 7 and _ends_a_value(out[-7]):
        return False
    _put(out, 6, inner.text, opening, out[-1])
    return True


def _ends_a_value(token: Token) -> bool:
    return token.kind is not Kind.OPERATOR or token.text in (")", "]", "}")


def _put(out: list[Token], dropped: int, text: str, first: Token, last: Token, quote: str = "'") -> None:
    del out[-dropped:]
    out.append(Token(Kind.STRING, text, first.start, last.end, first.gap, True, quote))
