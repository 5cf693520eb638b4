"""Forgetting: soft and restorable by default, for good on request.

What extraction derived from a forgotten memory goes with it, unless another living memory supports it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.domain import errors
from app.domain.ids import MemoryId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import Life, MemoryFilter, MemoryOrder, Window
from app.domain.work import EventKind, Job
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.addresses import demand_free
from app.services.changes import memory_event
from app.services.clusters import Grouping
from app.services.errands import errand
from app.services.inputs import Erasure, ForgetRequest, Where
from app.services.references import NOBODY, Door, filter_of, find_users, project_of
from app.services.results import Forgotten

SCRUB_JOB = "scrub"
MAX_IDS = 1_000
SHOWN = 100
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_BATCH = 1_000


class Forget:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def preview(self, principal: Principal, *, request: ForgetRequest, erasure: Erasure) -> Forgotten:
        """What the same request would forget. Changes nothing."""
        require(principal, Permission.MEMORY_READ)
        _check(request)
        life = _life(erasure)
        async with self._store.read(principal) as reader:
            ids: list[MemoryId] = []
            for target in await _targets(reader, principal, request, life):
                ids += await all_ids(reader, target)
            ids = await with_derived(reader, ids, life)
        return Forgotten(count=len(ids), ids=tuple(ids[:SHOWN]), dry_run=True, job=None)

    async def forget(self, principal: Principal, *, request: ForgetRequest, erasure: Erasure) -> Forgotten:
        """Forgets at once. ERASE needs the permission memory:erase; its job removes the last bytes from the files."""
        require(principal, Permission.MEMORY_WRITE)
        if erasure is Erasure.ERASE:
            require(principal, Permission.MEMORY_ERASE)
        _check(request)
        now = self._clock.now()
        ids: list[MemoryId] = []
        job: Job | None = None
        async with self._store.write(principal) as uow:
            for target in await _targets(uow, principal, request, _life(erasure)):
                ids += await all_ids(uow, target)
            ids = await with_derived(uow, ids, _life(erasure))
            await let_go(uow, ids, erasure, made=self._ids, now=now)
            if erasure is Erasure.ERASE:
                await _remove_people(uow, principal, request)
                job = self._scrub_job(principal, now)
                await uow.jobs.put_many([job])
        return Forgotten(count=len(ids), ids=tuple(ids[:SHOWN]), dry_run=False, job=job)

    async def restore(self, principal: Principal, *, ids: Sequence[MemoryId]) -> list[Memory]:
        """Brings forgotten memories back, with what was forgotten along with them; at most 1,000 at once. NotFound names the first that cannot be."""
        require(principal, Permission.MEMORY_WRITE)
        if not 0 < len(ids) <= MAX_IDS:
            raise errors.invalid("ids", f"must be 1 to {MAX_IDS:,}", "out_of_range")
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            forgotten = []
            for id_, memory in zip(ids, await uow.memories.get_many(ids), strict=True):
                if memory is None or memory.deleted_at is None:
                    raise errors.NotFound(f"there is no forgotten memory {id_}")
                forgotten.append(memory)
            moments = {memory.deleted_at for memory in forgotten}
            derived = await uow.memories.get_many(await uow.memories.derived_only(ids))
            forgotten += [m for m in derived if m and m.deleted_at in moments and m.id not in set(ids)]
            await demand_free(uow, forgotten, now)
            restored = [replace(m, deleted_at=None, updated_at=now, version=m.version + 1) for m in forgotten]
            await uow.memories.put_many(restored)
            for memory in restored:
                uow.emit(memory_event(EventKind.MEMORY_RESTORED, memory))
        return restored

    def _scrub_job(self, principal: Principal, now: datetime) -> Job:
        return errand(
            principal,
            SCRUB_JOB,
            project=None,
            user=principal.end_user or UserId(NOBODY),
            arguments={},
            ids=self._ids,
            now=now,
        )


def _check(request: ForgetRequest) -> None:
    ways = [bool(request.ids), request.where is not None, request.user is not None or request.project is not None]
    if sum(ways) != 1:
        raise errors.invalid("ids", "give exactly one of ids, filter, and user or project", "required")
    if request.where is not None and replace(request.where, project=None) == Where():
        raise errors.invalid("filter", "is empty; to forget a whole project, name the project instead", "blank")
    if len(request.ids) > MAX_IDS:
        raise errors.invalid("ids", f"has {len(request.ids):,} ids; the limit is {MAX_IDS:,}", "too_long")


def _life(erasure: Erasure) -> Life:
    """An erase also takes what was forgotten before."""
    return Life.ANY if erasure is Erasure.ERASE else Life.LIVE


async def _targets(door: Door, principal: Principal, request: ForgetRequest, life: Life) -> list[MemoryFilter]:
    if request.ids:
        return [MemoryFilter(ids=request.ids, life=life)]
    if request.where is not None:
        filter_ = await filter_of(door, principal, request.where)
        return [replace(filter_, life=life if filter_.life is Life.LIVE else filter_.life)]
    if request.user is not None:
        return [
            MemoryFilter(project=project, users=(user,), life=life)
            for project, user in await _users(door, principal, request.user, request.project)
        ]
    return [MemoryFilter(project=(await project_of(door, principal, request.project)).id, life=life)]


async def _users(door: Door, principal: Principal, ref: str, project: str | None) -> list[tuple[ProjectId, UserId]]:
    """The end user in the project named, else wherever it is known."""
    if project is not None:
        scopes = [(await project_of(door, principal, project)).id]
    else:
        scopes = [row.item.id for row in (await door.projects.page(Window(limit=1_000))).rows]
    found = [(scope, (await find_users(door, scope, [ref]))[0]) for scope in scopes]
    known = [(scope, user.id) for scope, user in found if user is not None]
    if not known:
        raise errors.invalid("user", f"there is no user {ref!r}", "unknown")
    return known


async def all_ids(door: Door, where: MemoryFilter) -> list[MemoryId]:
    """Of whatever fits, oldest first."""
    ids: list[MemoryId] = []
    window = Window(limit=_BATCH)
    while True:
        page = await door.memories.page(window, where=where, order=MemoryOrder.CREATED_AT, descending=False)
        ids += [row.item.id for row in page.rows]
        if not page.more:
            return ids
        window = Window(limit=_BATCH, position=page.rows[-1].position)


async def with_derived(door: Door, ids: Sequence[MemoryId], life: Life) -> list[MemoryId]:
    """The ids, and those of memories that were derived from nothing else."""
    derived = await door.memories.get_many(await door.memories.derived_only(ids))
    known = set(ids)
    fitting = (m for m in derived if m and m.id not in known and (life is Life.ANY or m.deleted_at is None))
    return [*ids, *(memory.id for memory in fitting)]


async def let_go(
    uow: UnitOfWork,
    ids: Sequence[MemoryId],
    erasure: Erasure,
    *,
    made: IdFactory,
    now: datetime,
    noted: Mapping[str, object] = NOTHING,
) -> None:
    """Forgets or erases these memories, mends the clusters that lose one for good, and tells of each, with what is `noted`."""
    for start in range(0, len(ids), _BATCH):
        memories = [memory for memory in await uow.memories.get_many(ids[start : start + _BATCH]) if memory]
        match erasure:
            case Erasure.FORGET:
                kind = EventKind.MEMORY_FORGOTTEN
                gone = [replace(m, deleted_at=now, updated_at=now, version=m.version + 1) for m in memories]
                await uow.memories.put_many(gone)
            case Erasure.ERASE:
                kind, gone = EventKind.MEMORY_ERASED, memories
                clusters = await uow.clusters.of_memories([memory.id for memory in memories])
                await uow.memories.erase([memory.id for memory in memories])
                await Grouping(uow, made, now).mend([cluster for cluster in clusters if cluster])
        for memory in gone:
            uow.emit(memory_event(kind, memory, **noted))


async def _remove_people(uow: UnitOfWork, principal: Principal, request: ForgetRequest) -> None:
    if request.user is None:
        return
    for _, user in await _users(uow, principal, request.user, request.project):
        await uow.users.remove(user)
