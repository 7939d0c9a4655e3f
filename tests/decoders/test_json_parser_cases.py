"""What parsers of JSON agree on, what they differ in, and what none takes: each with what is said and read of it."""

from __future__ import annotations

from collections.abc import Sized

import pytest
from gatelens.decoders.json_body import read
from gatelens.decoders.json_document import JsonDocument
from gatelens.decoders.json_sequence import read_sequence
from gatelens.model.limits import Limits

from tests.support.messages import texts

SYNTAX, NUMBER, COMMENT, TRAILING = "json-syntax", "json-number", "json-comment", "json-trailing-data"
DUPLICATE, SIMILAR, SURROGATE = "json-duplicate-key", "json-similar-key", "lone-surrogate"
MARK, UTF8, CHARSET, LENGTH, DEPTH = "byte-order-mark", "invalid-utf8", "charset", "json-number-length", "json-depth"


def seen(document: JsonDocument) -> tuple[str, dict[str, str] | list[tuple[str, str]]]:
    """The kinds of anomaly, and the values by pointer (a list where a pointer is there twice)."""
    kinds = " ".join(anomaly.kind.value for anomaly in document.anomalies)
    values = [(place.removeprefix("body").removeprefix(":"), text) for place, text in texts(document.values)]
    return kinds, dict(values) if len(dict(values)) == len(values) else values


ACCEPTED: list[tuple[bytes, dict[str, str]]] = [
    (b"null", {}),
    (b"true", {}),
    (b"false", {}),
    (b"0", {}),
    (b"-0", {}),
    (b"[-0.0]", {}),
    (b"[1.5e3, 1E+2, 2e-7]", {}),
    (b"[0e0, 0E+0, 0.000]", {}),
    (b"[9007199254740993]", {"/0": "9007199254740993"}),
    (b"[18446744073709551615]", {"/0": "18446744073709551615"}),
    (b"[18446744073709551616]", {"/0": "18446744073709551616"}),
    (b"[-9223372036854775809]", {"/0": "-9223372036854775809"}),
    (b"[1e308, -1e308]", {}),
    (b"[123456789012.5]", {}),
    (b"[99999999999, 100000000000]", {"/1": "100000000000"}),
    (b'""', {}),
    (b'"a"', {"": "a"}),
    (b'["a", "b"]', {"/0": "a", "/1": "b"}),
    (b'["", "b"]', {"/1": "b"}),
    (b"[]", {}),
    (b"{}", {}),
    (b"[[], {}, [[]]]", {}),
    (b'{"": "x"}', {"/": "x"}),
    (b'{"a/b": "x", "m~n": "y"}', {"/a~1b": "x", "/m~0n": "y"}),
    (b'{"~1": "x"}', {"/~01": "x"}),
    (b'{"0": "x", "-": "y"}', {"/0": "x", "/-": "y"}),
    (b'{"a": {"b": [{"c": "x"}]}}', {"/a/b/0/c": "x"}),
    (b'{"a b": "x"}', {"/a b": "x"}),
    (b'{"\\u0061": "x"}', {"/a": "x"}),
    (b'{"a\\u0000": "x"}', {"/a\0": "x"}),
    (b'[1, "a", null, true, "b"]', {"/1": "a", "/4": "b"}),
    (b'["\\"\\\\\\/\\b\\f\\n\\r\\t"]', {"/0": '"\\/\b\f\n\r\t'}),
    (b'["\\u0041\\u00e9\\u20ac"]', {"/0": "Aé€"}),
    (b'["\\uD83D\\uDE00"]', {"/0": "😀"}),
    (b'["\\ud83d\\ude00!"]', {"/0": "😀!"}),
    (b'["\\u0000"]', {"/0": "\0"}),
    (b'["\\u000A\\u2028\\uFEFF"]', {"/0": "\n\u2028\ufeff"}),
    (b'["\\uFFFF\\uFFFE"]', {"/0": "\uffff\ufffe"}),
    (b'["\\\\u0041"]', {"/0": "\\u0041"}),
    (b'["\\\\\\"a"]', {"/0": '\\"a'}),
    (b'["\x7f"]', {"/0": "\x7f"}),
    ('["é€😀"]'.encode(), {"/0": "é€😀"}),
    ('["\u2028\ufeff"]'.encode(), {"/0": "\u2028\ufeff"}),
    ('{"é": "x"}'.encode(), {"/é": "x"}),
    (b' \t\r\n[ "a" , "b" ]\n\n', {"/0": "a", "/1": "b"}),
    (b'{ "a" : "x" , "b" : "y" }', {"/a": "x", "/b": "y"}),
    (b'{\r\n\t"a"\r\n:\t"x"}', {"/a": "x"}),
    (b'{"a": "x", "b": {"a": "y"}}', {"/a": "x", "/b/a": "y"}),
    (b'[{"a": "x"}, {"a": "y"}]', {"/0/a": "x", "/1/a": "y"}),
    (b'{"a": "x", "aa": "y"}', {"/a": "x", "/aa": "y"}),
    (b'{"a": "{", "b": "]", "c": ","}', {"/a": "{", "/b": "]", "/c": ","}),
    (b'["// no comment", "# nor this", "/* nor */"]', {"/0": "// no comment", "/1": "# nor this", "/2": "/* nor */"}),
    (b'["it\'s", "NaN"]', {"/0": "it's", "/1": "NaN"}),
    (b"[" * 40 + b'"a"' + b"]" * 40, {"/0" * 40: "a"}),
]

