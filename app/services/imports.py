"""Imports: a job that tells how far a file has come, for who asks later."""

from dataclasses import replace
from typing import Any

from app.domain.ids import JobId, ProjectId, UserId
from app.domain.principal import Permission, Principal, require
from app.domain.query import Window
from app.domain.work import Job, JobState
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.errands import errand

IMPORT_JOB = "import"
_PAGE = 500


class Imports:
    def __init__(self, *, store: Store, clock: Clock, ids: IdFactory) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    async def note(
        self,
        principal: Principal,
        *,
        project: ProjectId,
        user: UserId | None,
        file: dict[str, Any],
        result: dict[str, Any],
    ) -> Job:
        """Keeps what became of a file that was read to its end; nothing is left to do."""
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        total = result["total_records"]
        begun = errand(
            principal, IMPORT_JOB, project=project, user=user, arguments=file, ids=self._ids, now=now, total=total
        )
        job = replace(
            begun,
            state=JobState.COMPLETED,
            stage="completed",
            done=result["processed_records"],
            result=result,
            finished_at=now,
        )
        async with self._store.write(principal) as uow:
            await uow.jobs.put_many([job])
        return job

    async def all(self, principal: Principal, *, project: ProjectId | None) -> list[Job]:
        """Newest first; without a project those of every project in sight."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            page = await reader.jobs.page(Window(limit=_PAGE), project=project, states=(), parked=None)
        return [row.item for row in page.rows if row.item.name == IMPORT_JOB]

    async def get(self, principal: Principal, *, job: str) -> Job | None:
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            (found,) = await reader.jobs.get_many([JobId(job)])
        return found if found is not None and found.name == IMPORT_JOB else None
