from __future__ import annotations

import json

from gatelens import source_lines
from gatelens.decoders.json_body import read
from gatelens.inspection import Target
from gatelens.model.limits import Limits


def whole(document: object, text: str) -> str:
    """What `text` in `document` is a line of; empty where it is a value of its own."""
    segment = read(json.dumps(document).encode(), Limits()).values
    found = source_lines.whole(Target(segment, segment.texts.index(text), text))
    return found.text if found else ""


def test_a_line_of_a_cell_is_judged_with_its_neighbours() -> None:
    cells = {"cells": [{"source": ["a\n", "b\n", "c"]}, {"source": ["d"]}]}
    assert whole(cells, "b\n") == "a\nb\nc"
    assert whole(cells, "d") == ""


def test_an_array_of_values_is_no_text() -> None:
    assert whole({"tags": ["a", "b", "c"]}, "b") == ""
    assert whole({"source": ["a", "b"]}, "b") == ""
    assert whole({"source": "a"}, "a") == ""
