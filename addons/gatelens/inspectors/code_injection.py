"""Find values that are code of a scripting language or Java, or that leave a string to become such code.

Source: CWE-94, CWE-95; for Java also CVE-2022-22965 (Spring4Shell) and CVE-2017-5638 (Struts).
Limits: as those of `gatelens.languages.code`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from gatelens import source_lines
from gatelens.confirmation import Work, confirm, work
from gatelens.decoders.xml_tree import AttributeSegment
from gatelens.inspection import Hit, Trigger, View
from gatelens.languages.code import constructs, explaining, injection, java, loops, php
from gatelens.languages.code.injection import Code
from gatelens.languages.code.names import Names
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Explanation
from gatelens.model.finding import Match
from gatelens.model.message import Phase
from gatelens.model.rule import Rule
from gatelens.places import is_line

Name = Annotated[str, Meta(min_length=1)]
Language = Literal["php", "java", "javascript", "python", "ruby"]
Listed = Mapping[str, tuple[str, ...]]


class Params(Struct, frozen=True, forbid_unknown_fields=True):
    """`patterns` name the values worth a look; `language` is that of the code. The lists are names by what they do, in
    words that go on "is code, …": `f` is a function, `.f` a member of anything, `a.f` the member of an a. `functions`
    count where they are called with constants or with what a request brings, `in_field` likewise
    where a value is a single line, `sure` wherever they are called,
    `members` wherever they stand behind an object. `loaders` are functions that load one of `modules`. `variables`
    tell by themselves, `commands` are words that PHP takes unquoted. Of PHP: `settings` are directives of its
    configuration that a value may set (`a.` all that begin so, `a=` only with a value), `whole` the beginnings of
    functions that count where a value is nothing but a call, `names` functions that count where it is nothing but
    their name: it is for the server to call, `wrappers` beginnings of addresses that only PHP opens, `library`
    ordinary words that are functions and count in a field where they get a string or a variable; values with these
    names, and calls of the functions, are worth a look without a pattern. Of Java: `classes` are full names of classes
    and packages that count as a whole value or name, `harmless_classes` some among them that do not, `class_fields`
    the fields that tell of classes by design, `binding` the beginnings of names by which a parameter is bound to a
    part of the class loader."""

    patterns: Annotated[tuple[Name, ...], Meta(min_length=1)]
    language: Language
    functions: dict[str, tuple[str, ...]] = {}
    in_field: dict[str, tuple[str, ...]] = {}
    sure: dict[str, tuple[str, ...]] = {}
    members: dict[str, tuple[str, ...]] = {}
    loaders: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    variables: dict[str, tuple[str, ...]] = {}
    commands: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    harmless_classes: tuple[str, ...] = ()
    class_fields: tuple[str, ...] = ()
    binding: tuple[str, ...] = ()


_TOO_MUCH = "more that looks like code than is read in one message"
_COST_OF_TOKEN = 40
"""Characters that cost as much to read over as a token to read."""


class Inspector:
    """All code injection rules at once."""

    phases: ClassVar[frozenset[Phase]] = frozenset(Phase)

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.triggers = [Trigger(rule.id, pattern) for rule in rules for pattern in _patterns(_params(rule))]
        self._names = {rule.id: _names(_params(rule)) for rule in rules}
        self._in_field = {rule.id: _names(_params(rule), in_field=True) for rule in rules}
        self._php = {rule.id: _php(_params(rule)) for rule in rules}
        self._java = {rule.id: _java(_params(rule)) for rule in rules}

    def inspect(self, view: View) -> Iterator[Match]:
        read: dict[str, Code] = {}  # the rules of all languages read a text once

        def judge(hit: Hit, left: Work) -> Confirmed | None:
            found = self._judge(hit, left, read)
            if found is not None and (text := source_lines.whole(hit.target)) is not None:
                return self._judge(Hit(hit.rule, text), left, read)
            return found

        return confirm(view, work(view, least=131_072), judge, _TOO_MUCH)

    def explain(self, hit: Hit) -> Explanation | None:
        """The call that is found, beside the string that a value would be."""
        return explaining.explain(hit.target.text, self._in_field[hit.rule.id])

    def _judge(self, hit: Hit, left: Work, read: dict[str, Code]) -> Confirmed | None:
        text = hit.target.text
        if text not in read:
            read[text] = injection.code(text)
        left.left -= len(text) + _COST_OF_TOKEN * read[text].cost
        rule = hit.rule.id
        language = _params(hit.rule).language
        in_field = is_line(hit.target) or isinstance(hit.target.segment, AttributeSegment)
        found: Confirmed | None = None
        if language == "php":
            found = php.injection(text, self._php[rule], in_field=in_field)
        elif language == "java":
            found = java.injection(text, hit.target.location, self._java[rule])
        elif language == "javascript":
            found = loops.injection(text) or constructs.injection(text, in_field=in_field)
        return found or injection.injection(text, read[text], (self._in_field if in_field else self._names)[rule])


def _patterns(params: Params) -> Iterator[str]:
    """The patterns of a rule, and those that its lists of PHP's names make."""
    yield from params.patterns
    if params.language != "php":
        return
    if functions := _alternatives(_by_name(params.functions)):
        yield rf"\b(?:{functions})\b[\"'\]}}]?\s*\)*{_GAP}\("
    if whole := _alternatives(params.whole):
        yield rf"\b(?:{whole})\w*{_GAP}\("
    if library := _alternatives(params.library):
        yield rf"(?:^|[\s;@\\(])(?:{library})\(\s*[\"'$]"
    if names := _alternatives(params.names):
        yield rf"^\s*(?:{names})\s*$"
    if families := _alternatives(name for name in params.settings if name.endswith(".")):
        yield rf"^\s*(?:-d\s*)?(?:{families})[\w.]+\s*="
    if set_to := _alternatives(name.removesuffix("=") for name in params.settings if not name.endswith(".")):
        yield rf"^\s*(?:-d\s*)?(?:{set_to})\s*="
    if settings := _alternatives(name for name in params.settings if not name.endswith((".", "="))):
        yield rf"^\s*(?:-d\s*)?(?:{settings})\s*$"
    if wrappers := _alternatives(params.wrappers):
        yield rf"^\s*(?:{wrappers})"


_GAP = r"(?:/\*[^\n]*\*/|#[^\n]*\n|//[^\n]*\n|\s)*"
"""What may hide between the name of a function and its parenthesis."""


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in names)


def _names(params: Params, *, in_field: bool = False) -> Names:
    return Names(
        _by_name(params.functions) | (_by_name(params.in_field) if in_field else {}),
        _by_name(params.sure),
        _by_name(params.members),
        _lower(params.loaders),
        _lower(params.modules),
        _by_name(params.variables),
        _lower(params.commands),
    )


def _php(params: Params) -> php.Words:
    return php.Words(
        _lower(params.settings),
        tuple(name.lower() for name in params.whole),
        _lower(params.names),
        tuple(name.lower() for name in params.wrappers),
        frozenset(_by_name(params.functions)),
        _lower(params.library),
    )


def _java(params: Params) -> java.Words:
    return java.Words(
        tuple(name.lower() for name in params.classes),
        _lower(params.harmless_classes),
        _lower(params.class_fields),
        tuple(name.lower() for name in params.binding),
    )


def _by_name(listed: Listed) -> dict[str, str]:
    return {name.lower(): words for words, names in listed.items() for name in names}


def _lower(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _params(rule: Rule) -> Params:
    assert isinstance(rule.params, Params)
    return rule.params
