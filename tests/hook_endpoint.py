"""A real HTTP server that takes what webhooks are sent, and answers as a test tells it to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Reply:
    """`delay`: seconds before it begins."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One request, header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hook:
    """Where it listens, what it has taken, and the replies it gives before it falls back to 200."""

    url: str
    taken: list[Taken] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> list[Taken]:
        with self.more:
            assert self.more.wait_for(lambda: len(self.taken) >= count, 120), f"{len(self.taken)} of {count} came"
            return list(self.taken)

    def take(self, taken: Taken) -> Reply:
        with self.more:
            self.taken.append(taken)
            self.more.notify_all()
            return self.replies.pop(0) if self.replies else Reply()


@contextmanager
def open_hook() -> Iterator[Hook]:
    hook = Hook("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = hook.take(Taken(self.path, headers, body))
            time.sleep(reply.delay)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests say what they want to know."""

    class Listening(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Who does not wait for the answer is gone when it comes."""

    server = Listening(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/in"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
