"""Find what stands between the delimiters of a template: `{{ }}`, `${ }`, `<% %>`, `#set( )` and their kin.

Source: the manuals of Jinja2, Twig, Handlebars, Mako, Freemarker, Velocity, Thymeleaf, Smarty, ERB, EJS, Razor, Pug,
Slim, Groovy, Spring, Struts and Jakarta Expression Language.
Limits: an expression that has no end is read to the end of what is read of it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.languages.code.folding import fold
from gatelens.languages.code.lexer import Kind, Token, read

MOST_TOKENS = 384
"""Tokens read of one expression."""

_LONGEST = 1024
"""Characters read of one expression: what is quoted and never closed is read once for each quote."""

_TOKENS_AT_FIRST = 24
"""Of an expression: most are short, and what is behind them is not read for each again."""

_TOKENS_IN_BRACES = 64
"""Of one between single braces: most of them are no templates but blocks of programs, one in another."""

_OPENING = re.compile(
    r"\{\{[{=~&>#^/!-]?|\{%-?|\{!!|!\{|\[%-?|\$\$?\{\{?|[#*@%~]\{|<%[=#@!~_-]?|\[\[=?|\[\(|\[=(?=\s?[\w(])|@\(|@(?=[A-Z]\w*\.)"
    r"|#(?:set|if|elseif|foreach|include|parse|evaluate|define|macro)\s?\(|</?[#@](?=\w)|\{php\}|\{[=@*]|\{(?=\$smarty|(?:if\s|\w{1,40}::)?\w{1,40}\(|fetch\s|include\s|['\"][^'\"\n]{0,80}['\"]\|\w|math\s|php\s|\d+\s?[*/+-]\s?\d)|\$!?(?=\w+\.\w)"
)
_CALL = re.compile(r"(?:if\s++|\w{1,40}::)?(\w{1,40})\s?\(")
_ENDS = {
    "{{": ("}", "}"),
    "{%": ("%", "}"),
    "{!": ("!", "!"),
    "[%": ("%", "]"),
    "<%": ("%>",),
    "[[": ("]", "]"),
    "[(": (")", "]"),
    "[=": ("]",),
    "@(": (")",),
    "{": ("}",),
}


class Expression(Struct, frozen=True, gc=False):
    """What stands between the delimiter `opening` at `start` and its end before `end`; `closed` where it has one.
    `complete` is False where not all of it was read, `spent` is how many tokens were read to find it."""

    opening: str
    tokens: list[Token]
    start: int
    end: int
    closed: bool
    complete: bool
    spent: int


_PLAIN = re.compile(r"[-\s]*+([\w$][\w.$-]*+)\s*+\}\}?")
_WORD = re.compile(r"[\w$]++")


def expressions(text: str, called: Container[str], telling: AbstractSet[str] = frozenset()) -> Iterator[Expression]:
    """The expressions of `text`, also one within another whose delimiter is not understood; a call in single braces
    only where it is one of `called`: programs are full of such; a plain path only where it has one of `telling`."""
    position = 0
    while found := _OPENING.search(text, position):
        call = _CALL.match(text, found.end()) if found[0] == "{" else None
        if call is not None and call[1].lower() not in called:
            position = found.end()
            continue
        plain = _PLAIN.match(text, found.end()) if found[0] in ("{{", "${", "${{", "#{") and telling else None
        if plain is not None and "_" not in plain[1][:2] and telling.isdisjoint(_WORD.findall(plain[1].lower())):
            position = plain.end()
            continue
        expression = _expression(text, found)
        yield expression
        inner = expression.start + 1
        opening = found[0]
        nested = _OPENING.match(text, inner) is not None and opening[:2] not in ("{{", "{%", "<%")
        if opening.startswith("["):
            position = found.end()
        else:
            position = inner if nested or not expression.closed else expression.end


def bare(text: str) -> Expression:
    """All of `text`, as it stands where an expression is expected."""
    reading = read(text, 0, len(text), MOST_TOKENS)
    return Expression("", fold(reading.tokens), 0, len(text), True, reading.complete, len(reading.tokens))


def _expression(text: str, found: re.Match[str]) -> Expression:
    opening = found[0]
    begin = found.end()
    if opening.startswith("#") and not opening.startswith("#{"):
        begin -= 1  # the parenthesis belongs to the arguments
    most = _TOKENS_IN_BRACES if opening in ("{", "$", "$!", "@") else MOST_TOKENS
    end_of_text = min(len(text), begin + _LONGEST)
    reading = read(text, begin, end_of_text, _TOKENS_AT_FIRST)
    spent = len(reading.tokens)
    last = _end(reading.tokens, opening)
    if last < 0 and not reading.complete:
        reading = read(text, begin, end_of_text, most)
        spent += len(reading.tokens) + _LONGEST // 8  # what is quoted in vain is read again and again
        last = _end(reading.tokens, opening)
    if last < 0:
        return Expression(opening, fold(reading.tokens), found.start(), len(text), False, reading.complete, spent)
    tokens = reading.tokens
    end = tokens[last].end
    if tokens[last].text in "}]%)" and text[end : end + 1] in ("}", "]"):
        end += 1  # the second of two
    return Expression(opening, fold(tokens[:last]), found.start(), end, True, True, spent)


def _end(tokens: list[Token], opening: str) -> int:
    """The index of the token that begins the end of an expression, or -1."""
    if opening[:1] == "<" and opening[:2] != "<%":
        return _index(tokens, (">",))
    if opening.startswith("$") and not opening.startswith("${") and not opening.startswith("$${"):
        return _path_end(tokens)
    if opening == "@":
        return _path_end(tokens)
    if opening.startswith("#") and opening != "#{":
        return _balanced(tokens)
    if opening == "{php}":
        return -1
    if opening.endswith("{{") and opening.startswith("$"):
        return _index(tokens, ("}", "}"))
    return _index(tokens, _ENDS.get(opening[:2], ("}",)))


def _index(tokens: list[Token], end: tuple[str, ...]) -> int:
    """Where the tokens `end` stand outside of brackets."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is not Kind.OPERATOR:
            continue
        is_last = len(end) == 1 or (index + 1 < len(tokens) and tokens[index + 1].text == end[1])
        if depth <= 0 and token.text == end[0] and is_last:
            return index
        if token.text in ("(", "[", "{"):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth -= 1
    return -1


def _balanced(tokens: list[Token]) -> int:
    """Where the parenthesis that the tokens begin with is closed."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPERATOR:
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                return index
    return -1


def _path_end(tokens: list[Token]) -> int:
    """Where a path of members and calls, written without brackets around it, ends."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPERATOR:
            if token.text in ("(", "["):
                depth += 1
            elif token.text in (")", "]"):
                depth -= 1
            elif depth <= 0 and token.text != ".":
                return index
        elif depth <= 0 and index and token.gap:
            return index
    return -1
