from __future__ import annotations

import pytest
from gatelens.languages.documents.textual import injection
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kim\r\nFLUSHALL\r\n", "Redis"),
        ("kim\r\nCONFIG SET dir /srv/www\r\n", "Redis"),
        ("kim\r\n*1\r\n$8\r\nFLUSHALL\r\n", "Redis"),
        ("*1\r\n$8\r\nFLUSHALL\r\n", "Redis"),
        ("kim\r\nset role 0 900 5\r\nadmin\r\n", "memcached"),
        ("kim 0 900 3\r\nabc\r\nflush_all\r\n", "memcached"),
        ("kim'}) RETURN n //", "Cypher"),
        ("kim' OR 2=2 RETURN n UNION MATCH (m) RETURN m //", "Cypher"),
        ("kim'}) MATCH (m:Secret) DETACH DELETE m //", "Cypher"),
        ("kim' WITH 1 AS z CALL db.labels() YIELD label //", "Cypher"),
        ("kim' or 7=7 //", "Cypher"),
        ("LOAD CSV FROM 'https://x.example/' AS z RETURN z", "Cypher"),
        ("kim' ALLOW FILTERING; --", "CQL"),
    ],
)
def test_a_line_or_a_literal_that_is_left_is_told(text: str, words: str) -> None:
    found = injection(text)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "FLUSHALL",
        "To clear it all, type\r\nFLUSHALL\r\nand wait",
        "A list:\r\n* set one\r\n* set two 1 2 3\r\n",
        "the customers' return policy",
        "the parents' match (final) with friends",
        "the kids' create (more) fun",
        "users' delete button",
        "he's with me as we go",
        "MATCH (n) RETURN n",
        "kim' or 7=7 of them // perhaps",
        "use ALLOW FILTERING with care",
    ],
)
def test_prose_and_whole_queries_pass(text: str) -> None:
    assert injection(text) is None


@given(st.text(alphabet="'\r\n*$1 (){}RETUN/a", max_size=300))
def test_it_never_raises(text: str) -> None:
    injection(text)


def test_it_is_linear() -> None:
    for unit in (" ", "\n", "x' RETURN ", "(a)", "' OR ", "ALLOW ", "\r\nset a 1 1 1"):
        for start in ("x' RETURN", "x' OR", "x' WITH", "x' MATCH (", "x'", "\r\n"):
            injection(start + unit * 30_000 + "!")
