"""A thread that does what the event loop hands it, in order, and answers straight into the loop.

concurrent.futures answers through a second future and a chain of callbacks; a memory's way through the
store is some twenty short trips, so the shorter trip counts (a third less time on the loop).
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class Outcome(Generic[T]):
    """What becomes of something in another thread; awaited on the loop that made it."""

    __slots__ = ("_future", "_loop")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()

    def __await__(self) -> Generator[Any, None, T]:
        return self._future.__await__()

    def set_result(self, value: T) -> None:
        """From any thread."""
        self._tell(value, None)

    def set_exception(self, error: BaseException) -> None:
        """From any thread."""
        self._tell(None, error)

    def _tell(self, value: T | None, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._settle, value, error)

    def _settle(self, value: T | None, error: BaseException | None) -> None:
        if self._future.done():  # whoever waited was cancelled
            return
        if error is None:
            self._future.set_result(cast("T", value))
        else:
            self._future.set_exception(error)
            self._future.exception()  # it may be that nobody waits: that is no reason to complain


class WorkThread:
    """Runs what is handed in, one after another, until it is closed."""

    def __init__(self, *, name: str) -> None:
        self._errands: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], object]) -> None:
        """Runs `work`, whose answer nobody waits for. It must not raise what is to be known."""

        def errand() -> None:
            with suppress(Exception):
                work()

        self._errands.put(errand)

    async def run(self, work: Callable[[], T]) -> T:
        """The answer of `work`, or what it raises."""
        outcome: Outcome[T] = Outcome()

        def errand() -> None:
            try:
                answer = work()
            except BaseException as error:  # noqa: BLE001  (it belongs to whoever waits)
                outcome.set_exception(error)
            else:
                outcome.set_result(answer)

        self._errands.put(errand)
        return await outcome

    def close(self) -> None:
        """Ends the thread after all that was handed in."""
        self._errands.put(None)

    def _serve(self) -> None:
        while (errand := self._errands.get()) is not None:
            errand()
