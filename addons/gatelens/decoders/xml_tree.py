"""What was read of an XML document, kept flat: elements by their number, and the segments that find a text again.

A pointer is an XPath. A step has its number only from 2 on, counted among siblings of its name: what the XPath finds
first, in document order, is what is meant. `/a/b` is the text that stands directly in `b`; where children divide it,
`/a/b` is all of it joined and `/a/b/text()`, `/a/b/text()[2]` the pieces of it, those not counted that are blank.
Comments and instructions divide no text. A name's place is where it comes first.
Source: XPath 1.0 section 2, XML 1.0 (fifth edition).
Limits: a span that runs over comments, CDATA or children has their marks in it. In a document where very many escapes
were hit, it is the whole text's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence

from msgspec import Struct

from gatelens.decoders.character_places import CharacterPlaces, width
from gatelens.decoders.xml_places import MIXED, aside, attributes, behind_tag, characters
from gatelens.model.location import Location, Part, Span

NO_ELEMENT = -1
"""Where the root, and what stands beside it, stands."""

_MOST_TOKENS = 4_096
"""Tokens of text looked at in one document to find the places of characters: each costs a microsecond."""

type Run = tuple[int, int, int]
"""A text between two tags: its element, and what the parser told of the tags' places."""

type Aside = tuple[str, int, int]
"""A comment or an instruction: the step of it, the element around it, and its first byte."""


class Found(Struct, frozen=True):
    """Where a text is: its pointer, the bytes around it, its characters' places where known, the steps to it."""

    pointer: str
    around: Span
    places: CharacterPlaces | None
    steps: tuple[str, ...] = ()


class XmlTree:
    """Elements in the order in which they begin; attributes as name, value, name, value …

    `document` is what the parser read, in UTF-8: the body's own bytes, each at its place, where `exact`.
    """

    __slots__ = (
        "_numbers",
        "_tag",
        "_tokens",
        "asides",
        "attributes",
        "document",
        "exact",
        "firsts",
        "names",
        "owners",
        "parents",
        "runs",
        "starts",
    )

    def __init__(self, document: bytes, *, exact: bool) -> None:
        self.document = document
        self.exact = exact
        self.names: list[str] = []
        self.parents: list[int] = []
        self.starts: list[int] = []
        self.attributes: list[str] = []
        self.owners: list[int] = []  # the elements that have attributes, and for each its first among all
        self.firsts: list[int] = []
        self.runs: list[Run] = []
        self.asides: list[Aside] = []
        self._numbers: list[int] = []
        self._tag: tuple[int, list[tuple[Span, Span]]] = -1, []
        self._tokens = _MOST_TOKENS

    def path(self, element: int) -> str:
        """The XPath of an element; of NO_ELEMENT, the empty one."""
        if not self._numbers:
            self._numbers = numbered(zip(self.parents, self.names, strict=True))
        steps: list[str] = []
        while element != NO_ELEMENT:
            steps.append(step(self.names[element], self._numbers[element]))
            element = self.parents[element]
        return "".join(reversed(steps))

    def attribute_owner(self, attribute: int) -> tuple[int, int]:
        """The element of attribute number `attribute`, and the attribute's number in it."""
        place = bisect_right(self.firsts, 2 * attribute) - 1
        return self.owners[place], attribute - self.firsts[place] // 2

    def attribute_spans(self, attribute: int) -> tuple[Span, Span]:
        """The bytes of an attribute's name and value."""
        element, number = self.attribute_owner(attribute)
        if self._tag[0] != element:
            self._tag = element, attributes(self.document, self.starts[element])
        return self._tag[1][number]

    def found(self, pointer: str, regions: Sequence[Span], *steps: str) -> Found:
        """The text that `regions` spell; `steps` are told behind those that were undone in them."""
        places, undone, count = characters(self.document, regions, self._tokens)
        self._tokens = max(0, self._tokens - count)
        return Found(pointer, (regions[0][0], regions[-1][1]), places, (*undone, *steps))

    def found_aside(self, pointer: str, offset: int) -> Found:
        """The comment or instruction that begins at `offset`."""
        places, around, count = aside(self.document, offset, self._tokens)
        self._tokens = max(0, self._tokens - count)
        return Found(pointer, around, places)

    def region(self, run: Run) -> Span:
        """The bytes between the tags of a text."""
        return behind_tag(self.document, run[1]), run[2]


def step(name: str, number: int) -> str:
    """One step of a path; `number` from 1."""
    return f"/{name}" if number == 1 else f"/{name}[{number}]"


def numbered(things: Iterable[Hashable]) -> list[int]:
    """The number of each thing among its equals, from 1."""
    counts: dict[Hashable, int] = {}
    numbers: list[int] = []
    for thing in things:
        number = counts[thing] = counts.get(thing, 0) + 1
        numbers.append(number)
    return numbers


