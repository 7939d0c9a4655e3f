"""What only PHP has: open tags, functions called by a variable, variables named by a string, directives.

Source: PHP manual, "PHP tags", "Variable functions", "Variable variables", "List of php.ini directives"; CWE-95.
In a field, which is a single line that nobody writes programs in, a call of a function of PHP's needs no more to tell.
Limits: a tag in a text of more than a few words passes where marks show it as code.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gatelens.languages.code.chains import Chain, Link, Step, chains
from gatelens.languages.code.folding import fold
from gatelens.languages.code.lexer import Gap, Kind, Token, read
from gatelens.languages.code.names import brings_all, juxtaposed
from gatelens.languages.code.surroundings import is_shown_as_code, words_around
from gatelens.model.confirmed import Confirmed

_EVIDENCE = 200
_TOKENS = 256
_WORDS = 6
_LONGEST_CALL = 400
_LONGEST_NAME = 40
_TAG = re.compile(
    r"<\?(?:php(?![\w-])|=|(?=[\s$@`;/*#'\"(]\s*+[\w$@`;/*#'\"(])|(?=xml\s*+[:;(]))|<script\b[^<>]{0,40}\blanguage\s*+=\s*+['\"]?php",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[[/\\]?php\]", re.IGNORECASE)
_CURLY = re.compile(r"[\s;]*+\{\s*+\$\s*+\{\s*+@?\w++\s*+\(")
_VARIABLE_NAME = re.compile(r"\{?\$\s*+\{\s*+(?:@|\$(?!\{)\w|'[^'{}]*'\s*+\}|\"[^\"{}]*\"\s*+\})")
_SETTING = re.compile(r"(?:-d\s*+)?([a-z_]++(?:\.[a-z_]++)*+)(\s*+=\s*+\S[^\n]{0,200})?", re.IGNORECASE)
_CALL = re.compile(r"[@\\]?([a-z]\w++)\s*+\(", re.IGNORECASE)
_FIELD_CALL = re.compile(
    r"(?<![\w.>:-])([a-z]\w++)((?:\s|/\*[^*]*+\*/|(?:\#|//)[^\n]*+\n)*+)\(\s*+(&?\$(?!it\b|this\b|root\b|__)\w++\s*+[\[){.,-]|['\"]|\$(?!\w++\s*+=))?"
    r"(?=[^)]*+\))",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r"[\s;'\")}]*+(?:(?:echo|print|return|include|require|include_once|require_once)(?:\s*+\(|\s)\s*+['\"$`\d]|(?:\$\w++\s*+)=(?!=))"
    r"[^;]*+;",
    re.IGNORECASE,
)
_METHOD = re.compile(r"\$\w++\s*+->\s*+\w++\s*+\(")
_OPERATORS = frozenset({"and", "or", "xor", "instanceof", "as"})
_CONSTANT = r"(?:\"(?:[^\"`{$]|\$(?!_|\{))*+\"|'[^']*+'|\d++(?:\.\d++)?+)"
_OWN_FILE = r"['\"](?:\./)?+(?:[\w-]++/)*+[\w-]++(?:\.\w++)?+['\"]"
_IDLE = re.compile(
    rf"\s*+(?:(?:(?:(?:echo|print|return)\b|\$\w++\s*+=)\s*+\(?+\s*+{_CONSTANT}"
    rf"|(?:include|require)(?:_once)?+\b\s*+\(?+\s*+{_OWN_FILE})\s*+\)?+\s*+(?:;\s*+|\Z))++\Z",
    re.IGNORECASE,
)
"""Statements that do nothing with what is not theirs: constants shown or kept, a file of the program's own."""

