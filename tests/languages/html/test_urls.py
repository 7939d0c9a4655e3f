from __future__ import annotations

import pytest
from gatelens.languages.html.urls import data_url, foreign_host, obscured_host, obscured_url, script_url

from .vocabulary import SMALL


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " \x01JaVa\nScRiPt\t:alert(1)",
        "javascript://%0aalert(1)",
        "vbscript:alert 1",
        "feed:javascript:alert(1)",
        "\u00e2\x81\x9fjavascript:alert(1)",
        "javascript:a=1",
    ],
)
def test_a_script_url_is_one_however_it_is_spelled(url: str) -> None:
    assert script_url(url, SMALL)


@pytest.mark.parametrize(
    "url",
    ["javascript:void(0)", "javascript:;", "javascript:", "javascript:go('a')", "/javascript:x", "JavaScript guide"],
)
def test_a_script_url_that_does_nothing_of_its_own_is_harmless(url: str) -> None:
    assert script_url(url, SMALL) == ""


def test_a_document_in_a_url_is_told_from_a_picture() -> None:
    assert data_url("data:text/html,x", image=False)
    assert data_url("data:image/svg+xml,x", image=False)
    assert not data_url("data:image/svg+xml,x", image=True)
    assert not data_url("data:image/png;base64,x", image=False)


@pytest.mark.parametrize(
    "url", ["//host.example/x", "https:\\\\host.example", "http://zz@host.example", "mhtml:http://host.example"]
)
def test_another_host_is_foreign(url: str) -> None:
    assert foreign_host(url, SMALL)


@pytest.mark.parametrize("url", ["/x", "x.html", "https://www.films.example/embed", "HTTPS://FILMS.example.", "#x", ""])
def test_a_known_host_and_the_site_itself_are_not(url: str) -> None:
    assert not foreign_host(url, SMALL)


@pytest.mark.parametrize(
    ("url", "does"),
    [
        ("javajavascriptscript:alert(1)", "opens a dialog"),
        ("[x]java[y]script:alert(1)", "opens a dialog"),
        ("zz:alert(1)", "opens a dialog"),
        ("zz:a(1)", ""),
        ("/zz:alert(1)", ""),
        ("?zz:alert(1)", ""),
        ("a ? b : {c: alert(1)}", ""),
        ("https:alert(1)", ""),
        ("alert(1)", ""),
    ],
)
def test_a_script_behind_a_scheme_that_is_none_is_told(url: str, does: str) -> None:
    assert obscured_url(url, SMALL) == does


@pytest.mark.parametrize("url", ["http://0x7f.0.0.0x1/", "//0177.0.0.01", "https://2130706433/a", "//0x7f000001"])
def test_a_host_in_numbers_that_nobody_writes_is_obscured(url: str) -> None:
    assert obscured_host(url)


@pytest.mark.parametrize("url", ["//127.0.0.1/a", "http://10.0.0.12", "https://007.example", "//1234567/", "/0x7f/"])
def test_an_address_as_all_write_it_is_not(url: str) -> None:
    assert not obscured_host(url)