class _TreeSegment(ABC):
    """What the segments of a document share: the last text asked for is kept."""

    __slots__ = ("_last", "_tree", "key", "part", "texts")

    def __init__(self, tree: XmlTree, texts: Sequence[str], *, key: bool = False) -> None:
        self.part = Part.BODY
        self.texts = texts
        self.key = key
        self._tree = tree
        self._last: tuple[int, Found] | None = None

    @abstractmethod
    def _find(self, index: int) -> Found: ...

    def _found(self, index: int) -> Found:
        if self._last is None or self._last[0] != index:
            self._last = index, self._find(index)
        return self._last[1]

    def locate(self, index: int) -> Location:
        span = self.span(index, 0, len(self.texts[index]))
        return Location(Part.BODY, self._found(index).pointer, self.key, span)

    def span(self, index: int, start: int, end: int) -> Span | None:
        if not self._tree.exact:
            return None
        found = self._found(index)
        return found.around if found.places is None else found.places.span(start, end)

    def transformations(self, index: int) -> tuple[str, ...]:
        return self._found(index).steps


class TextSegment(_TreeSegment):
    """The texts of elements: each piece between two tags, then those of an element in several pieces, joined."""

    __slots__ = ("_joined", "_numbers", "_owners")

    def __init__(self, tree: XmlTree, texts: list[str]) -> None:
        self._numbers: list[int] = []
        self._joined: dict[int, list[int]] = {}
        owners = [owner for owner, _, _ in tree.runs]
        if len(set(owners)) != len(owners):
            pieces: dict[int, list[int]] = {}
            for index, owner in enumerate(owners):
                pieces.setdefault(owner, []).append(index)
            self._joined = {owner: indices for owner, indices in pieces.items() if len(indices) > 1}
            texts = texts + ["".join(texts[index] for index in indices) for indices in self._joined.values()]
        self._owners = list(self._joined)
        super().__init__(tree, texts)

    def _find(self, index: int) -> Found:
        tree = self._tree
        runs = tree.runs
        if index >= len(runs):
            owner = self._owners[index - len(runs)]
            return tree.found(tree.path(owner), [tree.region(runs[piece]) for piece in self._joined[owner]], MIXED)
        owner = runs[index][0]
        pointer = tree.path(owner)
        if owner in self._joined:
            if not self._numbers:
                self._numbers = numbered(owner for owner, _, _ in runs)
            pointer += step("text()", self._numbers[index])
        return tree.found(pointer, [tree.region(runs[index])])


class AttributeSegment(_TreeSegment):
    """The values of attributes."""

    __slots__ = ()

    def _find(self, index: int) -> Found:
        tree = self._tree
        element, _ = tree.attribute_owner(index)
        pointer = f"{tree.path(element)}/@{tree.attributes[2 * index]}"
        return tree.found(pointer, [tree.attribute_spans(index)[1]])


class AsideSegment(_TreeSegment):
    """The texts of comments and processing instructions."""

    __slots__ = ("_numbers",)

    def __init__(self, tree: XmlTree, texts: list[str]) -> None:
        super().__init__(tree, texts)
        self._numbers: list[int] = []

    def _find(self, index: int) -> Found:
        if not self._numbers:
            self._numbers = numbered(aside[:2] for aside in self._tree.asides)
        kind, owner, offset = self._tree.asides[index]
        pointer = self._tree.path(owner) + step(kind, self._numbers[index])
        return self._tree.found_aside(pointer, offset)


class NameSegment(_TreeSegment):
    """The names of elements and attributes, each once."""

    __slots__ = ("_first_attributes", "_first_elements")

    def __init__(self, tree: XmlTree) -> None:
        super().__init__(tree, list(dict.fromkeys(tree.names + tree.attributes[::2])), key=True)
        self._first_elements: dict[str, int] = {}
        self._first_attributes: dict[str, int] = {}

    def _find(self, index: int) -> Found:
        tree = self._tree
        if not self._first_elements:
            self._first_elements = _first(tree.names)
            self._first_attributes = _first(tree.attributes[::2])
        name = self.texts[index]
        element = self._first_elements.get(name)
        if element is not None:
            pointer = tree.path(element)
            start = tree.starts[element] + 1
        else:
            attribute = self._first_attributes[name]
            pointer = f"{tree.path(tree.attribute_owner(attribute)[0])}/@{name}"
            start = tree.attribute_spans(attribute)[0][0]
        end = start + width(name)
        places = CharacterPlaces()
        places.plain(tree.document[start:end], start)
        return Found(pointer, (start, end), places)


def _first(names: list[str]) -> dict[str, int]:
    """The place at which each name comes first."""
    return {name: len(names) - 1 - place for place, name in enumerate(reversed(names))}