_WORD_BEHIND = re.compile(r"[ \t]++([A-Za-z]{2,}+)(?=[\s.,;:!?]|\Z)")
_CLOSING = re.compile(r"(?:[^<?]++|<(?!\?)|\?(?!>))*+\?>(?<=[;)}'\"\s]\?>)")
_STREAM = re.compile(r"php://(?:std(?:in|out|err)|input|output|fd|memory|temp|filter)", re.IGNORECASE)
_SHOWING = re.compile(
    r"[\s;'\")}]*+@?(?:print|die|exit|echo)\b\s*+\(?\s*+(?:\w++\s?\(\s*+['\"\d)]|`[^`\n]++`)", re.IGNORECASE
)
_BEGINNINGS = (
    (_SHOWING, "is PHP that shows what a function gives"),
    (_STATEMENT, "is a statement of PHP"),
    (_CLOSING, "closes a PHP tag"),
)
_ANYWHERE = ((_METHOD, "calls a method of a PHP variable"), (_STREAM, "names a stream of PHP's"))
_SUPERGLOBAL = re.compile(
    r"\$(?:_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV|SESSION)|GLOBALS|HTTP_RAW_POST_DATA|HTTP_\w+_VARS|php_errormsg|http_response_header|arg[cv])\b"
    r"(?:\s|/\*[^*]*+\*/)*+(?:[\[{=;,)&|?.'\"]|->|\Z)",
    re.IGNORECASE,
)
_TRANSLATING = frozenset({"$", "$t", "$tc", "$te", "$n", "$d", "$this"})
"""Names that other languages call in values: translations."""

_REQUEST = ("$_get", "$_post", "$_request", "$_cookie", "$_server", "$_files", "$globals", "$_env", "$_session")


class Words(Struct, frozen=True):
    """`settings` are directives of the configuration, where one ends in a dot all that begin so, where in `=` only with
    a value; `whole` beginnings of functions that count where a value is nothing but a call, `names` functions that
    count where a value is nothing but their name, `wrappers` beginnings of addresses that only PHP opens, `functions`
    those that run, read or tell something, `library` ordinary words that are functions as well: they count in a field
    where they get a string or a variable. In lower case."""

    settings: AbstractSet[str] = frozenset()
    whole: tuple[str, ...] = ()
    names: AbstractSet[str] = frozenset()
    wrappers: tuple[str, ...] = ()
    functions: AbstractSet[str] = frozenset()
    library: AbstractSet[str] = frozenset()


def injection(text: str, words: Words, *, in_field: bool) -> Confirmed | None:
    """The first thing of PHP's own in `text`, or None; `in_field` says that it is a value of a single line."""
    tag = _TAG.search(text)
    if tag is not None and _is_meant(text, tag.start()):
        return Confirmed(text[tag.start() : tag.start() + _EVIDENCE], "opens a PHP tag")
    marked = _MARK.search(text)
    if marked is not None and words_around(text, marked.start(), marked.end(), 2) < 2:
        return Confirmed(marked[0], "marks PHP code")
    start = text.strip()
    if (_VARIABLE_NAME.match(start) or _CURLY.match(start)) and not _is_prose(start):
        return Confirmed(start[:_EVIDENCE], "names a PHP variable by an expression")
    setting = _SETTING.fullmatch(start)
    if setting is not None and _sets(setting, words.settings):
        return Confirmed(start[:_EVIDENCE], "sets a directive of PHP's configuration")
    if start[:_LONGEST_CALL].lower().startswith(words.wrappers):
        return Confirmed(start[:_EVIDENCE], "opens a stream by a wrapper of PHP's")
    if len(start) < _LONGEST_NAME and start.lower() in words.names:
        return Confirmed(start, "names a PHP function for the server to call")
    if len(start) > _LONGEST_CALL:
        return None
    superglobal = _SUPERGLOBAL.search(start) if in_field else _SUPERGLOBAL.match(start)
    if superglobal is not None and not _is_prose(start):
        return Confirmed(start[superglobal.start() :][:_EVIDENCE], "reads what a request brought, as PHP does")
    return (_call_in_field(start, words) if in_field else None) or _call(start, words)


def _is_prose(text: str) -> bool:
    return juxtaposed(read(text, 0, len(text), _TOKENS, prose=1).tokens, 1) > 0


def _is_meant(text: str, start: int) -> bool:
    """Whether a tag is no mention of one: nothing but a few words stands around it."""
    end = text.find("?>", start)
    few = words_around(text, start, end if end >= 0 else len(text), _WORDS) < _WORDS
    return few and not (is_shown_as_code(text, start, start + 2) and text[:start].strip("`~ \n"))


