from __future__ import annotations

import base64
import collections
import gzip
import os
import pickle

import pytest
from gatelens.languages.serialized import (
    dotnet_binary,
    java_stream,
    node_functions,
    php_serialize,
    pickle_stream,
    ruby_marshal,
    typed_json,
    typed_xml,
    yaml_tags,
)
from gatelens.languages.serialized.class_names import Classes, Known
from gatelens.languages.serialized.encoded_bytes import Run, runs
from gatelens.languages.serialized.outline import Outline
from gatelens.languages.serialized.value import outline
from hypothesis import given
from hypothesis import strategies as st

COMPILED = Classes(
    {"to run code": ["org.acme.Loader", "acme.gadgets.*", "*.MagicTransformer", "System.Magic"]},
    ["java", "System"],
    ["java.util.ArrayList", "System.Collections.*"],
)
PYTHON = Classes({"to run a command": ["posix.system", "builtins.eval"]})
SCRIPTS = Classes({"to go on to other code": ["Gem.Installer", "Monolog.*"]})
KNOWN = Known(COMPILED, PYTHON, SCRIPTS, frozenset({"@type", "$type"}))

JAVA = b"\xac\xed\x00\x05sr\x00\x0forg.acme.Loader\x01\x02"
GRAPH = b"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00" + b"\x0c\x02System.Magic.Box"


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class Calls:
    """Pickled, it calls what it was made with."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.function, self.arguments


def why(value: str) -> str:
    found = outline(value, KNOWN)
    return f"{found.format}: {found.why}" if found else ""


@pytest.mark.parametrize(
    "value",
    [
        encoded(JAVA),
        base64.urlsafe_b64encode(JAVA).decode().rstrip("="),
        JAVA.hex(),
        JAVA.hex().upper(),
        encoded(gzip.compress(JAVA)),
        f"state={encoded(JAVA)}",
        f'"{encoded(JAVA)}"',
        JAVA.decode("latin-1"),
        encoded(b"x" + JAVA),
        encoded(b"xy" + JAVA),
        encoded(b"xyz" + JAVA)[4:],
    ],
)
def test_a_stream_of_java_objects_is_known_however_it_is_written(value: str) -> None:
    assert "Java" in why(value)


def test_classes_of_a_stream_are_told() -> None:
    (run,) = runs(encoded(JAVA))
    assert java_stream.outline(run, COMPILED) == Outline(
        "a stream of Java objects",
        "stream",
        ("org.acme.Loader",),
        encoded(JAVA),
        "its classes are known to be misused, to run code",
        ("base64",),
    )


@pytest.mark.parametrize(
    "value",
    ["Streams begin with rO0ABQ, they say", "rO0", "ro0abxnyabc", "xxrO0ABXNyAAAA", encoded(b"\xac\xed\x00\x04sr")],
)
def test_what_only_looks_like_a_stream_of_java_is_none(value: str) -> None:
    assert not why(value)


@pytest.mark.parametrize(
    "value",
    [
        'O:3:"Cat":0:{}',
        'O:+3:"Cat":1:{s:1:"a";i:1;}',
        'a:1:{s:3:"pet";O:3:"Cat":0:{}}',
        'a:1:{i:0;C:3:"Cat":2:{ab}}',
        "O:3:'Cat':0:{}",
        'O:9:"wrong":1:{s:99:"a";i:1;}',
        'cart|a:1:{i:0;O:3:"Cat":0:{}}',
        'n|i:1;cart|O:3:"Cat":0:{}',
        'O:12:"Ns\\\\Sub\\\\Cat":0:{}',
    ],
)
def test_an_object_of_php_is_told(value: str) -> None:
    assert php_serialize.outline(value, SCRIPTS) is not None


@pytest.mark.parametrize(
    "value",
    [
        'a:1:{s:3:"pet";s:3:"Cat";}',
        's:10:"O:3:"Cat":0:{}";',
        "i:5;",
        "N;",
        'We saw O:3:"Cat":0:{} in the log',
        'O:3:"Cat"',
        "O:1 and C:2",
        "",
    ],
)
def test_data_and_talk_of_php_are_no_objects(value: str) -> None:
    assert php_serialize.outline(value, SCRIPTS) is None


@pytest.mark.parametrize("protocol", [0, 2, 3, 4, 5])
def test_a_pickle_that_calls_something_is_told_in_every_protocol(protocol: int) -> None:
    raw = pickle.dumps({"a": [1, Calls(os.getcwd)]}, protocol)
    value = raw.decode("latin-1") if protocol == 0 else encoded(raw)
    assert "pickle" in why(value)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_data_passes(protocol: int) -> None:
    raw = pickle.dumps({"name": "Ann", "tags": ["a", "b"], "n": 1.5, "none": None, "deep": {"a": (1, 2)}}, protocol)
    value = raw.decode("latin-1") if protocol == 0 else encoded(raw)
    assert why(value) == ""


def test_an_object_of_any_class_is_told_in_a_pickle() -> None:
    raw = pickle.dumps(collections.OrderedDict(a=1), 4)
    found = pickle_stream.outline(raw, PYTHON, "", ())
    assert found is not None
    assert found.parts == ("collections.OrderedDict",)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("cposix\nsystem\n(S'ls'\ntR.", "known to be misused, to run a command"),
        ("cshop\ncancel\n(I7\ntR.", "imports a name and calls it"),
        ("(S'ls'\niposix\nsystem\n.", "known to be misused, to run a command"),
        ("cats and\ndogs are\n(here)", ""),
        ("(list\nof\nlines)", ""),
        ("class A:\n  pass\n", ""),
    ],
)
def test_pickles_in_text_and_texts_like_them(value: str, told: str) -> None:
    assert told in why(value)
    assert bool(why(value)) == bool(told)


def test_a_graph_of_dotnet_is_told_and_view_state_of_a_page_is_not() -> None:
    assert "object graph" in why(encoded(GRAPH))
    assert "view state" in why(encoded(b"\xff\x01\x32\x80\x01" + GRAPH))
    assert why(encoded(b"\xff\x01\x0f\x0f\x05\x0a12345678\x64\x64")) == ""
    assert dotnet_binary.outline(Run(b"\x00\x01\x00\x00\x00", "", (), True), COMPILED) is None


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"\x04\x08o:\x13Gem::Installer\x06:\x07@aai\x06", ("Gem::Installer",)),
        (b"\x04\x08[\x07i\x06o:\x08Cat\x00", ("Cat",)),
        (b"\x04\x08U:\x08Cat[\x00", ("Cat",)),
        (b"\x04\x08c\x08Cat", ("Cat",)),
        (b'\x04\x08{\x06I"\x06a\x06:\x06ETo:\x08Cat\x00', ("Cat",)),
    ],
)
def test_objects_of_ruby_are_told(raw: bytes, names: tuple[str, ...]) -> None:
    found = ruby_marshal.outline(Run(raw, "x", (), True), "x", SCRIPTS)
    assert found is not None
    assert found.parts == names


@pytest.mark.parametrize(
    "raw", [b"\x04\x08[\x07i\x06i\x07", b'\x04\x08{\x06I"\x06a\x06:\x06ETi\x06', b"\x04\x08o", b"\x04\x08"]
)
def test_data_of_ruby_passes(raw: bytes) -> None:
    assert ruby_marshal.outline(Run(raw, "x", (), True), "x", SCRIPTS) is None


def test_what_is_signed_is_left_to_the_framework() -> None:
    value = encoded(b"\x04\x08o:\x08Cat\x00")
    assert why(value)
    assert not why(f"{value}--{'0a' * 20}")


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:posix.system [ls]",
        "a:\n  - !!python/name:posix.system",
        "--- !!python/object/apply:shop.cancel [7]",
        "{a: !!python/object/new:builtins.eval ['1']}",
        "!<tag:yaml.org,2002:python/object/apply:posix.system> [ls]",
        "k: !!org.acme.Loader [1]",
        "!!shop.model.Cat {n: 1}",
        "k: !!java.net.URL [x]",
        "--- !ruby/object:Gem::Installer\ni: x",
        "a: !!js/function 'function(){}'",
        '!php/object "O:3"',
    ],
)
def test_tags_that_build_or_call_are_told(value: str) -> None:
    assert yaml_tags.outline(value, KNOWN) is not None


@pytest.mark.parametrize(
    "value",
    [
        "!!str a",
        "a: !Ref Bucket",
        "a: !!python/tuple [1]",
        "theme:\n  emoji: !!python/name:material.emoji.twemoji",
        "theme:\n  slugify: !!python/object/apply:pymdownx.slugs.slugify {}",
        "Do not load !!python/object/apply:posix.system from outside",
        "items:\n  - list: x\n    cat: !!shop.model.Cat {n: 1}",
        "wow!! java.net rocks",
        "",
    ],
)
def test_tags_of_data_and_talk_of_tags_pass(value: str) -> None:
    assert yaml_tags.outline(value, KNOWN) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"f":"_$$ND_FUNC$$_function(){}()"}', True),
        ("_$$ND_FUNC$$_function (){}", True),
        ("__js_function", True),
        ('{"x": {"__js_function": "function(){}"}}', True),
        ("the mark _$$ND_FUNC$$_ is dangerous", False),
        ("my__js_function_name", False),
    ],
)
def test_functions_in_json_are_told(value: str, told: bool) -> None:
    assert (node_functions.outline(value) is not None) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"@type": "org.acme.Loader"}, True),
        ({"a": [{"@TYPE": "Lorg.acme.Loader;"}]}, True),
        ({"$type": "System.Diagnostics.Trace, System"}, True),
        ({"@type": "java.io.Thing"}, True),
        ({"@type": "java.util.ArrayList"}, False),
        ({"$type": "System.Collections.Generic.List`1[[System.String]], mscorlib"}, False),
        ({"@type": "Person"}, False),
        ({"@type": "type.googleapis.com/a.B"}, False),
        ({"$type": "Shop.Cat, Shop"}, False),
        ({"other": "java.io.Thing"}, False),
        (None, False),
    ],
)
def test_types_in_json_are_told(value: object, told: bool) -> None:
    assert (typed_json.of_value(value, COMPILED, KNOWN.type_keys) is not None) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ('{"@type":"org.acme.Loader"}', True),
        ("{'@type':'acme.gadgets.Any', broken", True),
        ('[{"$type" : "System.Xyz.Process, System"}]', True),
        ('{"@type":"Person"}', False),
        ('as in {"@type":"org.acme.Loader"}', False),
    ],
)
def test_types_in_a_text_of_json_are_told(value: str, told: bool) -> None:
    assert (typed_json.of_text(value, COMPILED, KNOWN.type_keys) is not None) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("<org.acme.Loader/>", True),
        ("<java.beans.Thing><a/></java.beans.Thing>", True),
        ('<object class="org.acme.Loader"/>', True),
        ('<r xmlns:m="clr-namespace:System.Magic;assembly=x"/>', True),
        ('<bean class="shop.Cat"/>', False),
        ("<java.util.ArrayList/>", False),
        ("Map<org.acme.Loader, java.beans.Thing>", False),
        ("<p>org.acme.Loader</p>", False),
    ],
)
def test_classes_in_xml_are_told(value: str, told: bool) -> None:
    assert (typed_xml.of_text(value, COMPILED) is not None) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("org.acme.Loader", True),
        ("shaded.lib.MagicTransformer", True),
        ("ORG.ACME.LOADER", True),
        ("[Lorg.acme.Loader;", True),
        ("System.Magic, mscorlib, Version=4.0", True),
        ("org.acme.LoaderTest", False),
        ("MagicTransformer", False),
        ("see org.acme.Loader", False),
        ("\tat org.acme.Loader.run(Loader.java:1)", False),
    ],
)
def test_a_whole_value_that_names_a_listed_class_is_told(value: str, told: bool) -> None:
    assert bool(why(value)) == told


def test_an_outline_is_a_small_tree_of_planted_nodes() -> None:
    found = outline("a:1:{i:0;" + 'O:3:"Cat":0:{}' * 50, KNOWN)
    assert found is not None
    tree = found.tree()
    assert tree.planted
    assert len(tree.children) <= 11
    assert {child.label for child in tree.children} == {"Cat"}


SEEDS = st.sampled_from(
    [
        "rO0AB",
        "H4sI",
        "gASV",
        "BAh",
        "/wE",
        'O:1:"',
        "a:1:{",
        "cposix\n",
        "!!python/",
        "<a.b",
        '{"@type":"',
        "\x04\x08",
        "\xac\xed\x00\x05",
    ]
)


@given(st.lists(SEEDS | st.text(max_size=20), max_size=20).map("".join))
def test_no_text_raises(value: str) -> None:
    found = outline(value, KNOWN)
    assert found is None or len(found.confirmed().evidence) <= 200


@given(st.binary(max_size=200), st.sampled_from([b"\x80\x04", b"\x04\x08", b"\xac\xed\x00\x05sr", b"\xff\x01\x32"]))
def test_no_bytes_raise(raw: bytes, head: bytes) -> None:
    outline(encoded(head + raw), KNOWN)
