"""Words of the languages that may stand beside a name, where prose has a word."""

from __future__ import annotations

KEYWORDS = frozenset(
    """new return function var let const import from as if else elif elsif in of typeof await async echo print puts
    require include global static public private throw try catch finally while for do foreach and or not is lambda def
    class end then unless case when switch default instanceof extends delete void yield with int string char byte
    boolean final exit die include_once require_once raise except pass set begin rescue xor""".split()
)
"""Names that may stand beside another name in code."""

NO_VALUES = frozenset(
    """return if elif elsif in of and or not is else while for case typeof await new echo throw yield do then when
    function""".split()
)
"""Keywords behind which a value begins: what they stand before is no call of them."""
