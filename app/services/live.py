"""Live: the state first, then each change, nothing missed in between, in order.

A watch subscribes before it reads the state, so that no change falls between the two; events that
the state already holds are passed over by their revision. It checks the permission when it starts,
tells only what the principal sees, and ends when its credential expires or is revoked.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain import errors
from app.domain.graph import Entity, Relation
from app.domain.ids import EntityId, JobId, MemoryId, ProjectId, RelationId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import Window
from app.domain.work import EventKind, Job, JobState, RecordedEvent
from app.ports.messaging import EventBus, Gap
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.services.inputs import Where
from app.services.references import filter_of, project_of
from app.services.results import Change

_MEMORY_KINDS = frozenset(kind for kind in EventKind if kind.startswith("memory."))
_GRAPH_KINDS = frozenset(
    kind for kind in EventKind if kind.startswith(("entity.", "relation.")) or kind is EventKind.MEMORY_LINKED
)
_GONE = (EventKind.MEMORY_FORGOTTEN, EventKind.MEMORY_ERASED)
_OPEN = (JobState.PENDING, JobState.PROCESSING)
_MAX_OPEN_JOBS = 1_000

Wanted = Callable[[RecordedEvent], bool]


class Live:
    def __init__(self, *, store: Store, bus: EventBus, clock: Clock) -> None:
        self._store, self._bus, self._clock = store, bus, clock
        self._shared = _SharedReads()

    async def job(self, principal: Principal, *, job: JobId) -> AsyncIterator[Job]:
        """The job as it is, then as it becomes, until it has ended. Raises NotFound."""
        require(principal, Permission.MEMORY_READ)

        def wanted(event: RecordedEvent) -> bool:
            return event.event.kind is EventKind.JOB_UPDATED and event.event.subject == job

        async with self._watch(principal, wanted) as events:
            current, revision = await self._job(principal, job)
            yield current
            while not current.state.ended:
                change = await anext(events, None)
                if change is None:
                    return
                if isinstance(change, Gap):
                    current, revision = await self._job(principal, job)
                elif change.revision <= revision:
                    continue
                else:
                    current = _as_told(current, change)
                    if current.state.ended:
                        current, revision = await self._job(principal, job)
                yield current

    async def jobs(self, principal: Principal, *, project: str | None) -> AsyncIterator[Job | Change]:
        """Jobs that have not ended, oldest first, then each job that changes. A Change tells of a gap."""
        require(principal, Permission.MEMORY_READ)
        scope = await self._project(principal, project)

        def wanted(event: RecordedEvent) -> bool:
            told = event.event
            return told.kind is EventKind.JOB_UPDATED and scope in (None, told.project) and _visible(principal, event)

        async with self._watch(principal, wanted) as events:
            async with self._store.read(principal) as reader:
                revision = await reader.events.revision()
                window = Window(limit=_MAX_OPEN_JOBS, backward=True)
                open_jobs = await reader.jobs.page(window, project=scope, states=_OPEN, parked=None)
            for row in reversed(open_jobs.rows):
                yield row.item
            async for change in events:
                if isinstance(change, Gap):
                    yield Change(revision=change.revision, event=None, gap=True)
                elif change.revision > revision and (job := await self._told_job(principal, change)) is not None:
                    yield job

    async def memories(
        self, principal: Principal, *, project: str | None, where: Where, kinds: tuple[EventKind, ...]
    ) -> AsyncIterator[Change]:
        """First a Change without event at the present revision, then each change of a memory.

        `where` narrows it to memories that fit; what is forgotten or erased is told of whatever it was.
        """
        require(principal, Permission.MEMORY_READ)
        scope = await self._project(principal, project)
        picked = _MEMORY_KINDS.intersection(kinds) if kinds else _MEMORY_KINDS
        users, rest = frozenset(where.users), replace(where, users=())
        narrowed = rest != Where()

        def wanted(event: RecordedEvent) -> bool:
            # Thousands may watch one user each: who that is stands in the event, so nothing is read here.
            told = event.event
            concerns = not users or told.user in users or event.about in users
            return concerns and told.kind in picked and scope in (None, told.project) and _visible(principal, event)

        async with aclosing(self._changes(principal, wanted)) as changes:
            async for change in changes:
                if not narrowed or await self._fits(principal, rest, change):
                    yield change

    async def graph(self, principal: Principal, *, project: str | None) -> AsyncIterator[Change]:
        """First the present revision, then each change of an entity, a relation or a link."""
        require(principal, Permission.MEMORY_READ)
        scope = await self._project(principal, project)

        def wanted(event: RecordedEvent) -> bool:
            told = event.event
            return told.kind in _GRAPH_KINDS and scope in (None, told.project) and _visible(principal, event)

        async with aclosing(self._changes(principal, wanted)) as changes:
            async for change in changes:
                yield change

    async def memory(self, principal: Principal, *, change: Change) -> Memory | None:
        """The memory a change is about, read once for all who watch with the same sight."""

        async def load(reader: Reader, id_: str) -> Memory | None:
            return (await reader.memories.get_many([MemoryId(id_)]))[0]

        memory: Memory | None = await self._subject(principal, change, load)
        return memory

    async def entity(self, principal: Principal, *, change: Change) -> Entity | None:
        """The entity a change is about."""

        async def load(reader: Reader, id_: str) -> Entity | None:
            return (await reader.entities.get_many([EntityId(id_)]))[0]

        entity: Entity | None = await self._subject(principal, change, load)
        return entity

    async def relation(self, principal: Principal, *, change: Change) -> Relation | None:
        """The relation a change is about."""

        async def load(reader: Reader, id_: str) -> Relation | None:
            return (await reader.entities.relations_by_id([RelationId(id_)]))[0]

        relation: Relation | None = await self._subject(principal, change, load)
        return relation

    async def _subject(self, principal: Principal, change: Change, load: Callable[[Reader, str], Any]) -> Any:
        event = change.event
        if event is None:
            return None

        async def read() -> Any:
            async with self._store.read(principal) as reader:
                return await load(reader, event.subject)

        sight = (principal.tenant, principal.visible, principal.end_user)
        return await self._shared.get((change.revision, event.subject, sight), read)

    async def _changes(self, principal: Principal, wanted: Wanted) -> AsyncGenerator[Change, None]:
        async with self._watch(principal, wanted) as events:
            async with self._store.read(principal) as reader:
                revision = await reader.events.revision()
            yield Change(revision=revision, event=None, gap=False)
            async for change in events:
                if isinstance(change, Gap):
                    yield Change(revision=change.revision, event=None, gap=True)
                elif change.revision > revision:
                    yield Change(revision=change.revision, event=change.event, gap=False)

    async def _fits(self, principal: Principal, where: Where, change: Change) -> bool:
        """Whether the memory is one of these now; one that is gone is told of whatever it was."""
        if change.event is None or change.event.kind in _GONE:
            return True
        memory = await self.memory(principal, change=change)
        if memory is None or not _labelled(memory, where):
            return False
        if not (where.agents or where.sessions):
            return True
        people = replace(Where(), ids=(memory.id,), agents=where.agents, sessions=where.sessions)
        async with self._store.read(principal) as reader:
            narrowed = replace(people, project=memory.project)
            return await reader.memories.count(await filter_of(reader, principal, narrowed)) > 0

    async def _project(self, principal: Principal, ref: str | None) -> ProjectId | None:
        if ref is None:
            return None
        async with self._store.read(principal) as reader:
            return (await project_of(reader, principal, ref)).id

    async def _job(self, principal: Principal, job: JobId) -> tuple[Job, int]:
        async with self._store.read(principal) as reader:
            found = (await reader.jobs.get_many([job]))[0]
            revision = await reader.events.revision()
        if found is None:
            raise errors.NotFound("there is no such job")
        return found, revision

    async def _told_job(self, principal: Principal, change: RecordedEvent) -> Job | None:
        """The job as that change left it."""
        told = Change(revision=change.revision, event=change.event, gap=False)

        async def load(reader: Reader, id_: str) -> Job | None:
            return (await reader.jobs.get_many([JobId(id_)]))[0]

        found: Job | None = await self._subject(principal, told, load)
        return None if found is None else _as_told(found, change)

    @asynccontextmanager
    async def _watch(self, principal: Principal, wanted: Wanted) -> AsyncIterator[AsyncIterator[RecordedEvent | Gap]]:
        key = principal.credential.key

        def picked(event: RecordedEvent) -> bool:
            return wanted(event) or _revokes(event, key)

        async with self._bus.subscribe(principal.tenant, picked) as events:
            yield _until_closed(events, key, self._left(principal.credential.expires_at))

    def _left(self, expires_at: datetime | None) -> float | None:
        return None if expires_at is None else (expires_at - self._clock.now()).total_seconds()


async def _until_closed(
    events: AsyncIterator[RecordedEvent | Gap], key: str | None, seconds: float | None
) -> AsyncIterator[RecordedEvent | Gap]:
    """The events until the credential ends. Raises Unauthenticated when it does."""
    deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds
    while True:
        event = await (anext(events, None) if deadline is None else _before(deadline, events))
        if event is None:
            return
        if isinstance(event, RecordedEvent) and _revokes(event, key):
            raise errors.Unauthenticated("the credential was revoked")
        yield event


async def _before(deadline: float, events: AsyncIterator[RecordedEvent | Gap]) -> RecordedEvent | Gap | None:
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(events, None)
    except TimeoutError:
        raise errors.Unauthenticated("the credential has expired") from None


def _labelled(memory: Memory, where: Where) -> bool:
    """Whether it has the kinds, types, categories and tags that are asked for."""
    return (
        (not where.kinds or memory.kind in where.kinds)
        and (not where.types or memory.type in {name.lower() for name in where.types})
        and (not where.categories or not {*where.categories}.isdisjoint(memory.categories))
        and (not where.tags or not {*where.tags}.isdisjoint(memory.tags))
    )


def _revokes(event: RecordedEvent, key: str | None) -> bool:
    return event.event.kind is EventKind.KEY_REVOKED and event.event.subject == key


def _visible(principal: Principal, event: RecordedEvent) -> bool:
    return principal.may_see(project=event.event.project, user=event.event.user)


def _as_told(job: Job, change: RecordedEvent) -> Job:
    """The job with the state that the event carries, which may be older than what the record holds by now."""
    data = change.event.data
    return replace(
        job,
        state=JobState(data["state"]),
        stage=data["stage"],
        done=data["done"],
        total=data["total"],
        attempts=data["attempts"],
        error=data["error"],
        error_code=data["errorCode"],
        updated_at=change.at,
        finished_at=change.at if JobState(data["state"]).ended else None,
    )


class _SharedReads:
    """One read per change and sight, however many watch. The last thousand are kept."""

    def __init__(self, limit: int = 1_000) -> None:
        self._limit = limit
        self._reads: OrderedDict[object, asyncio.Task[Any]] = OrderedDict()

    async def get(self, key: object, read: Callable[[], Any]) -> Any:
        task = self._reads.get(key)
        if task is None or task.cancelled():
            task = self._reads[key] = asyncio.ensure_future(read())
            while len(self._reads) > self._limit:
                self._reads.popitem(last=False)
        return await asyncio.shield(task)
