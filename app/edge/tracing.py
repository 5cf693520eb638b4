"""Each request has an id: the caller's when it is a decent one, else ours; on the answer and in every log line."""

import re
from collections.abc import Awaitable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import request_id, traced
from app.ports.runtime import IdFactory

_DECENT = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class Tracing:
    def __init__(self, app: ASGIApp, *, ids: IdFactory) -> None:
        self._app, self._ids = app, ids

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        id_ = self._id(scope)
        scope.setdefault("state", {})["request_id"] = id_
        if scope["type"] == "http":
            return self._request(scope, receive, send)
        # A socket has a task of its own, says its id when it accepts, and then mostly waits: in as few frames as can be.
        structlog.contextvars.bind_contextvars(request_id=id_)
        return self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], traced(scope)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id(scope)):
            await self._app(scope, receive, said)

    def _id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _DECENT.fullmatch(value):
                given: str = value.decode("ascii")
                return given
        return f"req_{self._ids.secret(12).hex()}"
