"""Decide whether a text holds a template expression that does what no text for a template needs.

Source: CWE-1336, CWE-917. A plain variable is never an attack: what tells is an expression that works out constants and
nothing else, that walks from an object to its class, or that calls what runs or reads.
In a field, which is a single line, any call that needs nothing from the application, any secret and any statement
but those that lay out a template tell as well.
Limits: an expression in a text of some words that shows it as code is a mention, and passes; so does a sum of
constants among more words than a probe has, and in a field what tells there only; and a call of an ordinary function
among 20 words of prose in a document, though it runs there. A plain variable passes everywhere: `{{user}}`, `${x}`. Of
one expression the first 384 tokens are read.
"""

from __future__ import annotations

import re

from msgspec import Struct

from gatelens.languages.code.chains import Chain
from gatelens.languages.code.lexer import Kind
from gatelens.languages.code.names import juxtaposed
from gatelens.languages.code.surroundings import is_shown_as_code, words_around
from gatelens.languages.templates.constants import computes, computes_within, works_on_a_constant
from gatelens.languages.templates.delimiters import Expression, bare, expressions
from gatelens.languages.templates.effects import Lists, effect, in_field, of_whole
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_FEW_WORDS = 6
_SOME_WORDS = 8
_FEW_TOKENS = 12
_MANY_WORDS = 20
_LONGEST_BARE = 2000
"""Characters of a text that may be nothing but an expression."""

_COST_OF_TOKEN = 40
_TOO_MANY = "more template expressions than are read in one value"
_COMPUTED_IN = (
    "{{",
    "${",
    "#{",
    "<%",
    "@(",
    "*{",
    "%{",
    "~{",
    "$${",
    "${{",
    "[[",
    "[=",
    "{=",
    "{@",
    "@{",
    "{%",
    "{!!",
    "!{",
    "[%",
    "#",
)
_COMMENT = re.compile(
    r"\}(?:<#--[^<>\n]{0,40}-->|\{#[^{}\n]{0,40}#\}|\{\*[^{}\n]{0,40}\*\}|\{\{![^{}\n]{0,40}\}\})(?:\$\{|\{)"
)
_POLYGLOT = re.compile(r"[\s${}<%\[\]#'\"\\/().,*@^:;=!?|&~`>-]{6,}+")
_OPENERS = ("{{", "<%", "${", "#{", "{%", "@(", "[[", "{#", "*{", "%{", "{@", "{{=")
_MARKS = ("${{<%[", "{{<%", "<%[%", "<%{{")


class Found(Struct, frozen=True):
    """An expression that is an injection, why, and the chain in it that shows it."""

    expression: Expression
    words: str
    chain: Chain | None = None


def injection(text: str, lists: Lists, most: int, *, is_field: bool = False) -> tuple[Confirmed | None, int]:
    """The first injection in `text` or None, and what looking cost, in characters; what goes beyond `most` is one.
    `is_field` says that the text is a value of a single line, in which more tells."""
    found, cost = first(text, lists, most, is_field=is_field)
    if found is None:
        return None, cost
    start = found.expression.start
    opened = "" if not found.expression.opening else "opens a template expression, "
    return Confirmed(text[start : found.expression.end][:_EVIDENCE], f"{opened}{found.words}"), cost


def first(text: str, lists: Lists, most: int, *, is_field: bool = False) -> tuple[Found | None, int]:
    """The first expression of `text` that is an injection, or None; and what looking cost, at most about `most`."""
    cost = len(text)
    if _COMMENT.search(text) is not None and words_around(text, 0, 0, 2) < 2:
        return Found(bare(text[:_EVIDENCE]), "shows whether the comments of a template engine vanish"), cost
    if _is_polyglot(text):
        return Found(bare(text[:_EVIDENCE]), "opens the expressions of several template engines at once"), cost
    for expression in expressions(text, lists.called, lists.telling):
        if cost > most:
            return Found(expression, _TOO_MANY), cost
        cost += expression.spent * _COST_OF_TOKEN
        if found := _judge(text, expression, lists, is_field=is_field):
            return found, cost
    if found := _bare(text, lists):
        return found, cost
    return None, cost


def _is_polyglot(text: str) -> bool:
    value = text.strip()
    return (
        len(value) < _EVIDENCE
        and _POLYGLOT.fullmatch(value) is not None
        and (sum(opener in value for opener in _OPENERS) >= 3 or any(mark in value for mark in _MARKS))
    )


