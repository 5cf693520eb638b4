"""What may be asked without a key: whether the process lives, whether it can serve, what it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import AppError, Unavailable
from app.domain.principal import Permission, require
from app.edge.admission import principal_of
from app.edge.answers import answer
from app.edge.strict_json import write_json
from app.metrics import CONTENT_TYPE, Metrics

Ready = Callable[[], Awaitable[None]]
"""Returns when the store answers; raises an error of ours otherwise."""

_log = structlog.get_logger(__name__)
_PATIENCE = 2.0
_BELIEVED_FOR = 1.0


class Fixed:
    """The same JSON each time."""

    def __init__(self, value: Any) -> None:
        self._body = write_json(value)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await answer(send, 200, self._body)


class Readiness:
    """Asks the store at most once a second, however many ask here."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._asked_at = float("-inf")
        self._failed = False
        self._asking = asyncio.Lock()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        async with self._asking:
            if time.monotonic() - self._asked_at > _BELIEVED_FOR:
                self._failed = not await self._answers()
                self._asked_at = time.monotonic()
        if self._failed:
            raise Unavailable("The store does not answer")
        await answer(send, 200, b'{"status":"ready"}')

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._ready()
        except (AppError, TimeoutError) as problem:
            _log.warning("store.not_ready", reason=type(problem).__name__)
            return False
        return True


class MetricsPage:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self._metrics.readings.refresh()
        await answer(send, 200, self._metrics.page(), content_type=CONTENT_TYPE.encode())


class ForAdmins:
    """Behind `Admission`: only for keys with the scope admin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        require(principal_of(scope), Permission.JOB_CONTROL)
        await self._app(scope, receive, send)
