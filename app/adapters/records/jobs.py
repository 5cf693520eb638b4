"""Jobs and events as flat rows and back."""

import json
from datetime import timedelta
from typing import Final

from app.adapters.records.values import Row, Value, dumped, mapping, micros, micros_or_none, moment, moment_or_none
from app.domain.work import Event, EventKind, Job, JobState, RecordedEvent

KEPT_FOR: Final = timedelta(hours=24) // timedelta(microseconds=1)
"""How long the answer to an idempotency key is kept, in microseconds."""

LOOK_AHEAD: Final = 4
"""How far a claim looks for jobs like the first one, as a multiple of its limit."""


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


def errand(row: Row) -> tuple[str, ...]:
    """What and for whom: jobs alike in this can be done together."""
    return (row["name"], row["actor"], row["credential"], row["end_user"])


def job_of(row: Row) -> Job:
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


def job_values(job: Job) -> dict[str, Value]:
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


def event_of(row: Row) -> RecordedEvent:
    return RecordedEvent(
        tenant=row["tenant"],
        revision=row["revision"],
        at=moment(row["at"]),
        actor=row["actor"],
        event=Event(
            kind=EventKind(row["kind"]),
            subject=row["subject"],
            project=row["project"],
            user=row["user"],
            data=json.loads(row["data"]),
        ),
    )


def event_values(event: Event, revision: int) -> dict[str, Value]:
    """What of an event its own fields and number say; the rest is the unit's that records it."""
    return {
        "revision": revision,
        "kind": event.kind,
        "subject": event.subject,
        "project": event.project,
        "user": event.user,
        "data": dumped(event.data),
    }
