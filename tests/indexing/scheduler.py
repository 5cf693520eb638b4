"""Tasks that go one call of a store at a time, in an order that a test chooses."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

from app.domain.errors import Unavailable

_WHO: ContextVar[str] = ContextVar("_WHO", default="")
"""Whose call it is; the tasks that a task starts inherit it."""


class Crash(BaseException):  # nothing may handle it: the process is gone
    """The process ends here."""


class Scheduler:
    """Every call of a store stops before it is done and before it returns, until its task is let on."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stops: defaultdict[str, deque[asyncio.Future[None]]] = defaultdict(deque)

    @property
    def running(self) -> list[str]:
        return sorted(self._tasks)

    async def stop(self) -> None:
        """Called by the stores. Who is not scheduled goes on at once."""
        who = _WHO.get()
        if who in self._tasks:
            stop: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._stops[who].append(stop)
            await stop

    async def start(self, name: str, work: Coroutine[Any, Any, Any]) -> None:
        async def named() -> None:
            _WHO.set(name)
            await asyncio.sleep(0)
            await work

        self._tasks[name] = asyncio.get_running_loop().create_task(named())
        await self._settle()

    async def step(self, name: str) -> None:
        """Lets a task on to its next stop, or to its end."""
        if self._stops[name]:
            self._stops[name].popleft().set_result(None)
        await self._settle()

    async def crash(self, name: str) -> None:
        while name in self._tasks:
            while self._stops[name]:
                self._stops[name].popleft().set_exception(Crash())
            await self._settle()

    async def finish(self) -> None:
        while self._tasks:
            for name in self.running:
                await self.step(name)

    async def _settle(self) -> None:
        """Until every task stands at a stop or has ended."""
        for _ in range(30):
            await asyncio.sleep(0)
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                if not isinstance(task.exception(), Crash | Unavailable):
                    task.result()
