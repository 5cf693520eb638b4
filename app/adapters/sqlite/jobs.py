"""Jobs: rows that are claimed under a lease, each claim with a higher fence."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.adapters.sqlite.block import Block, WriteBlock
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.rows import dumped, mapping, micros, micros_or_none, moment, moment_or_none
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain import errors
from app.domain.ids import JobId, ProjectId
from app.domain.query import Page, Window
from app.domain.work import Event, EventKind, Job, JobState

SQL = statements("jobs")

_LOOK_AHEAD: Final = 4
"""How far a claim looks for jobs like the first one, as a multiple of its limit."""


class Jobs:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[JobId]) -> list[Job | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["jobs_by_ids"], ids, job_of))

    async def page(
        self, window: Window, *, project: ProjectId | None, states: Sequence[JobState], parked: bool | None
    ) -> Page[Job]:
        asked: Parameters = {"project": project, "states": listed(states), "parked": parked}
        return await self._block.run(lambda on: paged(on, _JOBS, window, asked))


class JobWrites(Jobs):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._events = block.events

    async def put_many(self, jobs: Sequence[Job]) -> None:
        await self._block.run(lambda on: _put(on, jobs))
        self._events.extend(map(told, jobs))

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Job]:
        asked: Parameters = {"at": micros(now), "until": micros(until), "window": limit * _LOOK_AHEAD}
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


def told(job: Job) -> Event:
    """What watchers of a job are told: its state, never its arguments or its result."""
    data = {
        "state": job.state.value,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "attempts": job.attempts,
        "error": job.error,
        "errorCode": job.error_code,
    }
    return Event(
        kind=EventKind.JOB_UPDATED, subject=job.id, project=job.project, user=job.user or job.end_user, data=data
    )


def job_of(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        name=row["name"],
        project=row["project"],
        user=row["user"],
        arguments=json.loads(row["arguments"]),
        actor=row["actor"],
        key=row["credential"],
        end_user=row["end_user"],
        state=JobState(row["state"]),
        stage=row["stage"],
        done=row["done"],
        total=row["total"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        fence=row["fence"],
        due_at=moment(row["due_at"]),
        leased_until=moment_or_none(row["leased_until"]),
        error=row["error"],
        error_code=row["error_code"],
        result=mapping(row["result"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        finished_at=moment_or_none(row["finished_at"]),
    )


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
    on.change_each(SQL["job_put"], map(_values, jobs))


def _claim(on: Scoped, asked: Parameters, limit: int) -> list[Job]:
    due = on.rows(SQL["jobs_due"], asked)
    if not due:
        return []
    together = [row["id"] for row in due if _errand(row) == _errand(due[0])][:limit]
    on.change(SQL["jobs_claim"], {**asked, "ids": listed(together)})
    return [job for job in by_ids(on, SQL["jobs_by_ids"], together, job_of) if job]


def _errand(row: sqlite3.Row) -> tuple[str, ...]:
    """What and for whom: jobs alike in this can be done together."""
    return (row["name"], row["actor"], row["credential"], row["end_user"])


def _values(job: Job) -> Parameters:
    return {
        "id": job.id,
        "name": job.name,
        "project": job.project,
        "user": job.user,
        "arguments": dumped(job.arguments),
        "actor": job.actor,
        "credential": job.key,
        "job_end_user": job.end_user,
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "fence": job.fence,
        "due_at": micros(job.due_at),
        "leased_until": micros_or_none(job.leased_until),
        "error": job.error,
        "error_code": job.error_code,
        "result": dumped(job.result),
        "created_at": micros(job.created_at),
        "updated_at": micros(job.updated_at),
        "finished_at": micros_or_none(job.finished_at),
    }


_JOBS: Final = Listing(SQL["jobs_page"], job_of, "j.created_at", "j.id", descending=True)
