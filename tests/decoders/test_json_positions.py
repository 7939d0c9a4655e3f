from __future__ import annotations

import json
import time

import pytest
from gatelens.decoders.json_positions import JsonScan, is_leaf
from hypothesis import given
from hypothesis import strategies as st

type Value = bool | int | float | str | list[Value] | dict[str, Value] | None

VALUES: st.SearchStrategy[Value] = st.recursive(
    st.text() | st.integers(-(10**30), 10**30) | st.none() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
SPACES = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])
MOST = 50_000


def count(value: Value) -> tuple[int, int]:
    """Nodes and depth."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    if inner is None:
        return 0, 0
    counts = [count(part) for part in inner]
    return len(inner) + sum(nodes for nodes, _ in counts), 1 + max((depth for _, depth in counts), default=0)


@given(VALUES, SPACES, st.booleans())
def test_every_string_key_and_long_integer_is_found_in_order(
    value: Value, spaces: tuple[str, str], ascii_only: bool
) -> None:
    keys: list[str] = []
    leaves: list[Value] = []

    def walk(part: Value) -> None:
        if isinstance(part, dict):
            for name, inner in part.items():
                keys.append(name)
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)
        elif isinstance(part, str) or (isinstance(part, int) and abs(part) >= 10**11):
            leaves.append(part)

    walk(value)
    body = json.dumps(value, separators=spaces, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    scan = JsonScan(body, MOST)
    assert [json.loads(piece) for piece in scan.keys] == keys
    assert [json.loads(piece) for piece in scan.values] == leaves
    for pieces, starts in ((scan.keys, scan.key_starts), (scan.values, scan.value_starts)):
        assert [body[start : start + len(piece)] for piece, start in zip(pieces, starts, strict=True)] == pieces
    assert (scan.nodes, scan.depth) == count(value)
    assert scan.fault == ""


def test_a_text_longer_than_a_chunk_is_cut_nowhere() -> None:
    strings = ["a" * 10_000, "b\\" * 40_000, "c", "d" * 16_384, 'e"' * 30_000] * 3
    scan = JsonScan(json.dumps(strings, indent=40).encode(), MOST)
    assert [json.loads(piece) for piece in scan.values] == strings
    assert scan.value_steps == list(range(15))
    assert scan.fault == ""


def test_keys_of_one_object_share_its_number_and_those_of_another_do_not() -> None:
    scan = JsonScan(b'[{"a": 1, "b": {"a": 2}, "a": 3}, {"a": 4}]', MOST)
    assert list(zip(scan.keys, scan.key_in, strict=True)) == [
        (b'"a"', 2),
        (b'"b"', 2),
        (b'"a"', 3),
        (b'"a"', 2),
        (b'"a"', 4),
    ]


def test_what_is_counted_of_containers() -> None:
    scan = JsonScan(b'[[1, 2, 3], {"a": 1, "b": 2}, [], {}, [[[1]]]]', MOST)
    assert (scan.nodes, scan.depth, scan.most_items, scan.most_keys, scan.texts) == (13, 4, 5, 2, 1)


@pytest.mark.parametrize(
    ("word", "leaf"),
    [
        (b"123456789012", True),
        (b"-123456789012", True),
        (b"12345678901", False),
        (b"-12345678901", False),
        (b"1234567890.12", False),
        (b"1e15", False),
        (b"true", False),
        (b"null", False),
        (b"nul", True),
        (b"0x1F", True),
        (b"0411111111111", True),
        (b"a word", True),
    ],
)
def test_a_word_is_looked_at_where_it_is_long_or_no_json(word: bytes, leaf: bool) -> None:
    assert is_leaf(word) is leaf


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'{"a": [1, {"b": null}], c: \'d\'} // e', ""),
        (b"[1][2]{}3 4[[]]{}", ""),
        (b"[1,]", "trailing comma is not allowed"),
        (b"[1 2]", "unexpected character, expected ',' or ']'"),
        (b"1],[1", "unexpected content after document"),
        (b"1,2", "unexpected character, expected a JSON value"),
        (b"// only this", "no value"),
    ],
)
def test_brackets_commas_and_colons_are_judged_apart_from_the_rest(body: bytes, fault: str) -> None:
    assert bool(JsonScan(body, MOST).fault) == bool(fault)
    assert fault in JsonScan(body, MOST).fault


@pytest.mark.parametrize(
    "unit",
    [b'"",', b"1,", b"[],", b"{", b'{"a":', b'{"a":1,"a":1},', b"a ", b"[", b"]", b",", b":", b"//\n", b"/**/", b"'',"],
)
def test_reading_stops_soon_after_the_nodes_that_are_allowed(unit: bytes) -> None:
    scan = JsonScan(b"[" + unit * 200_000, 1000)
    assert scan.stopped or unit == b":"
    assert max(len(scan.values), len(scan.words), len(scan.keys), len(scan.parents)) < 20_000


def test_work_is_linear_in_a_deep_and_long_text() -> None:
    body = b"[" * 1000 + b'"",' * 150_000 + b"1" + b"]" * 1000
    begin = time.process_time()
    assert len(JsonScan(body, 10**6).values) == 150_000
    assert time.process_time() - begin < 5
