from __future__ import annotations

import pytest
from gatelens.languages.shell.options import Options, option
from hypothesis import given
from hypothesis import strategies as st

OPTIONS = Options({"runs a command": ["--run", "-oRun", "-c core."], "writes a file": ["-X/"]})


@pytest.mark.parametrize(
    "text", ["--run=id", "--run id", "-oRun=id", "-c core.x=id", "-X/srv/x", "x --run=/tmp/x", "'--run=id"]
)
def test_an_option_with_a_value_is_found(text: str) -> None:
    assert option(text, OPTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "--run",
        "--running=id",
        "--run <command>",
        "--run COMMAND",
        "use it --run=id",
        "--run is the one that runs",
        "-x",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not option(text, OPTIONS)


def test_the_explanation_says_what_the_option_does() -> None:
    found = option("x -X/srv/x", OPTIONS)
    assert found is not None
    assert found.explanation == "is taken for an option that writes a file"
    assert found.evidence == "-X/srv/x"


def test_no_options_are_never_found() -> None:
    assert option("--run=id", Options({})) is None


@given(st.text(alphabet="-runcoX/= '\"<A", max_size=60))
def test_reading_never_raises(text: str) -> None:
    option(text, OPTIONS)
