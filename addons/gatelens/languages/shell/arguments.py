"""Tell what people pass to commands from what they write in sentences.

Source: POSIX.1-2024 Utility Conventions, section 12.2; our own judgement.
Limits: sentences are known by English, German, French and Spanish function words and by their punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from gatelens.languages.shell.words import HIDING, Word


class Shape(IntEnum):
    """What the arguments of a command look like, all together."""

    PROSE = 0
    BARE = 1
    NONE = 2
    WEAK = 3
    STRONG = 4


_STRONG = re.compile(
    r"""
    --?[A-Za-z0-9?][\w-]*+(?:[=:].*+)?\Z|-[\w.,/:=-]++\Z|\+[\w!]++\Z
    |/(?:[A-Za-z?]{1,3}+(?:[:=].*+)?\Z|[\w.*?\[\]{}/+-]++)|\.\.?/|~/|\.\.\Z
    |[A-Za-z]:[\\/]|\\\\[\w.]|%\w++%\\
    |[a-z][a-z0-9+]{1,12}://|\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d++)?\Z|::1\Z
    |[\w.-]++@[\w.-]++(?::\S*+)?\Z|HK(?:LM|CU|CR|U|CC)(?:[\\:]|\Z)|localhost\b
    """,
    re.VERBOSE | re.DOTALL,
)
_WEAK = re.compile(
    r"""
    \.?[\w-]++(?:\.[\w-]++)++\Z|[\d.,]++[smhdkKMG]?\Z|[\$%@*?\[{!~.][\S]*+\Z|\w++=\S*+\Z|\S*[/\\*?]\S*+\Z|[\w-]++_[\w-]++\Z|\d\S*+\Z
    """,
    re.VERBOSE | re.DOTALL,
)
_HOST = re.compile(r"(?:[\w-]++\.){2,}\Z|(?:[\w-]++\.){2,}[\w-]++\.?\Z")
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.!?:;]++\Z|[^\x00-\x7f]|\w+'(?:s|t|re|ll)\Z|\(\w|\w+\)\Z")
_FUNCTION_WORDS = frozenset(
    """a an the this that these those it its he she they them we you your our my me i us his her their who whom what
    which and or but nor so than as if when while where because although though not is are was were be been
    being am do does did has have had will would shall should can could may might must of to at by for from with
    without into onto upon about over under between through during before after above below again
    further then once here there any both each few more most other some such own same too very just also like
    using use used via per et ou le la les des du un une der die das und oder ein eine nicht mit von zu den dem el
    los las que para con por una es""".split()
)
_MOST_BARE = 3


def shape(words: Sequence[Word]) -> Shape:
    """What `words` behind a command's name look like."""
    if not words:
        return Shape.NONE
    bare = function = 0
    best = Shape.BARE
    sentence = spaced = False
    for word in words[:32]:
        text = word.text
        if word.quoted or word.tricks & HIDING:
            best = max(best, Shape.WEAK)
        if _STRONG.match(text):
            best = Shape.STRONG
            spaced |= "\\" in text  # cmd takes a path with spaces without quotes
        elif _HOST.match(text):
            best = max(best, Shape.WEAK)
        elif text.lower() in _FUNCTION_WORDS:
            function += 1
            bare += 1
        elif _SENTENCE.search(text) and not word.quoted:
            sentence = True
            bare += 1
        elif _WEAK.match(text) or not text:
            best = max(best, Shape.WEAK)
        elif not word.quoted:
            bare += 1
    if spaced:
        return best
    if (function or sentence) and bare > (1 if best is Shape.STRONG else 0):
        return Shape.PROSE
    if bare > _MOST_BARE + (best is Shape.STRONG) * 3:
        return Shape.PROSE
    return best
