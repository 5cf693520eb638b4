"""Clusters: memories that are about the same, found while they are read, and re-balanced on request."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from app.domain import errors
from app.domain.cluster import LEAST, Cluster
from app.domain.ids import ClusterId, MemoryId, ProjectId, UserId
from app.domain.principal import Permission, Principal, require
from app.domain.work import Job, completed
from app.ports.clusters import Centre, Member
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store, UnitOfWork
from app.services.errands import errand
from app.services.inputs import Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import Door, find_users, project_of
from app.services.results import Listing
from app.understanding.grouping import Grouped, assign, rebalance, remade

CLUSTERS_JOB = "clusters"
MAX_MEMBERS = 10_000
"""Of a part that is re-balanced: the newest. Older ones stay where they are only if their cluster survives."""
_MENDED = 1_000

Part = tuple[ProjectId, UserId | None]
"""The memories of a project about one end user, or about nobody: clusters never cross its border."""


class Clusters:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def page(
        self, principal: Principal, *, project: str | None, user: str | None, page: Slice
    ) -> Listing[Cluster]:
        """The last changed first; `user` None is every user. A user that is not known has none."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "clusters", project, user)
        async with self._store.read(principal) as reader:
            part = await part_of(reader, principal, project=project, user=user)
            if part is None:
                return Listing(items=(), has_next=False, has_previous=False)
            rows = await reader.clusters.page(window_of(page, binding), project=part[0], user=part[1], least=LEAST)
        return listing(rows, page, binding)

    async def refresh(self, principal: Principal, *, project: str | None, user: str | None) -> Job:
        """Starts the job that re-balances the clusters of one user, or of memories about nobody."""
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            part = await part_of(uow, principal, project=project, user=user)
            if part is None:
                raise errors.invalid("user", f"there is no user {user!r}", "unknown")
            job = errand(principal, CLUSTERS_JOB, project=part[0], user=part[1], arguments={}, ids=self._ids, now=now)
            await uow.jobs.put_many([job])
        return job


async def part_of(door: Door, principal: Principal, *, project: str | None, user: str | None) -> Part | None:
    """The part that is named; None where the user is not known."""
    scope = (await project_of(door, principal, project)).id
    if user is None:
        return scope, None
    (found,) = await find_users(door, scope, [user])
    return (scope, found.id) if found else None


class Grouping:
    """Keeps clusters in step with memories, inside the unit of work that changes these."""

    def __init__(self, uow: UnitOfWork, ids: IdFactory, now: datetime) -> None:
        self._uow, self._ids, self._now = uow, ids, now

    async def place(self, ids: Sequence[MemoryId]) -> None:
        """Puts memories that were read into clusters; those that were in one already are placed anew."""
        clusters = self._uow.clusters
        before = dict(zip(ids, await clusters.of_memories(ids), strict=True))
        placed = {memory: cluster for memory, cluster in before.items() if cluster is not None}
        if placed:
            await clusters.place_many(dict.fromkeys(placed))
            await self.mend([*placed.values()])
        members = await clusters.candidates(ids)
        memories = await self._uow.memories.get_many([member.memory for member in members])
        parts: dict[Part, list[Member]] = {}
        for memory, member in zip(memories, members, strict=True):
            if memory is not None:
                parts.setdefault((memory.project, memory.user), []).append(member)
        for part, those in parts.items():
            await self._assign(part, those)

    async def mend(self, ids: Sequence[ClusterId]) -> None:
        """Makes clusters anew from the members that they have left."""
        around: dict[Part, dict[ClusterId, Centre]] = {}
        fresh: list[Centre] = []
        for cluster in await self._uow.clusters.get_many(sorted(set(ids))):
            members = await self._uow.clusters.members_of([cluster.id], limit=_MENDED) if cluster else []
            if not cluster or not members:
                continue
            part = (cluster.project, cluster.user)
            if part not in around:
                around[part] = await self._centres(part)
            made = remade(cluster, members, around[part].values(), now=self._now)
            around[part][cluster.id] = made
            fresh.append(made)
        await self._uow.clusters.put_many(fresh)

    async def _centres(self, part: Part) -> dict[ClusterId, Centre]:
        centres = await self._uow.clusters.centres(project=part[0], user=part[1])
        return {centre.cluster.id: centre for centre in centres}

    async def _assign(self, part: Part, members: Sequence[Member]) -> None:
        project, user = part
        centres = await self._uow.clusters.centres(project=project, user=user)
        model = members[0].embedding.model
        fitting = [member for member in members if member.embedding.model == model]
        found = assign(centres, fitting, begin=lambda: self._begin(part), model=model, now=self._now)
        await self._uow.clusters.put_many(found.centres)
        await self._uow.clusters.place_many(found.places)

    def _begin(self, part: Part) -> Cluster:
        return begun(self._ids, part, self._now)


def begun(ids: IdFactory, part: Part, now: datetime) -> Cluster:
    """A cluster that nobody is in yet."""
    new = ClusterId(ids.new("cluster"))
    return Cluster(id=new, project=part[0], user=part[1], created_at=now, updated_at=now)


class Regroup:
    """The job that re-balances clusters. Safe to run twice."""

    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        require(principal, Permission.MEMORY_WRITE)
        return [await self._run(principal, job) for job in jobs]

    async def _run(self, principal: Principal, job: Job) -> Job:
        if job.project is None:
            raise errors.NotFound("the job names no project")
        part = (job.project, job.user)
        async with self._store.read(principal) as reader:
            centres = await reader.clusters.centres(project=part[0], user=part[1])
            members = await reader.clusters.members(project=part[0], user=part[1], limit=MAX_MEMBERS)
        now = self._clock.now()
        found = await asyncio.to_thread(self._rebalanced, part, centres, members, now)
        async with self._store.write(principal) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            await uow.clusters.put_many(found.centres)
            await uow.clusters.place_many({member.memory: found.places.get(member.memory) for member in members})
            # Who was left by a memory has lost its name by now.
            await uow.clusters.put_many(found.centres)
            await uow.clusters.remove(found.gone)
            result = {"memories": len(found.places), "clusters": _shown(found), "removed": len(found.gone)}
            ended = completed(held, result=result, now=self._clock.now())
            await uow.jobs.put_many([ended])
        return ended

    def _rebalanced(self, part: Part, centres: Sequence[Centre], members: Sequence[Member], now: datetime) -> Grouped:
        if not members:
            return Grouped((), {})
        model = members[-1].embedding.model
        return rebalance(centres, members, begin=lambda: begun(self._ids, part, now), model=model, now=now)


def _shown(found: Grouped) -> int:
    return sum(centre.cluster.weight >= LEAST for centre in found.centres)
