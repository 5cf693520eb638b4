"""Jobs: nodes that are claimed under a lease, each claim with a higher fence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.statements import statements
from app.adapters.records.jobs import LOOK_AHEAD, errand, job_of, job_values, told
from app.adapters.records.values import micros
from app.domain import errors
from app.domain.ids import JobId, ProjectId
from app.domain.query import Page, Window
from app.domain.work import Job, JobState

CYPHER: Final = statements("jobs")

_JOBS: Final = Listing(CYPHER["jobs_page"], job_of, "j.created_at", "j.id", descending=True)


class Jobs:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[JobId]) -> list[Job | None]:
        return await by_ids(self._block, CYPHER["jobs_by_ids"], ids, job_of)

    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        states: Sequence[JobState],
        parked: bool | None,
        names: Sequence[str] = (),
    ) -> Page[Job]:
        asked = {
            "project": project,
            "states": [state.value for state in states],
            "parked": parked,
            "names": list(names),
        }
        return await paged(self._block, _JOBS, window, asked)


class JobWrites(Jobs):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._events = block.events

    async def put_many(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._block.demand(project=job.project, user=job.user)
            self._block.demand(project=job.project, user=job.end_user)
        (found,) = await self._block.rows(CYPHER["jobs_put"], {"jobs": [_values(job) for job in jobs]})
        if found["hidden"]:
            raise errors.NotFound
        if found["taken"]:
            raise errors.Conflict(f"job {found['taken'][0]} was taken over by another worker")
        self._events.extend(map(told, jobs))

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Job]:
        asked = {"at": micros(now), "until": micros(until), "window": limit * LOOK_AHEAD}
        due = await self._block.rows(CYPHER["jobs_due"], asked)
        if not due:
            return []
        together = [row["id"] for row in due if errand(row) == errand(due[0])][:limit]
        found = await by_ids(self._block, CYPHER["jobs_claim"], together, job_of, asked)
        claimed = [job for job in found if job]
        self._events.extend(map(told, claimed))
        return claimed

    async def held(self, job: JobId, fence: int) -> Job:
        (found,) = await self.get_many([job])
        if found is None:
            raise errors.NotFound
        if found.fence != fence:
            raise errors.Conflict(f"job {job} was taken over by another worker")
        return found


def _values(job: Job) -> dict[str, Any]:
    values: dict[str, Any] = {**job_values(job)}
    values["end_user"] = values.pop("job_end_user")
    return values
