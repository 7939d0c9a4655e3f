"""Values that leave their literal, and values that nearly do."""

from __future__ import annotations

import pytest

from tests.inspectors.test_sql_injection import explanation

ATTACKS = [
    # where it was put
    ("zz' OR 8=8-- ", "closes a single-quoted string"),
    ('zz" OR 8=8-- ', "closes a double-quoted string or name"),
    ("zz` OR 8=8-- ", "closes a name in backticks"),
    ("zz$tag$ OR 8=8-- ", "closes a dollar-quoted string"),
    ("zz*/ OR 8=8 /*", "closes a comment"),
    ("zz'' ' OR 8=8-- ", "closes a single-quoted string"),
    ("zz\\' OR 8=8-- ", "closes a single-quoted string"),
    ("zz'))) OR ((('q'='q", "closes a single-quoted string"),
    ("zz%' OR '5%'='5", "closes a single-quoted string"),
    ("5 OR 4<9", "goes on behind a number"),
    ("-5.5) OR (4<9", "goes on behind a number"),
    ("0x1F OR 4<9", "goes on behind a number"),
    ("'zz' OR 4<9", "goes on behind a string of its own"),
    ("name OR 4<9", "goes on behind a name"),
    ("AND 4<9", "begins where a value was to stand"),
    ("(SELECT SLEEP(7))", "is an expression where a value was to stand"),
    ("IIF(4<9,1,1/0)", "is a call where a value was to stand"),
    ("select 1) or (4<9", "closes a parenthesis that it did not open"),
    # what it does
    ("zz' OR 'q'='q", "condition on constants"),
    ("zz' OR 3 BETWEEN 1 AND 5-- ", "condition on constants"),
    ("zz' OR 3 IN (3)-- ", "condition on constants"),
    ("zz' OR NOT 3>5-- ", "condition on constants"),
    ("zz' OR LENGTH('q')=1-- ", "condition on constants"),
    ("zz' OR '{\"a\":1}'::jsonb @> '{\"a\":1}", "condition on constants"),
    ("zz' OR now() > now() - interval '1' day-- ", "condition on constants"),
    ("zz' OR q=q-- ", "compares a thing with itself"),
    ("zz' OR 1-- ", "adds a constant behind OR"),
    ("zz' OR nickname IS NOT NULL-- ", "adds a condition behind OR"),
    ("zz' OR allowed(nickname)-- ", "adds a call behind OR"),
    ("zz' UNION SELECT pin FROM staff-- ", "adds UNION SELECT"),
    ("5 EXCEPT SELECT pin FROM staff", "adds EXCEPT SELECT"),
    ("zz'; DELETE FROM staff-- ", "adds a second statement"),
    ("zz'; DECLARE @q CHAR(9); EXEC(@q)-- ", "adds a second statement"),
    ("zz' EXEC xp_cmdshell 'dir'-- ", "adds a statement"),
    ("zz' WAITFOR DELAY '0:0:9'", "makes the database wait"),
    ("5 AND PG_SLEEP(7)", "makes the database wait"),
    ("zz' AND EXTRACTVALUE(1,CONCAT(0x5c,USER()))-- ", "raises a telling error"),
    ("zz' AND UTL_HTTP.REQUEST('http://host.example') IS NULL-- ", "calls out"),
    ("5 AND (SELECT COUNT(*) FROM information_schema.tables)>0", "reads the schema"),
    ("zz' AND @@version LIKE '1%", "reads a system variable"),
    ("zz' INTO OUTFILE '/tmp/zz'-- ", "writes a file"),
    ("zz' ORDER BY 12-- ", "counts columns"),
    ("5 PROCEDURE ANALYSE()-- ", "PROCEDURE ANALYSE"),
    ("zz'||(SELECT pin FROM staff LIMIT 1)||'", "adds a subquery"),
    ("zz'=0-- ", "computes with the string"),
    ("zz'='", "computes with the string"),
    ("root'-- ", "cuts the rest off"),
    ("root')) #", "cuts the rest off"),
    ("root') or", "adds a connector and ends there"),
    # how it is spelled
    ("zz'\tOr\n8=8--\n", "condition on constants"),
    ("zz'/**/or/**/8=8/**/--", "condition on constants"),
    ("zz'||8=8#", "condition on constants"),
    ("zz'&&8=8#", "condition on constants"),
    ("zz'/*!50000UNION*//*!50000SELECT*/1,2#", "adds UNION SELECT"),
    ("zz' un/**/ion sel/**/ect 1,2#", "adds UNION SELECT"),
    ("zz'+union+select+1,2#", "adds UNION SELECT"),
    ("zz\u2019 or 8=8-- ", "condition on constants"),
    ("zz%27 or 8=8-- ", "condition on constants"),
    ("zz%2527 or 8=8-- ", "condition on constants"),
    ("zz' or x'41'=n'A'-- ", "condition on constants"),
    ("1e1union select 1,2", "adds UNION SELECT"),
    ("zz' or 8=8\x16", "condition on constants"),
]

