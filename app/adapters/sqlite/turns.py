"""Who may use which connection, and when units of work commit.

Units of work take turns on the one writing connection. While others wait, a finished unit leaves the
transaction open for the next, and the last of the group commits for all: one fsync serves them. A
unit's context is left only after the commit that carries it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from app.adapters.patience import take
from app.adapters.records.values import micros
from app.adapters.sqlite.block import Block, WriteBlock
from app.adapters.sqlite.failures import as_our_errors
from app.adapters.sqlite.matrices import Matrices
from app.adapters.sqlite.scope import Parameters
from app.adapters.sqlite.workers import Worker, roll_back
from app.domain import errors
from app.domain.principal import Principal
from app.ports.runtime import Clock

T = TypeVar("T")

LARGEST_GROUP = 16


class Group:
    """Finished units that wait for one commit. Used on the writing thread only."""

    def __init__(self, *, matrices: Matrices, on_commit: Callable[[], None] | None) -> None:
        self._matrices = matrices
        self._on_commit = on_commit
        self._finished: list[WriteBlock] = []

    def conclude(self, connection: sqlite3.Connection, block: WriteBlock) -> None:
        """The unit waits for the commit, or fails alone."""
        try:
            with as_our_errors():
                block.finish(connection)
        except errors.AppError as error:
            block.outcome.set_exception(error)
            self.abandon(connection, block)
        else:
            self._finished.append(block)

    def abandon(self, connection: sqlite3.Connection, block: WriteBlock) -> None:
        """Undoes the unit. Where SQLite had to end the transaction itself, the whole group is lost."""
        block.undo(connection)
        if not connection.in_transaction and any(finished.begun for finished in self._finished):
            self._fail(errors.Unavailable("the transaction was lost"))

    def commit(self, connection: sqlite3.Connection) -> None:
        try:
            with as_our_errors():
                if connection.in_transaction:
                    connection.execute("COMMIT")
        except errors.AppError as error:
            roll_back(connection)
            self._fail(error)
        else:
            self._acknowledge()

    def _fail(self, error: errors.AppError) -> None:
        finished, self._finished = self._finished, []
        for block in finished:
            block.outcome.set_exception(error)

    def _acknowledge(self) -> None:
        finished, self._finished = self._finished, []
        try:
            for block in finished:
                self._matrices.follow(block.vectors)
            if self._on_commit and any(block.events for block in finished):
                self._on_commit()
        finally:
            for block in finished:
                block.outcome.set_result(None)


class Turns:
    """The writing connection and the queue in front of it, first come first served."""

    def __init__(self, worker: Worker, group: Group, *, clock: Clock, patience: float) -> None:
        self._worker = worker
        self._group = group
        self._clock = clock
        self._patience = patience
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._uncommitted = 0

    @asynccontextmanager
    async def unit(self, principal: Principal) -> AsyncIterator[WriteBlock]:
        """A turn with a unit of work, which is on disk when the context has been left."""
        await self._take()
        block = WriteBlock(self._worker, principal, now=micros(self._clock.now()))
        end = self._group.abandon
        try:
            yield block
            end = self._group.conclude
        finally:
            # Never awaited here: what was handed in runs in order, whatever becomes of this task.
            block.close()
            self._hand_over(block, end)
            self._turn.release()
        await block.outcome

    async def alone(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` between units of work, outside of their transactions."""
        await self._take()
        try:
            self._worker.submit(self._group.commit)
            self._uncommitted = 0
            return await self._worker.run(work)
        finally:
            self._turn.release()

    async def _take(self) -> None:
        self._waiting += 1
        try:
            await take(self._turn, seconds=self._patience, late="too many writes are waiting")
        finally:
            self._waiting -= 1
            if not self._waiting and not self._turn.locked():
                # The one that was to commit for its group has given up.
                self._worker.submit(self._group.commit)

    def _hand_over(self, block: WriteBlock, end: Callable[[sqlite3.Connection, WriteBlock], None]) -> None:
        self._uncommitted += 1
        last = not self._waiting or self._uncommitted >= LARGEST_GROUP
        if last:
            self._uncommitted = 0

        def ending(connection: sqlite3.Connection) -> None:
            end(connection, block)
            if last:
                self._group.commit(connection)

        self._worker.submit(ending)


class Views:
    """A few reading connections, each with one block at a time."""

    def __init__(self, workers: Sequence[Worker], *, clock: Clock, patience: float) -> None:
        self._idle = list(workers)
        self._free = asyncio.Semaphore(len(self._idle))
        self._clock = clock
        self._patience = patience

    @asynccontextmanager
    async def view(self, principal: Principal) -> AsyncIterator[Block]:
        async with self._worker() as worker:
            block = Block(worker, principal, now=micros(self._clock.now()))
            try:
                yield block
            finally:
                block.close()
                if block.begun:
                    worker.submit(roll_back)

    async def rows(self, statement: str, parameters: Parameters) -> list[sqlite3.Row]:
        """What one unscoped statement finds."""
        return await self.alone(lambda connection: connection.execute(statement, dict(parameters)).fetchall())

    async def alone(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `work` on a reading connection, outside of any block."""
        async with self._worker() as worker:
            return await worker.run(work)

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[Worker]:
        await take(self._free, seconds=self._patience, late="too many reads are waiting")
        worker = self._idle.pop()
        try:
            yield worker
        finally:
            self._idle.append(worker)
            self._free.release()