NUMBERS: list[tuple[bytes, str, dict[str, str]]] = [
    (b"[NaN]", NUMBER, {"/0": "NaN"}),
    (b'{"a": NaN, "b": "x"}', NUMBER, {"/a": "NaN", "/b": "x"}),
    (b"[Infinity]", NUMBER, {"/0": "Infinity"}),
    (b"[-Infinity]", NUMBER, {"/0": "-Infinity"}),
    (b"[+Infinity]", NUMBER, {"/0": "+Infinity"}),
    (b"[nan, inf, -inf]", NUMBER, {"/0": "nan", "/1": "inf", "/2": "-inf"}),
    (b"[0x1F]", NUMBER, {"/0": "0x1F"}),
    (b"[0b1, 0o7]", NUMBER, {"/0": "0b1", "/1": "0o7"}),
    (b"[+1]", NUMBER, {"/0": "+1"}),
    (b"[01]", NUMBER, {}),
    (b"[-01]", NUMBER, {"/0": "-01"}),
    (b"[00]", NUMBER, {}),
    (b"[.5]", NUMBER, {"/0": ".5"}),
    (b"[-.5]", NUMBER, {"/0": "-.5"}),
    (b"[1.]", NUMBER, {"/0": "1."}),
    (b"[1.e3]", NUMBER, {"/0": "1.e3"}),
    (b"[1e]", NUMBER, {"/0": "1e"}),
    (b"[1e+]", NUMBER, {"/0": "1e+"}),
    (b"[1.2.3]", NUMBER, {"/0": "1.2.3"}),
    (b"[1_000]", NUMBER, {"/0": "1_000"}),
    (b"[--1]", SYNTAX, {"/0": "--1"}),
    (b"[-]", SYNTAX, {"/0": "-"}),
    (b"[0411111111111]", NUMBER, {"/0": "0411111111111"}),
    (b"[1e309]", NUMBER, {}),
    (b"[-1e400]", NUMBER, {}),
    (b"[1e99999999999]", NUMBER, {}),
    (b"[1e-400]", NUMBER, {}),
    (b"[0.1e-400]", NUMBER, {}),
    (b"[0e-400]", "", {}),
    (b"[0e999]", "", {}),
    (b"[" + b"1" * 64 + b"]", "", {"/0": "1" * 64}),
    (b"[" + b"1" * 65 + b"]", LENGTH, {"/0": "1" * 65}),
    (b"[-" + b"1" * 65 + b"]", LENGTH, {"/0": "-" + "1" * 65}),
    (b"[0." + b"1" * 63 + b"]", "", {}),
    (b"[0." + b"1" * 64 + b"]", LENGTH, {}),
    (b"[1e" + b"0" * 62 + b"1]", "", {}),
    (b"[1e" + b"0" * 63 + b"1]", LENGTH, {}),
    (b"[1." + b"5" * 40 + b"e-" + b"0" * 30 + b"1]", LENGTH, {}),
    (b"[" + b"1" * 400 + b"]", f"{LENGTH} {NUMBER}", {"/0": "1" * 400}),
    (b'["' + b"1" * 400 + b'", 1.5]', "", {"/0": "1" * 400}),
]

