"""Draw why a message is judged as it is: how a value was decoded, where it parses, and what a harmless one would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree as Drawing

from gatelens import masking
from gatelens.audit import where
from gatelens.engine import Engine
from gatelens.inspection import Explaining
from gatelens.model.decision import Decision
from gatelens.model.explanation import Explanation, Tree
from gatelens.model.finding import Action, Finding
from gatelens.model.message import Message, Phase

_MOST_DRAWN = 20
"""Findings of one message that are drawn."""

_STRUCTURE = frozenset(
    """
    a an another any application argument arguments as attribute axis becomes call called clause column command comment
    condition cut ends fails is it off opens out reads rest runs the what
    connector constant context data directive directory document element environment expression field fields file
    filter first formula function header host key leaf line list literal logged lookup mail member message method name
    node object of operand operator option ordinary other path pattern placeholder port predicate program property query
    quoted readers redirection rest root scheme second segment separator several statement statements step stream string
    substitution subquery table tag template text url user value variable with word words
    """.split()
)
"""Words of a syntax tree's labels. Any other word there may come from the message, and is masked as evidence is."""

_MOST_NODES = 40
_MOST_LABEL = 60


class Explained(Struct, frozen=True):
    """A finding, and how its value reads where its inspector can tell."""

    finding: Finding
    reading: Explanation | None


def explain(engine: Engine, message: Message, decision: Decision) -> list[Explained]:
    """The findings of `decision` about `message`, each with its reading."""
    places = {(finding.rule, finding.location, finding.transformations) for finding in decision.findings}
    readings: dict[tuple[str, object], Explanation] = {}
    for inspector, hit in engine.suspects(message) if places else ():
        key = hit.rule.id, hit.target.location
        if len(readings) == _MOST_DRAWN:
            break
        if key in readings or not isinstance(inspector, Explaining):
            continue
        # A value and what it unwraps to have one place: the finding is about the first that was confirmed.
        if any(key == place[:2] and _leads_to(hit.target.transformations, place[2]) for place in places) and (
            reading := inspector.explain(hit)
        ):
            readings[key] = reading
    return [Explained(finding, readings.get((finding.rule, finding.location))) for finding in decision.findings]


def _leads_to(steps: Sequence[str], all_steps: Sequence[str]) -> bool:
    """Whether `steps` are the first of `all_steps`: an inspector may have added some of its own."""
    return tuple(all_steps[: len(steps)]) == tuple(steps)


def drawn(message: Message, decision: Decision, explained: Sequence[Explained]) -> RenderableType:
    """One message as a person reads it: the verdict, then each finding with its reading."""
    return Group(_title(message, decision), *(_finding(one) for one in explained))


def _title(message: Message, decision: Decision) -> Text:
    """What is done with the message. A request is named by its method and its path without values."""
    text = Text()
    if message.phase is Phase.REQUEST:
        text.append(f"{masking.printable(message.method[:20])} {masking.path(message.path)}", "bold")
    else:
        text.append(f"response {message.status}", "bold")
    text.append(f"  {decision.action.word}", "bold red" if decision.action >= Action.THROTTLE else "green")
    text.append(f" {decision.status}" if decision.status else "")
    if decision.verdict is not decision.action:
        text.append(f" (would be {decision.verdict.word})")
    text.append(f"  mode {decision.mode}, route {decision.route}, score {decision.score}", "dim")
    return text


def _finding(one: Explained) -> RenderableType:
    finding = one.finding
    head = Text(finding.rule, "bold")
    head.append(f" ({finding.severity.value}, {finding.action.word}) at {where(finding)}", "not bold")
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", no_wrap=True)
    rows.add_column(overflow="fold")
    for name, text in _facts(one):
        rows.add_row(name, Text(masking.printable(text)))
    parts: list[RenderableType] = [head, Padding(rows, (0, 0, 0, 2))]
    if one.reading:
        sides = Table.grid(padding=(0, 6), expand=False)
        sides.add_row(Text("harmless", "dim"), Text("this value", "dim"))
        sides.add_row(_drawing(one.reading.harmless), _drawing(one.reading.attack))
        parts.append(Padding(sides, (1, 0, 1, 4)))
    return Padding(Group(*parts), (1, 0, 0, 2))


def _facts(one: Explained) -> Iterator[tuple[str, str]]:
    finding = one.finding
    yield "decoded", " → ".join(finding.transformations) or "as sent"
    if finding.explanation:
        yield "why", finding.explanation
    if finding.evidence:
        yield "evidence", finding.evidence
    if one.reading:
        yield "put into", one.reading.context
    if finding.excluded:
        yield "excluded", finding.excluded


def _drawing(tree: Tree) -> Drawing:
    """`tree` as rich draws it, cut where it has too many nodes. What the value planted is marked with a `+` too,
    for a reader without colours."""
    drawing = Drawing(_label(tree), guide_style="dim")
    left = _MOST_NODES
    todo = [(drawing, tree)]
    while todo:
        parent, node = todo.pop()
        for child in node.children:
            if not left:
                parent.add(Text("…"))
                return drawing
            left -= 1
            todo.append((parent.add(_label(child)), child))
    return drawing


def _label(tree: Tree) -> Text:
    label = masking.evidence(tree.label[:_MOST_LABEL], _STRUCTURE)
    if tree.piece:
        label += f" {masking.evidence(tree.piece)}"
    return Text(f"+ {label}", "bold red") if tree.planted else Text(label)
