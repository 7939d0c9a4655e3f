from __future__ import annotations

import json

import pytest
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.yaml_source import Source, Yaml, dotted, read
from hypothesis import given
from hypothesis import strategies as st

VALUES: st.SearchStrategy[Yaml] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab :#-'\"\\é"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="abc", min_size=1), inner, max_size=3),
    max_leaves=10,
)


def faults(raw: bytes) -> list[str]:
    with pytest.raises(RulesetError) as caught:
        read("a.yaml", raw)
    return [str(fault) for fault in caught.value.faults]


@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: Yaml) -> None:
    assert read("a.yaml", json.dumps(value).encode()).data == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("0x1F", 31),
        ("-1.5", -1.5),
        ("2027-01-31", "2027-01-31"),
        ("'12'", "12"),
        ("a b", "a b"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: Yaml) -> None:
    assert read("a.yaml", text.encode()).data == value


def test_the_place_of_every_value_is_known() -> None:
    source = read("rules/a.yaml", b"id: x\nparams:\n  patterns:\n    - one\n    - two\n")
    assert source.line(("params", "patterns", 1)) == 5
    assert str(source.fault(("params", "patterns", 1), "two", "three")) == (
        "rules/a.yaml:5:7: params.patterns[1]: two; three"
    )


def test_a_fault_of_what_is_missing_stands_at_the_nearest_place_above() -> None:
    source = read("a.yaml", b"id: x\ntests:\n  match: [a]\n")
    assert (
        str(source.fault(("tests", "ignore"), "missing", "required")) == "a.yaml:3:3: tests.ignore: missing; required"
    )
    assert str(Source("a.yaml", None, {}).fault((), "nothing", "something")) == "a.yaml:1:1: nothing; something"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"a: 1\na: 2\n", ["a.yaml:2:1: a: given twice; once"]),
        (b"a: {b: 1, c: 2, b: 3}\n", ["a.yaml:1:17: a.b: given twice; once"]),
        (b"a: &x [1]\nb: *x\n", ["a.yaml:1:4: b: an alias; the value itself"]),
        (b"a: !secret 1\n", ["a.yaml:1:4: a: the tag !secret; plain YAML values"]),
        (b"a: !map {b: 1}\n", ["a.yaml:1:4: a: the tag !map; plain YAML values"]),
        (b"- !!set {a, b}\n", ["a.yaml:1:3: [0]: the tag tag:yaml.org,2002:set; plain YAML values"]),
        (b"a: \xff\n", ["a.yaml:1:1: no UTF-8 at byte 3; UTF-8"]),
        (b"a: [1\n", ["a.yaml:2:1: expected ',' or ']', but got '<stream end>'; YAML 1.2"]),
    ],
)
def test_what_says_two_things_or_none_is_refused_with_its_place(raw: bytes, found: list[str]) -> None:
    assert faults(raw) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"a: 1\n---\nb: 2\n",
        b"a: !!python/object/apply:os.system [x]\n",
        b"a: \x00\n",
        b"[" * 1100,
        b"a: @b\n",
        b"\t- a\n",
        b" " * (1024 * 1024 + 1),
    ],
    ids=["two documents", "a python object", "a control character", "depth", "a reserved sign", "a tab", "size"],
)
def test_what_is_no_plain_document_is_a_fault_and_no_crash(raw: bytes) -> None:
    assert faults(raw)


def test_an_alias_of_itself_ends() -> None:
    assert faults(b"a: &x [*x]\n") == ["a.yaml:1:4: a[0]: an alias; the value itself"]


@given(
    st.text(alphabet="ab:-[]{}&*!|>'\"#\n %@,?~0 \t") | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
)
def test_any_text_is_data_or_a_fault(text: str) -> None:
    try:
        read("a.yaml", text.encode())
    except RulesetError as error:
        assert error.faults


def test_a_way_is_written_as_people_write_it() -> None:
    assert dotted(("routes", 0, "limits", "ratio")) == "routes[0].limits.ratio"
    assert dotted(()) == ""
