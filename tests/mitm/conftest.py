"""The seams of mitmproxy and of logging that our modules patch for a whole process are put back after each test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import wsproto.extensions
from mitmproxy import http
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers import websocket
from mitmproxy.proxy.layers.http import HttpStream, _http1, _http2, _http3
from mitmproxy.proxy.server import ConnectionHandler
from mitmproxy.utils import asyncio_utils

SEAMS: tuple[tuple[object, str], ...] = (
    (ConnectionHandler, "handle_connection"),
    (HttpStream, "check_body_size"),
    (HttpStream, "state_stream_response_body"),
    (http_layers, "Http1Server"),
    (http_layers, "Http1Client"),
    (http_layers, "ReceiveBuffer"),
    (http_layers, "Http2Server"),
    (websocket, "WebsocketLayer"),
    (websocket, "WebsocketConnection"),
    (wsproto.extensions, "PerMessageDeflate"),
    (_http1, "ChunkedReader"),
    (_http1, "make_error_response"),
    (_http2, "format_error"),
    (_http3, "format_error"),
    (http.MessageData, "__post_init__"),
    (http.Headers, "get_all"),
    (http.Headers, "get"),
    (http.Headers, "__contains__"),
    (asyncio_utils, "set_task_debug_info"),
)


@pytest.fixture(autouse=True)
def seams() -> Iterator[None]:
    own = [(owner, name, vars(owner).get(name)) for owner, name in SEAMS]
    factory = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(factory)
    for owner, name, value in own:
        if value is not None:
            setattr(owner, name, value)
        elif name in vars(owner):
            delattr(owner, name)
