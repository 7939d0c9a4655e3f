from __future__ import annotations

import json
import time

import pytest
from gatelens.decoders.json_positions import offsets, tokens
from hypothesis import given
from hypothesis import strategies as st

type Value = bool | int | float | str | list[Value] | dict[str, Value] | None

VALUES: st.SearchStrategy[Value] = st.recursive(
    st.text() | st.integers(-(10**30), 10**30) | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
SPACES = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])


def at(value: Value, path: tuple[str | int, ...]) -> Value:
    for step in path:
        value = value[step]  # type: ignore[index]  # a wrong step fails the test
    return value


@given(VALUES, SPACES, st.booleans())
def test_the_path_of_every_token_leads_to_what_its_span_spells(
    value: Value, spaces: tuple[str, str], ascii_only: bool
) -> None:
    body = json.dumps(value, separators=spaces, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    for token in tokens(body):
        written = json.loads(body[slice(*token.span)])
        if token.key:
            parent = at(value, token.path[:-1])
            assert isinstance(parent, dict)
            assert written == token.path[-1]
            assert written in parent
        else:
            assert written == at(value, token.path)


@given(VALUES)
def test_every_string_key_and_long_integer_has_a_token(value: Value) -> None:
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
    body = json.dumps(value).encode()
    found = list(tokens(body))
    assert [json.loads(body[slice(*token.span)]) for token in found if token.key] == keys
    assert [json.loads(body[slice(*token.span)]) for token in found if not token.key] == leaves


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b'"a"', [()]),
        (b'[[], {}, "a"]', [(2,)]),
        (b'[[["a"], "b"], "c"]', [(0, 0, 0), (0, 1), (1,)]),
        (b'{"a": {"b": {}}, "c": ["x", {"d": "y"}]}', [("c", 0), ("c", 1, "d")]),
        (b'{"a": "x", "a": ["y"]}', [("a",), ("a", 0)]),
        (b'["]", "{", "\\"", ","]', [(0,), (1,), (2,), (3,)]),
        (b"[123456789012, 1234567890.12, 1e15, -123456789012, true, null]", [(0,), (3,)]),
    ],
)
def test_leaves_are_found_where_they_stand(body: bytes, paths: list[tuple[str | int, ...]]) -> None:
    assert [token.path for token in tokens(body) if not token.key] == paths


def test_keys_of_one_object_share_its_number_and_those_of_another_do_not() -> None:
    numbers = [(token.path, token.container) for token in tokens(b'[{"a": 1, "b": {"a": 2}, "a": 3}, {"a": 4}]')]
    assert numbers == [((0, "a"), 2), ((0, "b"), 2), ((0, "b", "a"), 3), ((0, "a"), 2), ((1, "a"), 4)]


@given(st.text(), st.booleans())
def test_offsets_say_where_each_character_begins(text: str, ascii_only: bool) -> None:
    text = text.encode("utf-8", "replace").decode()
    token = json.dumps(text, ensure_ascii=ascii_only).encode()
    places = offsets(token, text)
    assert len(places) == len(text) + 1
    pieces = [token[start:end].decode() for start, end in zip(places, [*places[1:]], strict=False)]
    assert [json.loads(f'"{piece}"') for piece in pieces] == list(text)


@pytest.mark.parametrize(
    "token", [b'"\\ud83d\\ude00x"', b'"\\uD83D\\uDE00x"', '"😀x"'.encode(), b'"\\/x"', b'"\\u0041x"']
)
def test_an_escape_is_one_character(token: bytes) -> None:
    text = json.loads(token)
    places = offsets(token, text)
    assert len(text) == 2
    assert token[places[1] : places[2]] == b"x"


def test_work_is_linear_in_a_deep_and_long_text() -> None:
    body = b"[" * 1000 + b'"",' * 150_000 + b"1" + b"]" * 1000
    begin = time.process_time()
    assert sum(1 for _ in tokens(body)) == 150_000
    assert time.process_time() - begin < 5