STRINGS: list[tuple[bytes, str, dict[str, str]]] = [
    (b'["\\ud800"]', SURROGATE, {"/0": "\ufffd"}),
    (b'["\\udc00"]', SURROGATE, {"/0": "\ufffd"}),
    (b'["\\ude00\\ud83d"]', SURROGATE, {"/0": "\ufffd\ufffd"}),
    (b'["\\ud83d\\ud83d\\ude00"]', SURROGATE, {"/0": "\ufffd😀"}),
    (b'["\\ud83d\\ude00\\ude00"]', SURROGATE, {"/0": "😀\ufffd"}),
    (b'["\\ud83dx\\ude00"]', SURROGATE, {"/0": "\ufffdx\ufffd"}),
    (b'{"\\ud800": "x"}', SURROGATE, {"/\ufffd": "x"}),
    (b'["\\\\ud800"]', "", {"/0": "\\ud800"}),
    (b'["a\tb"]', SYNTAX, {"/0": "a\tb"}),
    (b'["a\nb"]', SYNTAX, {"/0": "a\nb"}),
    (b'["a\0b"]', SYNTAX, {"/0": "a\0b"}),
    (b'["a\x1fb"]', SYNTAX, {"/0": "a\x1fb"}),
    (b'{"a\nb": "x"}', SYNTAX, {"/a\nb": "x"}),
    (b'["\\x41"]', SYNTAX, {"/0": "A"}),
    (b'["\\v\\0"]', SYNTAX, {"/0": "\v\0"}),
    (b'["\\a"]', SYNTAX, {"/0": "a"}),
    (b'["\\\'"]', SYNTAX, {"/0": "'"}),
    (b'["\\U0041"]', SYNTAX, {"/0": "U0041"}),
    (b'["\\u004"]', SYNTAX, {"/0": "u004"}),
    (b'["\\u00G0"]', SYNTAX, {"/0": "u00G0"}),
    (b'["\\u"]', SYNTAX, {"/0": "u"}),
    (b'["\\\xc3\xa9"]', SYNTAX, {"/0": "é"}),
    (b'["a\\\nb"]', SYNTAX, {"/0": "ab"}),
    (b'["a\\\tb"]', SYNTAX, {"/0": "a\tb"}),
    (b"['a']", SYNTAX, {"/0": "a"}),
    (b"['it\\'s \"b\"']", SYNTAX, {"/0": 'it\'s "b"'}),
    (b"['\\\"']", SYNTAX, {"/0": '"'}),
    (b"['\\u0041\\x42\\\\']", SYNTAX, {"/0": "AB\\"}),
    (b"{'a': \"x\", \"b\": 'y'}", SYNTAX, {"/a": "x", "/b": "y"}),
    (b'["a', SYNTAX, {"/0": "a"}),
    (b'["a\\', SYNTAX, {"/0": "a"}),
    (b'["a\\"', SYNTAX, {"/0": 'a"'}),
    (b'["a\\\\"', SYNTAX, {"/0": "a\\"}),
    (b'"', SYNTAX, {}),
    (b'{"a": "x', SYNTAX, {"/a": "x"}),
    (b"{'a': 'x", SYNTAX, {"/a": "x"}),
    (b'{"a', SYNTAX, {}),
    (b'["\xff"]', UTF8, {"/0": "\ufffd"}),
    (b'["\xc3"]', UTF8, {"/0": "\ufffd"}),
    (b'["\xe2\x82"]', UTF8, {"/0": "\ufffd"}),
    (b'["\xe9t\xe9"]', UTF8, {"/0": "\ufffdt\ufffd"}),
    (b'["\xc0\xa7"]', UTF8, {"/0": "'"}),
    (b'["\xe0\x80\xa7\xf0\x80\x80\xa7"]', UTF8, {"/0": "''"}),
    (b'["\xc0\xa2"]', UTF8, {"/0": '"'}),
    (b'["\xc1\x9c"]', UTF8, {"/0": "\\"}),
    (b'["\xed\xa0\x80"]', UTF8, {"/0": "\ufffd\ufffd\ufffd"}),
    (b'["\xf5\x80\x80\x80"]', UTF8, {"/0": "\ufffd\ufffd\ufffd\ufffd"}),
    (b'{"\xff": "x"}', UTF8, {"/\ufffd": "x"}),
]

