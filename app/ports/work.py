"""Jobs, events and the answers that are kept for whoever asks twice: part of the record, behind the door of `store`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from app.domain.ids import JobId, ProjectId
from app.domain.query import Page, Window
from app.domain.work import Job, JobState, RecordedEvent
from app.ports.lookup import Lookup


class JobReader(Lookup[JobId, Job], Protocol):
    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        states: Sequence[JobState],
        parked: bool | None,
        names: Sequence[str] = (),
    ) -> Page[Job]:
        """Newest first."""
        ...


class JobWriter(JobReader, Protocol):
    async def put_many(self, jobs: Sequence[Job]) -> None:
        """Inserts or replaces by id, and emits `job.updated` with a snapshot for each.

        Raises Conflict when a job was claimed since it was read: its fence is older than the stored one.
        """
        ...

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> list[Job]:
        """Takes due jobs that can be done together: PENDING ones, and PROCESSING ones whose lease has run out.

        They are the job due longest and at most `limit` - 1 more of the same name, caller and end user, oldest due
        first. They come back PROCESSING, at the stage "started", leased until `until`, attempts and fence one
        higher; `job.updated` is emitted for each.
        """
        ...

    async def held(self, job: JobId, fence: int) -> Job:
        """The job, if this fence is still the current one; else Conflict, which rolls the block back."""
        ...


class EventReader(Protocol):
    async def after(self, revision: int, *, project: ProjectId | None, limit: int) -> list[RecordedEvent]:
        """The tenant's visible events after a revision, in order."""
        ...

    async def numbered(self, revisions: Sequence[int]) -> list[RecordedEvent | None]:
        """The events with these revisions."""
        ...

    async def revision(self) -> int:
        """The newest revision of the tenant; 0 when nothing has happened."""
        ...


class Idempotency(Protocol):
    async def find(self, key: str) -> tuple[bytes, dict[str, Any]] | None:
        """The fingerprint and the answer kept under this key within its 24 hours; keys are the credential's own."""
        ...

    async def keep(self, key: str, *, fingerprint: bytes, answer: Mapping[str, Any], at: datetime) -> None: ...
