"""Jobs: rows that are claimed under a lease, each claim with a higher fence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.adapters.records.jobs import LOOK_AHEAD, errand, job_of, job_values, told
from app.adapters.records.values import micros
from app.adapters.sqlite.block import Block, WriteBlock
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.ids import JobId, ProjectId
from app.domain.query import Page, Window
from app.domain.work import Job, JobState

SQL = statements("jobs")


class Jobs:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[JobId]) -> list[Job | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["jobs_by_ids"], ids, job_of))

    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        states: Sequence[JobState],
        parked: bool | None,
        names: Sequence[str] = (),
    ) -> Page[Job]:
        asked: Parameters = {"project": project, "states": listed(states), "parked": parked, "names": listed(names)}
        return await self._block.run(lambda on: paged(on, _JOBS, window, asked))


class JobWrites(Jobs):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._events = block.events

    async def put_many(self, jobs: Sequence[Job]) -> None:
        await self._block.run(lambda on: _put(on, jobs))
        self._events.extend(map(told, jobs))

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Job]:
        asked: Parameters = {"at": micros(now), "until": micros(until), "window": limit * LOOK_AHEAD}
        claimed = await self._block.run(lambda on: _claim(on, asked, limit))
        self._events.extend(map(told, claimed))
        return claimed

    async def held(self, job: JobId, fence: int) -> Job:
        (found,) = await self.get_many([job])
        if found is None:
            raise errors.NotFound
        if found.fence != fence:
            raise errors.Conflict(f"job {job} was taken over by another worker")
        return found


def _put(on: Scoped, jobs: Sequence[Job]) -> None:
    present = on.rows(SQL["jobs_present"], {"ids": listed({job.id for job in jobs})})
    if not all(row["visible"] for row in present):
        raise errors.NotFound
    fences = {row["id"]: row["fence"] for row in present}
    for job in jobs:
        if job.fence < fences.get(job.id, 0):
            raise errors.Conflict(f"job {job.id} was taken over by another worker")
        on.demand(project=job.project, user=job.user)
        on.demand(project=job.project, user=job.end_user)
    on.change_each(SQL["job_put"], map(job_values, jobs))


def _claim(on: Scoped, asked: Parameters, limit: int) -> list[Job]:
    due = on.rows(SQL["jobs_due"], asked)
    if not due:
        return []
    together = [row["id"] for row in due if errand(row) == errand(due[0])][:limit]
    on.change(SQL["jobs_claim"], {**asked, "ids": listed(together)})
    return [job for job in by_ids(on, SQL["jobs_by_ids"], together, job_of) if job]


_JOBS: Final = Listing(SQL["jobs_page"], job_of, "j.created_at", "j.id", descending=True)
