"""A rule: which inspector looks for what, where, and what follows from a match."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct

from gatelens.model.finding import Action, Category, Severity
from gatelens.model.location import Part
from gatelens.model.message import Phase

Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
ActionWord = Literal["allow", "log", "redact", "throttle", "block"]
PathPattern = Annotated[str, Meta(pattern=r"^(/|\*\*$)", description="segments; * is one segment, ** any number")]
Sentence = Annotated[str, Meta(min_length=1)]


class Selector(Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests: any of `methods` (all where empty) on a path."""

    path: PathPattern = "/**"
    methods: tuple[str, ...] = ()


class ExampleRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A request of a rule's own tests. `json` is a value to be written as JSON; `body` is text sent as it is."""

    method: str = "POST"
    path: str = "/"
    headers: dict[str, str] = {}
    body: str | None = None
    json: Any = UNSET


class ExampleResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """A response of a rule's own tests."""

    status: int = 200
    headers: dict[str, str] = {}
    body: str | None = None
    json: Any = UNSET


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """One case of a rule's own tests: a `value` (sent as a JSON body's field), a request or a response.

    `time` is the Unix time at which it is judged. `known_gap` says why the case does not yet come out right:
    it is then expected to fail, and a pass is a fault.
    """

    value: str | None = None
    request: ExampleRequest | None = None
    response: ExampleResponse | None = None
    time: float = 1_800_000_000.0
    known_gap: str = ""


class Examples(Struct, frozen=True, forbid_unknown_fields=True):
    """Both are required: what the rule must find, and what is nearly that and must pass."""

    match: Annotated[tuple[str | Example, ...], Meta(min_length=1)]
    ignore: Annotated[tuple[str | Example, ...], Meta(min_length=1)]


class RuleFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as it stands in its file; the type is the schema."""

    id: Identifier
    inspector: str
    description: Sentence
    severity: Severity
    action: ActionWord
    category: Category = Category.ATTACK
    phase: Phase = Phase.REQUEST
    parts: tuple[Part, ...] = ()
    routes: tuple[Selector, ...] = ()
    enabled: bool = True
    scored: bool = True
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    params: dict[str, Any] = {}
    tests: Examples


class Rule(Struct, frozen=True, kw_only=True):
    """A rule ready for use: `params` is the inspector's own Params, `source` its file."""

    id: str
    inspector: str
    description: str
    severity: Severity
    action: Action
    category: Category
    phase: Phase
    parts: frozenset[Part]
    routes: tuple[Selector, ...]
    scored: bool
    tags: tuple[str, ...]
    params: Struct
    tests: Examples
    source: str
