"""One line and one count for each request: what was asked and how it ended, never what it held."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import request_id
from app.metrics import Metrics

_log = structlog.get_logger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class AccessLog:
    """`routes` are the paths that are counted by name; all others count as "other"."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, routes: frozenset[str]) -> None:
        self._app, self._metrics, self._routes = app, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status, streams = 0, False

        async def noted(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                streams = not any(name == b"content-length" for name, _ in message["headers"])
            await send(message)

        try:
            with self._metrics.telemetry.span("request", self._route(scope), about=request_id(scope)) as span:
                await self._app(scope, receive, noted)
                span.end_as(f"{status // 100}xx")
        finally:
            seconds = time.perf_counter() - started
            self._note(scope, status, None if streams else seconds)
            _log.info(
                "http.request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round(seconds * 1000, 2),
            )

    def _note(self, scope: Scope, status: int, seconds: float | None) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request(route=self._route(scope), method=method, status=status, seconds=seconds)

    def _route(self, scope: Scope) -> str:
        path: str = scope["path"]
        return path if path in self._routes else "other"
