from __future__ import annotations

import pytest
from gatelens.languages.urls.drawing import url_drawn
from gatelens.languages.urls.fetches import Asked, Place, fetch
from gatelens.languages.urls.hosts import known
from gatelens.model.explanation import Tree
from hypothesis import given
from hypothesis import strategies as st

ASKED = Asked(
    known({"the metadata": ["169.254.169.254"]}, {"the server itself": ["localhost"]}, [], [], [], [], []),
    schemes=frozenset({"gopher"}),
    exposed_schemes=frozenset({"sftp"}),
    closed_ports=frozenset({6379}),
    administration_ports=frozenset({9200}),
    inner_paths=frozenset({"admin"}),
)
DOCUMENT = Place()
PARAMETER = Place(exposed=True)


def words(text: str, place: Place = DOCUMENT) -> str:
    found = fetch(text, place, ASKED)
    return found.explanation if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://169.254.169.254/x", "leads to the metadata"),
        ("gopher://shop.example/_x", "asks for a scheme that only an attack asks for"),
        ("http://127.1/x", "leads to the server itself, its address written as nobody does"),
        ("http:10.0.0.1/x", "leads to a private network, written as nobody does"),
        ("http://shop.example\\@127.0.0.1/", "leads to the server itself, written as nobody does"),
        ("http://10.0.0.1\\@shop.example/", "leads to a private network for some readers, and elsewhere for others"),
        ("http://shop.example@127.0.0.1/", "leads to the server itself, behind the name of another host"),
        ("http://localhost:6379/", "leads to the server itself, to a service that speaks no HTTP"),
        ("http://localhost/admin", "leads to the server itself, to a page of administrators"),
        ("https://shop.example/go?to=http://127.0.0.1/", "asks an outer host to send it on to the server itself"),
        (
            "https://shop.example/go?to=http%3A%2F%2F0x7f.1",
            "asks an outer host to send it on to the server itself, its",
        ),
    ],
)
def test_a_url_that_nobody_means_is_told(text: str, expected: str) -> None:
    assert words(text).startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://localhost:8080/x",
        "http://10.0.0.1:9100/metrics",
        "http://localhost:9200",
        "https://shop.example/",
        "sftp://files.example/x",
        "http://169.254.169.254/x is where it is told",
        "see http://169.254.169.254/x",
        "http://localhost:3000 doesn't start for me",
        "http://ann@127.0.0.1/",
        "PLAIN://localhost:9092,OTHER://localhost:29092",
        "https://id.example/login?redirect_uri=http://localhost:3000/cb",
        "https://id.example/login?redirect_uri=http://localhost/cb",
        "redis://localhost:6379",
    ],
)
def test_a_url_that_a_document_may_hold_passes(text: str) -> None:
    assert words(text) == ""


def test_a_parameter_that_is_fetched_may_name_no_inner_host() -> None:
    for place in (PARAMETER, Place(fetched=True)):
        assert words("http://10.0.0.1/x", place) == "leads to a private network"
    assert not words("http://10.0.0.1/x", Place(exposed=True, followed=True))
    assert not words("http://203.0.113.7/x", PARAMETER)


def test_a_private_address_under_the_name_of_a_url_is_told_but_not_with_a_password_for_it() -> None:
    assert words("http://10.0.0.1/x", Place(addressed=True))
    assert not words("http://anna:secret@10.0.0.1/x", Place(addressed=True))
    assert not words("http://localhost/x", Place(addressed=True))


def test_a_page_of_administrators_is_no_redirect_but_on_a_developers_port() -> None:
    assert words("http://localhost/admin", Place(followed=True))
    assert not words("http://localhost:3000/admin", Place(followed=True))


def test_lines_of_another_protocol_are_told() -> None:
    assert words("http://localhost:8080/x%0d%0aSET a") == "leads to the server itself, with lines of another protocol"
    assert not words("http://shop.example/x%0d%0aSET a")


def test_several_hosts_of_one_cluster_are_no_confusion() -> None:
    assert not words("mongodb://localhost:27017,localhost:27018/shop")
    assert words("http://localhost:27017,shop.example/")


def test_without_a_scheme_only_a_host_that_nobody_means_is_told() -> None:
    assert words("//169.254.169.254/x")
    assert not words("//localhost/x")


def test_in_a_parameter_a_host_needs_no_scheme() -> None:
    place = Place(exposed=True, addressed=True)
    assert words("localhost/x", place)
    assert not words("localhost", place)
    assert not words("shop.example/x", place)
    assert not words("10.0.0.0/8", place)
    assert not words("localhost/x", PARAMETER)


def test_in_a_path_the_url_begins_at_a_segment() -> None:
    place = Place(path=True, exposed=True)
    assert words("/fetch/gopher://127.0.0.1/_x", place)
    assert not words("/fetch/https://shop.example/", place)
    assert not words("/fetch/localhost", place)


def test_the_drawing_shows_every_host() -> None:
    shown = url_drawn("here", "http://anna@shop.example\\@10.0.0.1:80/x").attack
    assert Tree("host 10.0.0.1", planted=True) in shown.children
    assert Tree("port 80", planted=True) in shown.children
    assert any("shop.example" in part.label for part in shown.children)


@given(st.text(alphabet="htp:/\\@#?.%[]a127.0 \t;&=", max_size=80))
def test_deciding_never_raises(text: str) -> None:
    for place in (DOCUMENT, Place(path=True), Place(exposed=True, addressed=True, fetched=True)):
        fetch(text, place, ASKED)
        fetch("http://" + text, place, ASKED)
    url_drawn("here", text)
