from __future__ import annotations

import pytest
from gatelens.confirmation import Work
from gatelens.languages.html.confinement import injection
from gatelens.languages.html.vocabulary import Vocabulary
from hypothesis import example, given
from hypothesis import strategies as st

from .vocabulary import SMALL

FOUND = {
    "<script>alert(1)</script>": "stands in a text, opens a script element that opens a dialog",
    "<script src=/a.js></script>": "stands in a text, opens a script element that loads a script",
    "<zz onclick=alert(1)>": "stands in a text, opens a tag with an event handler that opens a dialog",
    "<a href=javascript:alert(1)>": "stands in a text, opens a tag with a URL that opens a dialog",
    "<p style=x:expression(y)>": "stands in a text, opens a tag with a style that computes a property by script",
    "<iframe src=//host.example>": "stands in a text, opens an embedded document of a foreign host",
    "<p v-if=x.constructor('y')()>": "stands in a text, opens a tag with a directive that makes a function of a text",
    '" onclick=zz(1) y="': "closes an attribute in double quotes, adds an event handler that runs code",
    "x' href='javascript:alert(1)": "closes an attribute in single quotes, adds a URL that opens a dialog",
    "onclick=alert(1)": "stands among the attributes of a tag, adds an event handler that opens a dialog",
    "x onclick=alert(1)": "ends an attribute without quotes, adds an event handler that opens a dialog",
    '"><zz': "closes an attribute in double quotes, closes its tag and opens another",
    "zz\"'-->zz": "closes whatever it stands in, ends quotes and a comment at once",
    "';alert(1)//": "closes a script's string in single quotes, goes on with script that opens a dialog",
    "x${alert(1)}": "stands in a template literal, adds an expression that opens a dialog",
    "alert(1)": "is an expression of a script, opens a dialog",
    "<a href=jajavascriptvascript:alert(1)>": (
        "stands in a text, opens a tag with a URL whose scheme is hidden and that opens a dialog"
    ),
    "<img src=java script:alert(1)>": (
        "stands in a text, opens a tag with a URL, parted by white space, that opens a dialog"
    ),
    "<img src='&{alert(1)}'>": "stands in a text, opens a tag with a value that is script and opens a dialog",
    "<zz x[y]onclick[z]=alert(1)>": "stands in a text, opens a tag with an attribute that opens a dialog",
    "<zz oonnclick=alert(1)>": "stands in a text, opens a tag with an attribute that opens a dialog",
    "<p style='a:b}c'>": "stands in a text, opens a tag with a style that leaves its declarations",
    "<p style='a:\x01'>": "stands in a text, opens a tag with a style that leaves its declarations",
    "<scrscriptipt>alert(1)</scrscriptipt>": "stands in a text, opens a script element that opens a dialog",
    "x>alert(1)</script>": "stands in a text, ends a script element that opens a dialog",
    "\u00bcscript\u00bealert(1)\u00bc/script\u00be": "stands in a text, opens a script element that opens a dialog",
    "<p><svg>": "stands in a text, opens foreign content, in which what follows is read otherwise",
    "[url]javascript:alert(1)[/url]": "is the address of a link in BBCode, opens a dialog",
    "javascript:zz(1)": "is a URL, runs code",
    "javascript:alert(1)": "is a URL, opens a dialog",
    "see [here](javascript:alert(1)) and": "is the address of a link in Markdown, opens a dialog",
    "x:expression(y)": "stands in a style, computes a property by script",
    "{{x.constructor('y')()}}": "stands in a client-side template, adds an expression that makes a function of a text",
    "</title><b>": "stands in a text, closes a title element that it did not open, and opens another",
}

LET_BE = [
    "<b>alert</b> (1)",
    "<script>",
    "<script type=application/ld+json>{}</script>",
    "<zz onclick=open>",
    "<a href=javascript:void(0)>",
    "<p style=x:y>",
    "<iframe src=//films.example/x>",
    "<p v-if=x.y>",
    '" class=zz y="',
    'say "onclick" = zz',
    "it's; so what",
    "'zz' --> \"zz\"",
    "x${y}",
    "alert",
    "fetch('/x').then(y)",
    "JavaScript: a guide",
    "see [here](javascript:void(0)) and",
    "x:expression",
    "{{x.y}}",
    "<title>x</title><b>",
    "<a href=zz:a(1)>",
    "<img src=java alt=script:alert>",
    "<zz (click)=alert>",
    "<p style='a:b'>",
    "<manuscript>alert(1)</manuscript>",
    "x</script>",
    "\u00bczz\u00be",
    "[url]https://host.example[/url]",
    "javascript:history.go(-1)",
    "javascript:void(0);",
]


@pytest.mark.parametrize(("text", "why"), FOUND.items())
def test_a_value_that_is_run_is_found_with_its_place(text: str, why: str) -> None:
    found = injection(text, SMALL, Work(10_000))
    assert found is not None
    assert found.explanation == why
    assert found.evidence in found.text


@pytest.mark.parametrize("text", LET_BE)
def test_a_value_that_is_nearly_one_is_let_be(text: str) -> None:
    found = injection(text, SMALL, Work(10_000))
    assert found is None or text == "<script>"


def test_what_a_filter_of_tags_would_leave_is_read_too() -> None:
    assert injection("<scr<i>ipt>alert(1)</scr</i>ipt>", SMALL, Work(10_000))
    assert injection('"on<i>click=alert(1)', SMALL, Work(10_000))


def test_what_a_reader_of_xml_would_join_is_read_too() -> None:
    assert injection('<img src="javas<!-- -->cript:alert(1)">', SMALL, Work(10_000))
    assert injection('<img src="javas<![CDATA[cript:alert(1)">', SMALL, Work(10_000))
    assert injection("<p>java<!-- and -->script: a language</p>", SMALL, Work(10_000)) is None


def test_where_no_markup_may_stand_formatting_is_found_and_generics_are_not() -> None:
    strict = Vocabulary({}, {}, rich_text=False)
    assert injection("a <b>bold</b> word", strict, Work(10_000))
    assert injection("Map<String, List<Long>> x", strict, Work(10_000)) is None


def test_more_markup_than_is_read_is_found() -> None:
    found = injection("<a b>" * 100, SMALL, Work(500))
    assert found is not None
    assert found.words == "holds more markup than is read"


@given(st.text(alphabet="<>/='\"`{}()[]$;:!- \n\\ascript", max_size=80))
@example("<script " * 10)
@example("<a style='" * 10)
def test_no_text_raises_or_costs_more_than_its_length(text: str) -> None:
    work = Work(10_000)
    injection(text, SMALL, work)
    assert work.left > 0


def test_an_attribute_that_does_not_end_is_not_read_again_from_each_tag_for_ever() -> None:
    found = injection("<a @b='(c=" * 4_000, SMALL, Work(100_000))
    assert found is not None
    assert found.words == "holds more markup than is read"
