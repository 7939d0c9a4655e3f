"""Measure a GraphQL document: what it would make a server do, with every fragment counted where it is spread.

Source: GraphQL September 2025, section 2 (the grammar of executable documents) and sections 5.5.1.1 (fragment names
are unique) and 5.5.2.2 (fragments form no cycle). Limits: type system definitions and the experimental arguments of
fragments are not executable documents, and so a fault.

One pass of a regular expression over the characters and one loop over the tokens, both with explicit stacks: no
document makes them recurse or take more than linear time, whatever its nesting. (graphql-core's parser recurses and
takes 6 µs a token, which is five times this.)
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

# Sections 2.1.1 to 2.1.9 and 2.9. The end is an empty token. What begins no token is in the second group, with
# all the rest: so there is a match wherever one is tried, and no character is read more than a few times.
_TOKEN = re.compile(
    r"""
    (?: [\ \t\n\r,\ufeff]++ | \#[^\n\r]*+ )*+
    (?: ( [_A-Za-z][_0-9A-Za-z]*+
    | [!$&():=@\[\]{|}] | \.\.\.
    | -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![0-9A-Za-z_.])
    | \"{3}(?:[^"\\]++|\\(?:\"{3})?|"(?!""))*+\"{3}
    | "(?!"")(?:[^"\\\n\r]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]++\}))*+"
    | \Z ) | ([\s\S]++) )
    """,
    re.VERBOSE,
)

_NAME = frozenset(string.ascii_letters + "_")
_SCALAR = _NAME | frozenset(string.digits + '-"')
_NO_TOKEN = "?"
_OPERATION = frozenset({"query", "mutation", "subscription"})


class Measure(Struct, frozen=True, gc=False):
    """What a document comes to: each number is that of its largest definition, with fragments expanded.

    `tokens` is that of the document as written. `depth` counts nested fields, `nesting` brackets of every kind.
    `fault` says in words why the document is no executable document; the numbers but for `tokens` are then 0.
    """

    tokens: int
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    root_fields: int = 0
    nesting: int = 0
    cycle: bool = False
    fault: str = ""


class _Fault(Exception):
    """The token at `at` is not one that the grammar allows there."""

    def __init__(self, at: int, expected: str) -> None:
        super().__init__(expected)
        self.at = at


class _Definition:
    """An operation or a fragment: its own counts, then those with its fragments expanded."""

    __slots__ = ("aliases", "depth", "directives", "fields", "nesting", "root_fields", "spreads")

    def __init__(self) -> None:
        self.fields = self.aliases = self.directives = self.depth = self.root_fields = self.nesting = 0
        # The name of each fragment spread here, the field depth and the bracket nesting around the spread.
        self.spreads: list[tuple[str, int, int]] = []

    def take_in(self, fragment: _Definition, depth: int, nesting: int) -> None:
        """Count `fragment`, itself expanded, as spread under `depth` fields and `nesting` brackets."""
        self.fields += fragment.fields
        self.aliases += fragment.aliases
        self.directives += fragment.directives
        self.depth = max(self.depth, depth + fragment.depth)
        self.nesting = max(self.nesting, nesting + fragment.nesting)
        if depth == 0:
            self.root_fields += fragment.root_fields


def measure(document: str, max_tokens: int) -> Measure:
    """Measure `document`. One of more than `max_tokens` tokens is not looked at further: `tokens` is then one more."""
    # None, which re's types do not tell, is the text after the last token.
    tokens: list[str | None] = [found[1] for found in islice(_TOKEN.finditer(document), max_tokens + 1)]
    while tokens and tokens[-1] == "":
        tokens.pop()
    if len(tokens) > max_tokens:
        return Measure(len(tokens))
    try:
        operations, fragments = _Parser([_NO_TOKEN if token is None else token for token in tokens]).document()
    except _Fault as fault:
        return Measure(len(tokens), fault=f"{fault} expected at {_place(document, fault.at)}")
    everything = [*operations, *fragments.values()]
    order = _children_first(everything, fragments)
    for definition in order or ():
        for name, depth, nesting in definition.spreads:
            if name in fragments:
                definition.take_in(fragments[name], depth, nesting)
    return Measure(
        len(tokens),
        fields=max(one.fields for one in everything),
        aliases=max(one.aliases for one in everything),
        directives=max(one.directives for one in everything),
        depth=max(one.depth for one in everything),
        root_fields=max((one.root_fields for one in operations), default=0),
        nesting=max(one.nesting for one in everything),
        cycle=order is None,
    )


def _place(document: str, at: int) -> str:
    """Line and column of token `at`, of the end where there is none."""
    found = next(islice(_TOKEN.finditer(document), at, None), None)
    start = found.start(found.lastindex or 0) if found else len(document)
    before = document[:start].replace("\r\n", "\n").replace("\r", "\n")
    return f"{before.count('\n') + 1}:{len(before) - before.rfind('\n')}"


def _children_first(definitions: Sequence[_Definition], fragments: dict[str, _Definition]) -> list[_Definition] | None:
    """The definitions in an order in which each comes after all that it spreads; None where fragments form a cycle.

    A spread of an unknown fragment counts for nothing: a server refuses such a document before it runs any of it
    (section 5.5.2.1).
    """
    order: list[_Definition] = []
    seen: set[int] = set()
    on_path: set[int] = set()
    # A definition is put on the stack twice: to go into it, and under that to leave it.
    stack = [(definition, True) for definition in definitions]
    while stack:
        definition, entering = stack.pop()
        key = id(definition)
        if not entering:
            on_path.discard(key)
            order.append(definition)
            continue
        if key in on_path:
            return None
        if key in seen:
            continue
        seen.add(key)
        on_path.add(key)
        stack.append((definition, False))
        stack += [(fragments[name], True) for name, _, _ in definition.spreads if name in fragments]
    return order


class _Parser:
    """Recognise an executable document and count on the way. `_at` is the next token; a token of "" ends the list."""

    __slots__ = ("_at", "_definition", "_tokens")

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = [*tokens, ""]
        self._at = 0
        self._definition = _Definition()

    def document(self) -> tuple[list[_Definition], dict[str, _Definition]]:
        """The operations, and the fragments by name. Raises _Fault."""
        operations: list[_Definition] = []
        fragments: dict[str, _Definition] = {}
        while self._tokens[self._at] or (not operations and not fragments):
            self._definition = _Definition()
            token = self._tokens[self._at]
            if token[:1] == '"':  # a description, since September 2025
                self._at += 1
                token = self._tokens[self._at]
            elif token == "{":
                self._selections()
                operations.append(self._definition)
                continue
            if token in _OPERATION:
                self._operation()
                operations.append(self._definition)
            elif token == "fragment":
                name = self._fragment_head()
                if name in fragments:
                    # Section 5.5.1.1. Two servers could take a different one of the two.
                    raise _Fault(self._at, "a fragment name not used before")
                self._fragment()
                fragments[name] = self._definition
            else:
                raise _Fault(self._at, "an operation or a fragment")
        return operations, fragments

    def _operation(self) -> None:
        """OperationType Name? VariablesDefinition? Directives? SelectionSet"""
        self._at += 1
        if self._tokens[self._at][:1] in _NAME:
            self._at += 1
        if self._tokens[self._at] == "(":
            self._variables()
        self._directives(0)
        self._selections()

    def _fragment_head(self) -> str:
        """The name that follows `fragment`, on which it stays."""
        self._at += 1
        name = self._tokens[self._at]
        if name[:1] not in _NAME or name == "on":
            raise _Fault(self._at, "a fragment name")
        return name

    def _fragment(self) -> None:
        """FragmentName TypeCondition Directives? SelectionSet"""
        self._at += 1
        self._take("on")
        self._name()
        self._directives(0)
        self._selections()

    def _take(self, token: str) -> None:
        if self._tokens[self._at] != token:
            raise _Fault(self._at, token)
        self._at += 1

    def _name(self) -> None:
        if self._tokens[self._at][:1] not in _NAME:
            raise _Fault(self._at, "a name")
        self._at += 1

    def _variables(self) -> None:
        """( Description? $Name : Type = Value Directives? … )"""
        tokens = self._tokens
        self._at += 1
        while True:
            if tokens[self._at][:1] == '"':
                self._at += 1
            self._take("$")
            self._name()
            self._take(":")
            self._type()
            if tokens[self._at] == "=":
                self._at += 1
                self._value(1, constant=True)
            self._directives(1, constant=True)
            if tokens[self._at] == ")":
                self._at += 1
                return

    def _type(self) -> None:
        """Name, [Type], and either with a ! behind."""
        tokens = self._tokens
        lists = 0
        while tokens[self._at] == "[":
            lists += 1
            self._at += 1
        self._name()
        self._nested(lists + 1)
        while True:
            if tokens[self._at] == "!":
                self._at += 1
            if not lists:
                return
            self._take("]")
            lists -= 1

    def _nested(self, nesting: int) -> None:
        self._definition.nesting = max(self._definition.nesting, nesting)

    def _directives(self, nesting: int, *, constant: bool = False) -> None:
        """@Name Arguments? …"""
        tokens = self._tokens
        while tokens[self._at] == "@":
            self._definition.directives += 1
            self._at += 1
            self._name()
            if tokens[self._at] == "(":
                self._arguments(nesting, constant=constant)

    def _arguments(self, nesting: int, *, constant: bool = False) -> None:
        """( Name : Value … ) inside `nesting` brackets."""
        tokens = self._tokens
        self._at += 1
        while True:
            self._name()
            self._take(":")
            self._value(nesting + 1, constant=constant)
            if tokens[self._at] == ")":
                self._at += 1
                return

    def _value(self, nesting: int, *, constant: bool) -> None:
        """A value inside `nesting` brackets, with the lists and objects it holds."""
        tokens = self._tokens
        at = self._at
        brackets: list[str] = []
        while True:
            token = tokens[at]
            if token in ("[", "{"):
                brackets.append(token)
                self._nested(nesting + len(brackets))
                at += 1
            elif token[:1] in _SCALAR:
                at += 1
            elif token == "$" and not constant and tokens[at + 1][:1] in _NAME:
                at += 2
            else:
                raise _Fault(at, "a value")
            while brackets:
                token = tokens[at]
                if token == ("]" if brackets[-1] == "[" else "}"):
                    brackets.pop()
                    at += 1
                elif brackets[-1] == "[":
                    break
                elif token[:1] in _NAME and tokens[at + 1] == ":":
                    at += 2
                    break
                else:
                    raise _Fault(at, "a field of an object")
            else:
                self._at = at
                self._nested(nesting)
                return

    def _selections(self) -> None:
        """{ Selection … } with everything inside it. None at all is also taken, as in the working draft since 2025."""
        definition = self._definition
        tokens = self._tokens
        depths = [self._open(0)]
        while depths:
            token = tokens[self._at]
            if token == "}":
                depths.pop()
                self._at += 1
            elif token == "...":
                if self._spread(depths[-1] - 1, len(depths)):
                    depths.append(self._open(depths[-1] - 1))
            elif token[:1] in _NAME:
                definition.fields += 1
                depth = depths[-1]
                definition.depth = max(definition.depth, depth)
                if depth == 1:
                    definition.root_fields += 1
                self._at += 1
                if tokens[self._at] == ":":
                    definition.aliases += 1
                    self._at += 1
                    self._name()
                token = tokens[self._at]
                if token == "(":
                    self._arguments(len(depths))
                    token = tokens[self._at]
                if token == "@":
                    self._directives(len(depths))
                    token = tokens[self._at]
                if token == "{":
                    depths.append(self._open(depth))
            else:
                raise _Fault(self._at, "a selection")
            definition.nesting = max(definition.nesting, len(depths))

    def _open(self, depth: int) -> int:
        """Take the { of a selection set under `depth` fields; return the depth of the fields in it."""
        self._take("{")
        return depth + 1

    def _spread(self, depth: int, nesting: int) -> bool:
        """...Name or ... on Type, with directives; whether a selection set follows."""
        tokens = self._tokens
        self._at += 1
        token = tokens[self._at]
        named = token[:1] in _NAME and token != "on"
        if named:
            self._definition.spreads.append((token, depth, nesting))
            self._at += 1
        elif token == "on":
            self._at += 1
            self._name()
        self._directives(nesting)
        return not named