BENIGN = [
    # doubled quotes stay content
    "zz'' OR 8=8-- ",
    'zz"" OR 8=8-- ',
    "zz$ or two",
    # numbers and words
    "5 or 6",
    "5 and 6 or 7",
    "1 or 2 -- or was it 3?",
    "10 like 20",
    "2+2=4 and 3+3=6",
    "union select",
    "union select committee",
    "order by 5pm",
    "insert coins; select game",
    "sleep(5)",
    "time.sleep(5)  # seconds",
    "version()",
    "count(id) > 5 and sum(price) < 3",
    "CASE WHEN status = 1 THEN 'a' ELSE 'b' END",
    # prose
    "rock 'n' roll",
    "Rock 'n' Roll -- the best of 1977",
    "5' or 6' tall",
    "5'11\" or 6'0\"",
    "James' and Mary's house",
    "the boys' or girls' room",
    "'tis the season -- to be jolly",
    "'90s music and '80s films",
    '"yes" and "no"',
    "'a' or 'b'",
    'the "union select" keyword',
    "don't; select one",
    "O'Neil or 3 others -- call",
    "J'ai 2 enfants et l'un = 5",
    "Questo e' un test; l'ordine e l'insert",
    "f'(0) = 1 or f'(1) = 2",
    "it\u2019s 5 or 6 o\u2019clock",
    # filters
    "status = 'open' AND priority = 1",
    'project = X AND status = "In Progress" ORDER BY created DESC',
    "name eq 'Milk' and price lt 2.55",
    '(status:open OR owner:"O\'Hara") AND NOT draft',
    "price > 100 OR discount = 1",
    "a=b or c=d",
    # queries by design
    "SELECT * FROM people WHERE name = 'x' OR 1=1",
    "SELECT 1 WHERE 'a' = 'b' -- nothing",
    "WITH a AS (SELECT 1) SELECT * FROM a UNION SELECT 2",
    "UPDATE people SET name = 'it''s' WHERE id = 1; DELETE FROM old",
    "select 'and'||'or'",
    # code and data
    "use `select * from t` or `drop table t`; both work",
    "psql -c 'DROP TABLE old'",
    "if (x == 'a' || y == \"b\") { return '--'; } // or 1=1",
    "echo 'a' && echo 'b' || exit 1",
    "git commit -m 'fix' && git push -- origin",
    "cmd '--verbose' '--or=1'",
    "$('#id')",
    "key='value'; other='x'",
    "$x = '1'; $y = '2'; // #1",
    '{"a": "b", "c": ["d", 1, null], "e": "g\' or h"}',
    "0 */6 * * * root /usr/bin/run -- all",
    "text/html,application/xml;q=0.9,*/*;q=0.8",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) like Gecko",
    "^6.0.0 || ^7.0.0 || >=8.0.0",
    "123e4567-e89b-12d3-a456-426614174000",
    "2030-01-01T10:00:00+01:00",
    '"Ann O\'Hara" <ann.ohara@example.org>',
    "avg(last_5m):sum:net{host:a} > 100",
    "",
    "'",
    "''",
    "--",
]


@pytest.mark.parametrize(("value", "words"), ATTACKS, ids=[value for value, _ in ATTACKS])
def test_a_value_that_leaves_its_literal_is_explained(value: str, words: str) -> None:
    assert words in explanation(value)


@pytest.mark.parametrize("value", BENIGN)
def test_a_value_that_nearly_does_passes(value: str) -> None:
    assert explanation(value) == ""
