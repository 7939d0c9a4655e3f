"""The shop's HTTP/1.1 server: werkzeug's threaded one, with connections that stay open.

Source: RFC 9112 sections 6 and 9.3. Werkzeug closes every connection after one answer, because it does not know where
a request's body ends; a gateway measured in front of that would measure the making of connections. Here the body is
read whole before the application runs, so the next request begins where it should.
Limits: a body above 64 MiB is answered with 413; trailers of a chunked body are answered with 400.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import IO, TYPE_CHECKING, cast

from werkzeug.serving import DechunkedInput, ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_MAX_BODY = 64 * 1024 * 1024
_PIECE = 64 * 1024

type _ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class _BadBody(Exception):
    """A request whose end cannot be told, so that nothing after it on the connection can be trusted."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class _Handler(WSGIRequestHandler):
    """One connection: any number of requests, each answered before the next is read."""

    protocol_version = "HTTP/1.1"
    timeout = 75  # seconds a connection may be idle; longer than mitmproxy keeps one
    wbufsize = -1  # head and body leave together: two small writes would wait for each other (Nagle, delayed ACK)
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer the request whose head was just read."""
        self.wfile.flush()  # a 100 (Continue) may be waiting in the buffer, and the client for it
        try:
            self.environ = environ = self.make_environ()
            body = self._body()
        except _BadBody as error:
            self.send_error(error.status)  # says Connection: close as well
            return
        except ValueError:  # a request target that is no URL, such as http://[
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        environ["wsgi.input"] = io.BytesIO(body)
        environ["wsgi.input_terminated"] = True

        status = ""
        headers: list[tuple[str, str]] = []

        def start_response(
            line: str, fields: list[tuple[str, str]], _exc_info: _ExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            nonlocal status, headers
            status, headers = line, fields
            return self.wfile.write

        # A werkzeug response made of bytes knows its length, so the framing below needs no chunks.
        content = b"".join(self.server.app(environ, start_response))
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _body(self) -> bytes:
        """The request's body. Raises _BadBody where its length is unclear or beyond all measure."""
        lengths = self.headers.get_all("content-length", [])
        coding = ", ".join(self.headers.get_all("transfer-encoding", [])).strip().lower()
        if not coding:
            return self._counted(lengths)
        # RFC 9112 section 6.1: both at once is how requests are smuggled, and another coding is not ours to undo.
        if lengths or coding != "chunked":
            raise _BadBody(HTTPStatus.BAD_REQUEST)
        return self._chunked()

    def _counted(self, lengths: list[str]) -> bytes:
        if not lengths:
            return b""
        if len(set(lengths)) > 1 or not re.fullmatch("[0-9]{1,18}", lengths[0]):
            raise _BadBody(HTTPStatus.BAD_REQUEST)
        length = int(lengths[0])
        if length > _MAX_BODY:
            raise _BadBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(length)
        if len(body) < length:
            raise _BadBody(HTTPStatus.BAD_REQUEST)
        return body

    def _chunked(self) -> bytes:
        stream = DechunkedInput(cast(IO[bytes], self.rfile))
        body = bytearray()
        try:
            while piece := stream.read(_PIECE):
                body += piece
                if len(body) > _MAX_BODY:
                    raise _BadBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except OSError as error:
            raise _BadBody(HTTPStatus.BAD_REQUEST) from error
        return bytes(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet: the shop shares a terminal with the gateway, whose log is the one to read."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # the name is werkzeug's
        """Keep quiet about faults of a client too: it has been told by the answer."""


def serve(app: WSGIApplication, host: str, port: int) -> None:
    """Serve `app` until KeyboardInterrupt; port 0 takes a free one. Prints the address once connections are taken.

    Raises SystemExit(1), with the reason on stderr, where the port cannot be had.
    """
    server = ThreadedWSGIServer(host, port, app, _Handler)
    shown = f"[{host}]" if ":" in host else host
    print(f"listening on http://{shown}:{server.port}", flush=True)
    server.serve_forever()
