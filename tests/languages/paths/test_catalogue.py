from __future__ import annotations

import pytest
from gatelens.languages.paths.catalogue import Catalogue, Kind

CATALOGUE = Catalogue(
    {
        Kind.SECRET: {"accounts": ("/etc/passwd", "/proc/*/environ"), "keys": ("~/.ssh/id_rsa",)},
        Kind.APPLICATION: {"settings": (".env",)},
    }
)


def words(path: str, *, whole: bool = False) -> str:
    file = CATALOGUE.find(path.strip("/").split("/"), whole=whole)
    return file.words if file else ""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("etc/passwd", "accounts"),
        ("srv/etc/passwd", "accounts"),
        ("etc/passwd/more", "accounts"),
        ("proc/17/environ", "accounts"),
        ("proc/environ", ""),
        ("etc/passwords", ""),
        ("passwd", ""),
        ("app/.env", "settings"),
    ],
)
def test_a_file_is_found_at_the_end_of_any_path(path: str, expected: str) -> None:
    assert words(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("etc/passwd", "accounts"),
        ("c:/etc/passwd", "accounts"),
        ("srv/etc/passwd", ""),
        ("home/anna/.ssh/id_rsa", "keys"),
        ("root/.ssh/id_rsa", "keys"),
        ("~/.ssh/id_rsa", "keys"),
        (".ssh/id_rsa", ""),
        ("docs/sample/.ssh/id_rsa", ""),
    ],
)
def test_a_whole_path_must_begin_at_a_root_or_a_home(path: str, expected: str) -> None:
    assert words(path, whole=True) == expected
