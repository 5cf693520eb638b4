"""A real HTTP server that speaks OpenAI's `/embeddings`, and answers as a test tells it to."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

DIMENSION = 16


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Asked:
    """What the server saw, and the answers it gives before it falls back to honest ones."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[Callable[[list[str]], Answer]] = field(default_factory=list)

    def answer(self, headers: dict[str, str], body: dict[str, Any]) -> Answer:
        self.headers.append(headers)
        self.bodies.append(body)
        given = self.answers.pop(0) if self.answers else honest
        return given(body["input"])


def honest(texts: list[str]) -> Answer:
    return vectors([direction(text) for text in texts])


def vectors(rows: list[list[float]]) -> Answer:
    """Rows in reverse, each with its index, as the protocol allows."""
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    return Answer(200, json.dumps({"object": "list", "data": data[::-1]}).encode())


def direction(text: str) -> list[float]:
    """A vector of any length, the same for the same text."""
    digest = hashlib.sha256(text.encode()).digest()
    return [byte - 127.5 for byte in digest[:DIMENSION]]


def unit(text: str) -> list[float]:
    row = np.array(direction(text))
    return [float(number) for number in row / np.linalg.norm(row)]


@contextmanager
def running_endpoint() -> Iterator[tuple[str, Asked]]:
    """The server's base address and what it sees."""
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = asked.answer(dict(self.headers), body) if self.path == "/v1/embeddings" else Answer(404, b"")
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """A quiet server."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", asked
        finally:
            server.shutdown()
            thread.join()
