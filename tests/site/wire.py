"""The wire: one threaded HTTP/1.1 server on a loopback address, which sends what a function answers."""

from __future__ import annotations

import contextlib
import errno
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.site.answers import Answer

Respond = Callable[[str, str, Mapping[str, str]], Answer]
"""Method, path with query, and request headers (names in lower case) in; the answer out."""

_GOODBYE_SECONDS = 2.0


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the server's function, and sends the answer in one write."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: LoopbackServer

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.respond(self.command, self.path, headers)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        given = {name.lower() for name in answer.headers}
        if answer.status != 304 and not given & {"content-length", "transfer-encoding"}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815 -- the standard library's name

    def version_string(self) -> str:
        return "newsroom"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
        """Nothing: requests are kept by the newsroom, not printed."""


class LoopbackServer(ThreadingHTTPServer):
    """A server in threads that end with it, open connections included."""

    def __init__(self, address: str, respond: Respond, port: int = 0) -> None:
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__((address, port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host's name that HTTPServer makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    @property
    def netloc(self) -> str:
        """`host:port`."""
        return f"{self.server_name}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the server."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop serving, hang up on every client, and wait until the threads have let go."""
        self.shutdown()
        self._thread.join()
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=_GOODBYE_SECONDS)
        self.server_close()


def serve_on(address: str, respond: Respond, port: int = 0) -> LoopbackServer:
    """A running server on a loopback address: at a port where that is free (0: any), else at any free one.

    It is on 127.0.0.1 where the system has only that address.
    """
    try:
        return LoopbackServer(address, respond, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and port:
            return serve_on(address, respond)
        if error.errno != errno.EADDRNOTAVAIL or address == "127.0.0.1":
            raise
        return serve_on("127.0.0.1", respond, port)
