from __future__ import annotations

import pytest
from gatelens.languages.paths.catalogue import Catalogue, Kind
from gatelens.languages.paths.drawing import drawn
from gatelens.languages.paths.traversal import Limits, Place, traversal
from gatelens.model.explanation import Tree
from hypothesis import given
from hypothesis import strategies as st

CATALOGUE = Catalogue(
    {
        Kind.SECRET: {"the accounts": ("/etc/passwd", "/windows/win.ini")},
        Kind.SYSTEM: {"a file of the system": ("/etc/hosts",)},
        Kind.KEPT: {"passwords": (".htpasswd", "admin.conf")},
        Kind.APPLICATION: {"settings": (".env",)},
    }
)
LIMITS = Limits(exposed=2, aimless=4, documents=5, guarded=frozenset({"php"}), roots=frozenset({"var"}))
PARAMETER = Place(exposed=True)
DOCUMENT = Place()


def words(text: str, place: Place = DOCUMENT) -> str:
    found = traversal(text, place, CATALOGUE, LIMITS)
    return found.explanation if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("../etc/passwd", "climbs one directory to the accounts"),
        ("../../../etc/hosts", "climbs 3 directories to a file of the system"),
        ("/etc/passwd", "is the path of the accounts"),
        ("C:\\Windows\\win.ini", "is the path of the accounts"),
        ("../../../../../plan.pdf", "climbs 5 directories out of the directory it starts from"),
        ("../../../..", "climbs 4 directories out of the directory it starts from"),
        ("/../plan.pdf", "climbs one directory out of the directory it starts from"),
        ("img/../../../plan.pdf", "climbs 2 directories out of the directory it starts from"),
        (
            "....//plan.pdf",
            "climbs one directory out of the directory it starts from, written with steps that do not look like any",
        ),
        ("?./?./etc/hosts", "comes to a file of the system behind segments that cannot be read"),
        ("http://app.example/a?b=/../../etc/passwd", "climbs 2 directories to the accounts"),
        ("/../../. ../etc/passwd", "climbs 2 directories to the accounts"),
    ],
)
def test_a_path_that_leaves_is_told_with_where_it_comes_to(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../plan.pdf",
        "../../../../plan.pdf",
        "../..",
        "/etc/hosts",
        "/srv/etc/passwd",
        "../.env",
        "a/../b",
        "cat /etc/passwd",
        "See ../../etc/passwd, which a reader of names must refuse, and the ticket.",
        "import x from '../../../../../../x'\nimport y from './y'",
        "https://shop.example/a/b/../../c",
        "and so on.../or not",
    ],
)
def test_a_path_that_a_document_may_hold_passes(text: str) -> None:
    assert words(text) == ""


@pytest.mark.parametrize("text", ["../../plan.pdf", "../db.php", "..\\plan.pdf", "/etc/hosts", "../.env"])
def test_in_a_parameter_less_is_enough(text: str) -> None:
    assert words(text, PARAMETER)
    assert not words(text)


@pytest.mark.parametrize("text", ["../plan.pdf", "a/b.txt", "/srv/x"])
def test_a_plain_step_up_in_a_parameter_passes(text: str) -> None:
    assert not words(text, PARAMETER)


def test_in_a_parameter_a_listed_file_needs_no_root() -> None:
    named = Place(exposed=True, parameter=True)
    for text in ("etc/passwd", "/.env", "etc/hosts"):
        assert words(text, named)
        assert not words(text.lstrip("/"), DOCUMENT)
    assert not words(".env", named)
    assert not words("etc/passwd", PARAMETER)


def test_a_whole_drive_is_a_root() -> None:
    assert words("\\\\files.example\\c$\\windows\\win.ini")
    assert not words("\\\\files.example\\team\\windows\\win.ini")


def test_a_path_that_stays_within_may_pass_a_file_of_the_application() -> None:
    assert not words("one/../.env", PARAMETER)
    assert words("one/../../.env", PARAMETER)


def test_a_file_name_never_climbs() -> None:
    assert words("../plan.pdf", Place(names_a_file=True))
    assert not words("plan..pdf", Place(names_a_file=True))


def test_a_hidden_step_up_is_one_step_too_many() -> None:
    assert words("../plan.pdf", Place(hidden=True)).endswith("an encoding that its place does not ask for")


def test_padding_longer_than_is_read_hides_neither_end() -> None:
    assert words("a" * 100_000 + "/../../../etc/passwd")
    assert words("../../../etc/passwd/" + "b" * 100_000)


def test_the_drawing_shows_the_steps_and_where_they_lead() -> None:
    found = drawn("../../etc/passwd", DOCUMENT, CATALOGUE, LIMITS)
    assert found is not None
    assert found.attack == Tree(
        "/",
        (
            Tree("directory of the application", (Tree("2 times ..", planted=True),)),
            Tree("etc", (Tree("passwd", planted=True),), planted=True),
        ),
    )
    assert drawn("../plan.pdf", DOCUMENT, CATALOGUE, LIMITS) is None


@given(st.text(alphabet="./\\;\x00%2e5cf\ufffd :~\n=etcpaswd", max_size=80))
def test_deciding_never_raises(text: str) -> None:
    for place in (DOCUMENT, PARAMETER, Place(names_a_file=True, hidden=True)):
        assert (traversal(text, place, CATALOGUE, LIMITS) is None) == (drawn(text, place, CATALOGUE, LIMITS) is None)


FIELD = Place(exposed=True, parameter=True)


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("../../.htpasswd", DOCUMENT, "climbs 2 directories to passwords"),
        ("../.htpasswd", DOCUMENT, ""),
        ("../.htpasswd", FIELD, "climbs one directory to passwords"),
        ("/srv/shop/.htpasswd", DOCUMENT, ""),
        ("/srv/shop/.htpasswd", FIELD, "is the path of passwords"),
        ("/var/lib/admin.conf", FIELD, "is the path of passwords"),
        ("/src/admin.conf", FIELD, ""),
        ("/srv/.htpasswd/notes", FIELD, ""),
        ("src/.htpasswd", FIELD, ""),
        ("a/../../plan", FIELD, "climbs one directory out of the directory it starts from"),
        ("a/../../plan", DOCUMENT, ""),
        ("a.aspx::$DATA", DOCUMENT, "opens the data of a file under another of its names"),
        ("a::$x", DOCUMENT, ""),
        ("./\\/././/etc/passwd", DOCUMENT, "is the path of the accounts, written with steps that go nowhere"),
        ("./etc/passwd", DOCUMENT, ""),
        ("%windir%\\win.ini", DOCUMENT, "is the path of the accounts"),
    ],
)
def test_files_that_servers_keep_to_themselves(text: str, place: Place, told: str) -> None:
    assert words(text, place) == told
