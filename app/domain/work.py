"""Jobs and events: what has to be done, and what has changed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.ids import JobId, KeyId, OrganizationId, ProjectId, UserId


class JobState(StrEnum):
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        return self in (JobState.COMPLETED, JobState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work with its state.

    It acts for `actor`, who came with `key` (None: the operator at the command line) and for the end
    user the key was bound to, if any; the runner looks up their rights anew before it starts.
    `fence` grows with every claim: a holder whose fence is older has lost the job.
    FAILED with `attempts >= max_attempts` is parked: seen in lists, replayed on request.
    """

    id: JobId
    name: str
    project: ProjectId | None
    user: UserId | None = None
    arguments: dict[str, Any]
    actor: str
    key: KeyId | None
    end_user: UserId | None = None
    state: JobState = JobState.PENDING
    stage: str = "queued"
    done: int = 0
    total: int = 0
    attempts: int = 0
    max_attempts: int = 5
    fence: int = 0
    due_at: datetime
    leased_until: datetime | None = None
    error: str | None = None
    error_code: str | None = None
    result: dict[str, Any] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None

    @property
    def kind(self) -> str:
        """What does it: its name, up to a colon. What follows says for what; jobs of one name are done together."""
        return self.name.partition(":")[0]


class EventKind(StrEnum):
    MEMORY_CREATED = "memory.created"
    MEMORY_UPDATED = "memory.updated"
    MEMORY_FORGOTTEN = "memory.forgotten"
    MEMORY_RESTORED = "memory.restored"
    MEMORY_ERASED = "memory.erased"
    MEMORY_LINKED = "memory.linked"
    MEMORY_RATED = "memory.rated"
    ENTITY_CREATED = "entity.created"
    ENTITY_UPDATED = "entity.updated"
    ENTITY_REMOVED = "entity.removed"
    RELATION_CREATED = "relation.created"
    RELATION_UPDATED = "relation.updated"
    JOB_UPDATED = "job.updated"
    PROJECT_CREATED = "project.created"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change that is to be told. The store numbers it when it commits."""

    kind: EventKind
    subject: str
    project: ProjectId | None
    user: UserId | None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event in the record. `revision` is the tenant's change number: gapless in commit order, from 1.

    `about` is the external id of the user it is about; known where events are told, not where they are listed.
    """

    tenant: OrganizationId
    revision: int
    at: datetime
    actor: str
    event: Event
    about: str | None = None


def progressed(job: Job, *, stage: str, done: int, leased_until: datetime, now: datetime) -> Job:
    """The job further along, its lease renewed."""
    return replace(job, stage=stage, done=done, leased_until=leased_until, updated_at=now)


def completed(job: Job, *, result: dict[str, Any], now: datetime) -> Job:
    return replace(
        job,
        state=JobState.COMPLETED,
        stage="done",
        done=job.total,
        leased_until=None,
        result=result,
        error=None,
        error_code=None,
        updated_at=now,
        finished_at=now,
    )


def failed(job: Job, *, code: str, message: str, now: datetime) -> Job:
    """Ended without success: parked, where an operator sees it and can replay it."""
    return replace(
        job,
        state=JobState.FAILED,
        leased_until=None,
        error=message,
        error_code=code,
        updated_at=now,
        finished_at=now,
    )


def postponed(job: Job, *, code: str, message: str, due_at: datetime, now: datetime) -> Job:
    """To be tried again at `due_at`."""
    return replace(
        job,
        state=JobState.PENDING,
        stage="waiting to retry",
        due_at=due_at,
        leased_until=None,
        error=message,
        error_code=code,
        updated_at=now,
    )


def handed_back(job: Job, *, now: datetime) -> Job:
    """Given up by a worker that stops; the attempt does not count."""
    return replace(job, state=JobState.PENDING, attempts=job.attempts - 1, leased_until=None, updated_at=now)


def replayed(job: Job, *, now: datetime) -> Job:
    """A failed job, queued again as if new."""
    return replace(
        job,
        state=JobState.PENDING,
        stage="queued",
        done=0,
        attempts=0,
        due_at=now,
        error=None,
        error_code=None,
        updated_at=now,
        finished_at=None,
    )
