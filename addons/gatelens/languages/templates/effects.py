"""Tell what a template expression does by what it names, calls and spells.

Source: CWE-1336, CWE-917; the lists of a rule.
Limits: an expression that walks to its aim by names that no list has passes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise

from msgspec import Struct

from gatelens.languages.code.chains import Chain, Link, Step, chains
from gatelens.languages.code.lexer import Gap, Kind, Token
from gatelens.languages.code.names import Names, brings_all, uses
from gatelens.languages.templates.constants import assigns_a_member, computes
from gatelens.languages.templates.delimiters import Expression

_INCLUDING = frozenset({"include", "extends", "import", "source", "embed", "from", "use", "fetch", "ssi"})
_PATH = re.compile(r"/\w|[A-Za-z]:[\\/]|\.\.[\\/]|[a-z]{2,10}://")
_RUBY = ("<%", "#{", "{php}")
_BRACKETS_FOR_CODE = (
    "<%",
    "${",
    "#{",
    "{{",
    "{%",
    "{!!",
    "!{",
    "[%",
    "@(",
    "*{",
    "%{",
    "~{",
    "@",
    "{php}",
    "#",
    "$",
    "<#",
    "<@",
    "$${",
    "[",
    "{",
)


class Lists(Struct, frozen=True):
    """`names` are what is called and read in expressions. `strings` are names that an expression spells as a string to
    get at them, `filters` call the string that they are given, `builtins` make or reach objects, `debugging` are whole
    expressions with their delimiter that tell about the application, `statements` likewise between `{%` and `%}`,
    `showing` are functions by which a probe without delimiters shows what it works out, `pure` functions and filters
    that nobody gives a constant, `secrets` members that no template shows. In lower case."""

    names: Names
    strings: Mapping[str, str]
    filters: AbstractSet[str]
    builtins: AbstractSet[str]
    debugging: AbstractSet[str]
    statements: AbstractSet[str]
    showing: AbstractSet[str] = frozenset()
    pure: AbstractSet[str] = frozenset()
    secrets: AbstractSet[str] = frozenset()
    telling: AbstractSet[str] = frozenset()
    """All words of the lists: a plain path without any of them is not read further."""

    @property
    def called(self) -> Container[str]:
        """The functions that a call in single braces may be of: by their own names or as members."""
        return _Called(self.names.calls)


class _Called:
    """Names of functions, whatever object they are a member of."""

    __slots__ = ("_calls",)

    def __init__(self, calls: Mapping[str, str]) -> None:
        self._calls = calls

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._calls or f".{name}" in self._calls)


def effect(expression: Expression, lists: Lists) -> tuple[Chain | None, str]:
    """What an expression does that no template needs, in words, and the chain that shows it; empty words if nothing."""
    tokens, opening = expression.tokens, expression.opening
    chain: Chain | None = None
    words = ""
    if opening == "{" and tokens[0].text == "php":
        chain, words = telling(tokens[1:], lists)
    elif opening == "{":
        chain, words = (None, "") if _is_block(expression) else _calling(tokens, lists)
    elif opening in ("[[", "[(") and not expression.closed:
        return None, ""
    elif opening.startswith(_BRACKETS_FOR_CODE):
        chain, words = telling(tokens, lists)
    if words:
        return chain, words
    if opening.startswith(("{{", "#{")) and _defines_a_function(tokens):
        return None, "defines a function"
    if opening.startswith("{{") and assigns_a_member(tokens):
        return None, "assigns to a member of an object"
    if _includes_by_path(expression):
        return None, "includes a file by its path"
    if opening.startswith(_RUBY) and _is_command_literal(tokens):
        return None, "runs a command in backticks"
    if opening[:2] in ("${", "#{", "*{", "~{", "%{") and _names_a_type(tokens):
        return None, "names a Java class by the operator of types"
    if opening in ("{", "{@") and tokens[0].text in ("math", "if") and _works_out_a_string(tokens):
        return None, "works out what a string says"
    if opening == "{" and _calls_by_modifier(tokens, lists):
        return None, "calls a function by its name through a filter"
    if opening == "@{" and expression.closed and any(token.text == ";" for token in tokens):
        return None, "holds statements"
    return None, ""


def _calls_by_modifier(tokens: list[Token], lists: Lists) -> bool:
    """`{'date'|system}`: a modifier of Smarty's is any function of PHP's."""
    return (
        len(tokens) > 2
        and tokens[0].kind is Kind.STRING
        and tokens[1].text == "|"
        and tokens[2].text.lower() in lists.names.calls
    )


def _is_command_literal(tokens: list[Token]) -> bool:
    """Whether Ruby runs a command among `tokens`: in backticks, or in `%x( )`."""
    if any(token.quote == "`" and token.text for token in tokens):
        return True
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(a.text == "%" and b.text == "x" and c.text in ("(", "{", "[", "|", "!", "/") for a, b, c in triples)


def _names_a_type(tokens: list[Token]) -> bool:
    """`T(java.lang.Math)`: the operator of types of the Spring Expression Language."""
    four = zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
    return any(
        a.text == "T" and b.text == "(" and c.kind is Kind.NAME and d.text == "." and c.text.islower()
        for a, b, c, d in four
    )


def _works_out_a_string(tokens: list[Token]) -> bool:
    """`{math equation='8*9'}`, `{@math key='8'}`, `{@if cond='a()'}`: Smarty and Dust run what a string says."""
    names = [token.text for token in tokens[:2]]
    if len(tokens) < 4 or tokens[2].text != "=" or tokens[3].kind is not Kind.STRING:
        return False
    return names[0] == "math" or names == ["if", "cond"]


def in_field(expression: Expression, lists: Lists) -> tuple[Chain | None, str]:
    """What an expression does that no value of a single line needs, where templates may do so in documents: a
    statement, a call that needs nothing from the application, a secret shown."""
    tokens, opening = expression.tokens, expression.opening
    if opening.startswith("{%") and tokens[0].kind is Kind.NAME and not _is_plain(tokens):
        return None, "is a statement of a template"
    if opening == "{" and tokens[0].text == "$smarty":
        return None, "shows an object of the engine"
    if (
        not opening.startswith(("{", "${", "$${", "#{", "<%", "@(", "*{", "%{", "~{", "@{", "[[", "[%"))
        or opening == "{"
    ):
        return None, ""
    for chain in chains(tokens, filters=True):
        if opening.startswith("{{") and chain.root is not None and "{{" + chain.root.text.lower() in lists.debugging:
            return chain, "shows an object of the framework"
        if any(link.step is Step.MEMBER and link.name.lower() in lists.secrets for link in chain.links):
            return chain, "shows a secret"
        for link in chain.links:
            if link.step is Step.CALL and brings_all(tokens, link.first, link.last):
                return chain, "calls a function"
    return None, ""


_PLAIN = frozenset(
    """if elif elsif else endif unless endunless for endfor block endblock extends include trans endtrans translate
    blocktrans endblocktrans blocktranslate endblocktranslate comment endcomment url static spaceless endspaceless
    case when endcase paginate endpaginate form endform section schema endschema capture endcapture""".split()
)
"""Statements by which templates are laid out and translated."""


def _is_plain(tokens: list[Token]) -> bool:
    """Whether a statement lays out a template, and calls and computes nothing: who writes mails and pages has such."""
    if tokens[0].text.lower() not in _PLAIN:
        return False
    names = {token.text.lower() for token in tokens[1:] if token.kind is Kind.NAME}
    if tokens[0].text.lower() in _CONDITIONS and names <= _VALUES:
        return False  # a condition on constants is a probe
    return all(token.kind is not Kind.OPERATOR or token.text in _OF_PLAIN for token in tokens)


_CONDITIONS = frozenset({"if", "elif", "elsif", "unless"})
_VALUES = frozenset("true false none null nil not and or is in empty defined".split())
_OF_PLAIN = frozenset({".", ",", "|", ":", "=", "==", "!=", "<", ">", "<=", ">=", "-", "/"})


def of_whole(tokens: list[Token], lists: Lists) -> tuple[Chain | None, str]:
    """What an expression without delimiters does by a built-in, a filter or an error that it raises."""
    for chain in chains(tokens, filters=True):
        if chain.root is None and chain.links and chain.links[0].step is Step.MEMBER:
            group = tokens[chain.first + 1 : chain.links[0].first - 1]
            if len(group) == 3 and group[1].text == "/" and computes(group):
                return chain, "divides constants to raise an error"
        for index, link in enumerate(chain.links):
            if link.step in (Step.BUILTIN, Step.FILTER) and (words := _step(chain, index, link, tokens, lists)):
                return chain, words
    return None, ""


def _is_block(expression: Expression) -> bool:
    """Whether what stands between single braces is a block of a program, or data."""
    if any(token.text == ";" for token in expression.tokens):
        return True
    return not expression.closed and any(token.gap is Gap.LINE for token in expression.tokens)


def telling(tokens: list[Token], lists: Lists) -> tuple[Chain | None, str]:
    """The first chain of an expression that does more than show a value, and what it does."""
    for chain in chains(tokens, filters=True):
        for use in () if _only_names_its_class(chain) else uses(chain, tokens, lists.names):
            return chain, use.words + (", under a hidden name" if use.hidden else "")
        if words := _by_string(chain, tokens, lists):
            return chain, words
        for index, link in enumerate(chain.links):
            if words := _step(chain, index, link, tokens, lists):
                return chain, words
    return None, ""


def _calling(tokens: list[Token], lists: Lists) -> tuple[Chain | None, str]:
    """The call that an expression in single braces is, and what it does: many languages write members in such."""
    for chain in chains(tokens, filters=True):
        if chain.first <= 1 or tokens[chain.first - 1].text in ("(", "if", "|", ","):
            # what calls a method of a class by two colons is PHP whatever it gets
            is_static = len(tokens) > 1 and tokens[1].text == "::"
            names = Names(sure=lists.names.calls) if is_static else Names(calls=lists.names.calls)
            for use in uses(chain, tokens, names):
                return chain, use.words
    return None, ""


def _by_string(chain: Chain, tokens: list[Token], lists: Lists) -> str:
    """A string that is a telling name, in brackets or as an argument of what gets at a name."""
    root = chain.root
    if root is not None and root.kind is Kind.STRING:
        if words := lists.strings.get(root.text.lower()):
            return words
        before = [token.text for token in tokens[max(0, chain.first - 2) : chain.first]]
        if before == ["options", ":"] and root.text.lower() in lists.names.calls:
            return "calls a function by its name through a filter"
    for link in chain.links:
        if link.step is Step.MEMBER and link.hidden and (words := lists.strings.get(link.name.lower())):
            return words
    return ""


def _only_names_its_class(chain: Chain) -> bool:
    """`x.__class__.__name__` is how a program shows what an object is."""
    return bool(chain.links) and chain.links[-1].name in ("__name__", "__qualname__", "__module__", "__doc__")


def _step(chain: Chain, index: int, link: Link, tokens: list[Token], lists: Lists) -> str:
    """What a filter or a built-in does, or an empty text."""
    if link.step in (Step.BUILTIN, Step.FILTER) and link.name.lower() in lists.builtins:
        return "makes an object or reads a file by a built-in of the template language"
    if link.step is not Step.FILTER or link.name.lower() not in lists.filters:
        return ""
    following = chain.links[index + 1] if index + 1 < len(chain.links) else None
    if following is None or following.step is not Step.CALL:
        return ""
    given = tokens[following.first : following.last]
    if any(token.text == "|" for token in given):
        return "calls a function by a computed name through a filter"
    if given and given[0].kind is Kind.STRING and given[0].text.lower() in lists.names.calls:
        return "calls a function by its name through a filter"
    if (
        link.name.lower() == "attr"
        and given
        and (_is_hidden_member(given[0], lists) or any(token.text in ("~", "+", "*") for token in given))
    ):
        return "gets at a hidden member through a filter"
    return ""


def _is_hidden_member(given: Token, lists: Lists) -> bool:
    """Whether the name that a filter gets is one that templates do not use, or comes with the request."""
    if given.kind is not Kind.STRING:
        return given.text.lower() in ("request", "[", "(", "self", "x")
    return given.hidden or given.text.startswith("_") or given.text.lower() in lists.strings


def _defines_a_function(tokens: list[Token]) -> bool:
    """Whether an expression holds a function of ECMAScript's: templates call those that they are given."""
    return any(token.text == "function" and following.text == "(" for token, following in pairwise(tokens))


def _includes_by_path(expression: Expression) -> bool:
    """`{% include '/etc/hosts' %}`: templates include each other by names, not by paths of the system."""
    tokens = expression.tokens
    if expression.opening.startswith(("#include", "#parse")):
        begin = 0
    elif tokens[0].text.lower() in _INCLUDING and expression.opening.startswith(("{", "<#", "<%")):
        begin = 1
    else:
        return False
    given = next((token for token in tokens[begin : begin + 4] if token.kind is Kind.STRING), None)
    return given is not None and _PATH.match(given.text) is not None
