"""A memory of at most so many results, the least recently used forgotten first; safe in several threads."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock


class BoundedCache[K, V]:
    """What was worked out before, by key."""

    __slots__ = ("_entries", "_lock", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """What is kept under `key`, or None."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: K, value: V) -> None:
        """Keep `value` under `key`."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget what is kept under `key`, if anything is."""
        with self._lock:
            self._entries.pop(key, None)
