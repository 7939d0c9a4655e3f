"""Whole statements, and sentences that begin as one."""

from __future__ import annotations

import pytest
from gatelens.languages.sql.names import Names
from gatelens.languages.sql.whole import Deed, whole
from hypothesis import given
from hypothesis import strategies as st

NAMES = Names(functions={"sleep": "makes the database wait"}, tables={"catalog_of_all": "reads the schema"})

STATEMENTS = [
    ("select * from staff", Deed.READS),
    ("(SELECT pin FROM staff WHERE id = 4)", Deed.READS),
    ("explain select max(pin) from staff", Deed.READS),
    ("select 4, 5", Deed.READS),
    ("with q as (select 4) select * from q", Deed.READS),
    ("show tables", Deed.READS),
    ("select pin group by pin having count(id) >= 9", Deed.READS),
    ("insert into staff (pin) values (4)", Deed.WRITES),
    ("update staff set pin = 4", Deed.WRITES),
    ("declare @q int", Deed.WRITES),
    ("create table staff (id int)", Deed.DEFINES),
    ("alter table staff add pin int", Deed.DEFINES),
    ("grant select on staff to ann", Deed.DEFINES),
    ("drop table staff", Deed.DESTROYS),
    ("delete from staff where id = 4", Deed.DESTROYS),
    ("create user q identified by 'w'", Deed.DESTROYS),
    ("exec(@q)", Deed.DESTROYS),
    ("execute immediate 'drop table staff'", Deed.DESTROYS),
    ("select sleep(7)", Deed.TELLS),
    ("select(sleep(7))", Deed.TELLS),
    ("select name from catalog_of_all", Deed.TELLS),
    ("select @@version", Deed.TELLS),
    ("select 0x414243", Deed.TELLS),
    ("select pin from staff into outfile '/tmp/q'", Deed.TELLS),
    ("copy staff to '/tmp/q'", Deed.TELLS),
    ("exec xp_zz 'q'", Deed.TELLS),
    ("attach database '/tmp/q.php' as q", Deed.TELLS),
]

SENTENCES = [
    "",
    "select",
    "select specialty hospital",
    "update your profile",
    "Update your profile and set your picture",
    "insert coins",
    "create a table for two",
    "drop table",
    "delete from",
    "show me the way",
    "call me",
    "exec (",
    "with the lamp as shown (page 4)",
    "set a date",
    "grant me a wish",
    "values matter",
    "values (ours)",
    "load the data",
    "my select * from staff",
]


@pytest.mark.parametrize(("text", "deed"), STATEMENTS, ids=[text for text, _ in STATEMENTS])
def test_a_statement_is_told_by_what_it_does(text: str, deed: Deed) -> None:
    found = whole(text, NAMES)
    assert found is not None
    assert found.deed is deed


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_none(text: str) -> None:
    assert whole(text, NAMES) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("select shoes, bags from italy", True),
        ("create table lamp for 8", True),
        ("drop table staff", False),
        ("delete from cart", True),
        ("select * from staff", False),
        ("create table staff (id int)", False),
    ],
)
def test_names_and_commas_alone_may_be_a_sentence(text: str, plain: bool) -> None:
    found = whole(text, NAMES)
    assert found is not None
    assert found.plain is plain


@given(st.sampled_from(["select ", "drop ", "exec ", "with ", "insert "]), st.text())
def test_every_text_is_judged(first: str, rest: str) -> None:
    found = whole(first + rest, NAMES)
    assert found is None or found.words
