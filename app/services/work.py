"""Work: the jobs that follow from what callers asked for."""

from app.domain.ids import JobId
from app.domain.principal import Principal
from app.domain.work import Job, JobState
from app.services.inputs import Slice
from app.services.results import Listing


class Work:
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
        raise NotImplementedError

    async def replay(self, principal: Principal, *, job: JobId) -> Job:
        """Queues a failed job again. Raises Conflict when it has not failed."""
        raise NotImplementedError
