"""Find every key and leaf of a JSON text, strict or not, with its place: container, step and byte span.

Source: RFC 8259 (grammar), RFC 6901 (pointers), RFC 7464 (sequences); what lenient parsers take besides (comments,
single quotes, unquoted words: JSON5, Gson) is read on. Nothing is refused: a closing bracket closes what is open, a
comma begins the next item, and `fault` says what a strict parser would think of it.
Limits: reading stops soon after more than `most` nodes. Of a longer integer the first 1,000 digits are taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate, compress, count
from operator import itemgetter, length_hint

import orjson

MIN_NUMBER_DIGITS = 12
"""Integers this long are leaves too: a payment card or an account may be written as a number."""

NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
"""RFC 8259 section 6."""

LITERALS = frozenset({b"true", b"false", b"null"})

_MOST_DIGITS = 1000
_CHUNK = 4 * 1024
_lead = itemgetter(0)
_STRING, _WORD, _SIGNS, _COLON, _COMMENT, _SEPARATOR = range(6)
_BLANKS = b" \t\r\n"
_SPACE, _COMMA, _ARRAY, _OBJECT = b" ,[{"
_LEADS = {_STRING: b"\"'", _SIGNS: b"{}[]," + _BLANKS, _COLON: b":", _COMMENT: b"/#"}
_SHAPES = {_STRING: b'""', _WORD: b"0 ", _COMMENT: b" ", _SEPARATOR: b" "}
_SIGNS_A_NODE = 4
"""Signs, comments and ends of records beyond which reading stops: a node has a comma and two brackets at most."""


def _kinds(separator: bytes) -> bytes:
    """For each byte, what a piece is that it leads."""
    kinds = bytearray([_WORD] * 256)
    for kind, leads in (*_LEADS.items(), (_SEPARATOR, separator)):
        for lead in leads:
            kinds[lead] = kind
    return bytes(kinds)


def _piece(separator: bytes) -> re.Pattern[bytes]:
    """Pieces that cover a text without a gap. Each is as long as it can be, so that only the last one of a chunk may be
    cut; no choice is taken back. No piece goes over a `separator` of records."""
    names = {
        b"sep": separator,
        b"any": b"[^%b]" % separator if separator else b".",
        b"blank": _BLANKS.replace(separator, b""),
        b"end": _BLANKS + rb"{}[\],:\"/#" + separator,
    }
    return re.compile(
        (
            rb'"[^"\\%(sep)b]*+(?:(?:\\%(any)b)++[^"\\%(sep)b]*+)*+["\\]?+'
            rb"|[{}\[\],%(blank)b]{1,1024}+"
            rb"|:[:%(blank)b]{0,1024}+"
            rb"|[^%(end)b'](?:[^%(end)b]++|/(?![*/]))*+"
            rb"|'[^'\\%(sep)b]*+(?:(?:\\%(any)b)++[^'\\%(sep)b]*+)*+['\\]?+"
            rb"|/\*%(any)b*?\*/|/\*%(any)b*+|//[^\r\n%(sep)b]*+|#[^\r\n%(sep)b]*+|/"
            + (rb"|%(sep)b{1,1024}+" if separator else b"")
        )
        % names,
        re.DOTALL,
    )


_SEPARATORS = (b"", b"\n", b"\x1e")
_KINDS = {separator: _kinds(separator) for separator in _SEPARATORS}
_PIECES = {separator: _piece(separator) for separator in _SEPARATORS}


class JsonScan:
    """One pass over `body`; linear in its length.

    Containers are numbered in the order in which they begin, from 1; 0 is the body itself. A leaf or key is known by
    its container and its step there: an index, or where it belongs to a key, the complement of the key's number. At the
    top the steps count the texts of a sequence, and a `separator` ends each record, whatever is open.

    `values` and `keys` are pieces as they stand in the body, `unquoted_values` and `unquoted_keys` say which of them
    have no quotes, `last_values` and `last_keys` which may have no closing quote: those before the end of a record.
    `words` are all values without quotes: literals, numbers and what is neither. `stray` are commas and
    closing brackets that belong to nothing; `unfinished` says that a record ended with something open.
    """

    def __init__(self, body: bytes, most: int, separator: bytes = b"") -> None:
        self.values: list[bytes] = []
        self.value_starts: list[int] = []
        self.value_in: list[int] = []
        self.value_steps: list[int] = []
        self.unquoted_values: list[int] = []
        self.last_values: set[int] = set()
        self.keys: list[bytes] = []
        self.key_starts: list[int] = []
        self.key_in: list[int] = []
        self.unquoted_keys: list[int] = []
        self.last_keys: set[int] = set()
        self.words: list[bytes] = []
        self.parents = [0]
        self.steps = [0]
        self.most_items = self.depth = 0
        self.commented = self.stray = self.unfinished = self.stopped = False
        self._kinds = _KINDS[separator]
        self._pieces: list[bytes] = []
        self._starts: list[int] = []
        self._roots: list[tuple[int, int]] = []  # the piece that begins a text, by its place, and the sign of the piece
        self._work = 0
        self._read(body, most, _PIECES[separator])

    @property
    def texts(self) -> int:
        """Values that stand in no other: one, where the body is not a sequence."""
        return len(self._roots)

    @property
    def nodes(self) -> int:
        """Values that stand in an object, an array or a sequence of several texts; or as many as have as many signs."""
        values = len(self.values) - len(self.unquoted_values) + len(self.words) + len(self.parents) - 1
        values -= self.texts == 1
        return max(values, self._work // _SIGNS_A_NODE) if self.stopped else values

    @property
    def most_keys(self) -> int:
        """Keys of the object that has the most of them."""
        return max(Counter(self.key_in).values(), default=0)

    def _read(self, body: bytes, most: int, pattern: re.Pattern[bytes]) -> None:  # noqa: PLR0915  # calls cost
        kinds = self._kinds
        kept = bytes(kind != _COLON for kind in kinds)
        values, value_starts, value_in, value_steps = self.values, self.value_starts, self.value_in, self.value_steps
        keys, key_starts, key_in, words = self.keys, self.key_starts, self.key_in, self.words
        parents, steps = self.parents, self.steps
        leaves = dict.fromkeys(LITERALS, False)
        outer: list[tuple[int, int, bool]] = []  # of each container around: its number, the step there, is it an array
        number = step = position = depth = most_items = work = 0
        in_array = expect_key = False
        chunk = _CHUNK
        while position < len(body) and not self.stopped:
            pieces: list[bytes] = pattern.findall(body, position, position + chunk)
            if position + chunk < len(body):
                pieces.pop()  # it may go on
                if not pieces:
                    chunk *= 2
                    continue
            chunk = _CHUNK
            leads = bytes(map(_lead, pieces))
            starts = list(accumulate(map(len, pieces), initial=position))
            position = starts.pop()
            self._pieces += pieces
            self._starts += starts
            keep = leads.translate(kept)
            kind_of = compress(leads.translate(kinds), keep)
            for kind, piece, start in zip(kind_of, compress(pieces, keep), compress(starts, keep), strict=True):
                if kind == _SIGNS:
                    signs = piece if len(piece) == 1 else piece.translate(None, _BLANKS)
                    if signs == b"," and number:
                        if in_array:
                            step += 1
                        else:
                            expect_key = True
                        continue
                    work += len(signs)
                    rest = iter(signs)
                    for sign in rest:
                        if sign == _COMMA:
                            if in_array:
                                step += 1
                            elif number:
                                expect_key = True
                            else:
                                self.stray = True
                        elif sign in (_OBJECT, _ARRAY):
                            if not number:
                                self._roots.append((start, len(signs) - length_hint(rest) - 1))
                            outer.append((number, step, in_array))
                            parents.append(number)
                            steps.append(step)
                            number = len(parents) - 1
                            step = 0
                            in_array = sign == _ARRAY
                            expect_key = not in_array
                            depth = len(outer) if len(outer) > depth else depth
                        elif sign <= _SPACE:
                            work -= 1
                        elif outer:
                            if in_array and step >= most_items:
                                most_items = step + 1
                            number, step, in_array = outer.pop()
                            expect_key = False
                            step += not number
                        else:
                            self.stray = True
                elif kind <= _WORD:
                    if expect_key:
                        expect_key = False
                        if kind == _WORD:
                            self.unquoted_keys.append(len(keys))
                        step = ~len(keys)
                        keys.append(piece)
                        key_starts.append(start)
                        key_in.append(number)
                        continue
                    leaf = kind == _STRING
                    if not leaf:
                        words.append(piece)
                        if piece not in leaves:
                            leaves[piece] = is_leaf(piece)
                        leaf = leaves[piece]
                        if leaf:
                            self.unquoted_values.append(len(values))
                            if len(piece) > _MOST_DIGITS and piece.removeprefix(b"-").isdigit():
                                piece = piece[:_MOST_DIGITS]  # noqa: PLW2901  # the rest says nothing
                    if leaf:
                        values.append(piece)
                        value_starts.append(start)
                        value_in.append(number)
                        value_steps.append(step)
                    if not number:
                        self._roots.append((start, 0))
                        step += 1
                elif kind == _COMMENT:
                    if piece == b"/":
                        words.append(piece)
                    else:
                        self.commented = True
                        work += 2
                else:
                    self._end_record()
                    work += 1
                    if outer:
                        self.unfinished = True
                        step = outer[0][1] + 1
                        outer.clear()
                        number = 0
                    in_array = expect_key = False
            self._work = work
            self.stopped = work >= (most + 1) * _SIGNS_A_NODE or self.nodes > most
        self._end_record()
        self.depth, self.most_items = depth, most_items

    def _end_record(self) -> None:
        """What came last may have no closing quote."""
        if self.values:
            self.last_values.add(len(self.values) - 1)
        if self.keys:
            self.last_keys.add(len(self.keys) - 1)

    @cached_property
    def fault(self) -> str:
        """What a strict parser says of the brackets, commas and colons, text by text; empty where they are right."""
        shape = [_SHAPES.get(self._kinds[piece[0]]) or piece.translate(None, _BLANKS) for piece in self._pieces]
        names = {self.key_starts[key] for key in self.unquoted_keys}
        if names:
            shape = [b'""' if start in names else part for start, part in zip(self._starts, shape, strict=True)]
        try:
            orjson.loads(self._listed(shape))
        except orjson.JSONDecodeError as fault:
            return "" if "depth limit" in fault.msg else fault.msg
        return "" if self._roots else "no value"

    def mended(self, texts: Mapping[int, str]) -> bytes:
        """The texts of the body in a list, as strict as can be; `texts` are those of keys and values, by their starts.

        A comma behind the last item is left out, and a number that is none stands as text. What is open stays open.
        """
        shape: list[bytes] = []
        for start, piece in zip(self._starts, self._pieces, strict=True):
            kind = self._kinds[piece[0]]
            if kind == _SIGNS:
                shape.append(piece.translate(None, _BLANKS))
            elif start in texts:
                shape.append(piece if kind == _WORD and NUMBER.fullmatch(piece) else orjson.dumps(texts[start]))
            else:
                shape.append(b" " if kind in (_COMMENT, _SEPARATOR) else piece)
        return self._listed(shape, b",")

    def _listed(self, shape: list[bytes], last: bytes = b"") -> bytes:
        """The pieces in `shape` as one list of texts; `last` is a sign that may stand behind the last item."""
        if self.texts > 1:
            indexes = dict(zip(self._starts, count(), strict=False))
            for start, sign in reversed(self._roots[1:]):
                piece = shape[indexes[start]]
                shape[indexes[start]] = piece[:sign] + b"," + piece[sign:]
        if last:
            shape = [
                piece.replace(last + b"}", b"}").replace(last + b"]", b"]")
                if piece[:1] in (last, b"}", b"]")
                else piece
                for piece in shape
            ]
        return b"[" + b"".join(shape) + b"]"


def is_leaf(word: bytes) -> bool:
    """Whether a value without quotes is looked at as text: a long integer, or what is no literal and no number."""
    if word in LITERALS or (len(word) < MIN_NUMBER_DIGITS and word.isdigit()):
        return False
    if not NUMBER.fullmatch(word):
        return True
    digits = word.removeprefix(b"-")
    return len(digits) >= MIN_NUMBER_DIGITS and digits.isdigit()
