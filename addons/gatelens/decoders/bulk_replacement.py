"""Replace many escapes of few kinds in a text: in bulk, since a call an escape would cost more than all the rest."""

from __future__ import annotations

import re
from collections.abc import Callable

_MOST = 5_000


class Memo(dict[str, str]):
    """What escapes stand for, worked out once each. Bounded: a hostile text may hold many kinds."""

    def __init__(self, meaning: Callable[[str], str]) -> None:
        self._meaning = meaning

    def __missing__(self, escape: str) -> str:
        if len(self) > _MOST:
            self.clear()
        meant = self[escape] = self._meaning(escape)
        return meant


def replaced(pattern: re.Pattern[str], meanings: Memo, text: str) -> str:
    """`text` with what `pattern` (one group, all of it) finds replaced by what it means."""
    pieces = pattern.split(text)
    pieces[1::2] = map(meanings.__getitem__, pieces[1::2])
    return "".join(pieces)
