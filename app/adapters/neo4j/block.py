"""What the repositories of one read block or unit of work share: a way to run statements in its scope."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final
from weakref import WeakValueDictionary

from neo4j import AsyncSession, AsyncTransaction
from neo4j.exceptions import DatabaseError, DriverError, Neo4jError

from app.adapters.neo4j.failures import CROWDED, as_our_errors
from app.adapters.neo4j.scope import scope_parameters
from app.adapters.neo4j.server import NOTHING, STALE, Found, Parameters, Server, again, taken
from app.adapters.neo4j.statements import statements
from app.adapters.patience import take
from app.adapters.records.jobs import event_values
from app.adapters.records.values import micros
from app.domain import errors
from app.domain.ids import MemoryId, OrganizationId, ProjectId, UserId
from app.domain.principal import Principal
from app.domain.work import Event
from app.ports.runtime import Clock, IdFactory

CYPHER: Final = statements("turns")

_LAST: Final = {
    (True, False): CYPHER["marks_leave"],
    (False, True): CYPHER["events_record"],
    (True, True): f"CALL () {{\n{CYPHER['marks_leave']}\n}}\n{CYPHER['events_record']}",
}
"""By whether there are marks, and events."""

LOST: Final = "the graph store went away before the write was done; nothing was written"
UNKNOWN: Final = "the graph store went away in the middle of a write; try again with the same idempotency key"
A_MEMORY: Final = 0.002
"""Seconds that a commit may take longer for each memory that was changed."""


class Block:
    """A read block. Each statement sees what was committed when it began."""

    def __init__(self, server: Server, principal: Principal, *, now: int) -> None:
        self.principal = principal
        self.now = now
        self._server = server
        self._scope = scope_parameters(principal, now=now)
        self._open = True

    async def rows(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        """What the statement returns, given the scope's parameters beside its own."""
        if not self._open:
            raise RuntimeError("the block has been left")
        return await self._run(statement, {**self._scope, **parameters})

    async def row(self, statement: str, parameters: Parameters = NOTHING) -> Found | None:
        found = await self.rows(statement, parameters)
        return found[0] if found else None

    def demand(self, *, project: ProjectId | None, user: UserId | None) -> None:
        """Raises NotFound when a node of this project about this user is out of the principal's sight."""
        if not self.principal.may_see(project=project, user=user):
            raise errors.NotFound

    async def demand_all(self, statement: str, ids: Iterable[str]) -> None:
        """Raises NotFound unless the statement finds every one of the ids."""
        wanted = sorted(set(ids))
        if wanted and len(await self.rows(statement, {"ids": wanted})) != len(wanted):
            raise errors.NotFound

    def close(self) -> None:
        self._open = False

    async def _run(self, statement: str, parameters: Parameters) -> list[Found]:
        return await self._server.rows(statement, parameters)


class WriteBlock(Block):
    """A unit of work: one transaction that holds its tenant's turn. `events` are numbered as its last act.

    Just before, the memories in `marked`, of which the search index has to hear, get their marks: so late, because
    whoever claims marks waits for the unit from then on.

    `revision` is the tenant's newest one when the turn was taken; nobody else can raise it until we end.
    """

    def __init__(
        self, server: Server, principal: Principal, transaction: AsyncTransaction, *, now: int, unit: str, revision: int
    ) -> None:
        super().__init__(server, principal, now=now)
        self._transaction = transaction
        self._one_by_one = asyncio.Lock()
        self.unit, self.revision = unit, revision
        self.events: list[Event] = []
        self.marked: set[MemoryId] = set()

    async def change(self, statement: str, parameters: Parameters = NOTHING) -> Found:
        """Runs a statement that writes; its only row, or nothing."""
        return await self.row(statement, parameters) or {}

    async def finish(self) -> None:
        """Marks and events, in one statement where there are both."""
        asked: dict[str, Any] = {"marked": sorted(self.marked)}
        if self.events:
            first = self.revision + 1
            values = [event_values(event, revision) for revision, event in enumerate(self.events, start=first)]
            last = self.revision + len(values)
            asked |= {"unit": self.unit, "actor": self.principal.actor, "events": values}
            asked |= {"settled": self.revision, "last": last}
        if self.marked or self.events:
            await self.change(_LAST[bool(self.marked), bool(self.events)], asked)

    async def _run(self, statement: str, parameters: Parameters) -> list[Found]:
        """A transaction answers one question at a time; who asks at once has to wait."""
        async with self._one_by_one:
            with as_our_errors():
                async with self._server.waiting():
                    return await taken(await self._transaction.run(statement, dict(parameters)))


