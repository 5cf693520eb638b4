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
from app.edge.answers import answer, request_id
from app.edge.strict_json import write_json
from app.metrics import CONTENT_TYPE, Metrics
from app.ports.servers import Standing

Ready = Callable[[], Awaitable[None]]
"""Returns when the store answers; raises an error of ours otherwise."""

_log = structlog.get_logger(__name__)
_PATIENCE = 2.0
_BELIEVED_FOR = 1.0
_GLANCE = 0.2


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
        self._asking = asyncio.Lock()
        self.failed = False
        """What the store was found to be the last time."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.demand()
        await answer(send, 200, b'{"status":"ready"}')

    async def demand(self) -> None:
        """Raises Unavailable."""
        await self.look()
        if self.failed:
            raise Unavailable("The store does not answer")

    async def look(self) -> None:
        async with self._asking:
            if time.monotonic() - self._asked_at > _BELIEVED_FOR:
                self.failed = not await self._answers()
                self._asked_at = time.monotonic()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._ready()
        except (AppError, TimeoutError) as problem:
            _log.warning("store.not_ready", reason=type(problem).__name__)
            return False
        return True


class Health:
    """That the process lives, and which parts behind it answer, as far as is known.

    It is 200 whatever they do, and never waits long for them: who asks here may end a process that is slow to answer.
    """

    def __init__(self, readiness: Readiness, standing: Callable[[], Standing]) -> None:
        self._readiness, self._standing = readiness, standing
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._readiness.look())
        await asyncio.wait([self._looking], timeout=_GLANCE)
        standing, store = self._standing(), not self._readiness.failed
        index = store if standing.index is None else standing.index
        parts = {"db": store, "vector_db": index, "cache": standing.messages}
        told = {name: "healthy" if well else "unhealthy" for name, well in parts.items()}
        status = "ok" if all(parts.values()) else "degraded"
        traced = [(b"x-trace-id", request_id(scope).encode())]
        await answer(send, 200, write_json({"status": status, **told}), headers=traced)


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
