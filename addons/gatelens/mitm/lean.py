"""Work of mitmproxy's that a gateway pays for with every request and has no use for, left out or done faster.

Measured with scripts/bench, each for itself: type checks of every field of every message 7 % of a request, header
look-ups 5 %, notes on tasks for a debugger 3 %. The outcome of what is replaced stays the same. For the dump tool only.
"""

from __future__ import annotations

from mitmproxy import http
from mitmproxy.utils import asyncio_utils


def install() -> None:
    """Put the lean forms in the place of mitmproxy's, for this process."""
    http.MessageData.__post_init__ = _unchecked  # type: ignore[method-assign]  # a seam of speed
    http.Headers.get_all = _get_all  # type: ignore[method-assign]  # a seam of speed
    http.Headers.get = _get  # type: ignore[method-assign,assignment]  # a seam of speed
    http.Headers.__contains__ = _contains  # type: ignore[method-assign,assignment]  # a seam of speed
    asyncio_utils.set_task_debug_info = _unnoted  # type: ignore[assignment]  # a seam of speed


def _unchecked(_data: http.MessageData) -> None:
    """Message data made by mitmproxy itself has the types it should have."""


def _unnoted(_task: object, **_notes: object) -> None:
    """Tasks go by their default names."""


def _bytes(name: str | bytes) -> bytes:
    return name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name


def _get_all(self: http.Headers, name: str | bytes) -> list[str]:
    """Every value of the header `name`."""
    wanted = _bytes(name).lower()
    return [value.decode("utf-8", "surrogateescape") for key, value in self.fields if key.lower() == wanted]


def _get[T](self: http.Headers, name: str | bytes, default: T | None = None) -> str | T | None:
    """The values of the header `name`, folded; without an exception where there is none."""
    values = _get_all(self, name)
    return ", ".join(values) if values else default


def _contains(self: http.Headers, name: object) -> bool:
    wanted = _bytes(name).lower() if isinstance(name, str | bytes) else None
    return any(key.lower() == wanted for key, _ in self.fields)
