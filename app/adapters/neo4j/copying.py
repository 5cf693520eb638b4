"""The whole database as flat records, read and written beside whoever else works on it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from neo4j import AsyncTransaction

from app.adapters.neo4j.directory import Doors
from app.adapters.neo4j.entities import handle_names
from app.adapters.neo4j.failures import as_our_errors
from app.adapters.neo4j.keeper import Keeper
from app.adapters.neo4j.memory_writes import memory_rows
from app.adapters.neo4j.migrations import migrate
from app.adapters.neo4j.people import NOBODY
from app.adapters.neo4j.server import NOTHING, Found, Limits, Parameters, Server, open_server, taken
from app.adapters.neo4j.statements import statements
from app.adapters.records.copies import FLOAT, before_all, edges_of, flats_of, last_key, limit_of, memory_in, stored
from app.adapters.records.graph import entity_of, handles_of, names_of
from app.adapters.records.values import dumped, micros
from app.domain import errors
from app.domain.ids import OrganizationId
from app.domain.text import folded
from app.ports.copying import EDGES, Contents, Flat, RecordKind

CYPHER: Final = statements("copying")
ENTITIES, MERGES, DECISIONS = statements("entities"), statements("merges"), statements("decisions")
ERASURE, TURNS = statements("erasure"), statements("turns")

_LONGEST: Final = 24 * 3600.0
"""Seconds for which a tenant may be held still; whoever dies before lets go at once."""
_UNIT: Final = "copying"
"""Under this name the server lists our transactions."""
_INDEXED: Final = {RecordKind.MEMORY: "id", RecordKind.MENTION: "of"}
"""Kinds that an index beside the record has to hear of, and where they name the memory."""


class Neo4jCopies(Doors):
    """Copyable over one database."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._keeper = Keeper(server)

    async def tenants(self) -> list[OrganizationId]:
        return sorted(organization.id for organization in await self.organizations())

    async def size(self, tenant: OrganizationId) -> int:
        (row,) = await self._server.rows(CYPHER["size"], {"tenant": tenant})
        number: int = row["number"]
        return number

    async def revision(self, tenant: OrganizationId) -> int:
        return (await self.revisions()).get(tenant, 0)

    @asynccontextmanager
    async def still(self, tenant: OrganizationId) -> AsyncIterator[Contents]:
        """Holds the tenant's turn: whoever writes to it waits, as long as a unit of work does, then gives up.

        Had the turn been lost, what was read might not be of one moment: then leaving the block raises Unavailable.
        """
        async with _opened(self._server, tenant, now=0, seconds=_LONGEST) as held:
            await held.run(CYPHER["turn_hold"])
            yield self.contents(tenant)
            try:
                await held.run(CYPHER["turn_held"])
            except errors.AppError as problem:
                raise errors.Unavailable(f"the server let go of {tenant} while it was read; try again") from problem

    def contents(self, tenant: OrganizationId) -> Contents:
        return _Contents(self._server, tenant)

    async def take(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        async with self._unit(tenant) as on:
            await _take(on, kind, records)
            await _mark(on, kind, records)

    async def drop(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        async with self._unit(tenant) as on:
            await _drop(on, kind, records)
            await _mark(on, kind, records)

    @asynccontextmanager
    async def _unit(self, tenant: OrganizationId) -> AsyncIterator["_Open"]:
        """A transaction that has the tenant's turn, as every other that writes to it."""
        now = micros(await self._keeper.time())
        async with _opened(self._server, tenant, now=now, seconds=self._server.limits.statement) as on:
            await on.run(TURNS["turn_take"], {"unit": _UNIT})
            yield on
            await on.commit()


class _Contents:
    def __init__(self, server: Server, tenant: OrganizationId) -> None:
        self._server, self._tenant = server, tenant

    async def pages(self, kind: RecordKind) -> AsyncIterator[Sequence[Flat]]:
        after, limit = before_all(kind), limit_of(kind)
        while True:
            asked = {"tenant": self._tenant, "after": after[0], "after_part": after[-1], "limit": limit}
            rows = await self._server.rows(CYPHER[f"{kind}_page"], asked)
            page = flats_of(kind, [row["memory"] for row in rows] if kind is RecordKind.MEMORY else rows)
            if page:
                yield page
            if len(page) < limit:
                return
            after = last_key(kind, page)


class _Open:
    """A transaction on one tenant that sees all of it. What is not committed is undone."""

    def __init__(self, server: Server, transaction: AsyncTransaction, tenant: OrganizationId, *, now: int) -> None:
        self._server, self._transaction = server, transaction
        self.tenant = tenant
        self._scope = {"tenant": tenant, "every_project": True, "projects": [], "end_user": None, "now": now}

    async def run(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        with as_our_errors():
            async with self._server.waiting():
                return await taken(await self._transaction.run(statement, {**self._scope, **parameters}))

    async def commit(self) -> None:
        """One whose answer is lost may have taken place: whoever copies, copies again."""
        with as_our_errors():
            async with self._server.waiting():
                await self._transaction.commit()


@asynccontextmanager
async def _opened(server: Server, tenant: OrganizationId, *, now: int, seconds: float) -> AsyncIterator[_Open]:
    async with server.session() as session:
        with as_our_errors():
            async with server.waiting():
                transaction = await session.begin_transaction(
                    timeout=seconds, metadata={"work": _UNIT, "tenant": tenant}
                )
        try:
            yield _Open(server, transaction, tenant, now=now)
            with as_our_errors():
                async with server.waiting():
                    await transaction.close()
        except BaseException:
            # The connection goes, and with it on the server whatever was not committed.
            transaction.cancel()
            raise


async def _take(on: _Open, kind: RecordKind, records: Sequence[Flat]) -> None:
    if kind in EDGES:
        await _drop(on, kind, records)
        await on.run(CYPHER[f"{kind}_put"], {"edges": [_edge(edge) for edge in edges_of(kind, records)]})
    elif kind is RecordKind.ENTITY:
        await on.run(ENTITIES["entities_put"], {"entities": [_values(kind, record) for record in records]})
    elif kind is RecordKind.MERGE:
        await on.run(MERGES["merge_put"], {"records": [_values(kind, record) for record in records]})
    elif kind is RecordKind.DECISION:
        await on.run(DECISIONS["decisions_put"], {"records": [_values(kind, record) for record in records]})
    elif kind is RecordKind.MEMORY:
        await on.run(CYPHER["memory_put"], {"records": await asyncio.to_thread(_memories, on.tenant, records)})
    else:
        await on.run(CYPHER[f"{kind}_put"], {"records": [_values(kind, record) for record in records]})


async def _drop(on: _Open, kind: RecordKind, records: Sequence[Flat]) -> None:
    if kind is RecordKind.MEMORY:
        await on.run(ERASURE["memories_drop"], {"ids": sorted(record["id"] for record in records)})
        return
    gone = await on.run(CYPHER[f"{kind}_drop"], {"records": list(records)})
    if kind is RecordKind.ENTITY:
        await on.run(ERASURE["names_drop"], {"names": sorted({name for row in gone for name in row["names"]})})
        await on.run(ERASURE["handles_drop"], {"names": sorted({name for row in gone for name in row["handles"]})})


async def _mark(on: _Open, kind: RecordKind, records: Iterable[Flat]) -> None:
    if kind in _INDEXED:
        await on.run(TURNS["marks_leave"], {"marked": sorted({record[_INDEXED[kind]] for record in records})})


def _values(kind: RecordKind, record: Flat) -> dict[str, Any]:
    """The properties of a record's node, derived ones included."""
    values = stored(kind, record)
    match kind:
        case RecordKind.KEY:
            values["scopes"] = dumped(values["scopes"])
        case RecordKind.SESSION | RecordKind.SOURCE | RecordKind.CLUSTER:
            values["owner"] = values["user"] or NOBODY
        case RecordKind.ENTITY:
            values["folded"] = folded(record["name"])
            entity = entity_of(record)
            values["names"] = names_of(entity)
            values["handles"] = handle_names(entity.project, entity.user, handles_of(entity))
    return values


def _memories(tenant: OrganizationId, records: Sequence[Flat]) -> list[dict[str, Any]]:
    rows = memory_rows(tenant, [memory_in(record) for record in records])
    return [_memory(record, row["values"]) for record, row in zip(records, rows, strict=True)]


def _memory(record: Flat, derived: Mapping[str, Any]) -> dict[str, Any]:
    values = stored(RecordKind.MEMORY, record)
    dimension = None if values["vector"] is None else len(values["vector"]) // FLOAT
    return {**derived, **values, "vector_dimension": dimension}


def _edge(edge: Mapping[str, Any]) -> dict[str, Any]:
    """Its ends, and its own properties."""
    values = {name: value for name, value in edge.items() if name not in {"of", "target"}}
    return {"of": edge["of"], "target": edge["target"], "values": values}


@asynccontextmanager
async def open_copies(
    *, url: str, user: str, password: str, database: str, limits: Limits | None = None
) -> AsyncIterator[Neo4jCopies]:
    """Connects, creating or migrating the schema. Raises Unavailable where the server cannot be used, saying why."""
    async with open_server(url=url, user=user, password=password, database=database, limits=limits) as server:
        await migrate(server)
        yield Neo4jCopies(server)
