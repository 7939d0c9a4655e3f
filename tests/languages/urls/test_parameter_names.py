from __future__ import annotations

import pytest
from gatelens.languages.urls.parameter_names import is_one_of, name_at, words_at


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/user/avatar_url/0", "avatar_url"),
        ("avatar_url[0]", "avatar_url"),
        ("cfg[path][base][0]", "base"),
        ('cfg["path"][0]', "path"),
        ("3", ""),
        ("", ""),
        ("[0]", ""),
    ],
)
def test_the_innermost_name_is_found(pointer: str, name: str) -> None:
    assert name_at(pointer) == name


def test_the_words_of_all_names_are_found_apart_and_joined() -> None:
    assert words_at("siteCfg[root_path][0]") >= {"site", "cfg", "sitecfg", "root", "path", "rootpath"}


@pytest.mark.parametrize("name", ["redirect_uri", "redirectUri", "REDIRECT-URI", "RedirectURI", "redirecturi"])
def test_a_name_is_known_however_its_words_are_joined(name: str) -> None:
    assert is_one_of(name, {"redirecturi"})
    assert not is_one_of(name + "s", {"redirecturi"})