def _judge(text: str, expression: Expression, lists: Lists, *, is_field: bool) -> Found | None:
    tokens = expression.tokens
    if not tokens:
        return None
    opening = expression.opening
    if words := _constant(text, expression, lists):
        few = words_around(text, expression.start, expression.end, _FEW_WORDS) < _FEW_WORDS
        if few and not _is_mention(text, expression):
            return Found(expression, words)
    if opening.startswith("{php") or (opening == "{{" and tokens[0].text == "php"):
        few = words_around(text, expression.start, expression.start, _FEW_WORDS) < _FEW_WORDS
        return Found(expression, "opens a block of PHP") if few else None
    if opening == "[%" and tokens[0].text in ("PERL", "RAWPERL"):
        return Found(expression, "opens a block of Perl")
    told = _debugging(expression, lists)
    if told and words_around(text, expression.start, expression.end, 2) < 2:
        return Found(expression, told)
    chain, words = effect(expression, lists)
    if not words and is_field and words_around(text, expression.start, expression.end, _FEW_WORDS) < _FEW_WORDS:
        chain, words = in_field(expression, lists)
    if (
        not words
        or _is_mention(text, expression)
        or (chain is not None and _is_example(text, expression, words, lists))
    ):
        return None
    if (not expression.closed or opening in ("{", "$", "@", "[[", "[(")) and juxtaposed(tokens, 3) >= 3:
        return None
    return Found(expression, words, chain)


def _constant(text: str, expression: Expression, lists: Lists) -> str:
    """What an expression does with constants, as a probe does and no template: in words, or an empty text."""
    tokens, opening = expression.tokens, expression.opening
    if not expression.closed:
        whole = not text[: expression.start].strip()
        if opening.startswith("#set"):
            return "leaves a directive open" if whole and len(tokens) < _FEW_TOKENS else ""
        return "works out constants" if whole and expression.complete and _is_unclosed_probe(expression) else ""
    if _is_probe(text, expression):
        return "works out constants"
    if opening.startswith(_COMPUTED_IN) and not (opening.startswith("${") and "`" in text):
        return works_on_a_constant(tokens, lists.pure)
    return ""


def _is_unclosed_probe(expression: Expression) -> bool:
    """Whether what follows a delimiter to the end of a text only works out constants: `{{8*9`, `${8*9`."""
    tokens = expression.tokens
    while tokens and tokens[-1].text in ("}", "%", ">", "]"):
        tokens = tokens[:-1]
    return expression.opening in ("{{", "${", "#{", "<%=", "${{", "*{", "@(") and computes(tokens)


def _is_probe(text: str, expression: Expression) -> bool:
    """Whether an expression works out constants, in delimiters that hold computations."""
    opening, tokens = expression.opening, expression.tokens
    if opening.startswith("#set"):
        return len(tokens) > 3 and tokens[2].text == "=" and computes(tokens[3:])
    if opening.startswith("{%"):
        name = tokens[0].text
        return (name == "print" and computes(tokens[1:])) or (name == "if" and computes_within(tokens))
    if opening == "{":
        whole = expression.end - expression.start == len(text.strip())
        return whole and (computes(tokens) or computes_within(tokens))
    if opening.startswith("[") and not any(token.text == "*" for token in tokens):
        return False
    return opening.startswith(_COMPUTED_IN) and (computes(tokens) or computes_within(tokens))


def _is_mention(text: str, expression: Expression) -> bool:
    """Whether an expression is shown as code in a text of some words."""
    start, end = expression.start, expression.end
    return is_shown_as_code(text, start, end) and words_around(text, start, end, _SOME_WORDS) >= _SOME_WORDS


def _is_example(text: str, expression: Expression, words: str, lists: Lists) -> bool:
    """Whether a call of an ordinary function stands in a text of many words: code that a text is about."""
    if words not in lists.names.calls.values() or words in lists.names.sure.values():
        return False
    return words_around(text, expression.start, expression.end, _MANY_WORDS) >= _MANY_WORDS


def _debugging(expression: Expression, lists: Lists) -> str:
    """Why a whole expression tells about the application, or an empty text."""
    whole = "".join(token.text for token in expression.tokens).lower()
    if expression.opening.startswith("{%"):
        return "makes the template tell about the application" if whole.strip("-") in lists.statements else ""
    if expression.closed and expression.opening.rstrip("-=") + whole in lists.debugging:
        return "tells about the application"
    return ""


def _bare(text: str, lists: Lists) -> Found | None:
    """An expression that stands without delimiters, or leaves those that it is put into: nothing but the expression."""
    if len(text) > _LONGEST_BARE:
        return None
    expression = bare(text)
    if not expression.complete or juxtaposed(expression.tokens, 2) >= 2:
        return None
    shown = any(token.text.lower() in lists.showing for token in expression.tokens if token.kind is Kind.NAME)
    if shown and computes_within(expression.tokens) and not juxtaposed(expression.tokens, 1):
        return Found(expression, "shows what it works out of constants")
    chain, words = of_whole(expression.tokens, lists)
    return Found(expression, words, chain) if words else None
