"""Each request has an id: the caller's when it is a decent one, else ours; on the answer and in every log line."""

import re
from contextvars import Token
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.ports.runtime import IdFactory

_DECENT = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class Tracing:
    def __init__(self, app: ASGIApp, *, ids: IdFactory) -> None:
        self._app, self._ids = app, ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        id_ = self._id(scope)
        scope.setdefault("state", {})["request_id"] = id_
        encoded = (b"x-request-id", id_.encode())

        async def traced(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message["headers"] = [*message.get("headers", ()), encoded]
            await send(message)

        bound = structlog.contextvars.bind_contextvars(request_id=id_)
        try:
            await self._app(scope, receive, traced)
        finally:
            _unbind(bound)

    def _id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _DECENT.fullmatch(value):
                given: str = value.decode("ascii")
                return given
        return f"req_{self._ids.secret(12).hex()}"


def _unbind(bound: Any) -> None:
    tokens: dict[str, Token[Any]] = dict(bound)
    structlog.contextvars.reset_contextvars(**tokens)