STRUCTURE: list[tuple[bytes, str, dict[str, str] | list[tuple[str, str]]]] = [
    (b"", SYNTAX, {}),
    (b" \n", SYNTAX, {}),
    (b"[", SYNTAX, {}),
    (b"]", SYNTAX, {}),
    (b"{", SYNTAX, {}),
    (b'["a"', SYNTAX, {"/0": "a"}),
    (b'["a",', SYNTAX, {"/0": "a"}),
    (b'{"a"', SYNTAX, {}),
    (b'{"a":', SYNTAX, {}),
    (b'{"a": "x"', SYNTAX, {"/a": "x"}),
    (b'{"a": "x",', SYNTAX, {"/a": "x"}),
    (b'["a",]', SYNTAX, {"/0": "a"}),
    (b'[,"a"]', SYNTAX, {"/1": "a"}),
    (b'["a",,"b"]', SYNTAX, {"/0": "a", "/2": "b"}),
    (b'{"a": "x",}', SYNTAX, {"/a": "x"}),
    (b'{,"a": "x"}', SYNTAX, {"/a": "x"}),
    (b'{"a": "x",,"b": "y"}', SYNTAX, {"/a": "x", "/b": "y"}),
    (b'{"a" "x"}', SYNTAX, {"/a": "x"}),
    (b'{"a":: "x"}', SYNTAX, {"/a": "x"}),
    (b'["a": "b"]', SYNTAX, [("/0", "a"), ("/0", "b")]),
    (b'["a" "b"]', SYNTAX, [("/0", "a"), ("/0", "b")]),
    (b'{"a": "x"]', SYNTAX, {"/a": "x"}),
    (b'["a"}', SYNTAX, {"/0": "a"}),
    (b'{a: "x"}', SYNTAX, {"/a": "x"}),
    (b'{a-b: "x", $c: "y"}', SYNTAX, {"/a-b": "x", "/$c": "y"}),
    (b'{1: "x"}', SYNTAX, {"/1": "x"}),
    (b'{null: "x"}', SYNTAX, {"/null": "x"}),
    (b"{a: b}", SYNTAX, {"/a": "b"}),
    (b"[True, None, undefined]", SYNTAX, {"/0": "True", "/1": "None", "/2": "undefined"}),
    (b"[nul]", SYNTAX, {"/0": "nul"}),
    (b"[TRUE]", SYNTAX, {"/0": "TRUE"}),
    (b"[truth]", SYNTAX, {"/0": "truth"}),
    (b'["a"]\x0b', f"{TRAILING} {SYNTAX}", {"/0/0": "a", "/1": "\x0b"}),
    (b'[\xc2\xa0"a"]', SYNTAX, [("/0", "\xa0"), ("/0", "a")]),
    (b'["a" /* c */, "b"]', COMMENT, {"/0": "a", "/1": "b"}),
    (b'["a", // c\n"b"]', COMMENT, {"/0": "a", "/1": "b"}),
    (b'["a", # c "x"\n"b"]', COMMENT, {"/0": "a", "/1": "b"}),
    (b'{"a": /* "b": */ "x"}', COMMENT, {"/a": "x"}),
    (b'{/**/"a"/***/:"x"//\n}', COMMENT, {"/a": "x"}),
    (b'["a"] // end', COMMENT, {"/0": "a"}),
    (b'/* "x" */ ["a"]', COMMENT, {"/0": "a"}),
    (b"[1/* c */, 2]", COMMENT, {}),
    (b'["a" /* open', f"{COMMENT} {SYNTAX}", {"/0": "a"}),
    (b"[1 / 2]", SYNTAX, {}),
    (b'["a",/* c */]', f"{COMMENT} {SYNTAX}", {"/0": "a"}),
    (b"[" * 41 + b'"a"' + b"]" * 41, DEPTH, {"/0" * 41: "a"}),
    (b"[" * 1024 + b'"a"' + b"]" * 1024, DEPTH, {"/0" * 1024: "a"}),
    (b"[" * 1030 + b'"a"' + b"]" * 1030, DEPTH, {"/0" * 1024: "a"}),
    (b"[" * 2000 + b"]" * 2000, DEPTH, {}),
]

