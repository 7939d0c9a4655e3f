"""Clients that are refused before there is a request to judge: by which bounds, and how it is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from mitmproxy import ctx
from mitmproxy.connection import Client
from mitmproxy.log import ALERT

from gatelens import audit
from gatelens.audit import Transaction
from gatelens.mitm import exchange
from gatelens.mitm.http1_bounds import FLOOR
from gatelens.policy import Policy

logger = logging.getLogger("gatelens")

UNREAD = 64 * 1024 * 1024
"""Bytes of answers that are kept for an HTTP/2 client at least: it may have a hundred of them on their way."""


class Refusals:
    """The guard of the readers of HTTP/1 and HTTP/2."""

    def __init__(self, policy: Callable[[], Policy], write: Callable[[dict[str, object]], None]) -> None:
        """`policy` is the one in force; `write` takes audit events."""
        self._policy = policy
        self._write = write

    def head_limit(self) -> int:
        """See http1_bounds.Guard."""
        return max(FLOOR, *(route.limits.header_bytes + route.limits.url_length for route in self._policy().routes))

    def pipeline_limit(self) -> int:
        """See http1_bounds.Guard."""
        return self.head_limit() + max(route.limits.request_body for route in self._policy().routes)

    def unread_limit(self) -> int:
        """See http1_bounds.Guard."""
        return max(UNREAD, 4 * max(route.limits.response_body for route in self._policy().routes))

    def times(self) -> tuple[float, float]:
        """See http1_bounds.Guard."""
        return ctx.options.gatelens_head_seconds, ctx.options.gatelens_body_seconds

    def refused(self, client: Client, status: int, reason: str) -> str:
        """See http1_bounds.Guard."""
        told = Transaction(
            incident=exchange.incident(), time=time.time(), client=client.peername[0], method="", path="", status=status
        )
        told.error = reason.replace(" ", "-")
        logger.log(ALERT, "%s: %s, refused", told.client, reason)
        self._write(audit.event(told))
        return told.incident
