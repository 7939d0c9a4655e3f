from __future__ import annotations

from gatelens.gathering import Gathering
from gatelens.model.finding import Edit
from gatelens.model.location import WHOLE_MESSAGE, Location, Part
from msgspec import Struct

THINGS = ("thing", "things")


class Place(Struct):
    pointer: str
    transformations: tuple[str, ...] = ()

    @property
    def location(self) -> Location:
        return Location(Part.BODY, self.pointer)


def test_the_first_values_are_matches_of_their_own_and_the_rest_is_one() -> None:
    gathering = Gathering("r", THINGS, most=10, told=2)
    matches = [gathering.add(Place(f"/{n}"), [((n, n + 1), b"*")] * (n + 1)) for n in range(4)]
    told = [match for match in matches if match is not None]
    assert [(match.location.pointer, match.explanation, len(match.edits)) for match in told] == [
        ("/0", "1 thing", 1),
        ("/1", "2 things", 2),
    ]
    rest = gathering.rest()
    assert rest is not None
    assert (rest.location, rest.explanation) == (WHOLE_MESSAGE, "7 things in further values")
    assert set(rest.edits) == {Edit((2, 3), b"*"), Edit((3, 4), b"*")}


def test_what_cannot_be_edited_in_every_place_is_told_without_an_edit_however_many_came_before() -> None:
    gathering = Gathering("r", THINGS, most=10, told=0)
    match = gathering.add(Place("/a", ("base64",)), [((1, 2), b"*"), (None, b"*")])
    assert match is not None
    assert (match.edits, match.transformations) == ((), ("base64",))
    assert gathering.rest() is None


def test_too_many_is_a_match_of_the_whole_message_without_an_edit() -> None:
    match = Gathering("r", THINGS, most=10, told=1).too_many()
    assert (match.location, match.edits) == (WHOLE_MESSAGE, ())
    assert match.explanation == "more than 10 places that may hold things"
