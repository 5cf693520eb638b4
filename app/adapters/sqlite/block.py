"""What the repositories of one read block or unit of work share: a way to run work inside its transaction."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from app.adapters.sqlite.event_log import record_events
from app.adapters.sqlite.scope import Scoped
from app.adapters.sqlite.threads import Outcome
from app.adapters.sqlite.vector_changes import VectorChanges
from app.adapters.sqlite.workers import Worker
from app.domain import errors
from app.domain.principal import Principal
from app.domain.work import Event

T = TypeVar("T")


class Block:
    """A consistent view. Its snapshot is taken by the first statement."""

    def __init__(self, worker: Worker, principal: Principal, *, now: int) -> None:
        self.principal = principal
        self.now = now
        self.begun = False
        self._worker = worker
        self._open = True

    async def run(self, work: Callable[[Scoped], T]) -> T:
        """Runs `work` on the connection's thread, after all that this block has run before."""
        if not self._open:
            raise RuntimeError("the block has been left")
        return await self._worker.run(lambda connection: work(self.inside(connection)))

    def close(self) -> None:
        self._open = False

    def inside(self, connection: sqlite3.Connection) -> Scoped:
        if not self.begun:
            self.begin(connection)
            self.begun = True
        elif not connection.in_transaction:
            raise errors.Unavailable("the transaction was lost")
        return Scoped(connection, self.principal, now=self.now)

    def begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")


class WriteBlock(Block):
    """A unit of work in the transaction of its group. `events` and `vectors` are settled at its end.

    The first of a group has the transaction to itself, those that join it a savepoint each. Without one a large unit is
    much quicker: within a savepoint each statement walks over all pages that were set aside for it.
    """

    def __init__(self, worker: Worker, principal: Principal, *, now: int) -> None:
        super().__init__(worker, principal, now=now)
        self.events: list[Event] = []
        self.vectors = VectorChanges()
        self.outcome: Outcome[None] = Outcome()
        self._first = True

    def begin(self, connection: sqlite3.Connection) -> None:
        self._first = not connection.in_transaction
        connection.execute("BEGIN IMMEDIATE" if self._first else "SAVEPOINT unit")

    def finish(self, connection: sqlite3.Connection) -> None:
        """Writes what was left for the end, and merges the unit into the group's transaction."""
        if self.events:
            record_events(self.inside(connection), self.events)
        if not self.begun:
            return
        self.vectors.number(self.inside(connection))
        if not self._first:
            connection.execute("RELEASE unit")

    def undo(self, connection: sqlite3.Connection) -> None:
        """Nothing of the unit is left. A disk error may have ended the whole transaction before."""
        if not self.begun or not connection.in_transaction:
            return
        if self._first:
            connection.execute("ROLLBACK")
        else:
            connection.execute("ROLLBACK TO unit")
            connection.execute("RELEASE unit")
