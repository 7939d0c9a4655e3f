from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from gatelens.confirmation import Work
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.message_decoder import decode
from gatelens.inspection import Hit, Target, View
from gatelens.languages.documents.members import UNKNOWN, Operand, Way, steps
from gatelens.model.confirmed import Confirmed
from gatelens.model.explanation import Tree
from gatelens.model.finding import Match
from gatelens.model.limits import Limits
from gatelens.model.message import Message
from gatelens.model.rule import Rule
from gatelens.named_values import confirm_named, drawing, way_to

from tests.inspectors.test_sql_injection import RULE
from tests.support.messages import request

FORM = "application/x-www-form-urlencoded"


def view_of(message: Message, *, told: int = 100) -> View:
    """What an inspector sees where every text with an x in it was named by a trigger."""
    decoded = Decoded()
    decode(message, decoded, Limits(), set(), set())
    hits = [
        Hit(RULE, Target(segment, index, text))
        for segment in decoded.segments
        for index, text in enumerate(segment.texts)
        if "x" in text
    ]
    return View(message, decoded, [RULE], hits, told=told)


class Seen:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.names: list[tuple[list[str], str, Operand]] = []
        self.texts: list[tuple[list[str], str]] = []

    def by_name(self, rule: Rule, way: Way, name: str, operand: Operand) -> str:
        self.names.append((steps(way), name, operand))
        return "a bad name" if "bad" in name else ""

    def by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
        self.texts.append((steps(way), hit.target.text))
        budget.left -= len(hit.target.text)
        return Confirmed(hit.target.text, "a bad text") if "bad" in hit.target.text else None


def run(view: View) -> tuple[Seen, Sequence[Match]]:
    seen = Seen()
    return seen, list(confirm_named(view, seen.by_name, seen.by_text, "too much"))


def places(matches: Sequence[Match]) -> Iterator[tuple[str, str]]:
    return ((str(match.location), match.explanation) for match in matches)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (request(b'{"a": [{"badx": 1}]}'), ("body:/a/0/badx (key)", "a bad name")),
        (request(b'{"a": {"b": "badx"}}'), ("body:/a/b", "a bad text")),
        (request(method="GET", target="/?a[badx]=1"), ("query:a[badx][0] (key)", "a bad name")),
        (request(method="GET", target="/?a=badx"), ("query:a[0]", "a bad text")),
        (request(b"badx=1", content_type=FORM), ("form:badx[0] (key)", "a bad name")),
        (request(method="GET", headers=[("cookie", "a=badx")]), ("cookie:a[0]", "a bad text")),
    ],
)
def test_a_match_says_where_and_why(message: Message, expected: tuple[str, str]) -> None:
    assert list(places(run(view_of(message))[1])) == [expected]


def test_a_name_in_a_document_is_judged_with_its_way_and_its_value() -> None:
    seen, _ = run(view_of(request(b'{"a": {"x": null}}')))
    assert (["a"], "x", None) in seen.names


def test_a_name_of_a_parameter_is_judged_with_its_value() -> None:
    seen, _ = run(view_of(request(b"x[y]=7", content_type=FORM)))
    assert seen.names == [([], "x[y]", "7")]


def test_a_name_that_was_encoded_is_judged_without_one() -> None:
    seen, _ = run(view_of(request(method="GET", target="/?%2578=7")))
    assert ([], "x", UNKNOWN) in seen.names


def test_only_what_may_match_is_looked_at() -> None:
    seen = Seen()
    view = view_of(request(b'{"x1": "x", "badx": 1}'))
    found = list(confirm_named(view, seen.by_name, seen.by_text, "too much", lambda _, text, __: text == "badx"))
    assert [str(match.location) for match in found] == ["body:/badx (key)"]
    assert (seen.names, seen.texts) == ([([], "badx", 1)], [])


def test_equal_texts_in_two_places_are_looked_at_twice() -> None:
    seen, _ = run(view_of(request(b'{"a": "x", "b": "x"}')))
    assert seen.texts == [(["a"], "x"), (["b"], "x")]


def test_more_than_is_told_is_one_match() -> None:
    _, matches = run(view_of(request(b'["badx", "badx", "badx", "badx"]'), told=2))
    assert [match.explanation for match in matches] == ["a bad text", "a bad text", "too much"]


def test_more_than_is_read_is_one_match() -> None:
    class Costly(Seen):
        def by_text(self, hit: Hit, way: Way, budget: Work) -> Confirmed | None:
            budget.left -= 100_000
            return None

    seen = Costly()
    found = list(confirm_named(view_of(request(b'["x", "x"]')), seen.by_name, seen.by_text, "too much"))
    assert [match.explanation for match in found] == ["too much"]


def test_the_way_to_a_value_goes_through_brackets_and_json() -> None:
    (hit,) = view_of(request(method="GET", target="/?a[b]=x")).hits
    way, name = way_to(hit.target)
    assert (steps(way), name) == (["a"], "b")


def test_a_drawing_plants_from_the_first_name_that_the_attack_brings() -> None:
    assert drawing(["a", "$ne"], "1", frozenset({"$ne"})) == Tree(
        "document", (Tree("a", (Tree("$ne", (Tree("1", planted=True),), planted=True),)),)
    )
    assert drawing(["a"], "1") == Tree("document", (Tree("a", (Tree("1"),)),))