class Turns:
    """Units of work: one at a time a tenant, in this process by a lock and among processes by the tenant's ledger."""

    def __init__(
        self,
        server: Server,
        *,
        clock: Clock,
        ids: IdFactory,
        patience: float,
        on_commit: Callable[[OrganizationId], None] | None,
    ) -> None:
        self._server, self._clock, self._ids, self._patience, self._on_commit = server, clock, ids, patience, on_commit
        self._queues: WeakValueDictionary[OrganizationId, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def unit(self, principal: Principal) -> AsyncIterator[WriteBlock]:
        """A turn with a unit of work, which is committed when the context has been left."""
        async with self._queued(principal.tenant), self._begun(principal) as block:
            try:
                yield block
                await block.finish()
            finally:
                block.close()
        if block.events and self._on_commit is not None:
            self._on_commit(principal.tenant)

    @asynccontextmanager
    async def _queued(self, tenant: OrganizationId) -> AsyncIterator[None]:
        queue = self._queues.setdefault(tenant, asyncio.Lock())
        await take(queue, seconds=self._patience, late=CROWDED)
        try:
            yield
        finally:
            queue.release()

    @asynccontextmanager
    async def _begun(self, principal: Principal) -> AsyncIterator[WriteBlock]:
        unit, now = self._ids.secret(12).hex(), micros(self._clock.now())
        async with self._server.session() as session:
            transaction, revision = await self._taken(session, principal.tenant, unit)
            block = WriteBlock(self._server, principal, transaction, now=now, unit=unit, revision=revision)
            try:
                yield block
            except BaseException:
                await self._undo(transaction)
                raise
            await self._commit(transaction, block)

    async def _taken(self, session: AsyncSession, tenant: OrganizationId, unit: str) -> tuple[AsyncTransaction, int]:
        """A transaction that holds the tenant's turn, and the tenant's revision."""

        async def take() -> tuple[AsyncTransaction, int]:
            transaction = await session.begin_transaction(timeout=self._server.limits.statement)
            result = await transaction.run(CYPHER["turn_take"], {"tenant": tenant, "unit": unit})
            return transaction, (await taken(result))[0]["revision"]

        with as_our_errors():
            async with self._server.waiting(self._patience, late=CROWDED):
                return await again(take)

    async def _undo(self, transaction: AsyncTransaction) -> None:
        """What the server does not hear of, it undoes by itself when the connection goes."""
        try:
            async with self._server.waiting():
                await transaction.rollback()
        except (DriverError, Neo4jError, OSError):
            transaction.cancel()

    async def _commit(self, transaction: AsyncTransaction, block: WriteBlock) -> None:
        with as_our_errors():
            try:
                async with self._server.waiting(self._server.limits.commit + len(block.marked) * A_MEMORY):
                    await transaction.commit()
            except (*STALE, DatabaseError, OSError) as lost:
                transaction.cancel()
                await self._resolve(block, lost)

    async def _resolve(self, block: WriteBlock, lost: Exception) -> None:
        """Returns when a commit whose answer was lost took place; else Unavailable, which says what is known.

        The transaction held the tenant's turn: once the turn is ours, it has ended one way or the other. A unit
        without events leaves no trace but its name in the ledger, which the next one overwrites.
        """
        asked = {"tenant": block.principal.tenant, "unit": block.unit, "revision": block.revision + 1}
        try:
            (found,) = await self._server.change(CYPHER["unit_landed"], asked)
        except errors.AppError:
            raise errors.Unavailable(UNKNOWN) from lost
        if not found["landed"]:
            raise errors.Unavailable(LOST if block.events else UNKNOWN) from lost