NAMES: list[tuple[bytes, str, list[tuple[str, str]]]] = [
    (b'{"a": "x", "a": "y"}', DUPLICATE, [("/a", "x"), ("/a", "y")]),
    (b'{"a": "x", "\\u0061": "y"}', DUPLICATE, [("/a", "x"), ("/a", "y")]),
    (b'{"a": {"b": "x"}, "a": ["y"]}', DUPLICATE, [("/a/b", "x"), ("/a/0", "y")]),
    (b'{"a": "x", "a": 1}', DUPLICATE, [("/a", "x")]),
    (b'{"": "x", "": "y"}', DUPLICATE, [("/", "x"), ("/", "y")]),
    (b'{"a": "x", \'a\': "y"}', f"{DUPLICATE} {SYNTAX}", [("/a", "x"), ("/a", "y")]),
    (b'{"a": "x", a: "y"}', f"{DUPLICATE} {SYNTAX}", [("/a", "x"), ("/a", "y")]),
    (b'{"a": "x", "A": "y"}', SIMILAR, [("/a", "x"), ("/A", "y")]),
    (b'{"userId": "x", "userID": "y"}', SIMILAR, [("/userId", "x"), ("/userID", "y")]),
    ('{"straße": "x", "STRASSE": "y"}'.encode(), SIMILAR, [("/straße", "x"), ("/STRASSE", "y")]),
    ('{"role": "x", "ｒｏｌｅ": "y"}'.encode(), SIMILAR, [("/role", "x"), ("/ｒｏｌｅ", "y")]),
    ('{"\u00e9": "x", "e\u0301": "y"}'.encode(), SIMILAR, [("/\u00e9", "x"), ("/e\u0301", "y")]),
    ('{"\u212a": "x", "k": "y"}'.encode(), SIMILAR, [("/\u212a", "x"), ("/k", "y")]),
    (b'{"a": "x", "A": "y", "a": "z"}', f"{DUPLICATE} {SIMILAR}", [("/a", "x"), ("/A", "y"), ("/a", "z")]),
    (b'{"a": "x", "b": {"A": "y"}}', "", [("/a", "x"), ("/b/A", "y")]),
    (b'[{"a": "x"}, {"A": "y"}]', "", [("/0/a", "x"), ("/1/A", "y")]),
    (b'{"a": "x", "a ": "y"}', "", [("/a", "x"), ("/a ", "y")]),
    (b'{"a\\n": "x", "B": "y"}', "", [("/a\n", "x"), ("/B", "y")]),
]

