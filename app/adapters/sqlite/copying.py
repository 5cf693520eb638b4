"""The whole file as flat records, read and written beside whatever else has it open."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from app.adapters.records.copies import FLOAT, before_all, edges_of, flats_of, last_key, limit_of, stored
from app.adapters.records.graph import entity_of, handles_of, names_of
from app.adapters.records.memories import digest_of, scope_words
from app.adapters.records.values import Row, Value, dumped
from app.adapters.sqlite.directory import Doors
from app.adapters.sqlite.matrices import Matrices
from app.adapters.sqlite.scope import listed
from app.adapters.sqlite.statements import statements
from app.adapters.sqlite.turns import Group, Turns, Views
from app.adapters.sqlite.vector_changes import EVERYBODY, NOBODY
from app.adapters.sqlite.workers import Worker, connect_to_read, prepare, roll_back
from app.domain.ids import OrganizationId
from app.domain.text import folded
from app.ports.copying import EDGES, Contents, Flat, Key, RecordKind
from app.ports.runtime import Clock

SQL = statements("copying")
MEMORIES, VECTORS, ENTITIES = statements("memories"), statements("vectors"), statements("entities")

_PUTS: Final[Mapping[RecordKind, str]] = {
    RecordKind.ORGANIZATION: SQL["organization_put"],
    RecordKind.EVENT: SQL["event_put"],
    RecordKind.MEMBER: statements("accounts")["member_put"],
    RecordKind.PROJECT: statements("accounts")["project_put"],
    RecordKind.TERM: SQL["term_put"],
    RecordKind.KEY: statements("accounts")["key_put"],
    RecordKind.USER: statements("people")["user_put"],
    RecordKind.AGENT: statements("people")["agent_put"],
    RecordKind.SESSION: statements("people")["session_put"],
    RecordKind.SOURCE: statements("people")["source_put"],
    RecordKind.NOTE: SQL["note_put"],
    RecordKind.VERSION: SQL["version_put"],
    RecordKind.FEEDBACK: SQL["feedback_put"],
    RecordKind.CLUSTER: statements("clusters")["cluster_put"],
    RecordKind.MEMBERSHIP: SQL["membership_put"],
    RecordKind.MERGE: statements("merges")["merge_put"],
    RecordKind.DECISION: statements("decisions")["decision_put"],
    RecordKind.WEBHOOK: statements("webhooks")["webhook_put"],
    RecordKind.JOB: statements("jobs")["job_put"],
    RecordKind.ANSWER: statements("events")["answer_keep"],
    RecordKind.SPENDING: SQL["spending_put"],
    RecordKind.LEDGER: SQL["ledger_put"],
}
_EDGE_KINDS: Final = {RecordKind.MENTION: "mentions", RecordKind.LINK: "links", RecordKind.RELATION: "relates"}
_Run = Callable[[Callable[[sqlite3.Connection], list[Flat]]], "Any"]
_Values = dict[str, Any]


class SqliteCopies(Doors):
    """Copyable over one file. Once a tenant is held still, so it is for all that is read in it."""

    def __init__(self, turns: Turns, views: Views, held: Worker) -> None:
        super().__init__(turns, views)
        self._held = held

    async def tenants(self) -> list[OrganizationId]:
        return sorted(organization.id for organization in await self.organizations())

    async def size(self, tenant: OrganizationId) -> int:
        (row,) = await self._views.rows(SQL["size"], {"tenant": tenant})
        number: int = row["number"]
        return number

    async def revision(self, tenant: OrganizationId) -> int:
        return (await self.revisions()).get(tenant, 0)

    @asynccontextmanager
    async def still(self, tenant: OrganizationId) -> AsyncIterator[Contents]:
        """One transaction that reads. Writers go on; what they write stays in the log until we are done."""
        await self._held.run(lambda connection: connection.execute("BEGIN"))
        try:
            yield _Contents(self._held.run, tenant)
        finally:
            self._held.submit(roll_back)

    def contents(self, tenant: OrganizationId) -> Contents:
        return _Contents(self._views.alone, tenant)

    async def take(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        await self._turns.alone(partial(_whole, lambda connection: _take(_Copy(connection, tenant), kind, records)))

    async def drop(self, tenant: OrganizationId, kind: RecordKind, records: Sequence[Flat]) -> None:
        await self._turns.alone(partial(_whole, lambda connection: _drop(_Copy(connection, tenant), kind, records)))


class _Contents:
    def __init__(self, run: _Run, tenant: OrganizationId) -> None:
        self._run, self._tenant = run, tenant

    async def pages(self, kind: RecordKind) -> AsyncIterator[Sequence[Flat]]:
        after, limit = before_all(kind), limit_of(kind)
        while page := await self._run(partial(_page, tenant=self._tenant, kind=kind, after=after, limit=limit)):
            yield page
            if len(page) < limit:
                return
            after = last_key(kind, page)


def _page(
    connection: sqlite3.Connection, *, tenant: OrganizationId, kind: RecordKind, after: Key, limit: int
) -> list[Flat]:
    asked: _Values = {"tenant": tenant, "after": after[0], "after_part": after[-1], "limit": limit}
    asked["edge_kind"] = _EDGE_KINDS.get(kind)
    statement = SQL["edges_page" if kind in EDGES else f"{kind}_page"]
    return flats_of(kind, connection.execute(statement, asked))


class _Copy:
    """A connection inside a transaction that writes to one tenant."""

    def __init__(self, connection: sqlite3.Connection, tenant: OrganizationId) -> None:
        self._connection, self.tenant = connection, tenant

    def rows(self, statement: str, values: Mapping[str, Value]) -> list[sqlite3.Row]:
        return self._connection.execute(statement, {"tenant": self.tenant, **values}).fetchall()

    def insert(self, statement: str, values: Mapping[str, Value]) -> int:
        return self._connection.execute(statement, {"tenant": self.tenant, **values}).lastrowid or 0

    def each(self, statement: str, many: Iterator[_Values]) -> None:
        self._connection.executemany(statement, ({"tenant": self.tenant, **one} for one in many))


def _whole(work: Callable[[sqlite3.Connection], None], connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        work(connection)
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def _take(on: _Copy, kind: RecordKind, records: Sequence[Flat]) -> None:
    if kind is RecordKind.MEMORY:
        _take_memories(on, [_values(kind, record) for record in records])
    elif kind is RecordKind.ENTITY:
        _take_entities(on, records)
    elif kind in EDGES:
        _take_edges(on, kind, records)
    else:
        on.each(_PUTS[kind], (_renamed(_values(kind, record)) for record in records))


def _drop(on: _Copy, kind: RecordKind, records: Sequence[Flat]) -> None:
    if kind in EDGES:
        on.each(SQL["edges_drop"], ({"of": record["of"], "edge_kind": _EDGE_KINDS[kind]} for record in records))
        return
    if kind is RecordKind.MEMORY:
        known = on.rows(MEMORIES["memories_present"], {"ids": listed(record["id"] for record in records)})
        _raise_parts(on, {(row["project"], row["user"]) for row in known})
    if kind is RecordKind.ENTITY:
        on.each(ENTITIES["names_drop"], ({"id": record["id"]} for record in records))
    if kind is RecordKind.CLUSTER:
        on.each(SQL["memberships_drop"], ({"id": record["id"]} for record in records))
    on.each(SQL[f"{kind}_drop"], (_values(kind, record) for record in records))


def _values(kind: RecordKind, record: Flat) -> _Values:
    """As SQLite has them: lists as JSON."""
    values = stored(kind, record)
    return {name: dumped(value) if isinstance(value, list) else value for name, value in values.items()}


def _renamed(values: _Values) -> _Values:
    """Some names are also those of the scope, so the statements call them otherwise."""
    for name, other in (("projects", "key_projects"), ("end_user", "key_user"), ("end_user", "job_end_user")):
        if name in values:
            values[other] = values[name]
    return values


def _take_memories(on: _Copy, memories: Sequence[_Values]) -> None:
    found = on.rows(MEMORIES["memories_present"], {"ids": listed(memory["id"] for memory in memories)})
    present = {row["id"]: row for row in found}
    for memory in memories:
        memory["digest"] = digest_of(memory["text"])
        memory["scope"] = scope_words(tenant=on.tenant, project=memory["project"], user=memory["user"])
        before = present.get(memory["id"])
        if before:
            memory["key"] = before["key"]
            on.rows(MEMORIES["memory_update"], memory)
        else:
            memory["key"] = on.insert(MEMORIES["memory_insert"], memory)
        _hang_on(on, memory)
    before_and_after: list[Row] = [*found, *memories]
    _raise_parts(on, {(row["project"], row["user"]) for row in before_and_after})


def _hang_on(on: _Copy, memory: _Values) -> None:
    """Labels, vectors and usage."""
    on.rows(MEMORIES["labels_drop"], memory)
    for kind, labels in (("category", memory["categories"]), ("tag", memory["tags"])):
        if labels != "[]":
            on.rows(MEMORIES["labels_add"], {"key": memory["key"], "label_kind": kind, "labels": labels})
    _hang_vectors_on(on, memory)
    on.rows(SQL["usage_drop" if memory["access_count"] is None else "usage_put"], memory)


def _hang_vectors_on(on: _Copy, memory: _Values) -> None:
    own = {"key": memory["key"], "model": memory["vector_model"]}
    if (vector := memory["vector"]) is None:
        on.rows(VECTORS["vector_drop"], own)
    else:
        on.rows(VECTORS["vector_put"], {**own, "dimension": len(vector) // FLOAT, "data": vector})
    if (tokens := memory["tokens"]) is None:
        on.rows(VECTORS["tokens_drop"], own)
    else:
        on.rows(VECTORS["tokens_put"], {**own, "width": memory["token_width"], "data": tokens})


def _raise_parts(on: _Copy, parts: set[tuple[Any, Any]]) -> None:
    """Tells whoever keeps the vectors of these users, or of their projects, to read them anew."""
    for project, user in parts | {(project, EVERYBODY) for project, _ in parts}:
        on.rows(VECTORS["part_changed"], {"project": project, "user": user or NOBODY})


def _take_entities(on: _Copy, records: Sequence[Flat]) -> None:
    for record in records:
        values = _values(RecordKind.ENTITY, record)
        names = names_of(entity_of(record))
        on.rows(ENTITIES["entity_put"], {**values, "folded": folded(record["name"])})
        on.rows(ENTITIES["names_drop"], values)
        on.rows(ENTITIES["names_add"], {"id": record["id"], "names": listed(names)})
        on.rows(ENTITIES["handles_drop"], values)
        on.rows(ENTITIES["handles_add"], {**values, "handles": listed(handles_of(entity_of(record)))})


def _take_edges(on: _Copy, kind: RecordKind, records: Sequence[Flat]) -> None:
    _drop(on, kind, records)
    for edge in edges_of(kind, records):
        memories = edge.pop("evidence", None)
        key = on.insert(SQL[f"{kind}_put"], edge)
        if memories:
            on.rows(ENTITIES["evidence_add"], {"edge": key, "memories": listed(memories)})


@asynccontextmanager
async def open_copies(path: Path, *, clock: Clock, patience: float = 10.0) -> AsyncIterator[SqliteCopies]:
    """Opens the file for copying, creating or migrating it. Raises Unavailable where it cannot be used."""
    async with _opened("writer", partial(prepare, path)) as writer:
        read = partial(connect_to_read, path)
        async with _opened("reader", read) as reader, _opened("held", read) as held:
            turns = Turns(writer, Group(matrices=Matrices(limit=0), on_commit=None), clock=clock, patience=patience)
            yield SqliteCopies(turns, Views([reader], clock=clock, patience=patience), held)


@asynccontextmanager
async def _opened(name: str, connect: Callable[[], sqlite3.Connection]) -> AsyncIterator[Worker]:
    worker = Worker(name=name)
    try:
        await worker.open(connect)
        yield worker
    finally:
        await worker.close()
