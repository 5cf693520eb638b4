"""The way in for WebSockets: refusals are answers to the upgrade, faults close with a code, all are counted."""

import time
import traceback

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import AppError
from app.edge.answers import Refusal, refusal_of, refuse, traced
from app.edge.credentials import carries_key
from app.metrics import Metrics

_log = structlog.get_logger(__name__)
_INTERNAL_ERROR = 1011


class Sockets:
    def __init__(self, app: ASGIApp, *, path: str, metrics: Metrics) -> None:
        self._app, self._path, self._metrics = app, path, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        self._metrics.open_sockets.inc()
        try:
            self._check(scope)
            await self._app(scope, receive, send)
        except (Refusal, AppError) as error:
            await _refuse(scope, send, error if isinstance(error, Refusal) else refusal_of(error))
        except Exception as error:  # noqa: BLE001 - the edge: the error's text may hold a memory, so it is not raised on
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("socket.internal_error", error=type(error).__name__, traceback=where)
            await send({"type": "websocket.close", "code": _INTERNAL_ERROR, "reason": "Something went wrong"})
        finally:
            self._metrics.open_sockets.dec()
            _log.info("socket.closed", path=scope["path"], seconds=round(time.perf_counter() - started, 3))

    def _check(self, scope: Scope) -> None:
        if scope["path"] != self._path:
            raise Refusal(404, "not_found", "There is nothing at this address")
        if scope["query_string"] and carries_key(scope["query_string"]):
            raise Refusal(400, "key_in_url", "A key must not stand in the address; send it in connection_init")


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": refusal.message})
        return

    async def denied(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], traced(scope)]
        await send({**message, "type": f"websocket.{message['type']}"})

    await refuse(scope, denied, refusal)
