"""Forgetting: soft and restorable by default, for good on request.

What extraction derived from a forgotten memory goes with it, unless another living memory supports it. Up to a thousand
memories go in one unit of work, more in several of them, one after the other: whoever looks meanwhile sees some of
them gone. When that is interrupted, what has gone stays gone, and the same request goes on with the rest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from app.domain import errors
from app.domain.ids import ClusterId, MemoryId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import Life, MemoryFilter, Window
from app.domain.work import EventKind, Job
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.addresses import demand_free
from app.services.changes import memory_event
from app.services.clusters import Grouping
from app.services.errands import errand
from app.services.inputs import Erasure, ForgetRequest, Where
from app.services.portions import PORTION, Portions, all_ids, with_derived
from app.services.references import NOBODY, Door, filter_of, find_users, project_of
from app.services.results import Forgotten

SCRUB_JOB = "scrub"
MAX_IDS = 1_000
SHOWN = 100
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_BATCH = 1_000
_MENDED = 50
"""How many clusters one unit of work makes anew."""
_SCRUBBED_AFTER = timedelta(minutes=1)
"""When the files are scrubbed of what went before an erasure was interrupted; one that goes on puts it off."""


class Forget:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory, portion: int = PORTION) -> None:
        self._store, self._clock, self._ids, self._portion = store, clock, ids, portion

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
        """All has gone when this returns. ERASE needs the permission memory:erase; its job removes the last bytes from the files.

        More than a portion (`app.services.portions`) goes in several units of work; made again after a failure, the
        same request goes on with what is left, and counts only that.
        """
        require(principal, Permission.MEMORY_WRITE)
        if erasure is Erasure.ERASE:
            require(principal, Permission.MEMORY_ERASE)
        _check(request)
        life = _life(erasure)
        async with self._store.read(principal) as reader:
            portions = Portions(await _targets(reader, principal, request, life), life=life, size=self._portion)
        match erasure:
            case Erasure.FORGET:
                return await self._hide(principal, portions)
            case Erasure.ERASE:
                return await self._erase(principal, request, portions)

    async def _hide(self, principal: Principal, portions: Portions) -> Forgotten:
        now = self._clock.now()
        gone: list[MemoryId] = []
        while not portions.over():
            async with self._store.write(principal) as uow:
                async for ids in portions.within(uow):
                    await let_go(uow, ids, now=now)
                    gone += ids
        return Forgotten(count=len(gone), ids=tuple(gone[:SHOWN]), dry_run=False, job=None)

    async def _erase(self, principal: Principal, request: ForgetRequest, portions: Portions) -> Forgotten:
        """Clusters that lose a memory lose its words in the same unit of work; they are made anew once, when all have gone."""
        now = self._clock.now()
        job = self._scrub_job(principal, now)
        gone: list[MemoryId] = []
        torn: set[ClusterId] = set()
        while not portions.over():
            async with self._store.write(principal) as uow:
                async for ids in portions.within(uow):
                    torn |= await _erase(uow, ids)
                    gone += ids
                if request.user is not None:
                    await _remove_people(uow, portions.ended)
                if portions.over():
                    torn = await self._mend(uow, torn, now)
                due = now if portions.over() else self._clock.now() + _SCRUBBED_AFTER
                await uow.jobs.put_many([replace(job, due_at=due)])
        while torn:
            async with self._store.write(principal) as uow:
                torn = await self._mend(uow, torn, now)
        return Forgotten(count=len(gone), ids=tuple(gone[:SHOWN]), dry_run=False, job=job)

    async def _mend(self, uow: UnitOfWork, torn: Collection[ClusterId], now: datetime) -> set[ClusterId]:
        """Makes some clusters anew of what they have left; those still to do."""
        left = [cluster.id for cluster in await uow.clusters.get_many(sorted(torn)) if cluster]
        await Grouping(uow, self._ids, now).mend(left[:_MENDED])
        return set(left[_MENDED:])

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
            derived = await uow.memories.get_many(await uow.memories.derived_only(ids, life=Life.LIVE))
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


async def let_go(
    uow: UnitOfWork, ids: Sequence[MemoryId], *, now: datetime, noted: Mapping[str, object] = NOTHING
) -> None:
    """Forgets these memories, and tells of each, with what is `noted`."""
    for start in range(0, len(ids), _BATCH):
        memories = [memory for memory in await uow.memories.get_many(ids[start : start + _BATCH]) if memory]
        gone = [replace(m, deleted_at=now, updated_at=now, version=m.version + 1) for m in memories]
        await uow.memories.put_many(gone)
        for memory in gone:
            uow.emit(memory_event(EventKind.MEMORY_FORGOTTEN, memory, **noted))


async def _erase(uow: UnitOfWork, ids: Sequence[MemoryId]) -> set[ClusterId]:
    """Erases these memories, and tells of each; the clusters that they were in."""
    memories = [memory for memory in await uow.memories.get_many(ids) if memory]
    clusters = await uow.clusters.of_memories(ids)
    await uow.memories.erase(ids)
    for memory in memories:
        uow.emit(memory_event(EventKind.MEMORY_ERASED, memory))
    return {cluster for cluster in clusters if cluster}


async def _remove_people(uow: UnitOfWork, erased: Sequence[MemoryFilter]) -> None:
    """Of targets that were one user's each."""
    for user in (user for target in erased for user in target.users):
        if user is not None:
            await uow.users.remove(user)
