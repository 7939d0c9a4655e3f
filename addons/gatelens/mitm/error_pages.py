"""mitmproxy's own error answers, as problem+json that tells nothing.

As they come, these pages quote header values, the upstream's bytes and its address back to the client (CWE-209).
"""

from __future__ import annotations

import re
import uuid

from mitmproxy.http import Headers, Response
from mitmproxy.net.http import http1
from mitmproxy.proxy.layers.http import _http1, _http2, _http3

from gatelens.answers import problem

_INCIDENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def install() -> None:
    """Put our pages in the place of mitmproxy's, for this process."""
    _http1.make_error_response = _error_response
    for module in (_http2, _http3):
        module.format_error = _error_body  # type: ignore[attr-defined]  # imported there by name


def _error_body(status_code: int, message: str) -> bytes:
    """`message` is either the incident of a decision of ours, or mitmproxy's text, which is not told."""
    return problem(status_code, message if _INCIDENT.fullmatch(message) else str(uuid.uuid4()))


def _error_response(status_code: int, message: str = "") -> bytes:
    headers = Headers(Connection="close", Content_Type="application/problem+json", Cache_Control="no-store")
    page: bytes = http1.assemble_response(Response.make(status_code, _error_body(status_code, message), headers))
    return page