ENCODINGS: list[tuple[bytes, str, dict[str, str]]] = [
    (b'\xef\xbb\xbf{"a": "x"}', MARK, {"/a": "x"}),
    (b"\xef\xbb\xbf{'a': 'x'}", f"{MARK} {SYNTAX}", {"/a": "x"}),
    (b"\xef\xbb\xbf", f"{MARK} {SYNTAX}", {}),
    ('{"a": "é"}'.encode("utf-16"), CHARSET, {"/a": "é"}),
    ('{"a": "é"}'.encode("utf-16-le"), CHARSET, {"/a": "é"}),
    ('{"a": "é"}'.encode("utf-16-be"), CHARSET, {"/a": "é"}),
    (b"\xfe\xff" + '{"a": "é"}'.encode("utf-16-be"), CHARSET, {"/a": "é"}),
    ('{"a": "😀"}'.encode("utf-32"), CHARSET, {"/a": "😀"}),
    ('{"a": "😀"}'.encode("utf-32-le"), CHARSET, {"/a": "😀"}),
    ('{"a": "😀"}'.encode("utf-32-be"), CHARSET, {"/a": "😀"}),
    ("{'a': 'x'}".encode("utf-16"), f"{CHARSET} {SYNTAX}", {"/a": "x"}),
    ('["a"] ["b"]'.encode("utf-16-le"), f"{CHARSET} {TRAILING}", {"/0/0": "a", "/1/0": "b"}),
    ('{"a": "x", "a": "y"'.encode("utf-16-le"), f"{CHARSET} {DUPLICATE} {SYNTAX}", {}),
    ('["a'.encode("utf-16-le")[:-1], f"{CHARSET} {SYNTAX}", {"/0": "\ufffd"}),
]

SEVERAL: list[tuple[bytes, str, dict[str, str]]] = [
    (b'{"a": "x"} {"a": "y"}', TRAILING, {"/0/a": "x", "/1/a": "y"}),
    (b'{"a": "x"}{"a": "y"}', TRAILING, {"/0/a": "x", "/1/a": "y"}),
    (b'{"a": "x"}\n{"a": "y"}\n', TRAILING, {"/0/a": "x", "/1/a": "y"}),
    (b'["a"]["b"]["c"]', TRAILING, {"/0/0": "a", "/1/0": "b", "/2/0": "c"}),
    (b'"a" "b"', TRAILING, {"/0": "a", "/1": "b"}),
    (b'1 "b"', TRAILING, {"/1": "b"}),
    (b'{"a": "x"} garbage', f"{TRAILING} {SYNTAX}", {"/0/a": "x", "/1": "garbage"}),
    (b'{"a": "x"}}', f"{TRAILING} {SYNTAX}", {"/a": "x"}),
    (b'["a"]]', f"{TRAILING} {SYNTAX}", {"/0": "a"}),
    (b'{"a": "x"},', f"{TRAILING} {SYNTAX}", {"/a": "x"}),
    (b'{"a": "x"}, {"b": "y"}', f"{TRAILING} {SYNTAX}", {"/0/a": "x", "/1/b": "y"}),
    (b'{"a": "x"}\0', f"{TRAILING} {SYNTAX}", {"/0/a": "x", "/1": "\0"}),
    (b"hello world", f"{TRAILING} {SYNTAX}", {"/0": "hello", "/1": "world"}),
    (b'["a"] // c\n["b"]', f"{COMMENT} {TRAILING}", {"/0/0": "a", "/1/0": "b"}),
]

