"""Connections that live on: each ends when its credential does, and all of them when the server stops."""

import asyncio
from enum import Enum
from types import TracebackType

import structlog

from app.domain.principal import Principal
from app.identity.authenticate import Authenticator

_log = structlog.get_logger(__name__)

CHECK_EVERY = 0.4
"""With what the authenticator believes for half a second, a revocation is felt within one."""


class Ending(Enum):
    CREDENTIAL = "the credential is not valid any more"
    SHUTDOWN = "the server is going down"


class Ended(Exception):
    """The connection has to close, for this reason."""

    def __init__(self, reason: Ending) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Connections:
    """All live connections of the process; one task looks after every credential among them."""

    def __init__(self, *, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._held: dict[str | None, set[Connection]] = {}
        self._closing = False

    def __len__(self) -> int:
        return sum(map(len, self._held.values()))

    def hold(self, principal: Principal) -> "Connection":
        """To be entered by the task that serves the connection; Ended is raised out of the block."""
        return Connection(self, principal)

    async def watch(self) -> None:
        """Looks after the credentials until cancelled."""
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                await self.check()
            except Exception as error:  # noqa: BLE001 - nobody else looks after credentials
                _log.error("credentials.not_checked", error=type(error).__name__)

    async def check(self) -> None:
        """Ends the connections whose credential has expired or was revoked."""
        for credential, connections in list(self._held.items()):
            one = next(iter(connections), None)
            if credential is None or one is None:
                continue
            if not await self._authenticator.still_valid(one.principal):
                self._end(connections, Ending.CREDENTIAL)

    def close(self) -> None:
        """Ends all of them, and every one that comes after."""
        self._closing = True
        for connections in list(self._held.values()):
            self._end(connections, Ending.SHUTDOWN)

    def _end(self, connections: "set[Connection]", reason: Ending) -> None:
        for connection in list(connections):
            connection.end(reason)

    def add(self, connection: "Connection") -> None:
        self._held.setdefault(connection.principal.credential.key, set()).add(connection)
        if self._closing:
            connection.end(Ending.SHUTDOWN)

    def remove(self, connection: "Connection") -> None:
        credential = connection.principal.credential.key
        mates = self._held[credential]
        mates.discard(connection)
        if not mates:
            del self._held[credential]


class Connection:
    """Small, since there are many: ending one cancels the task that serves it, and nothing waits meanwhile."""

    __slots__ = ("_connections", "_reason", "_task", "principal")

    def __init__(self, connections: Connections, principal: Principal) -> None:
        self._connections, self.principal = connections, principal
        self._reason: Ending | None = None
        self._task: asyncio.Task[object] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.current_task()
        self._connections.add(self)

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._connections.remove(self)
        if self._reason is None or self._task is None:
            return
        self._task.uncancel()
        if isinstance(error, asyncio.CancelledError):
            raise Ended(self._reason) from None

    def end(self, reason: Ending) -> None:
        if self._reason is None and self._task is not None:
            self._reason = reason
            self._task.cancel()
