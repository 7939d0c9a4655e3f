from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gatelens.decoders.decoded import Decoded
from gatelens.decoders.segment import NamedSegment
from gatelens.inspection import Hit, Target, View
from gatelens.inspectors.executable_upload import Inspector
from gatelens.model.location import Part
from gatelens.model.message import Message, Phase
from gatelens.model.rule import RuleFile
from gatelens.ruleset.loader import rule_from
from ruamel.yaml import YAML

FILE: dict[str, Any] = YAML(typ="safe").load(Path(__file__).parents[2] / "rules/injection/executable-upload.yaml")
REQUEST = Message(phase=Phase.REQUEST, method="POST", target="/", headers=(), body=b"", time=1_800_000_000.0)
_made = rule_from(msgspec.convert(FILE, RuleFile), "test.yaml")
assert _made is not None
RULE = _made


def why(value: str, header: str = "x-filename") -> str:
    hit = Hit(RULE, Target(NamedSegment(Part.HEADER, [header], [value]), 0, value))
    return "".join(match.explanation for match in Inspector([RULE]).inspect(View(REQUEST, Decoded(), [RULE], [hit])))


@pytest.mark.parametrize(
    "name", ["a.php", "a.PHP7", "b/a.jsp...", "a. jsp", "a.php.jpg", "a.php\x00.jpg", "a.asp::$DATA"]
)
def test_a_name_that_a_server_runs_is_told(name: str) -> None:
    assert why(name) == "names a file that the server runs"


@pytest.mark.parametrize("name", [".htaccess", "/tmp/sess_0a1b", "web.config"])
def test_a_name_that_a_server_reads_is_told(name: str) -> None:
    assert why(name) == "names a file that the server reads for itself"


@pytest.mark.parametrize("name", ["a.jpg", "php.jpg", "php", "a.phpunit.xml", "my sess_notes.txt", "a.json"])
def test_other_names_pass(name: str) -> None:
    assert why(name) == ""


def test_only_headers_that_name_files_are_read() -> None:
    assert why("a.php", "referer") == ""
