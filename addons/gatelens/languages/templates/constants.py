"""Tell an expression that only works out constants: no template of an application holds one, a probe does.

Source: CWE-1336; Kettle, "Server-Side Template Injection" (2015), "Detect".
Limits: a constant alone, and a function called with constants (`{{ trans('hello') }}`), are ordinary.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from gatelens.languages.code.chains import Chain, Step, chains
from gatelens.languages.code.lexer import Gap, Kind, Token
from gatelens.languages.code.names import brings_all

_COMPUTING = frozenset("+ - * / % ** ^ ~ | & < > == != <= >= << >> || && . //".split())
_ARITHMETIC = frozenset("* / + - % ** ^ ~ < > == != << .".split())
_WITH_NUMBERS = frozenset("+ - * / ** %".split())
_BRACKETS = frozenset("( ) [ ] ,".split())
_WORDS = frozenset("and or not mod div idiv eq ne lt gt le ge true false typeof".split())


def computes(tokens: Sequence[Token]) -> bool:
    """Whether `tokens` are constants and at least one operator between two of them."""
    operators = operands = 0
    closing_part = False
    for index, token in enumerate(tokens):
        if token.kind in (Kind.NUMBER, Kind.STRING):
            operands += 1
            if token.hidden and token.kind is Kind.STRING:
                operators += 1  # strings that were joined
                operands += 1
        elif token.kind is Kind.OPERATOR:
            if token.text in ("|", "?") and index and index + 1 < len(tokens) and tokens[index + 1].kind is Kind.NAME:
                closing_part = True  # a filter or a built-in is applied to what was worked out
            elif token.text in _ARITHMETIC and index and index + 1 < len(tokens):
                operators += 1
            elif token.text not in _COMPUTING and token.text not in _BRACKETS:
                return False
        elif token.text.lower() not in _WORDS and not closing_part:
            return False
    return operators > 0 and operands > 1


def computes_within(tokens: Sequence[Token]) -> bool:
    """Whether an expression that needs nothing from the application works out two numbers: `str(8+9)`."""
    pairs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        a.kind is Kind.NUMBER and b.text in _WITH_NUMBERS and c.kind is Kind.NUMBER for a, b, c in pairs
    ) and brings_all(tokens, 0, len(tokens))


def works_on_a_constant(tokens: list[Token], pure: AbstractSet[str]) -> str:
    """What an expression does with a constant that it brings, in words: `'a'.toUpperCase()`, `'a'|upper`, `[].pop`,
    `html "a"`; `pure` are filters and functions whose outcome lies in what they are given alone."""
    if len(tokens) > 1 and tokens[0].text in pure and all(_is_constant(token) for token in tokens[1:]):
        return "calls a function with a constant"
    if len(tokens) < 3:
        return ""
    given = [token for index, token in enumerate(tokens) if not index or tokens[index - 1].text not in ("|", "?")]
    if not brings_all(given, 0, len(given)):
        return ""
    for chain in chains(tokens, filters=True):
        if chain.links and _is_literal(chain, tokens):
            step, name = chain.links[0].step, chain.links[0].name
            if step is Step.MEMBER and not name.isdigit():
                return "calls a method of a constant" if chain.has(Step.CALL) else "reads a member of a constant"
            if step is Step.FILTER and name.lower() in pure:
                return "applies a filter to a constant"
            if step is Step.BUILTIN and not any(token.text == ":" for token in tokens):
                return "applies a built-in to a constant"
    return ""


def assigns_a_member(tokens: Sequence[Token]) -> bool:
    """Whether an expression sets a member of an object, as programs do and templates do not: `a.b = c`."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        dot.text == "." and name.kind is Kind.NAME and equals.kind is Kind.OPERATOR and equals.text == "="
        for dot, name, equals in triples
    )


def _is_constant(token: Token) -> bool:
    return token.kind in (Kind.STRING, Kind.NUMBER) and token.gap is not Gap.LINE


def _is_literal(chain: Chain, tokens: Sequence[Token]) -> bool:
    """Whether what a chain begins with is a string, or a list or an object that is empty or holds constants."""
    if chain.root is not None:
        is_text = chain.root.kind is Kind.STRING
        return is_text or (chain.root.kind is Kind.NUMBER and chain.links[0].step is not Step.MEMBER)
    if tokens[chain.first].kind is not Kind.OPERATOR or tokens[chain.first].text not in ("[", "{", "("):
        return False
    group = tokens[chain.first + 1 : chain.links[0].first - 1]
    return all(token.kind is not Kind.NAME for token in group)
