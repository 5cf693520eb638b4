"""Proxies on a thread of their own, so that tests which wait can still cut and heal them."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from tests.faults.proxy import COMMIT, Proxy, Side

T = TypeVar("T")


class Loop:
    """An event loop on a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._held: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    def run(self, work: Coroutine[Any, Any, T], *, seconds: float = 120) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def call(self, function: Callable[[], T]) -> T:
        async def called() -> T:
            return function()

        return self.run(called())

    def hold(self, manager: AbstractAsyncContextManager[T]) -> T:
        """Enters it in a task of its own, which leaves it when the loop is closed."""
        return self.run(self._enter(manager))

    async def _enter(self, manager: AbstractAsyncContextManager[T]) -> T:
        entered: asyncio.Future[T] = self._loop.create_future()
        over = asyncio.Event()

        async def inside() -> None:
            try:
                async with manager as value:
                    entered.set_result(value)
                    await over.wait()
            except Exception as exc:
                if entered.done():
                    raise
                entered.set_exception(exc)

        task = asyncio.create_task(inside())
        value = await entered
        self._held.append((over, task))
        return value

    def close(self) -> None:
        """Leaves what was held, the last first."""
        try:
            while self._held:
                self.run(self._leave(*self._held.pop()))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    @staticmethod
    async def _leave(over: asyncio.Event, task: "asyncio.Task[None]") -> None:
        over.set()
        await task


class Link:
    """A proxy, spoken to from any thread."""

    def __init__(self, loop: Loop, proxy: Proxy) -> None:
        self._loop, self._proxy = loop, proxy
        self.port = proxy.port

    def pass_on(self) -> None:
        self._loop.call(self._proxy.pass_on)

    def black_hole(self) -> None:
        self._loop.call(self._proxy.black_hole)

    def cut(self) -> None:
        self._loop.call(self._proxy.cut)

    def drop(self) -> None:
        self._loop.call(self._proxy.drop)

    def lose_answer_to_commit(self) -> None:
        """Of the next commit."""
        self._loop.call(lambda: self._proxy.lose(lambda piece: COMMIT in piece, Side.ANSWER))

    @property
    def lost(self) -> bool:
        return self._loop.call(self._proxy.lost.is_set)
