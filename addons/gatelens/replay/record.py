"""A recording: the records in it, and opening one whatever it is packed in and whichever kind it is."""

from __future__ import annotations

import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct

from gatelens.model.message import Message

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STDIN: Final = "-"

UNREADABLE: Final = (OSError, EOFError, zlib.error)
"""What reading an opened recording may raise: a failing disk, and a gzip stream that is cut or damaged."""

MAX_RECORD: Final = 64 * 1024 * 1024
"""Bytes of one record, over which it is not read: far over any message that the engine inspects."""

EARLIEST: Final = 0.0
LATEST: Final = 253_402_300_799.0
"""The times a record may have, in Unix seconds: 1970 to 9999, which is what `datetime` can tell."""

_ENOUGH_TO_TELL = 512
_BUFFER = 64 * 1024
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_MITM = re.compile(rb"[0-9]{1,12}:")
_HTTP = re.compile(rb"[A-Z]{1,32} [^\s{}\[\]\"]")
_HAR = re.compile(rb'\s*\{\s*"log"\s*:')


class Record(Struct, frozen=True):
    """One recorded exchange. `number` counts from 1 in its file; `id` is the recording's own, else the number."""

    number: int
    id: str
    request: Message
    response: Message | None = None


class BrokenRecord(Struct, frozen=True):
    """A record that cannot be read. `reason` is in our words, never the content's.

    `line` (from 1) or `offset` (bytes from the start, after unpacking) say where it stands.
    """

    number: int
    reason: str
    line: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return f"record {self.number}{_place(self.line, self.offset)}: {self.reason}"


class SkippedRecord(Struct, frozen=True):
    """A record that is in order, but no HTTP exchange."""

    number: int
    reason: str
    offset: int | None = None

    def __str__(self) -> str:
        return f"record {self.number}{_place(None, self.offset)}: skipped: {self.reason}"


Entry = Record | BrokenRecord | SkippedRecord

Reader = Callable[[io.BufferedReader, float], Iterator[Entry]]
"""Reads an opened recording. The float is the time, in Unix seconds, of records that tell none."""


class Kind(StrEnum):
    """The kinds of recording, each with a reader."""

    MITM = "mitm"
    HAR = "har"
    JSONL = "jsonl"
    HTTP = "http"


_SUFFIXES = {
    ".mitm": Kind.MITM,
    ".flow": Kind.MITM,
    ".flows": Kind.MITM,
    ".har": Kind.HAR,
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".http": Kind.HTTP,
}


class Recording:
    """An opened recording: `stream` is unpacked; `size` is in bytes as it lies on the disk, None for a pipe."""

    def __init__(self, raw: io.BufferedReader, name: str, size: int | None) -> None:
        self.size = size
        self._raw = raw
        self.stream, head = _rewound(raw)
        if head.startswith(_GZIP):
            self.stream, head = _rewound(gzip.GzipFile(fileobj=self.stream))
            name = name.removesuffix(".gz")
        self.kind = _SUFFIXES.get(Path(name).suffix.lower()) or _sniffed(head)

    def position(self) -> int:
        """How many bytes of `size` have been read so far; 0 for a pipe, which does not tell."""
        return 0 if self.size is None else self._raw.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._raw.close()


def open_recording(name: str) -> Recording:
    """Open the file `name`, or standard input for `-`. Raises one of UNREADABLE where that fails."""
    if name == STDIN:
        return Recording(open(sys.stdin.fileno(), "rb", closefd=False), "", None)
    path = Path(name)
    raw = path.open("rb")
    try:
        return Recording(raw, path.name, path.stat().st_size if path.is_file() else None)
    except BaseException:
        raw.close()
        raise


def time_is_possible(time: object) -> bool:
    """Whether `time` can be the Unix time of a message."""
    return isinstance(time, (int, float)) and EARLIEST <= time <= LATEST


def _place(line: int | None, offset: int | None) -> str:
    if line is not None:
        return f" (line {line})"
    return f" (byte {offset})" if offset is not None else ""


def _sniffed(head: bytes) -> Kind:
    if _MITM.match(head):
        return Kind.MITM
    if _HTTP.match(head):
        return Kind.HTTP
    return Kind.HAR if _HAR.match(head.removeprefix(_BOM)) else Kind.JSONL


def _rewound(stream: io.BufferedReader | gzip.GzipFile) -> tuple[io.BufferedReader, bytes]:
    """`stream` from its start, which a pipe cannot be turned back to, and what it starts with."""
    head = b""
    failure: Exception | None = None
    try:
        while len(head) < _ENOUGH_TO_TELL and (more := stream.read1(_ENOUGH_TO_TELL - len(head))):
            head += more
    except UNREADABLE as error:
        if not head:
            raise
        failure = error
    return io.BufferedReader(_Rewound(head, stream, failure), _BUFFER), head


class _Rewound(io.RawIOBase):
    """A stream the first bytes of which were read before, and what failed behind them."""

    def __init__(self, head: bytes, rest: io.BufferedReader | gzip.GzipFile, failure: Exception | None) -> None:
        self._head = head
        self._rest = rest
        self._failure = failure

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer)
        if self._failure and not self._head:
            raise self._failure
        # read1, because read() gives up what it has already unpacked when a cut gzip stream ends.
        data = self._head[: len(room)] or self._rest.read1(len(room))
        self._head = self._head[len(room) :]
        room[: len(data)] = data
        return len(data)
