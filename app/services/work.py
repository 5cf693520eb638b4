"""Work: the jobs that follow from what callers asked for."""

from app.domain import errors
from app.domain.ids import JobId
from app.domain.principal import Permission, Principal, require
from app.domain.query import Window
from app.domain.work import Job, JobState, replayed
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.inputs import Slice
from app.services.paging import Binding, listing, window_of
from app.services.references import project_of
from app.services.results import Listing


class Work:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def jobs(
        self,
        principal: Principal,
        *,
        project: str | None = None,
        states: tuple[JobState, ...] = (),
        parked: bool | None = None,
        page: Slice = Slice(),
    ) -> Listing[Job]:
        """Newest first."""
        require(principal, Permission.MEMORY_READ)
        binding = Binding(principal, "jobs", project, states, parked)
        window = window_of(page, binding)
        async with self._store.read(principal) as reader:
            scope = None if project is None else (await project_of(reader, principal, project)).id
            rows = await reader.jobs.page(window, project=scope, states=states, parked=parked)
        return listing(rows, page, binding)

    async def named(self, principal: Principal, *, project: str, name: str) -> list[Job]:
        """The last thousand jobs of this name in a project, newest first."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            scope = (await project_of(reader, principal, project)).id
            page = await reader.jobs.page(Window(limit=1_000), project=scope, states=(), parked=None, names=(name,))
        return [row.item for row in page.rows]

    async def job(self, principal: Principal, *, job: JobId) -> Job:
        """Raises NotFound."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = (await reader.jobs.get_many([job]))[0]
        if found is None:
            raise errors.NotFound("there is no such job")
        return found

    async def replay(self, principal: Principal, *, job: JobId) -> Job:
        """Queues a failed job again. Raises Conflict when it has not failed."""
        require(principal, Permission.JOB_CONTROL)
        async with self._store.write(principal) as uow:
            found = (await uow.jobs.get_many([job]))[0]
            if found is None:
                raise errors.NotFound("there is no such job")
            if found.state is not JobState.FAILED:
                raise errors.Conflict(f"the job is {found.state}, only a failed one can be replayed")
            again = replayed(found, now=self._clock.now())
            await uow.jobs.put_many([again])
            return again
