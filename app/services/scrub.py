"""Scrub: the second half of an erase, which removes the last bytes from the store's files."""

from app.domain.principal import Permission, Principal, require
from app.domain.work import Job, completed
from app.ports.runtime import Clock
from app.ports.store import Store, StoreKeeper


class Scrub:
    def __init__(self, *, store: Store, keeper: StoreKeeper, clock: Clock) -> None:
        self._store, self._keeper, self._clock = store, keeper, clock

    async def run(self, principal: Principal, *, job: Job) -> Job:
        """The job as it ended. Idempotent."""
        require(principal, Permission.MEMORY_ERASE)
        await self._keeper.scrub()
        async with self._store.write(principal) as uow:
            held = await uow.jobs.held(job.id, job.fence)
            ended = completed(held, result={}, now=self._clock.now())
            await uow.jobs.put_many([ended])
        return ended
