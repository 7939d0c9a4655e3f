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
    """= < > <= >= <> != <=> @> <@ @? @@ #- ? ?| ?& -> ->> #> #>> :: ~ ~~ ~* ~~* !~ !~~ !~* !~~* like ilike rlike
    regexp between in is sounds glob match similar""".split()
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

FUNCTIONS = frozenset(
    """abs acos add_months adddate addtime aes_decrypt aes_encrypt any_value array_agg asbinary ascii asciistr asin
    astext asymmetric_decrypt asymmetric_encrypt atan atan2 avg bdmpolyfromtext bdpolyfromtext benchmark bin
    bin_to_num bin_to_uuid binary_checksum bit_and bit_count bit_length bit_or bit_xor bitand btrim cast ceil
    ceiling centroid char char_length character_length charindex charset chartorowid checksum chr coalesce
    coercibility col_length col_name collation collect columnproperty compress concat concat_ws connection_id conv
    convert convert_from convert_to convert_tz cos cot count crc32 cume_dist curdate current_database current_date
    current_schema current_setting current_time current_timestamp current_user cursor_status curtime database
    database_to_xml databaseproperty databasepropertyex datalength date date_add date_format date_sub dateadd
    datediff datename datepart day dayname dayofmonth dayofweek dayofyear db_id db_name decode default degrees
    dense_rank des_decrypt des_encrypt difference dump elt empty_blob encode encrypt endpoint envelope exp
    export_set extract extractvalue field file_id file_name filegroup_id find_in_set first_value floor format
    formatmessage found_rows from_base64 from_days from_unixtime fulltextcatalogproperty geomcollfromtext
    geometrycollectionfromtext geometryfromtext geomfromtext geomfromwkb get_byte get_format get_lock getdate
    getutcdate glob greatest group_concat grouping gtid_subset gtid_subtract has_dbaccess hashbytes hex hextoraw
    host_id host_name hour ident_current ident_incr ident_seed if ifnull iif in inet6_aton inet6_ntoa inet_aton
    inet_client_addr inet_ntoa inet_server_addr inet_server_port initcap instr interval is_free_lock is_ipv4 is_ipv6
    is_member is_srvrolemember is_used_lock is_uuid isdate isempty isnull isnumeric issimple json json_array
    json_extract json_keys json_object json_type json_valid julianday lag last_day last_insert_id last_insert_rowid
    last_value lcase lead least left len length like likelihood likely linefromtext linefromwkb linestring
    linestringfromtext ln lnnvl lo_export lo_import load_extension load_file localtime localtimestamp locate log
    log10 log2 lower lpad ltrim make_date make_set makedate master_pos_wait max mbrcontains md5 microsecond mid min
    minute mlinefromtext mod month monthname months_between mpointfromtext mpolyfromtext multilinestringfromtext
    multipoint multipointfromtext multipolygonfromtext name_const nchar nchr new_time newid next_day nls_charset_id
    now nth_value ntile nullif numgeometries numpoints numtodsinterval nvarchar nvl nvl2 object_definition object_id
    object_name objectproperty oct octet_length old_password openquery openrowset openxml ora_hash ord overlay
    parsename password patindex percent_rank period_add period_diff permissions pg_client_encoding pg_ls_dir
    pg_read_file pg_sleep pi point pointfromtext pointfromwkb polyfromtext polygon polygonfromtext position pow
    power printf quarter query_to_xml quote quote_ident quote_literal quotename radians rand random random_bytes
    randomblob rank rawtohex release_all_locks release_lock repeat replace replicate reverse right round row_count
    row_number rowcount_big rowidtochar rpad rtrim schema schema_id schema_name scope_identity sec_to_time second
    serverproperty session_user set_config sha sha1 sha2 sign sin sleep soundex space sqlite_compileoption_get
    sqlite_compileoption_used sqlite_source_id sqlite_version sqrt square startpoint std stddev stddev_pop
    stddev_samp str str_to_date strcmp strftime string_agg string_to_array stuff sub subdate substr substrb
    substring substring_index subtime sum suser_id suser_name suser_sid suser_sname sysdate system_user table_to_xml
    tan textptr time time_format time_to_sec timediff timestamp to_base64 to_char to_clob to_date to_days
    to_dsinterval to_hex to_lob to_multi_byte to_nchar to_nclob to_number to_seconds to_single_byte to_timestamp
    to_timestamp_tz to_yminterval total total_changes totimestamp translate trim trunc truncate txid_current typeof
    typeproperty tz_offset ucase uncompress uncompressed_length unhex unicode unistr unix_timestamp unixepoch
    unlikely unnest updatexml upper user user_id user_name userenv utc_date utc_time utc_timestamp uuid uuid_short
    validate_password_strength values var_pop var_samp varchar variance version vsize wait_for_executed_gtid_set
    week weekday weekofyear weight_string xmltype year yearweek zeroblob""".split()
)
"""Functions built in: a text that is a call of one, or the beginning of a call, is SQL rather than a sentence."""

FUNCTION_PREFIXES = ("pg_", "json_", "jsonb_", "st_", "regexp_", "xml", "utl_", "dbms_", "sys_", "has_", "sqlite_")


def is_function(name: str) -> bool:
    """Whether `name`, in lower case, is one of a function built into a database."""
    return name in FUNCTIONS or name.startswith(FUNCTION_PREFIXES)
