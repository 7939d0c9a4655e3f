from __future__ import annotations

import pytest
from gatelens.languages.documents.script import injection
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kim' || 'q'=='q", "condition on constants"),
        ("kim' || 5===5 //", "condition on constants"),
        ("kim' || true || 'q", "condition on constants"),
        ('kim" && 5 < 4 && "', "condition on constants"),
        ("kim'; return true; var q='", "returns a result"),
        ("kim';\nreturn 7;//", "returns a result"),
        ("0;return(true)", "returns a result"),
        ("'; while(true){}; '", "wait"),
        ("kim'+sleep(700)+'", "wait"),
        ("7;sleep(9000)", "wait"),
        (";var t = new Date(); do{u = new Date();}while(u-t<9000", "clock"),
        ("kim' || this.pin == '4", "property of the document"),
        ("kim' && this.pin.match(/^4/)//", "property of the document"),
        ("kim'; throw new Error(tojson(this)); //", "error"),
        ("kim'; db.invoices.drop(); //", "database or the runtime"),
        ("db.invoices.insert({a: 1});", "shell"),
        ("db.getCollection('a').drop()", "shell"),
        ("db.a.find({$where: function() { return this.b", "shell"),
        ("db.a.insert({b: 1}); return 1; db.c.mapReduce(function() { emit(1", "shell"),
        ("this.pin.match(/^4/)//", "document"),
    ],
)
def test_a_value_that_goes_on_as_code_is_told_by_what_it_does(text: str, words: str) -> None:
    found = injection(text)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "don't; return it to me",
        "the dogs'; return 5 — or more",
        "the boys' || girls' room",
        "5' && 6'",
        "kim'; this.",
        "a = 'x'; return this.y",
        "if (a == 'x' || b == 'y') {\n  return this.z;\n}",
        "const a = 'b';\nwhile (true) { return this.c }",
        "x = 1; return this.b",
        "sleep(5) and this.a == 'b'",
        "db.users.find({age: 4}) finds all",
        "db.users.find({age: 4}); it finds all",
        "cursor = db.users.find({age: 4})",
        "this.name.match(/x/) ? 'a' : 'b'; // and so on\nreturn",
        "",
    ],
)
def test_prose_and_pieces_of_programs_pass(text: str) -> None:
    assert injection(text) is None


def test_a_long_value_before_hides_nothing() -> None:
    assert injection("x" * 100_000 + "' || 5==5 //") is not None
    assert injection("many words " * 9_000 + "' || 5==5 //") is not None


def test_more_code_than_is_read_is_told() -> None:
    found = injection("kim'; " + "a=5;" * 1_000 + "return true;//")
    assert found is not None
    assert "too long" in found.explanation


@given(st.text(alphabet="'\";|&=() {}/this.reutn1\n", max_size=300))
def test_it_never_raises(text: str) -> None:
    injection(text)


def test_it_is_linear() -> None:
    for unit in ("' || a+", "/a", "'", "this.", "db.a.find(", "(", "7;"):
        injection(unit * 50_000)
    injection("db.a.find(" + ")//" * 50_000 + "\n!")
