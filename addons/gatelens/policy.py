"""The policy: what follows from findings, per route. The first route that fits wins, however its path is spelt.

The type is the schema of policy.yaml. Source for the score: OWASP Core Rule Set, anomaly scoring.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from gatelens.decoders.path_readings import readings
from gatelens.model.finding import Category, Severity
from gatelens.model.limits import STRICT, Count, Limits
from gatelens.model.location import Location, Part
from gatelens.model.rule import PathPattern, Selector, Sentence

Mode = Literal["block", "detect"]
Status = Annotated[int, Meta(ge=400, le=599)]

STATUSES: Mapping[Category, int] = {
    Category.MALFORMED: 400,
    Category.AUTHENTICATION: 401,
    Category.AUTHORIZATION: 403,
    Category.TOO_LARGE: 413,
    Category.URI_TOO_LONG: 414,
    Category.HEADERS_TOO_LARGE: 431,
    Category.UNSUPPORTED: 415,
    Category.INVALID: 422,
    Category.RATE: 429,
    Category.ATTACK: 403,
    Category.RESPONSE: 502,
    Category.ERROR: 500,
}

SCORES: Mapping[Severity, int] = {
    Severity.INFO: 0,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}


Threshold = Annotated[int, Meta(ge=1)]


class Scoring(Struct, frozen=True, kw_only=True):
    """What logged findings add up to: `request` and `response` are the sums of scores from which a message is blocked;
    `observations` says whether rules count that else only observe (`scored: false`)."""

    request: Threshold = 5
    response: Threshold = 4
    observations: bool = False


STRICT_SCORING = Scoring(request=3, response=3, observations=True)


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds that differ from the profile's: 5 for requests and 4 for responses, strict 3 and 3."""

    request: Threshold | UnsetType = UNSET
    response: Threshold | UnsetType = UNSET


