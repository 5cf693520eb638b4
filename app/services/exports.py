"""Exports that are asked for and fetched later. What is fetched is what there still is: nothing outlives its memory."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain import errors
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryOrder, TimeRange
from app.domain.work import Job, JobState, completed
from app.ports.runtime import Clock, IdFactory
from app.ports.store import Store
from app.services.errands import errand
from app.services.explore import Explore
from app.services.inputs import Slice, Sort, Where
from app.services.references import project_of
from app.services.results import Labelled

EXPORT_JOB = "export"
KEPT = timedelta(hours=72)
_PAGE = 100


class ExportState(StrEnum):
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """Which memories of a project, and in which form their asker wants them; the form means nothing here."""

    form: str
    project: str | None = None
    user: str | None = None
    agent: str | None = None
    session: str | None = None
    categories: tuple[str, ...] = ()
    importances: tuple[tuple[float, float], ...] = ()
    recorded: TimeRange = TimeRange()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export that was asked for. It expires 72 hours after it is ready."""

    job: Job
    state: ExportState
    request: ExportRequest


class Exports:
    def __init__(self, *, store: Store, explore: Explore, clock: Clock, ids: IdFactory) -> None:
        self._store, self._explore, self._clock, self._ids = store, explore, clock, ids

    async def request(self, principal: Principal, *, export: ExportRequest) -> Export:
        require(principal, Permission.MEMORY_WRITE)
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            project = await project_of(uow, principal, export.project)
            job = errand(
                principal,
                EXPORT_JOB,
                project=project.id,
                user=principal.end_user,
                arguments=_arguments(export),
                ids=self._ids,
                now=now,
            )
            await uow.jobs.put_many([job])
        return self.of(job)

    async def run(self, principal: Principal, *, jobs: Sequence[Job]) -> list[Job]:
        """The jobs as they ended, each with the number of its memories."""
        require(principal, Permission.MEMORY_READ)
        ended = []
        for job in jobs:
            number = await self._explore.count_memories(principal, where=_where(self.of(job)))
            async with self._store.write(principal) as uow:
                held = await uow.jobs.held(job.id, job.fence)
                done = completed(held, result={"memories": number}, now=self._clock.now())
                await uow.jobs.put_many([done])
            ended.append(done)
        return ended

    def of(self, job: Job) -> Export:
        """What a job of this name is as an export."""
        return Export(job=job, state=self._state(job), request=_request(job))

    async def memories(self, principal: Principal, *, export: Export) -> AsyncIterator[list[Labelled]]:
        """Oldest first, in batches. Raises Conflict before it is ready, Gone when it has expired."""
        require(principal, Permission.MEMORY_READ)
        if export.state is ExportState.EXPIRED:
            raise errors.Gone("the export has expired")
        if export.state is not ExportState.READY:
            raise errors.Conflict(f"the export is {export.state.value}")
        where, after = _where(export), None
        while True:
            page = await self._explore.memories(
                principal,
                where=where,
                sort=Sort(by=MemoryOrder.CREATED_AT, descending=False),
                page=Slice(first=_PAGE, after=after),
            )
            yield await self._explore.labelled(principal, memories=[item.node for item in page.items])
            if not page.has_next:
                return
            after = page.items[-1].cursor

    def _state(self, job: Job) -> ExportState:
        if job.state is JobState.COMPLETED:
            over = job.finished_at is not None and job.finished_at + KEPT <= self._clock.now()
            return ExportState.EXPIRED if over else ExportState.READY
        return ExportState(job.state.value)


def _where(export: Export) -> Where:
    """Nothing that was stored after it was asked for."""
    asked = export.request
    latest = export.job.created_at + timedelta(microseconds=1)
    before = min(asked.recorded.before or latest, latest)
    after = min(asked.recorded.after, before) if asked.recorded.after else None
    return Where(
        project=export.job.project,
        users=(asked.user,) if asked.user else (),
        agents=(asked.agent,) if asked.agent else (),
        sessions=(asked.session,) if asked.session else (),
        categories=asked.categories,
        importances=asked.importances,
        recorded=TimeRange(after=after, before=before),
    )


def _arguments(export: ExportRequest) -> dict[str, Any]:
    after, before = export.recorded.after, export.recorded.before
    return {
        "form": export.form,
        "user": export.user,
        "agent": export.agent,
        "session": export.session,
        "categories": list(export.categories),
        "importances": [list(span) for span in export.importances],
        "after": after.isoformat() if after else None,
        "before": before.isoformat() if before else None,
    }


def _request(job: Job) -> ExportRequest:
    told = job.arguments
    return ExportRequest(
        form=told["form"],
        project=job.project,
        user=told["user"],
        agent=told["agent"],
        session=told["session"],
        categories=tuple(told["categories"]),
        importances=tuple((least, most) for least, most in told["importances"]),
        recorded=TimeRange(after=_moment(told["after"]), before=_moment(told["before"])),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
