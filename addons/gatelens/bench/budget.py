"""What inspecting a message may cost: 50 ms for each MiB and 5 ms, in units of the machine.

Machines differ, and one machine differs by the hour. So the same run also times a fixed piece of pure Python and of
orjson, which took REFERENCE seconds where the budget was set, and the budget grows or shrinks with it: `slowness` is 1
there and 2 on a machine of half its speed. Times are of the thread on the processor, so others count for little.

What is charged for is what has to be read: the message as sent, or its body after its content-encoding was taken off,
whichever is longer. A body that may inflate 100 times cannot be read in time for its compressed length; how far it may
is the limits' matter.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable

import orjson

from gatelens.decoders.decoded import Decoded
from gatelens.model.message import Message

PER_MEBIBYTE = 0.050
PER_MESSAGE = 0.005

REFERENCE = 0.0032
"""Seconds that the fixed piece took on the machine for which the budget was set."""

_DOCUMENT = orjson.dumps([{"id": n, "name": "Ada Lovelace", "tags": ["new", "blue", str(n)]} for n in range(2_000)])
_WORD = re.compile(r"[a-z]++")


def slowness() -> float:
    """How many times slower this machine is now than the one of the budget."""
    return best(_fixed_piece, 5) / REFERENCE


def best(work: Callable[[], object], times: int = 3) -> float:
    """The least time of `work` on the processor, in seconds; what the others took more is noise."""
    least = float("inf")
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()  # what earlier messages left behind is not this one's cost
    try:
        for _ in range(times):
            begin = time.thread_time()
            work()
            least = min(least, time.thread_time() - begin)
    finally:
        if enabled:
            gc.enable()
    return least


def allowed(size: int) -> float:
    """Seconds for a message of `size` bytes on the machine of the budget."""
    return PER_MESSAGE + size / 1_048_576 * PER_MEBIBYTE


def charged(message: Message, decoded: Decoded) -> int:
    """The bytes that a message counts as."""
    head = len(message.target) + sum(len(name) + len(value) for name, value in message.headers)
    return head + max(len(message.body), len(decoded.content))


def _fixed_piece() -> int:
    total = 0
    texts: dict[str, int] = {}
    for record in orjson.loads(_DOCUMENT):
        for value in record.values():
            if type(value) is list:
                for text in value:
                    texts[text] = texts.get(text, 0) + len(text)
                    total += len(_WORD.findall(text))
            else:
                total += hash(value) & 7
    return total + len("\n".join(texts).encode())
