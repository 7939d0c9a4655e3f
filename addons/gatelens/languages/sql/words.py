"""The words of SQL that tell its structure from names and prose.

Source: ISO/IEC 9075-2 section 5.2 (reserved words), and those that MySQL, PostgreSQL, T-SQL, Oracle and SQLite add.
"""

from __future__ import annotations

CONNECTORS = frozenset({"or", "and", "xor", "||", "&&", "where", "having", "when", "on", "not", "rlike"})
"""Words and operators behind which a condition stands."""

CONDITIONALS = frozenset({"if", "iif", "elt", "make_set", "nullif", "decode", "ifnull"})
"""Functions whose first argument is a condition."""

SET_OPERATORS = frozenset({"union", "except", "intersect", "minus"})

COMPARISONS = frozenset(
    """= < > <= >= <> != <=> @> <@ ? ?| ?& -> ->> #> #>> :: ~ like ilike rlike regexp between in is sounds glob match
    similar""".split()
)

CONSTANT_WORDS = frozenset(
    """null true false default current_user current_date current_time current_timestamp session_user system_user user
    sysdate rownum localtime unknown""".split()
)

TYPES = frozenset(
    """int integer bigint smallint tinyint numeric decimal float double real char varchar nvarchar nchar varchar2 text
    blob binary varbinary date datetime timestamp time interval json jsonb xml boolean bit signed unsigned clob money
    uuid utf8 latin1 second""".split()
)

CLAUSES = frozenset(
    """and or xor not in where select union all from having by on as when then else end case values exists like between
    is distinct limit offset set into any some over using delay with order group except intersect minus fetch returning
    join inner outer cross natural procedure escape collate rlike regexp ilike glob asc desc table div""".split()
)

STATEMENTS = frozenset(
    """select insert update delete drop create alter truncate exec execute declare waitfor shutdown merge grant revoke
    call begin if set use backup restore copy load attach detach pragma handler do commit rollback kill reconfigure
    bulk dbcc goto deallocate prepare vacuum explain rename lock while print raiserror analyze describe show replace
    with go""".split()
)
"""Words that begin a statement."""

KEYWORDS = (
    CLAUSES
    | STATEMENTS
    | TYPES
    | CONSTANT_WORDS
    | frozenset(
        """top outfile dumpfile mod sounds soundex match against mode boolean database schema user index view function
        trigger immediate rows only next first row for of to cast convert extractvalue column add
        language returns privileges temporary percent at zone array partition separator left right full
        ignore low_priority high_priority sql_calc_found_rows settings similar analyse strict
        day hour minute month year share nowait skip locked global session""".split()
    )
)

CALLABLE = (KEYWORDS - CLAUSES - STATEMENTS) | {"if", "insert", "replace", "left", "right", "char"}
"""Keywords that name a function where a parenthesis follows."""

STRING_PREFIXES = frozenset("n x b e u r q nq _utf8 _latin1 _binary _ascii _utf8mb4".split())
"""Introducers of a string: `N'…'`, `X'…'`, `_utf8'…'`."""
