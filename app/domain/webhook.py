"""Webhooks: addresses that are told of changes in a project, and what was sent to each."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.ids import JobId, MemoryId, ProjectId, WebhookId
from app.domain.keys import Dialect
from app.domain.work import Event, EventKind, Job, JobState

EVERYTHING = "*"
"""In a webhook's events: whatever there is to tell."""
DELIVER_JOB = "deliver"
ATTEMPTS = 5
_FIRST_PAUSE, _GROWTH = timedelta(minutes=1), 10
"""Pauses of 1, 10, 100 and 1,000 minutes; with a fifth more or less the last attempt is within a day of the first."""


class WebhookEvent(StrEnum):
    """What a webhook can be told. Names that are not here may be listened to; nothing is ever told under them."""

    MEMORY_CREATED = "memory.created"
    MEMORY_UPDATED = "memory.updated"
    MEMORY_PROCESSED = "memory.processed"
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
    TEST = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address of one project.

    `form` is whose bodies it is sent: a dialect's, or ours. `secret` signs them. `heard` is the tenant's newest
    revision of which it has been told, or of which there was nothing to tell it.
    """

    id: WebhookId
    project: ProjectId
    url: str
    events: tuple[str, ...]
    description: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    active: bool = True
    form: Dialect | None = None
    secret: str = field(repr=False)
    heard: int = 0
    created_at: datetime
    updated_at: datetime

    def listens_to(self, name: str) -> bool:
        return EVERYTHING in self.events or name in self.events


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiding:
    """Something to tell: ids and numbers only. What they stand for is read when it is sent."""

    event: str
    subject: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


class DeliveryState(StrEnum):
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


_STATES = {JobState.COMPLETED: DeliveryState.SUCCESS, JobState.FAILED: DeliveryState.FAILED}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One tiding for one webhook: a job, read as such. PENDING until it has arrived or its attempts are used up.

    `response_code` and `response_body` (the first thousand characters) are those of the last attempt. The body stands
    among the job's arguments, which whoever may only read memories is not shown.
    """

    job: Job

    @property
    def id(self) -> JobId:
        return self.job.id

    @property
    def webhook(self) -> WebhookId:
        return WebhookId(self.job.name.partition(":")[2])

    @property
    def tiding(self) -> Tiding:
        told = self.job.arguments
        return Tiding(
            event=told["event"],
            subject=told["subject"],
            at=datetime.fromisoformat(told["at"]),
            data=told["data"],
        )

    @property
    def asked_for(self) -> bool:
        """Whether it is a test."""
        return self.tiding.event == WebhookEvent.TEST

    @property
    def state(self) -> DeliveryState:
        return _STATES.get(self.job.state, DeliveryState.PENDING)

    @property
    def attempts(self) -> int:
        return self.job.attempts

    @property
    def response_code(self) -> int | None:
        return self.job.result.get("code")

    @property
    def response_body(self) -> str | None:
        return self.job.arguments.get("body")

    @property
    def error(self) -> str | None:
        return self.job.error

    @property
    def created_at(self) -> datetime:
        return self.job.created_at

    @property
    def delivered_at(self) -> datetime | None:
        return self.job.finished_at if self.state is DeliveryState.SUCCESS else None

    @property
    def due_at(self) -> datetime | None:
        """When it is tried next; None when it is not."""
        return self.job.due_at if self.state is DeliveryState.PENDING else None


def deliveries_to(webhook: WebhookId) -> str:
    """The name of the jobs that send to it: those of one name are done together."""
    return f"{DELIVER_JOB}:{webhook}"


def told_of(tiding: Tiding) -> dict[str, Any]:
    """A tiding as the arguments of its job."""
    return {"event": tiding.event, "subject": tiding.subject, "at": tiding.at.isoformat(), "data": tiding.data}


def tidings_of(event: Event, at: datetime) -> list[Tiding]:
    """What there is to tell of an event: itself, and that a memory is processed now."""
    if event.kind not in _TOLD:
        return []
    names = [str(event.kind)]
    if event.kind is EventKind.MEMORY_UPDATED and event.data.get("processed"):
        names.append(WebhookEvent.MEMORY_PROCESSED)
    return [Tiding(event=name, subject=event.subject, at=at, data=event.data) for name in names]


_TOLD = frozenset(kind for kind in EventKind if kind.value in {event.value for event in WebhookEvent})


def pause_after(attempt: int, *, jitter: float) -> timedelta:
    """How long to wait after the attempt of this number, from 1; `jitter` is 0..1."""
    return _FIRST_PAUSE * float(_GROWTH ** (attempt - 1)) * (0.8 + 0.4 * jitter)


def signature(secret: str, body: bytes) -> str:
    """What `X-Webhook-Signature` says of a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def memory_in(tiding: Tiding) -> MemoryId | None:
    """The memory that it is about, if any."""
    return MemoryId(tiding.subject) if tiding.event.startswith("memory.") else None
