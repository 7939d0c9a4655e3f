from __future__ import annotations

import pytest
from gatelens.languages.html.script import effect, is_script, is_signs_only, runs

from .vocabulary import SMALL

EFFECTS = {
    "alert(1)": "opens a dialog",
    "(alert)(1)": "opens a dialog",
    "alert?.(1)": "opens a dialog",
    "alert.call(null, 1)": "opens a dialog",
    "alert`1`": "opens a dialog",
    "[1].find(alert)": "opens a dialog",
    "top['al' + 'ert'](1)": "opens a dialog",
    "\\u0061lert(1)": "opens a dialog",
    "al/**/ert(1)": "",
    "alert/**/(1)": "opens a dialog",
    "print()": "opens a dialog",
    "print(total)": "",
    "new Function('x')": "runs a text as code",
    "function (x) { return x }": "",
    "document['cookie']": "reads cookies",
    "documents.cookies": "",
    "x.constructor('y')()": "makes a function of a text",
    "constructor(private x: Y) {}": "",
    "location = name": "leads the browser elsewhere",
    "allocation = name": "",
    "top[a + b](1)": "calls by a computed name",
    "rows[a + b](1)": "",
    "import('//host.example')": "loads a script",
    "from . import (a, b)": "",
    "onerror=zz;throw 1": "throws to a handler",
    "alert\\`1\\`": "opens a dialog",
    "1[a](2)": "calls by a computed name",
    "x[1](2)": "",
    "var {cookie}=document": "takes an object of the page apart",
    "var {a} = document.zz": "",
    "a='ale';b='rt(1)'": "puts a script together from pieces",
    "a='jav';b='ascript:'": "puts a script together from pieces",
    "a='ale';b='rt'": "",
}


@pytest.mark.parametrize(("code", "does"), EFFECTS.items())
def test_a_piece_of_script_is_told_by_what_it_does(code: str, does: str) -> None:
    assert effect(code, SMALL) == does


@pytest.mark.parametrize(
    "code", ["", "go()", "return false", "menu.open('main', 2); return false;", "void(0)", "total"]
)
def test_a_handler_that_only_calls_the_page_runs_nothing_of_its_own(code: str) -> None:
    assert runs(code, SMALL) == ""


@pytest.mark.parametrize(
    "code", ["go(x => y())", "a = 1", "go()()", "go`1`", "e\u00a0\u00e9(a)", "{var a = 1}", "write(x)"]
)
def test_a_handler_that_does_more_than_call_the_page_runs_code(code: str) -> None:
    assert runs(code, SMALL)


def test_a_call_of_the_page_counts_where_the_handler_itself_was_smuggled_in() -> None:
    assert runs("go()", SMALL, own=False) == "runs code"


def test_a_block_of_jsx_runs_nothing() -> None:
    assert runs("{()=>alert(1)}", SMALL) == ""
    assert runs("{alert(1)}", SMALL) == "opens a dialog"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "a+b",
        "f(x)\ng(y)",
        "'a' + `b`",
        "new X",
        "if (a) b()",
        "/a b/.test(c)",
        "a;b//c d e",
        "typeof x",
        "if (a(b)) c(d); else e",
        "for (a of b) c(a)",
        "(async x => { await y })()",
        "{get x() { return 1 }}",
        "do a()\nwhile (b)",
        ")a(1)",
        "a in b",
    ],
)
def test_script_has_no_two_operands_side_by_side(code: str) -> None:
    assert is_script(code)


@pytest.mark.parametrize(
    "code",
    [
        "please confirm",
        "a 'b'",
        "(a) `b`",
        "1 2",
        "it’s (so) nice here",
        "I get it(1) often",
        "it(1) meaning",
        "a return b",
    ],
)
def test_a_sentence_is_no_script(code: str) -> None:
    assert not is_script(code)


def test_script_in_signs_is_told_from_a_table() -> None:
    assert is_signs_only("[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]")
    assert is_signs_only("[] [ (![] [])[ [] ] (![] [])[! [] ! []]]")
    assert not is_signs_only("[ ] [x] [ ] [x] [ ] [ ] [ ] [x] [ ] [ ]")