class LimitOverrides(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of one route that differ from the policy's. Bytes, characters or numbers, as in Limits."""

    request_body: Count | UnsetType = UNSET
    response_body: Count | UnsetType = UNSET
    decompressed: Count | UnsetType = UNSET
    ratio: Count | UnsetType = UNSET
    header_count: Count | UnsetType = UNSET
    header_bytes: Count | UnsetType = UNSET
    header_length: Count | UnsetType = UNSET
    url_length: Count | UnsetType = UNSET
    parameters: Count | UnsetType = UNSET
    parameter_name_length: Count | UnsetType = UNSET
    parameter_length: Count | UnsetType = UNSET
    form_value_length: Count | UnsetType = UNSET
    parts: Count | UnsetType = UNSET
    json_depth: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    json_keys: Count | UnsetType = UNSET
    json_items: Count | UnsetType = UNSET
    json_nodes: Count | UnsetType = UNSET
    json_key_length: Count | UnsetType = UNSET
    json_string_length: Count | UnsetType = UNSET
    json_number_length: Count | UnsetType = UNSET
    xml_depth: Count | UnsetType = UNSET
    xml_nodes: Count | UnsetType = UNSET
    csv_cells: Count | UnsetType = UNSET
    event_size: Count | UnsetType = UNSET
    nested_depth: Count | UnsetType = UNSET
    nested_bytes: Count | UnsetType = UNSET


class RouteFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `routes`: a selector and what is different there."""

    path: PathPattern
    methods: tuple[str, ...] = ()
    name: str = ""
    mode: Mode | None = None
    limits: LimitOverrides = LimitOverrides()


class Exclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding that is not to count: all of rule, methods, path and location must fit.

    `location` is as findings print it (`body:/user/bio`); a `*` stands for one pointer step, `**` for any number. It
    counts only where every reading of the request's path is of `path`, in the same letters: see `surely_selects`.
    """

    rule: str
    path: PathPattern
    methods: tuple[str, ...] = ()
    location: Annotated[str, Meta(pattern=r"^(body|form|query|path|header|cookie|graphql|message)(:|$)")]
    reason: Sentence
    owner: Sentence
    expires: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the last day on which it is in force")]


class PolicyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """policy.yaml. `extends: builtin` takes the built-in rules and adds those of this directory."""

    extends: Literal["builtin"] | None = None
    mode: Mode = "detect"
    profile: Literal["balanced", "strict"] = "balanced"
    on_error: Literal["block", "log"] = "block"
    verbose: bool = False
    thresholds: Thresholds = Thresholds()
    scores: dict[Severity, Annotated[int, Meta(ge=0)]] = {}
    statuses: dict[Category, Status] = {}
    limits: LimitOverrides = LimitOverrides()
    disabled: tuple[str, ...] = ()
    routes: tuple[RouteFile, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()


class Route(Struct, frozen=True, kw_only=True):
    """A route ready for use: effective mode, where that came from, and limits."""

    name: str
    path: str
    methods: frozenset[str]
    mode: Mode
    mode_source: str
    limits: Limits


class Policy(Struct, frozen=True, kw_only=True):
    """A policy ready for use; `routes` ends with one that takes everything."""

    on_error: Literal["block", "log"]
    verbose: bool
    scoring: Scoring
    scores: Mapping[Severity, int]
    statuses: Mapping[Category, int]
    routes: tuple[Route, ...]
    exclusions: tuple[Exclusion, ...]
    disabled: frozenset[str]


def build(file: PolicyFile, source: str, lines: Sequence[int], mode: Mode | None = None) -> Policy:
    """Work out the effective policy. `mode`, when given, is the operator's option and wins over the file.

    `source` names the file; `lines` are the lines of its `mode` and of each route, for explanations.
    """
    strict = file.profile == "strict"
    limits = overridden(STRICT if strict else Limits(), file.limits)
    base: Mode = mode or file.mode
    base_source = "--mode" if mode else f"{source}:{lines[0]}"
    routes = [
        Route(
            name=route.name or " ".join(filter(None, ("|".join(route.methods), route.path))),
            path=route.path,
            methods=frozenset(method.upper() for method in route.methods),
            mode=mode or route.mode or base,
            mode_source=f"{source}:{lines[index]}" if route.mode and not mode else base_source,
            limits=overridden(limits, route.limits),
        )
        for index, route in enumerate(file.routes, 1)
    ]
    routes.append(
        Route(name="default", path="/**", methods=frozenset(), mode=base, mode_source=base_source, limits=limits)
    )
    return Policy(
        on_error=file.on_error,
        verbose=file.verbose,
        scoring=overridden(STRICT_SCORING if strict else Scoring(), file.thresholds),
        scores={**SCORES, **file.scores},
        statuses={**STATUSES, **file.statuses},
        routes=tuple(routes),
        exclusions=file.exclusions,
        disabled=frozenset(file.disabled),
    )


def overridden[T: Struct](defaults: T, overrides: Struct) -> T:
    """`defaults` with what `overrides` sets of them."""
    return structs.replace(defaults, **{k: v for k, v in structs.asdict(overrides).items() if v is not UNSET})


@lru_cache(maxsize=4096)
def path_regex(pattern: str, any_case: bool = False) -> re.Pattern[str]:
    """The regular expression of a path pattern: `*` is one segment, `**` any number, `{name}` is as `*`."""
    segments = [segment for segment in pattern.strip("/").split("/") if segment]
    return re.compile(_expression(segments, _PATH_WILDCARD) + "/?", re.IGNORECASE if any_case else 0)


@lru_cache(maxsize=4096)
def pointer_regex(pattern: str) -> re.Pattern[str]:
    """The regular expression of a JSON Pointer or XPath with `*` and `**`. All else is literal, empty steps too."""
    return re.compile(_expression(pattern.split("/")[1:], _POINTER_WILDCARD))


_PATH_WILDCARD = re.compile(r"\*|\{[^/]*?\}")
_POINTER_WILDCARD = re.compile(r"\*")


def _expression(segments: Sequence[str], wildcard: re.Pattern[str]) -> str:
    """What lies between two `**` is taken where it first fits, for good: that finds a match wherever there is one, and
    keeps the work within pattern times path."""
    parts: list[list[str]] = [[]]
    for segment in segments:
        if segment == "**":
            parts.append([])
        else:
            parts[-1].append("/" + _segment_expression(segment, wildcard))
    first, *rest = map("".join, parts)
    for part in rest[:-1]:
        first += f"(?>(?:/[^/]*)*?{part}(?=/|$))"
    if rest:
        first += f"(?:/[^/]*)*?{rest[-1]}"
    return first


def _segment_expression(segment: str, wildcard: re.Pattern[str]) -> str:
    first, *rest = map(re.escape, wildcard.split(segment))
    if not rest:
        return first
    return first + "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1]) + f"[^/]*{rest[-1]}(?=/|$)"


def selects(selector: Selector | Route | Exclusion, method: str, reading: str, *, any_case: bool = False) -> bool:
    """Whether a selector takes this method and this reading of a path. Methods are compared without regard to case."""
    if selector.methods and method.upper() not in map(str.upper, selector.methods):
        return False
    return selector.path == "/**" or path_regex(selector.path, any_case).fullmatch(reading) is not None


def may_select(selector: Selector, method: str, path: str) -> bool:
    """Whether any reading of `path`, as sent, is the selector's, in letters of any case: what a rule looks at."""
    ways = readings(path)
    return not ways or any(selects(selector, method, way, any_case=True) for way in ways)


def surely_selects(selector: Exclusion, method: str, path: str) -> bool:
    """Whether every reading of `path`, as sent, is the selector's, letter by letter: what an exclusion is for."""
    ways = readings(path)
    return bool(ways) and all(selects(selector, method, way) for way in ways)


def route_of(routes: Sequence[Route], method: str, path: str) -> Route:
    """The first route that takes the request; the strictest of several, where readings of `path` have different ones.

    Letters in another case are another reading: upstreams differ in that too. So nobody gets to a lenient route, or
    away from a strict one, by a spelling. The last route takes everything.
    """
    chosen: set[int] = set()
    for way in readings(path):
        for index, route in enumerate(routes):
            if selects(route, method, way, any_case=True):
                chosen.add(index)
                if selects(route, method, way):
                    break
    if len(chosen) == 1:
        return routes[chosen.pop()]
    return strictest(tuple(routes[index] for index in sorted(chosen)) or tuple(routes))


@lru_cache(maxsize=1024)
def strictest(routes: tuple[Route, ...]) -> Route:
    """A route that is as strict as all of `routes` together: it blocks if one does, and has the least of each limit."""
    leading = next((route for route in routes if route.mode == "block"), routes[0])
    names = Limits.__struct_fields__
    return Route(
        name="strictest of " + ", ".join(dict.fromkeys(route.name for route in routes)),
        path="",
        methods=frozenset(),
        mode=leading.mode,
        mode_source=leading.mode_source,
        limits=Limits(**{name: min(getattr(route.limits, name) for route in routes) for name in names}),
    )


def in_force(exclusion: Exclusion, time: float) -> bool:
    """Whether an exclusion still counts at `time` (Unix seconds; its last day ends at midnight UTC)."""
    last = datetime.date.fromisoformat(exclusion.expires)
    return datetime.datetime.fromtimestamp(time, datetime.UTC).date() <= last


_KEY = " (key)"
_INDEX = re.compile(r"\[([0-9]+)\](?=/|$)")


def location_fits(pattern: str, location: Location) -> bool:
    """Whether `location` is where an exclusion's `location` points, both as findings print them.

    `body:/a/*/b` is a pointer with wildcards, exact but for these. `form:meta` is the parameter with any index and all
    that is in it, `form:meta[0]/user/*` a place within it. `body` alone, or with `**`, is the whole part. A name,
    unlike its value, is meant only with ` (key)` behind it, or by the whole part.
    """
    part, _, pointer = pattern.partition(":")
    if part != location.part:
        return False
    if not pointer or pointer == "**":
        return True
    if pointer.endswith(_KEY) is not location.key:
        return False
    pointer = pointer.removesuffix(_KEY)
    if pointer == location.pointer:
        return True
    if location.part is Part.BODY:
        return pointer_regex(pointer).fullmatch(location.pointer) is not None
    return location.part in _NAMED and _named_fits(pointer, location)


_NAMED = frozenset({Part.FORM, Part.QUERY, Part.HEADER, Part.COOKIE})


def _named_fits(pattern: str, location: Location) -> bool:
    if location.part is Part.HEADER:
        pattern = pattern.lower()
    for index in _INDEX.finditer(location.pointer):
        name, inner = location.pointer[: index.start()], location.pointer[index.end() :]
        for head in (name + index[0], name):
            if pattern.startswith(head):
                rest = pattern[len(head) :]
                if not rest or (rest[0] == "/" and pointer_regex(rest).fullmatch(inner)):
                    return True
    return False
