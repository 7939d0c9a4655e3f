from __future__ import annotations

import pytest
from gatelens.languages.paths.exposure import Kept, exposure, is_plain, last_names
from hypothesis import given
from hypothesis import strategies as st

KEPT = Kept(
    names={".git": "a repository", ".env": "settings"},
    trails={"inner/state": "inner state"},
    endings={"sql": "a dump"},
    settings=frozenset({"config", "toml"}),
    open_directories=frozenset({".well-known"}),
    copies=frozenset({"bak"}),
    sources=frozenset({"php"}),
    shelves=frozenset({"contents"}),
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/.git/head", "a repository"),
        ("/a/.ENV", "settings"),
        ("/a\\.env", "settings"),
        ("/.env;x=1", "settings"),
        ("/.env.", "settings"),
        ("/inner/state", "inner state"),
        ("/a/x.sql", "a dump"),
        ("/x.php.bak", "a copy of a source"),
        ("/x.php~", "a copy of a source"),
        ("/.unknown/config", "settings in a hidden directory"),
        ("/.unknown/a/b.toml", "settings in a hidden directory"),
        ("/x.php;.png", "a program under the ending of another file"),
        ("/x.php%00.png", "a program under the ending of another file"),
    ],
)
def test_what_a_server_keeps_is_told(path: str, expected: str) -> None:
    found = exposure(path, KEPT)
    assert found is not None
    assert found[1] == expected


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/git/head",
        "/.gitx",
        "/environment",
        "/state/inner",
        "/.sql",
        "/x.php",
        "/x.bak",
        "/.well-known/config",
        "/config",
        "/.unknown/page",
        "/.../config",
        "/contents/.env",
        "/x.php;v=1",
    ],
)
def test_what_is_nearly_that_passes(path: str) -> None:
    assert exposure(path, KEPT) is None


@given(st.text(max_size=200))
def test_looking_never_raises(path: str) -> None:
    exposure(path, KEPT)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/v1/users/123", True),
        ("/a-b/C_d", True),
        ("/a/.env", False),
        ("/a;b", False),
        ("/x/SECRETS", False),
        ("/x/env", False),
    ],
)
def test_a_path_of_plain_names_that_are_not_listed_needs_no_closer_look(path: str, plain: bool) -> None:
    listed = Kept({"secrets": ""}, {"actuator/env": ""}, {}, *(frozenset[str](),) * 5)
    assert is_plain(path, last_names(listed)) is plain
