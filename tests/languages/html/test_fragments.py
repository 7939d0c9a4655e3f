from __future__ import annotations

import pytest
from gatelens.languages.html.fragments import Line, broken_off, in_a_line
from hypothesis import given
from hypothesis import strategies as st

from .vocabulary import SMALL


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('zz" onclick=', "begins an attribute that runs"),
        ("'formaction = ", "begins an attribute that runs"),
        ("<p><svg>", "opens foreign content, in which what follows is read otherwise"),
        ('<math xmlns="zz">', "opens foreign content, in which what follows is read otherwise"),
        ("<img src='//host.example/?", "opens a tag whose address swallows what follows"),
        ('"><a class=zz href="https://host.example/', "opens a tag whose address swallows what follows"),
    ],
)
def test_markup_that_is_broken_off_is_found(text: str, words: str) -> None:
    found = broken_off(text, SMALL)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "text",
    [
        'say "onclick=1"',
        "onclick=",
        "<svg></svg>",
        '<svg viewBox="0 0 4 4">',
        "<p>",
        "<img src='//films.example/?",
        "<img src='/a.png",
        "<img src='//host.example/a.png' alt=zz",
        "a film about the river: <img src='//host.example/",
    ],
)
def test_markup_that_stands_whole_or_leads_to_a_known_host_is_let_be(text: str) -> None:
    assert broken_off(text, SMALL) is None


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("<zz onclick=zz()>", Line.FORM, "opens a tag with an event handler"),
        ("<img src=//host.example/a.png>", Line.FORM, "opens a tag that loads a thing of a foreign host"),
        (
            "<p style='background:url(//host.example)'>",
            Line.FORM,
            "opens a tag with a style that loads a thing of a foreign host",
        ),
        (
            "<p>zz</p><iframe src=//host.example/a></iframe>",
            Line.FORM,
            "opens a tag that loads a thing of a foreign host",
        ),
        ("<img src=a.png", Line.FORM, "opens a tag that it does not end"),
        ("<font color=red>zz</font>", Line.ONLY, "opens a tag with attributes"),
    ],
)
def test_markup_that_acts_has_no_place_in_a_line_of_plain_text(text: str, line: Line, words: str) -> None:
    found = in_a_line(text, SMALL, line)
    assert found is not None
    assert found.words == words
    assert in_a_line(text, SMALL, Line.NONE) is None


@pytest.mark.parametrize(
    "text",
    [
        "<b>zz</b>",
        "</a.css>; rel=preload",
        "<https://host.example/a?b=1>; rel=next",
        "Ann <ann@host.example>",
        "a<b and c=d",
        "a < b and c=d",
        'what does <font color="red"> do in a mail to the printer',
    ],
)
def test_signs_and_formatting_have_one(text: str) -> None:
    assert in_a_line(text, SMALL, Line.ONLY) is None


@pytest.mark.parametrize(
    "text",
    [
        '<figure class="a"><img src="https://host.example/a.png"></figure>',
        "<!-- wp:image --><img src=//host.example/a.png>",
    ],
)
def test_a_form_may_take_rich_text_with_pictures_and_a_query_none(text: str) -> None:
    assert in_a_line(text, SMALL, Line.FORM) is None
    assert in_a_line(text, SMALL, Line.ONLY) is not None


@given(st.text(alphabet="<>/='\"ab svgon:.\n", max_size=60))
def test_no_text_raises(text: str) -> None:
    for line in Line:
        in_a_line(text, SMALL, line)
    broken_off(text, SMALL)
