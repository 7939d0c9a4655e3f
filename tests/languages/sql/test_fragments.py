"""Whole values that are a piece of SQL broken off, and values that nearly are."""

from __future__ import annotations

import pytest
from gatelens.languages.sql.fragments import fragment
from gatelens.languages.sql.names import Names
from hypothesis import given
from hypothesis import strategies as st

NAMES = Names(
    functions={"nap": "makes the database wait", "version": "tells about the database"},
    tables={"catalog_of_all": "reads the schema"},
    alone=frozenset({"nap"}),
    procedures=frozenset({"xp_zz"}),
)

PIECES = [
    ("concat(", "ends within a call"),
    ("name_const('", "ends within a call"),
    ("select char(", "ends within a call"),
    ("values (", "ends within a call"),
    ("concat('q',", "ends within a call"),
    ("nap(7)", "makes the database wait"),
    ("nap(7 ^ 2)", "makes the database wait"),
    ("json_type('{}')", "JSON constants"),
    ("unistr(pin)::int", "whose result is cast"),
    ("concat(0x41,0x42)", "computes with functions"),
    ("cast(version() as int)", "computes with functions"),
    ("@@version", "reads a system variable"),
    ("and 7=(", "begins a condition"),
    ("filter=and 7=(", "begins a condition"),
    ("xor 7-", "begins a condition"),
    ("|| name = '", "begins a condition"),
    ("||7", "adds a constant"),
    ("having 7>7", "adds HAVING"),
    (") like (", "ends within a call"),
    (") and (", "begins a clause"),
    ("from `a`.`b` limit", "begins a clause"),
    ("union all select", "begins a query"),
    ("7) from staff where name=", "begins a clause"),
    ("case when q then 7", "begins a CASE"),
    ("from `catalog_of_all`", "reads a table"),
    ("match (q) against ('q')", "searches a text index"),
    ("7=7", "always holds"),
    ("7 regexp 7", "always holds"),
    ("7!=8", "condition on constants"),
    ("1.e(ascii)", "parts words"),
    ("exec main..xp_zz", "a name of the database"),
    ("(7 or sin('q')) --", "cuts the rest off"),
    ("7;--", "cuts the rest off"),
    ("7='7' or -- -", "adds a connector"),
    ("drop/*x*/staff", "comments"),
    ("/*!50000 7*/", "comments"),
]

NO_PIECES = [
    "",
    "if (",
    "having fun = 7",
    "concat",
    "print(",
    "import a.b (",
    "from a.b import (",
    "time.nap(7)",
    "nap(hours)",
    "version()",
    "round(2.5)",
    "rgb(1, 2, 3)",
    "decimal(10,2)",
    "char(36)",
    "concat(first, last)",
    "@@ann",
    "and so on",
    "or 7",
    "and a=b&c=",
    "from: ann to: bob",
    "union select",
    "where to go?",
    "and this is",
    "or that in",
    "where a is",
    "and that -",
    "having fun is",
    "from here -",
    "limit",
    "7 = 8",
    "like 7",
    "a=a",
    "xp is fun",
    "(7 or 8)",
    "(see page 7) --",
    "7--",
    "case when it rains",
    "/*! licence of 2030 */",
    "/* eslint-disable */ or/and",
]


@pytest.mark.parametrize(("text", "words"), PIECES, ids=[text for text, _ in PIECES])
def test_a_piece_of_sql_is_told(text: str, words: str) -> None:
    assert words in fragment(text, NAMES)


@pytest.mark.parametrize("text", NO_PIECES)
def test_what_nearly_is_one_passes(text: str) -> None:
    assert fragment(text, NAMES) == ""


@given(st.text(alphabet="()'=<>,;|&@!-*/ 7aor", max_size=60) | st.text())
def test_every_text_is_judged(text: str) -> None:
    assert isinstance(fragment(text, NAMES), str)
