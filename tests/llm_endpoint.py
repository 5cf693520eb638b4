"""A real HTTP server that speaks OpenAI's `/chat/completions`, and answers as a test tells it to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKENS = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """`delay`: seconds before it begins. `chunked`: its length is not told."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    chunked: bool = False


Given = Callable[[dict[str, Any]], Answer]


@dataclass(slots=True)
class Asked:
    """What the server saw, and the answers it gives before it falls back to `usual`; `sent` counts bytes of bodies."""

    usual: Given
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[Given] = field(default_factory=list)
    sent: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def answer(self, headers: dict[str, str], body: dict[str, Any]) -> Answer:
        self.headers.append(headers)
        self.bodies.append(body)
        given = self.answers.pop(0) if self.answers else self.usual
        return given(body)

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What was asked about, request by request."""
        return [json.loads(body["messages"][1]["content"]) for body in self.bodies]


def said(content: Any, *, tokens: int | None = TOKENS) -> Answer:
    """An answer of the model: text, or a value that it says as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    usage = {} if tokens is None else {"usage": {"total_tokens": tokens}}
    choices = [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]
    return Answer(200, json.dumps({"object": "chat.completion", "choices": choices, **usage}).encode())


def always(answer: Answer) -> Given:
    return lambda _body: answer


def account(**members: Any) -> dict[str, Any]:
    """What a model says of a text in which it finds nothing, but for these members."""
    return {"kind": "SEMANTIC", "type": "fact", "entities": [], "relations": [], "facts": []} | members


def fact(statement: str, quote: str, **members: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "SEMANTIC", "type": "fact", "entities": [], "occurred": None, "valid_from": None}
    return {"statement": statement, "quote": quote} | told | members


@contextmanager
def running_endpoint(usual: Given | None = None) -> Iterator[tuple[str, Asked]]:
    """The server's base address and what it sees. Unless told otherwise its model finds nothing."""
    asked = Asked(usual or always(said(account())))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = self.path == "/v1/chat/completions"
            answer = asked.answer(dict(self.headers), body) if known else Answer(404)
            time.sleep(answer.delay)
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                """Whoever asked has heard enough."""
            finally:
                asked.done.set()

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            length = {} if answer.chunked else {"Content-Length": str(len(answer.body))}
            for name, value in (length | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(answer.body), 65_536):
                self.wfile.write(answer.body[start : start + 65_536])
                asked.sent += len(answer.body[start : start + 65_536])

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
