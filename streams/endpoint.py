"""What a supervisor and Prometheus ask of a running engine, over HTTP: /metrics, /health, /ready.

Healthy is an engine whose loop turns; one that is stuck should be started anew. Ready is one that does its work: it
has been given partitions, and the database takes what it makes of them.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from streams.metrics import Metrics

STUCK_S = 60.0
"""A loop that has not turned for so long is stuck."""


class Engine(Protocol):
    """What is asked after."""

    metrics: Metrics

    @property
    def ready(self) -> bool:
        """Whether it does its work."""
        ...

    @property
    def idle_s(self) -> float:
        """Seconds since its loop last turned."""
        ...


@contextmanager
def endpoint(engine: Engine, port: int, host: str = "127.0.0.1") -> Iterator[int]:
    """Answer on a thread of its own within this block; gives the port, which is a free one when asked for 0.

    Raises
    ------
    OSError : the port is taken.
    """
    server = ThreadingHTTPServer((host, port), _handler(engine))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answers(engine: Engine) -> dict[str, Callable[[], tuple[int, str]]]:
    """By path, status and text."""
    return {
        "/metrics": lambda: (200, engine.metrics.exposition()),
        "/health": lambda: (200, "alive\n") if engine.idle_s < STUCK_S else (503, f"stuck for {engine.idle_s:.0f} s\n"),
        "/ready": lambda: (200, "ready\n") if engine.ready else (503, "not ready\n"),
    }


def _handler(engine: Engine) -> type[BaseHTTPRequestHandler]:
    known = answers(engine)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = known.get(self.path.partition("?")[0])
            status, text = found() if found else (404, "ask for " + ", ".join(known) + "\n")
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: every scrape would be a line."""

    return Handler
