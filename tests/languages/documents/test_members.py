from __future__ import annotations

from gatelens.decoders.json_document import Json
from gatelens.languages.documents.members import members, steps, way_of


def test_a_name_that_is_wanted_comes_with_the_way_to_it() -> None:
    document: Json = {"a": [{"b": 1}, {"c": {"d": None}}]}
    found = [(steps(way), name, value) for way, name, value in members(document, {"a", "b", "d"})]
    assert len(found) == 3
    assert found[0] == ([], "a", [{"b": 1}, {"c": {"d": None}}])
    assert (["a", "0"], "b", 1) in found
    assert (["a", "1", "c"], "d", None) in found


def test_a_document_may_be_deeper_than_the_stack() -> None:
    value: Json = 1
    for _ in range(100_000):
        value = {"a": value}
    assert len(list(members(value, {"a"}))) == 100_000


def test_of_a_long_way_the_last_steps_are_told() -> None:
    assert steps(way_of(map(str, range(500))), most=2) == ["498", "499"]
