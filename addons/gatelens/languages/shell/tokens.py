"""The tokens of each dialect, outside of double quotes and in them.

Source: POSIX.1-2024 Shell Command Language, sections 2.2, 2.3, 2.6 and 2.7; Microsoft, "cmd" and "about_Quoting_Rules".
Every repetition is possessive or of one character class, so that none backtracks.
"""

from __future__ import annotations

import re

from gatelens.languages.shell.words import Dialect

_OPERATOR = r"(?P<operator>\r?\n|\r|&&|\|[|&]?|;;?|&(?!>)|\))"
_REDIRECT = r"(?P<redirect>\d?(?:<<<|<<-?|>>|<>|>\||>&|<&|[<>])|&>>?)"

BARE = {
    Dialect.POSIX: re.compile(
        rf"""
        (?P<space>[ \t\x0b\x0c\xa0]++|\\\r?\n)
        |(?P<arithmetic>\$\(\([^()]*+\)\)|\$\[[^\]]*+\])
        |(?P<open>\$\(|[<>]\(|\(|`)
        |(?P<ansi>\$'(?:[^'\\]++|\\.)*+'?)
        |(?P<parameter>\$\{{(?:[^{{}}]++|\{{[^{{}}]*+\}})*+\}}?|\$(?:\d|[A-Za-z_]\w*+|[@*\#?$!-]))
        |(?P<single>'[^']*+'?)
        |(?P<double>\$?")
        |(?P<escape>\\.)
        |{_REDIRECT}|{_OPERATOR}
        |(?P<plain>[^\s\\'"`$;&|()<>\xa0]++|.)
        """,
        re.VERBOSE | re.DOTALL,
    ),
    Dialect.CMD: re.compile(
        rf"""
        (?P<space>[ \t\x0b\x0c\xa0]++|\^\r?\n)
        |(?P<open>\()
        |(?P<parameter>%[A-Za-z_]\w*+(?::~?[^%\n]{{0,32}}+)?%)
        |(?P<double>")
        |(?P<escape>\^.)
        |{_REDIRECT}|(?P<operator>\r?\n|\r|&&?|\|\|?|\))
        |(?P<plain>[^\s"^%&|()<>\xa0]++|.)
        """,
        re.VERBOSE | re.DOTALL,
    ),
    Dialect.POWERSHELL: re.compile(
        rf"""
        (?P<space>[ \t\x0b\x0c\xa0]++|`\r?\n)
        |(?P<open>[$@&.]?\()
        |(?P<parameter>\$\{{[^{{}}]*+\}}?|\$(?:env:)?\w++|\$[$?^])
        |(?P<single>'[^']*+'?)
        |(?P<double>")
        |(?P<escape>`.)
        |{_REDIRECT}|(?P<operator>\r?\n|\r|&&?|\|\|?|;|\)|[{{}}])
        |(?P<plain>[^\s'"`$;&|()<>{{}}@\xa0]++|.)
        """,
        re.VERBOSE | re.DOTALL,
    ),
}

DOUBLE = {
    Dialect.POSIX: re.compile(
        r"""
        (?P<end>")
        |(?P<arithmetic>\$\(\([^()]*+\)\))
        |(?P<open>\$\(|`)
        |(?P<parameter>\$\{(?:[^{}]++|\{[^{}]*+\})*+\}?|\$(?:\d|[A-Za-z_]\w*+|[@*\#?$!-]))
        |(?P<escape>\\["$`\\\n])
        |(?P<plain>[^"\\$`]++|.)
        """,
        re.VERBOSE | re.DOTALL,
    ),
    Dialect.CMD: re.compile(r'(?P<end>")|(?P<plain>[^"]++)', re.DOTALL),
    Dialect.POWERSHELL: re.compile(r'(?P<end>")|(?P<open>\$\()|(?P<escape>`.)|(?P<plain>[^"`$]++|.)', re.DOTALL),
}