def _sets(setting: re.Match[str], settings: AbstractSet[str]) -> bool:
    name = setting[1].lower()
    if name in settings or (setting[2] is not None and f"{name}=" in settings):
        return True
    prefix, dot, _ = name.partition(".")
    return bool(dot) and setting[2] is not None and f"{prefix}." in settings


def _call_in_field(text: str, words: Words) -> Confirmed | None:
    """A value with a call of a function of PHP's, whatever it gets, or with other PHP that no text needs. A word that
    stands one space before a bracket may be one of a title: `System (general)`."""
    if _is_mentioned(text) or _IDLE.match(text):
        return None
    for called in _FIELD_CALL.finditer(text):
        if _is_php(called, words) and not _is_prose(text[: called.end(1)]) and not _is_prose(text[called.end(2) :]):
            return Confirmed(text[called.start() :][:_EVIDENCE], "is a call of a PHP function")
    for pattern, told in _BEGINNINGS:
        if pattern.match(text) and not _is_prose(text):
            return Confirmed(text[:_EVIDENCE], told)
    for pattern, told in _ANYWHERE:
        if (found := pattern.search(text)) and not _is_prose(text):
            return Confirmed(text[found.start() :][:_EVIDENCE], told)
    return None


def _is_mentioned(text: str) -> bool:
    """Whether a word stands behind the last call of a text, which ends no statement: `phpinfo() shows 8.2`."""
    followed = _WORD_BEHIND.match(text, text.rfind(")") + 1) if ")" in text else None
    return followed is not None and followed[1].lower() not in _OPERATORS


def _is_php(called: re.Match[str], words: Words) -> bool:
    """Whether what a field calls is a function of PHP's, or gets one of its variables."""
    name, gap, given = called[1].lower(), called[2], called[3] or ""
    if name.startswith(words.whole) or (name in words.functions and (gap != " " or bool(given))):
        return True
    return given.lstrip("&").startswith("$") or (name in words.library and gap == "" and bool(given))


def _call(text: str, words: Words) -> Confirmed | None:
    """A call of a variable, or a value that is nothing but a call of a function that only PHP has."""
    if "$" not in text and not _is_whole_call(text, words):
        return None
    tokens = fold(read(text, 0, len(text), _TOKENS).tokens)
    if juxtaposed(tokens, 1) or any(token.gap is Gap.LINE for token in tokens[1:]):
        return None
    for chain in chains(tokens):
        if _calls_a_variable(chain, tokens):
            return Confirmed(text[:_EVIDENCE], "calls a PHP function by a variable")
    if _is_whole_call(text, words) and brings_all(tokens, 1, len(tokens)):
        return Confirmed(text[:_EVIDENCE], "is a call of a PHP function")
    return None


def _is_whole_call(text: str, words: Words) -> bool:
    called = _CALL.match(text)
    if called is None or not called[1].lower().startswith(words.whole):
        return False
    return ")" in text or "_" in called[1]


def _calls_a_variable(chain: Chain, tokens: list[Token]) -> bool:
    """`$f(1)`, `$_GET[0]($_GET[1])`, `${'f'}[0](1)`, but no `$t('greeting')`."""
    called = next((link for link in chain.links if link.step is Step.CALL), None)
    if called is None:
        return False
    root = chain.root
    if root is None:
        before = tokens[chain.first - 1].text if chain.first else ""
        return before == "$" and tokens[chain.first].text == "{"
    if root.kind is not Kind.NAME or not root.text.startswith(("$", "@$")):
        return False
    name = root.text.lower().lstrip("@")
    if name in _TRANSLATING or any(link.step is Step.MEMBER and not link.hidden for link in _until(chain, called)):
        return False
    if name.startswith(_REQUEST):
        return True
    begins = chain.first == 0 or tokens[chain.first - 1].text in ("@", "=", ";", "(", "{")
    return begins and brings_all(tokens, called.first, called.last)


def _until(chain: Chain, called: Link) -> tuple[Link, ...]:
    return chain.links[: chain.links.index(called)]