SEQUENCES: list[tuple[bytes, str, dict[str, str]]] = [
    (b"", "", {}),
    (b"\n\n", "", {}),
    (b'{"a": "x"}', "", {"/0/a": "x"}),
    (b'{"a": "x"}\n', "", {"/0/a": "x"}),
    (b'{"a": "x"}\n{"b": ["y"]}\n', "", {"/0/a": "x", "/1/b/0": "y"}),
    (b'\n{"a": "x"}\r\n\r\n{"b": "y"}', "", {"/0/a": "x", "/1/b": "y"}),
    (b'"a"\n1\n"b"\n', "", {"/0": "a", "/2": "b"}),
    (b'\xef\xbb\xbf"a"\n"b"', MARK, {"/0": "a", "/1": "b"}),
    (b'{"a": "x"\n{"b": "y"}\n', SYNTAX, {"/0/a": "x", "/1/b": "y"}),
    (b'{"a": "x\n{"b": "y"}\n', SYNTAX, {"/0/a": "x", "/1/b": "y"}),
    (b'{"a": ["x"}\n]\n{"b": "y"}\n', SYNTAX, {"/0/a/0": "x", "/1/b": "y"}),
    (b'["a\\\n["b"]\n', SYNTAX, {"/0/0": "a", "/1/0": "b"}),
    (b'["a" /* \n["b"]\n', f"{COMMENT} {SYNTAX}", {"/0/0": "a", "/1/0": "b"}),
    (b"{'a': 'x'}\n[NaN]\n", f"{NUMBER} {SYNTAX}", {"/0/a": "x", "/1/0": "NaN"}),
    (b'{"a":\n"x"}\n{"b":\n"y"}\n', "", {"/0/a": "x", "/1/b": "y"}),
    (b'{"a": "x"}{"b": "y"}', "", {"/0/a": "x", "/1/b": "y"}),
    (b'{"a": "x"} {"b": "y"}\n["c"]', "", {"/0/a": "x", "/1/b": "y", "/2/0": "c"}),
    (b'{"a": "x"},\n{"b": "y"}\n', SYNTAX, {"/0/a": "x", "/1/b": "y"}),
    (b"1,2\n3", SYNTAX, {}),
    (b'"\n"\n', SYNTAX, {}),
    (b'"\n123456789012\n"', SYNTAX, {"/1": "123456789012"}),
    (b'\x1e{"a": "x"}\n\x1e{"b": "y"}\n', "", {"/0/a": "x", "/1/b": "y"}),
    (b'\x1e{"a":\n"x"}\n\x1e\x1e["b"]', "", {"/0/a": "x", "/1/0": "b"}),
    (b'\x1e{"a": "x"\x1e{"b": "y"}', SYNTAX, {"/0/a": "x", "/1/b": "y"}),
    (b'\x1e"a\x1e"b"\n', SYNTAX, {"/0": "a", "/1": "b"}),
    ('"a"\n"b"\n'.encode("utf-16"), CHARSET, {"/0": "a", "/1": "b"}),
    (b'{"a": 1}\n{"A": 2}\n{"a": 3}', "", {}),
    (b'{"a": 1}\n{"b": 1, "b": "x"}\n', DUPLICATE, {"/1/b": "x"}),
]


def test_there_are_more_than_a_hundred_and_seventy_cases() -> None:
    groups: list[Sized] = [ACCEPTED, NUMBERS, STRINGS, STRUCTURE, NAMES, ENCODINGS, SEVERAL, SEQUENCES]
    assert sum(len(group) for group in groups) >= 170


@pytest.mark.parametrize(("body", "values"), ACCEPTED)
def test_plain_json_is_read_and_nothing_is_said_of_it(body: bytes, values: dict[str, str]) -> None:
    document = read(body, Limits())
    assert document.strict
    assert seen(document) == ("", values)


@pytest.mark.parametrize(("body", "kinds", "values"), [*NUMBERS, *STRINGS, *STRUCTURE, *SEVERAL])
def test_what_parsers_differ_in_is_named_and_read(
    body: bytes, kinds: str, values: dict[str, str] | list[tuple[str, str]]
) -> None:
    assert seen(read(body, Limits())) == (kinds, values)


@pytest.mark.parametrize(("body", "kinds", "values"), NAMES)
def test_names_that_two_parsers_may_take_for_one_are_found(
    body: bytes, kinds: str, values: list[tuple[str, str]]
) -> None:
    document = read(body, Limits())
    assert (" ".join(anomaly.kind for anomaly in document.anomalies), texts(document.values)) == (
        kinds,
        [(f"body:{place}", text) for place, text in values],
    )


@pytest.mark.parametrize(("body", "kinds", "values"), ENCODINGS)
def test_another_encoding_is_named_and_read(body: bytes, kinds: str, values: dict[str, str]) -> None:
    document = read(body, Limits())
    assert seen(document)[0] == kinds
    if values:
        assert seen(document)[1] == values


@pytest.mark.parametrize(("body", "kinds", "values"), SEQUENCES)
def test_a_sequence_is_read_text_by_text(body: bytes, kinds: str, values: dict[str, str]) -> None:
    assert seen(read_sequence(body, Limits())) == (kinds, values)
