"""Say what a piece of script does: nothing of its own, something that is not known, or something that tells an attack.

Source: ECMA-262 sections 12 (lexical grammar), 13 (expressions); CWE-79, CWE-95.
Limits: names are told by how they are spelled, strings joined by `+` and escapes undone; a name put together in
another way is told by its being computed. Of a piece 8,192 characters are read; a handler longer than that is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import islice

from gatelens.languages.html.vocabulary import Vocabulary, words_of

MOST = 8_192
"""Characters read of one piece of script."""

_LAP = 256
"""Characters that two parts of a long piece have in common."""

LEAVES = "leads the browser elsewhere"

_ESCAPE = re.compile(r"\\(?:u\{0{0,8}([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/|<!--|-->")
_JOINED = re.compile(r"(['\"`])\s*\+\s*['\"`]|\\(?:\r\n|[\r\n\u2028\u2029])")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

_GLOBALS = frozenset(
    "window self top parent frames this globalthis document content opener defaultview location".split()
)
_GLOBAL = r"(?:window|self|top|parent|frames|this|globalThis|document|content|opener|defaultView)"
_COMPUTED = re.compile(
    # a member of the global object by a name in brackets, and called
    r"(?<![\w$.])(?:window|self|top|parent|frames|globalThis|opener)\s*+(?:\?\.)?"
    r"(?:\[[^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*+\]\s*+)++(?:\?\.)?[(`]"
    # by a name that is put together
    rf"|(?<![\w$.]){_GLOBAL}\s*+(?:\?\.)?\[\s*+(?:[^\[\]'\"\w\s]|['\"][^'\"\]]{{0,99}}['\"]\s*+[^\]\s]|\w+\s*+[+.(\[])"
)
_COMPUTED_OF_VALUE = re.compile(
    # a member of a member of an array that stands there, and called
    r"(?<![\w$)\]])\[[^\[\]]*+\]\s*+\[[^\[\]]*+\]\s*+(?:\[[^\[\]]*+\]\s*+)*+[(`]"
    # a member of a number, and called
    r"|(?<![\w$.\])])\d++\s*+(?:\[[^\[\]]++\]\s*+)++[(`]"
)
_TAKEN_APART = re.compile(
    r"\{[\w$\s,:]{1,99}\}\s*+=\s*+(?:window|self|top|parent|frames|globalThis|document|opener|location)\b(?!\s*+[.\[(])"
)
"""Members of the page by destructuring: `{cookie}=document`."""
_CONSTRUCTOR = re.compile(
    r"(?:\.\s*|\[\s*['\"`]|(?<![\w$]))constructor\s*+(?:['\"`]\s*+\]|)\s*+(?:\.\s*+constructor|\[|`"
    r"|\(\s*+(?:['\"`]|[\w$.]++\s*+[+(\[]))|(?:\.|\[\s*['\"`])constructor(?:['\"`]\s*+\]|)\s*+[(`\[]"
)
_LEAVES = re.compile(
    r"(?<![\w$-])location\s*+(?:=(?![=>])|\.\s*+(?:href|hash|search|pathname)\s*+(?:=(?![=>])|\.|\))"
    r"|\.\s*+(?:replace|assign)\s*+\(|\[)|(?<![\w$.])location\s*+\(",
    re.IGNORECASE,
)
_THROWS = re.compile(r"onerror\s*+\]?\s*+=|(?<![\w$.])throw\s*+(?:onerror|/|\[|\{|['\"`]|[a-z]\b)")
_SCOPE = re.compile(r"(?<![\w$.])with\s*+\(\s*+(?:document|window|self|top|location|0)")
_IN_SCOPE = re.compile(
    r"(?<![\w$.])(?:write|writeln|createElement|append|prepend|replaceWith|setAttribute|execCommand|open)\s*+[(`]"
)
"""Methods of the document and of the element, which are in scope in an event handler."""
_IMPORTS = re.compile(r"(?<![\w$.] )(?<![\w$.])import\s*+\(|(?<![\w$.])import\s*+['\"`]")

_ARGUMENT = r"(?:'[^'<>\\]*+'|\"[^\"<>\\]*+\"|-?[\d.]++|[a-zA-Z_$][\w$]*+(?:\.[a-zA-Z_$][\w$]*+)*+)"
_OWN = re.compile(
    r"(?:\s*+(?:return\b\s*+)?(?:void\s*+(?:\(\s*+0?\s*+\)|0)"
    rf"|[a-zA-Z_$][\w$]*+(?:\.[a-zA-Z_$][\w$]*+)*+(?:\s*+\(\s*+(?:{_ARGUMENT}(?:\s*+,\s*+{_ARGUMENT})*+)?\s*+\))?"
    r"|-?[\d.]++)?\s*+(?:;|\Z))*+\s*+\Z"
)
"""Statements that can do no more than what the page itself offers: calls of its functions with plain arguments."""

_BASIC = re.compile(
    r"(?:\A|[:;\n])\s*+(?:alert|msgbox|execute|prompt|confirm)(?:\s++(?:[\"'\d]|\w+\s*+\Z)|\s*+-\s*+\d)", re.IGNORECASE
)
_ACTS = re.compile(r"[`(=\[]|(?<![\w$])throw\b")
_FUNCTION_ONLY = re.compile(r"\s*+\{\s*+(?:async\s*+)?(?:\(|[\w$]++\s*+=>|function\b)")

_PIECE = re.compile(r"(['\"`])([^'\"`\\\n]{1,12})\1")
_FEWEST_PIECES = 2
_MOST_SIGNS = 400
_MOST_PIECES = 64
_SCRIPT_SCHEMES = ("javascript:", "vbscript:", "data:text/html")

_PREFIXES = frozenset(
    "var let const new typeof void delete return throw function async await yield do case class import export get set "
    "static if while for switch with try default".split()
)
"""Words in front of an operand: right behind one, on the same line, none of them can stand."""
_WORDS = _PREFIXES | frozenset("in of instanceof else extends finally catch from as".split())
_HEADS = frozenset("if while for with switch catch await".split())
"""Words whose parentheses are followed by a statement."""
_SPACE = (
    r"(?P<line>[^\S\n\r\u2028\u2029]*+(?:[\n\r\u2028\u2029]|//[^\n\r]*+|<!--[^\n\r]*+)\s*+)"
    r"|(?P<space>\s++|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z))"
)
_OPERAND = (
    r"|(?P<name>(?:[\w$#@]|\\u\{?[0-9a-fA-F]+\}?)++)"
    r"|(?P<quoted>\"(?:[^\"\\\n]|\\.)*+(?:\"|\Z)|'(?:[^'\\\n]|\\.)*+(?:'|\Z))"
    r"|(?P<template>`(?:[^`\\]|\\.)*+(?:`|\Z))"
)
_SIGN = r"|(?P<close>[)\]}])|(?P<sign>[(\[{,;:?.=<>+\-*%&|^!~/])|(?P<other>.)"
_TOKEN = re.compile(_SPACE + _OPERAND + _SIGN, re.DOTALL)
_EXPRESSION = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/[a-z]*+")


def plain(code: str) -> str:
    """`code` without what hides it: escapes, comments, joined strings, characters that are not seen."""
    code = code[:MOST]
    if "\\" in code:
        code = _ESCAPE.sub(_character, code)
    if "/*" in code or "<!--" in code or "-->" in code:
        code = without(_COMMENT, " ", code)
    if not code.isascii() or not code.isprintable():
        code = _INVISIBLE.sub("", code)
    if "+" in code or "\\" in code:
        code = _JOINED.sub("", code)
    return code


def without(comment: re.Pattern[str], stands_for: str, code: str) -> str:
    """`code` with `stands_for` instead of what `comment` finds, up to where the last comment ends: one that does not
    end would be read again from each of its beginnings.
    """
    end = code.rfind("*/") + 2
    head, tail = (code[:end], code[end:]) if end > 1 else ("", code)
    return comment.sub(stands_for, head) + tail.replace("<!--", " ").replace("-->", " ")


def _character(found: re.Match[str]) -> str:
    code = int(found[1] or found[2] or found[3], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def effect(code: str, vocabulary: Vocabulary) -> str:
    """What `code` does that tells an attack, in words that go on "that …"; empty where nothing does."""
    code = plain(code)
    lowered = code.lower()
    words = words_of(lowered)
    if known := vocabulary.use_in(code, lowered, words):
        return known
    return _by_form(code, words) or _put_together(code, vocabulary)


def _by_form(code: str, words: Set[str]) -> str:
    """What `code` does whatever the names it uses; each form is looked for only where a word of it stands."""
    if "constructor" in words and _CONSTRUCTOR.search(code):
        return "makes a function of a text"
    if "location" in words and _LEAVES.search(code):
        return LEAVES
    if "with" in words and _SCOPE.search(code):
        return "reaches into an object"
    if "import" in words and _IMPORTS.search(code):
        return "loads a script"
    if "[" in code and ((not words.isdisjoint(_GLOBALS) and _COMPUTED.search(code)) or _COMPUTED_OF_VALUE.search(code)):
        return "calls by a computed name"
    if "{" in code and not words.isdisjoint(_GLOBALS) and _TAKEN_APART.search(code):
        return "takes an object of the page apart"
    if ("throw" in words or "onerror" in words) and _THROWS.search(code):
        return "throws to a handler"
    return "is written in signs only" if is_signs_only(code) else ""


def _put_together(code: str, vocabulary: Vocabulary) -> str:
    """Whether the strings of `code` are the pieces of a script: `a='ale',b='rt(1)'`."""
    pieces = [found[2] for found in islice(_PIECE.finditer(code), _MOST_PIECES)] if "=" in code else ()
    if len(pieces) < _FEWEST_PIECES:
        return ""
    joined = "".join(pieces)
    lowered = joined.lower()
    if lowered.startswith(_SCRIPT_SCHEMES) or vocabulary.alone.use_in(joined, lowered, words_of(lowered)):
        return "puts a script together from pieces"
    return ""


def effect_of_all(pieces: Sequence[str], vocabulary: Vocabulary) -> str:
    """The first effect of any of `pieces`, however many and long they are."""
    joined = "\n".join(piece for piece in pieces if not piece.isspace() and piece)
    parts = (joined[at : at + MOST] for at in range(0, len(joined), MOST - _LAP))
    return next((words for part in parts if (words := effect(part, vocabulary))), "")


def is_signs_only(code: str) -> bool:
    """Whether the first of `code` is written as JSFuck and its like are: in brackets, plus and exclamation marks."""
    start = "".join(code[:_MOST_SIGNS].split())
    if len(start) < 24:
        return False
    signs = sum(map(start.count, "[]()!+{}"))
    return signs * 10 >= len(start) * 8 and "(" in start and "[" in start


def runs(code: str, vocabulary: Vocabulary, *, own: bool = True) -> str:
    """What `code` does where it is run, as the value of an event handler is; empty where it can do nothing of its own.

    Where `own` is true, calls of the page's own functions with plain arguments are none of the value's doing.
    """
    if code[:1] == "{" and ("}" not in code or (_FUNCTION_ONLY.match(code) and not code.rstrip().endswith(")"))):
        return ""  # JSX: a block that a space cut off, or with a function in it that nobody calls
    if words := effect(code, vocabulary):
        return words
    if len(code) > MOST:
        return "runs more code than is read"
    code = plain(code)
    if _BASIC.search(code):
        return "calls as VBScript does"
    if own and _OWN.match(code) and not _IN_SCOPE.search(code):
        return ""
    return "runs code" if _ACTS.search(code) else ""


def is_script(code: str, most: int = 1_024) -> bool:
    """Whether `code` may be script: no two operands stand side by side, as the words of a sentence do."""
    last, operand, parted, at, end = "", False, False, 0, min(len(code), most)
    heads: list[bool] = []
    while at < end:
        if code[at] == "/" and not operand and (found := _EXPRESSION.match(code, at, end)):
            operand, last, at = True, "", found.end()
            continue
        found = _TOKEN.match(code, at, end)
        assert found is not None  # `other` is any character
        at, kind = found.end(), found.lastgroup
        if kind == "space":
            parted = True
            continue
        if kind == "line":
            operand = False
        elif kind == "name":
            word = found["name"]
            if operand and (word in _PREFIXES or (word not in _WORDS and last not in _WORDS)):
                return False
            operand, last = word not in _WORDS, word
        elif kind == "quoted":
            if operand and last not in _WORDS and at - found.start() > 1:
                return False  # a single one at the end is that of the place
            operand, last = True, ""
        elif kind == "template":
            if operand and parted:
                return False
            operand, last = True, ""
        elif kind == "close":
            last = found["close"]
            # of a parenthesis that the code did not open it is not known what stands before
            operand = last == "]" or (last == ")" and bool(heads) and not heads.pop())
        elif kind == "sign":
            if found["sign"] == "(":
                heads.append(last in _HEADS)
            operand, last = False, ""
        else:
            return False
        parted = False
    return True
