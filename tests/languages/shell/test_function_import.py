from __future__ import annotations

import pytest
from gatelens.languages.shell.function_import import explained, imported
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text",
    ["() { :;}; id", "(){x;};id", "() { a\n}\nid", "x=() { :; }; id", "() { _; } >_[$($())] { id; }", "() { (a)=>\\"],
)
def test_a_function_with_a_command_behind_it_is_found(text: str) -> None:
    assert imported(text)


@pytest.mark.parametrize(
    "text", ["() {}", "() { a; }", "() => { a; }; b", "f() { a; }; b", "a () { b; }; c", "( { :;}; id"]
)
def test_other_functions_are_none(text: str) -> None:
    assert not imported(text)


def test_the_drawing_shows_the_function_and_the_command() -> None:
    drawn = explained("() { :;}; id")
    assert [node.label for node in drawn.attack.children] == ["function", "command"]
    assert all(node.planted for node in drawn.attack.children)


@given(st.text(alphabet="(){} :;=>x\n'", max_size=80))
def test_reading_never_raises(text: str) -> None:
    imported(text)
    explained(text)
