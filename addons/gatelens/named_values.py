"""Confirm what the shared scan named where a value's name decides: in documents, in parameters, in JSON within texts.

What is said of a value depends on the way to it, so that equal texts in two places are looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gatelens.confirmation import Work
from gatelens.decoders.json_document import Json
from gatelens.inspection import Hit, Target, View
from gatelens.languages.documents.members import UNKNOWN, Operand, Way, members, steps, way_of
from gatelens.languages.documents.names import split
from gatelens.model.anomaly import AnomalyKind
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Tree
from gatelens.model.finding import Match
from gatelens.model.location import WHOLE_MESSAGE, Location, Part, pointer
from gatelens.model.rule import Rule

type ByName = Callable[[Rule, Way, str, Operand], str]
"""Why a name, where a way led to and for what it stands for, is a match; empty where it is none."""

type MayMatch = Callable[[Rule, str, bool], bool]
"""Whether a text may be a match, said at once without the way to it. Of True as the last it is known to be a value."""

type ByText = Callable[[Hit, Way, Work], Confirmed | None]
"""What confirms a text as a match, which stands where a way led to."""

_NAMED = re.compile(r"(.*)\[\d+\]((?:/.*)?)", re.DOTALL)
_EVIDENCE = 200
_LOOK = 128
"""Characters that a look costs whatever the length of the text."""

_LEAST, _TIMES = 65_536, 4
"""Characters that may be read in a message: so many, and for each byte of its body so many more. A text comes again for
each encoding in it."""
_MOST_NODES = 12
_DEEPEST = 1024
"""Steps that a pointer has at most (json_document)."""


def confirm_named(
    view: View, by_name: ByName, by_text: ByText, too_much: str, may_match: MayMatch | None = None
) -> Iterator[Match]:
    """The matches of `view`. More than can be looked at, or told, is one match `too_much`: fail closed.

    Finding the way to a text costs more than most texts are worth: `may_match` says which are.
    """
    told = dict.fromkeys((rule.id for rule in view.rules), view.told)
    budgets = {rule.id: Work(_LEAST + _TIMES * len(view.decoded.content)) for rule in view.rules}
    document = view.decoded.json
    if any(anomaly.kind is AnomalyKind.JSON_DUPLICATE_KEY for anomaly in view.decoded.anomalies):
        document = None  # it has only one of the values: each name is judged by its way alone
    values = None if document is None else document.values
    in_document: dict[str, dict[str, str]] = {}
    for hit in view.hits:
        rule, target = hit.rule, hit.target
        budget = budgets.get(rule.id)
        if budget is None:
            continue
        if budget.is_spent or not told[rule.id]:
            del budgets[rule.id]
            yield Match(rule=rule.id, location=WHOLE_MESSAGE, explanation=too_much)
            continue
        if may_match is not None and not may_match(rule, target.text, target.segment is values):
            continue
        budget.left -= _LOOK
        if document is not None and target.segment is document.keys:
            found = in_document.get(rule.id)
            if found is None:
                wanted = {
                    each.target.text
                    for each in view.hits
                    if each.rule is rule
                    and each.target.segment is document.keys
                    and (may_match is None or may_match(rule, each.target.text, False))
                }
                found = in_document[rule.id] = _in_document(rule, by_name, document.value, wanted, view.told)
            if not found:
                continue
        else:
            found = None
        match = _match(view, hit, found, by_name, by_text, budget)
        if match is not None:
            told[rule.id] -= 1
            yield match


def _match(
    view: View, hit: Hit, in_document: dict[str, str] | None, by_name: ByName, by_text: ByText, budget: Work
) -> Match | None:
    target = hit.target
    location = target.location
    way, name = _way(target, location)
    if location.key:
        if in_document is not None:
            words = in_document.get(location.pointer, "")
        else:
            words = by_name(hit.rule, way, name, _parameter(view, target))
        if words:
            return _told(hit, location, Confirmed(target.text[:_EVIDENCE], words))
        found = None if in_document is not None else by_text(hit, None, budget)
    else:
        found = by_text(hit, (way, name) if name else way, budget)
    return None if found is None else _told(hit, location, found)


def _told(hit: Hit, location: Location, found: Confirmed) -> Match:
    return Match(
        rule=hit.rule.id,
        location=location,
        evidence=found.evidence,
        explanation=found.explanation,
        transformations=hit.target.transformations + found.steps,
    )


def _in_document(rule: Rule, by_name: ByName, value: Json, wanted: set[str], most: int) -> dict[str, str]:
    """What is said of the `wanted` names in a parsed body, of the first `most` of which anything is, by pointers."""
    found: dict[str, str] = {}
    for way, name, operand in members(value, wanted):
        if words := by_name(rule, way, name, operand):
            found[pointer(*steps(way, _DEEPEST), name)] = words
            if len(found) == most:
                break
    return found


def way_to(target: Target) -> tuple[Way, str]:
    """The names that lead to `target`, and its own: for a key the text's, which may be several in one."""
    return _way(target, target.location)


def _way(target: Target, location: Location) -> tuple[Way, str]:
    names: list[str]
    if location.part is Part.BODY:
        names = [_unescaped(step) for step in location.pointer.split("/")[1:]]
    else:
        named = _NAMED.fullmatch(location.pointer)
        name, rest = named.groups() if named else (location.pointer, "")
        names = [*split(name), *(_unescaped(step) for step in rest.split("/")[1:])]
        if location.key and not rest:
            names = [""]
    if location.key:
        names = [*names[:-1], target.text]
    return (way_of(names[:-1]), names[-1]) if names else (None, "")


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")


def _parameter(view: View, target: Target) -> Operand:
    """The value of a query's or form's parameter with the name that `target` is."""
    for values, names in view.decoded.parameters:
        if names is target.segment:
            return values.texts[target.index]
    return UNKNOWN


def drawing(names: list[str], leaf: str, planted: frozenset[str] = frozenset()) -> Tree:
    """`names` as a tree, each within the one before; from the first of `planted` on they are the attack's."""
    first = next((at for at, name in enumerate(names) if name in planted), len(names) + (not planted))
    names = names[max(0, len(names) - _MOST_NODES + 2) :] if len(names) > _MOST_NODES - 2 else names
    tree = Tree(leaf, planted=first <= len(names))
    for at in range(len(names) - 1, -1, -1):
        tree = Tree(names[at], (tree,), planted=at >= first)
    return Tree("document", (tree,))
