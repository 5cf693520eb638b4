"""Scrub: the second half of an erase, which removes the last bytes from the store's files."""

from collections.abc import Sequence

from app.domain.principal import Permission, Principal, require
from app.domain.work import Job, completed
from app.ports.runtime import Clock
from app.ports.store import Store, StoreKeeper


class Scrub:
    def __init__(self, *, store: Store, keeper: StoreKeeper, clock: Clock) -> None:
        self._store, self._keeper, self._clock = store, keeper, clock

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """The jobs as they ended: one scrub serves them all. Idempotent."""
        require(principal, Permission.MEMORY_ERASE)
        await self._keeper.scrub()
        async with self._store.write(principal) as uow:
            held = [await uow.jobs.held(job.id, job.fence) for job in jobs]
            ended = [completed(job, result={}, now=self._clock.now()) for job in held]
            await uow.jobs.put_many(ended)
        return ended
