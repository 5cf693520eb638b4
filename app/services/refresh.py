"""Vectors made anew: a job that reads memories again with the model that answers now. Their words stay as they are."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from app.domain import errors
from app.domain.ids import MemoryId, UserId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryOrder
from app.domain.work import Job, completed, progressed
from app.ports.models import Embedding
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.context import Context
from app.services.errands import errand
from app.services.explore import Explore
from app.services.inputs import Slice, Sort, Where
from app.services.references import NOBODY, find_users, project_of
from app.services.vectors import Vectors

REFRESH_JOB = "refresh"
_BATCH = 32


class Refresh:
    """Safe to run twice: what was read before is read once more."""

    def __init__(
        self, *, store: Store, explore: Explore, vectors: Vectors, clock: Clock, ids: IdFactory, lease: timedelta
    ) -> None:
        self._store, self._explore, self._vectors = store, explore, vectors
        self._clock, self._ids, self._lease = clock, ids, lease
        self._context = Context(store)

    async def begin(self, principal: Principal, *, project: str | None, user: str | None) -> Job:
        """Starts the job, for one user or for all that the project has; its `total` is how many memories there are."""
        require(principal, Permission.MEMORY_WRITE)
        async with self._store.read(principal) as reader:
            scope = (await project_of(reader, principal, project)).id
            known = (await find_users(reader, scope, [user]))[0] if user else None
        about = known.id if known else UserId(NOBODY) if user else None
        total = await self._explore.count_memories(principal, where=_where(scope, about))
        now = self._clock.now()
        job = errand(
            principal, REFRESH_JOB, project=scope, user=about, arguments={}, ids=self._ids, now=now, total=total
        )
        async with self._store.write(principal) as uow:
            await uow.jobs.put_many([job])
        return job

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        require(principal, Permission.MEMORY_WRITE)
        return [await self._run(principal, job) for job in jobs]

    async def _run(self, principal: Principal, job: Job) -> Job:
        if job.project is None:
            raise errors.NotFound("the job names no project")
        where, read, after = _where(job.project, job.user), 0, None
        while True:
            page = await self._explore.memories(
                principal,
                where=where,
                sort=Sort(by=MemoryOrder.CREATED_AT, descending=False),
                page=Slice(first=_BATCH, after=after),
            )
            memories = [item.node for item in page.items]
            read += len(memories)
            job = await self._write(principal, job, await self._read(principal, memories), read, over=not page.has_next)
            if job.state.ended:
                return job
            after = page.items[-1].cursor

    async def _read(
        self, principal: Principal, memories: Sequence[Memory]
    ) -> Mapping[MemoryId, tuple[Memory, Embedding]]:
        async with self._store.read(principal) as reader:
            passages = await self._context.of_memories(reader, memories)
        vectors = await self._vectors.require_read(passages)
        return {memory.id: (memory, vector) for memory, vector in zip(memories, vectors, strict=True)}

    async def _write(
        self,
        principal: Principal,
        job: Job,
        found: Mapping[MemoryId, tuple[Memory, Embedding]],
        read: int,
        *,
        over: bool,
    ) -> Job:
        """What was reworded or erased meanwhile is left to whoever did so."""
        async with self._store.write(principal) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            current = [memory for memory in await uow.memories.get_many([*found]) if memory]
            same = [m.id for m in current if (m.text, m.title) == (found[m.id][0].text, found[m.id][0].title)]
            await uow.memories.embed_many({id_: found[id_][1] for id_ in same})
            now = self._clock.now()
            after = (
                completed(held, result={"memories": read}, now=now)
                if over
                else progressed(held, stage="reading", done=read, leased_until=now + self._lease, now=now)
            )
            await uow.jobs.put_many([after])
        return after


def _where(project: str, user: str | None) -> Where:
    return Where(project=project, users=(user,) if user else ())
