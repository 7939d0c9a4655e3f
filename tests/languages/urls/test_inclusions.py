from __future__ import annotations

import pytest
from gatelens.languages.urls.inclusions import Listed, Place, inclusion
from hypothesis import given
from hypothesis import strategies as st

LISTED = Listed(
    wrappers={"php": "reads a file", "jar": "opens an archive"},
    roots=frozenset({"etc"}),
    endings=frozenset({"txt", "gif"}),
    pages=frozenset({"html", "example"}),
    allowed=frozenset({"ok.example"}),
)
DOCUMENT = Place()
SCRIPT = Place(exposed=True, script=True)
PATH_NAME = Place(exposed=True, path_name=True)


def words(text: str, place: Place = DOCUMENT) -> str:
    found = inclusion(text, place, LISTED)
    return found.explanation if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PHP://input", "opens a stream wrapper that reads a file"),
        ("url:php://input", "opens a stream wrapper that reads a file"),
        ("jar:file:/a.jar!/b", "opens a stream wrapper that opens an archive"),
        ("http://shop.example/a?b=php://input", "opens a stream wrapper that reads a file"),
        ("data://text/plain,a", "opens a data stream as only PHP reads it"),
        ("data:,<?=7?>", "opens a data stream that holds a script"),
        ("file:///etc/group", "opens a file of the server by its URL"),
        ("url:file:///etc/group", "opens a file of the server by its URL"),
        ("file://localhost/etc/group", "opens a file of the server by its URL"),
        ("file:///home/../x", "opens a file of the server by its URL"),
    ],
)
def test_a_wrapper_is_told_by_what_it_does(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "php://input is read once",
        "php:",
        "data:text/plain,a",
        "data:image/png;base64,AAAA",
        "file:../a",
        "file:///home/anna/a",
        "https://shop.example/a.txt",
    ],
)
def test_what_a_document_may_hold_passes(text: str) -> None:
    assert words(text) == "" or text.startswith("php://")


@pytest.mark.parametrize(
    "text",
    [
        "http://o.example/a.txt",
        "http://o.example/a.gif?",
        "ftp://o.example/a",
        "https://o.example/a.cmd?x=1",
        "//o.example/a.txt",
    ],
)
def test_a_remote_file_given_to_a_script_is_told(text: str) -> None:
    assert words(text, SCRIPT)
    assert not words(text, DOCUMENT)


@pytest.mark.parametrize("text", ["http://o.example/a.html", "http://o.example/", "http://o.example/a", "a.txt"])
def test_a_page_given_to_a_script_passes(text: str) -> None:
    assert not words(text, SCRIPT)


def test_the_name_of_a_link_takes_links_and_the_name_of_a_path_none() -> None:
    link = Place(exposed=True, script=True, link_name=True)
    assert not words("http://o.example/a.gif", link)
    assert words("http://o.example/a.gif?", link)
    assert words("http://o.example/a", Place(exposed=True, script=True, path_name=True))
    assert words("http://o.example/a.txt", PATH_NAME)
    assert not words("http://o.example/a", PATH_NAME)


def test_an_allowed_host_is_no_other_host() -> None:
    assert not words("http://a.ok.example/a.txt", SCRIPT)
    assert words("http://ok.example.o.example/a.txt", SCRIPT)


@given(st.text(alphabet="htpfiledat:/\\?.,;<=%\x00#x ", max_size=80))
def test_deciding_never_raises(text: str) -> None:
    for place in (DOCUMENT, SCRIPT, PATH_NAME):
        inclusion(text, place, LISTED)
