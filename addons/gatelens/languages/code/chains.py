"""Read members and calls: `a.b['c'](d)` is the name a, its member b, its member c, called.

Source: member and call expressions of ECMAScript section 13.3, PHP's dereferencing, OGNL's `@class@method`, Jinja2's
filters, Freemarker's built-ins.
Limits: operators have no precedence here; a chain ends at the first of them.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from gatelens.languages.code.keywords import NO_VALUES
from gatelens.languages.code.lexer import Gap, Kind, Token


class Step(IntEnum):
    """What follows a name or a value."""

    MEMBER = 0
    INDEX = 1
    COMPUTED = 2
    CALL = 3
    FILTER = 4
    BUILTIN = 5


class Link(Struct, frozen=True, gc=False):
    """A step of a chain: a member of this name, or a call with the tokens [first, last) as arguments. `hidden` says
    that the name is not written plainly, or that it is hidden that it is called."""

    step: Step
    name: str
    first: int
    last: int
    hidden: bool = False


class Chain(Struct, frozen=True, gc=False):
    """A name or value and what follows it; tokens [first, last). `root` is its token, or None for a group in
    brackets."""

    root: Token | None
    links: tuple[Link, ...]
    first: int
    last: int
    hidden: bool = False

    def has(self, step: Step) -> bool:
        """Whether there is a step of this kind."""
        return any(link.step is step for link in self.links)


_OPENING = {"(": ")", "[": "]", "{": "}"}
_MEMBERS = frozenset({".", "?.", "->", "?->", "::", "\\"})


def partners(tokens: list[Token]) -> list[int]:
    """For each opening bracket, the index of the one that closes it, or of the end; -1 for other tokens."""
    result = [-1] * len(tokens)
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is not Kind.OPERATOR:
            continue
        if token.text in _OPENING:
            result[index] = len(tokens)
            stack.append(index)
        elif token.text in (")", "]", "}"):
            while stack:
                opened = stack.pop()
                result[opened] = index
                if _OPENING[tokens[opened].text] == token.text:
                    break
    return result


def chains(tokens: list[Token], *, filters: bool = False) -> list[Chain]:
    """The chains of `tokens`, those within the arguments of others too, in the order of their beginnings. `filters`:
    whether `|name` and `?name` are steps, as in templates."""
    closing = partners(tokens)
    found: list[Chain] = []
    taken = bytearray(len(tokens))
    for index, token in enumerate(tokens):
        if taken[index] or (token.kind is Kind.NAME and token.text in NO_VALUES):
            continue
        if token.kind is not Kind.OPERATOR:
            found.append(_chain(tokens, closing, taken, index, index + 1, token, filters=filters))
        elif token.text in ("(", "[", "{") and closing[index] < len(tokens):
            after = closing[index] + 1
            root = tokens[index + 1] if closing[index] == index + 2 else None
            if root is not None and (token.text != "(" or root.kind is Kind.OPERATOR):
                root = None
            if root is not None:
                taken[index + 1] = 1
            chain = _chain(tokens, closing, taken, index, after, root, filters=filters)
            if chain.links or root is not None:
                found.append(chain)
    return found


def _chain(
    tokens: list[Token],
    closing: list[int],
    taken: bytearray,
    first: int,
    after: int,
    root: Token | None,
    *,
    filters: bool,
) -> Chain:
    links: list[Link] = []
    index = after
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind is Kind.STRING:
            if token.quote != "`" or token.gap is not Gap.NONE or (root and root.kind is Kind.STRING and not links):
                break
            links.append(Link(Step.CALL, "", index, index + 1))
            taken[index] = 1
            index += 1
            continue
        if token.kind is Kind.NAME and token.text.startswith("@") and (links or root) and token.gap is Gap.NONE:
            links.append(Link(Step.MEMBER, token.text[1:], index, index + 1))
            taken[index] = 1
            index += 1
            continue
        if token.kind is not Kind.OPERATOR:
            break
        text = token.text
        if text in _MEMBERS and following is not None and following.kind is Kind.NAME:
            if text == "." and following.gap is Gap.SPACE:
                break  # the end of a sentence
            links.append(Link(Step.MEMBER, following.text, index, index + 2))
            taken[index + 1] = 1
            index += 2
        elif text in ("?.", "->", "::") and following is not None and following.text in ("(", "[", "{"):
            index += 1
        elif text == "@" and following is not None and following.kind is Kind.NAME and following.gap is Gap.NONE:
            links.append(Link(Step.MEMBER, following.text, index, index + 2))
            taken[index + 1] = 1
            index += 2
        elif text in ("[", "{") and token.gap in (Gap.NONE, Gap.COMMENT) and (text == "[" or _is_dollar(root)):
            end = closing[index]
            taken[index] = 1
            links.append(_indexed(tokens, taken, index, end))
            index = min(end + 1, len(tokens))
        elif text == "(" and token.gap is not Gap.LINE:
            end = closing[index]
            taken[index] = 1
            before = tokens[index - 1]
            hidden = Gap.COMMENT in (token.gap, before.gap if links else Gap.NONE)
            links.append(Link(Step.CALL, "", index + 1, min(end, len(tokens)), hidden))
            index = min(end + 1, len(tokens))
        elif filters and text in ("|", "?") and following is not None and following.kind is Kind.NAME:
            links.append(Link(Step.FILTER if text == "|" else Step.BUILTIN, following.text, index, index + 2))
            taken[index + 1] = 1
            index += 2
        else:
            break
    return Chain(root, tuple(links), first, index, bool(root and (root.hidden or tokens[first] is not root)))


def _is_dollar(root: Token | None) -> bool:
    return root is not None and root.text.startswith("$")


def _indexed(tokens: list[Token], taken: bytearray, index: int, end: int) -> Link:
    """What stands in brackets: a member by its name, a place in a list, or something computed."""
    if end == index + 2:
        inner = tokens[index + 1]
        if inner.kind is Kind.STRING:
            taken[index + 1] = 1
            return Link(Step.MEMBER, inner.text, index, end + 1, hidden=True)
        if inner.kind is Kind.NUMBER:
            return Link(Step.INDEX, inner.text, index, end + 1)
    return Link(Step.COMPUTED, "", index, min(end + 1, len(tokens)))
