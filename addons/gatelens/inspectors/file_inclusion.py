"""Find values that make a program include a file of the client's choice: stream wrappers and remote scripts.

Source: CWE-98, CWE-829; PHP manual, "Supported Protocols and Wrappers".
Limits: one value at a time. A plain URL of another host is a finding only for a script, by the parameter's name or by
its ending: APIs take URLs for much else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from gatelens.confirmation import Work, confirm, work
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.urls.drawing import url_drawn
from gatelens.languages.urls.inclusions import Listed, Place, inclusion
from gatelens.languages.urls.parameter_names import words_at
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.location import Part
from gatelens.model.message import Phase
from gatelens.model.rule import Rule

Expression = Annotated[str, Meta(min_length=1)]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look. `wrappers` are schemes, listed by what they do, in words that go on
    "opens a stream wrapper that …"; `roots` directories of a system that no `file:` URL may name; `scripts` endings of
    programs that include files; `endings` of files that may be code to them, `pages` of what a browser shows. Of words
    in the names of parameters: `path_names` are of files, `link_names` of links. URLs of `allowed_hosts`, with all
    below them, are no finding."""

    patterns: Annotated[tuple[Expression, ...], Meta(min_length=1)]
    wrappers: dict[str, tuple[str, ...]] = {}
    roots: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    path_names: tuple[str, ...] = ()
    link_names: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like files to include than is read in one message"
_EXPOSED = frozenset({Part.QUERY, Part.FORM, Part.COOKIE})
_PATH = ("path", "root", "dir", "include")
"""How names end that are of files whatever stands in front."""


class _Names(Struct, frozen=True):
    scripts: tuple[str, ...]
    paths: frozenset[str]
    links: frozenset[str]


class Inspector:
    """All rules of inclusion at once: the shared scan names the values, the reading of the URL decides."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _params(rule).patterns]
        self._listed = {rule.id: _listed(_params(rule)) for rule in rules}
        self._names = {rule.id: _names(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        return confirm(view, work(view), partial(self._judge, view.message.path), _TOO_MUCH)

    def _judge(self, path: str, hit: Hit, budget: Work) -> Confirmed | None:
        budget.left -= len(hit.target.text)
        return inclusion(_value(hit), self._place(hit, path), self._listed[hit.rule.id])

    def explain(self, hit: Hit) -> Explanation | None:
        """The parts of the URL that is opened in the place of a file's name; of one that only the path of its request
        makes an attack, nothing."""
        found = inclusion(_value(hit), self._place(hit, ""), self._listed[hit.rule.id])
        return url_drawn("the name of a file that a program includes", found.evidence) if found else None

    def _place(self, hit: Hit, path: str) -> Place:
        part = hit.target.segment.part
        if part not in _EXPOSED or "json" in hit.target.transformations:
            return Place(exposed=part is Part.PATH)
        names = self._names[hit.rule.id]
        location = hit.target.location
        words = words_at("" if location.key else location.pointer)
        is_path = any(word in names.paths or word.endswith(_PATH) for word in words)
        return Place(
            exposed=True,
            script=path.lower().rstrip("/").endswith(names.scripts),
            path_name=is_path,
            link_name=not names.links.isdisjoint(words),
        )


def _value(hit: Hit) -> str:
    """The text, of a path what begins with a scheme."""
    text = hit.target.text
    if hit.target.segment.part is not Part.PATH:
        return text
    end = text.find(":/")
    return text[text.rfind("/", 0, end) + 1 :] if end > 0 else text


def _listed(params: Params) -> Listed:
    return Listed(
        {scheme: words for words, schemes in params.wrappers.items() for scheme in schemes},
        frozenset(params.roots),
        frozenset(params.endings),
        frozenset(params.pages),
        frozenset(host.lower() for host in params.allowed_hosts),
    )


def _names(params: Params) -> _Names:
    return _Names(
        tuple("." + ending for ending in params.scripts), frozenset(params.path_names), frozenset(params.link_names)
    )


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
