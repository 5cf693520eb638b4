"""Jobs, the changelog, the state of the service, and what is no more."""

import re
from datetime import UTC, datetime
from typing import Any

from app.domain.errors import NotFound
from app.domain.ids import JobId, MemoryId
from app.domain.work import EventKind, Job, JobState
from app.rest.call import Call, Reply
from app.rest.dialects.memstate import rendering as shown
from app.rest.dialects.memstate.answers import ChangeEvent, JobBody
from app.rest.dialects.memstate.projects import living
from app.rest.dialects.memstate.rendering import project_named
from app.rest.dialects.memstate.shapes import Changelog
from app.rest.handles import digits_of, edition_id, named_by, uuid_of
from app.rest.moments import micros_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import ChangelogWhere, Slice, Where
from app.services.references import EVERY_PROJECT
from app.services.results import Entry

_STATES = {
    JobState.PENDING: "pending",
    JobState.PROCESSING: "processing",
    JobState.COMPLETED: "complete",
    JobState.FAILED: "error",
}
_KINDS = {
    EventKind.MEMORY_CREATED: "memory.created",
    EventKind.MEMORY_UPDATED: "memory.versioned",
    EventKind.MEMORY_RESTORED: "memory.created",
    EventKind.MEMORY_FORGOTTEN: "memory.deleted",
}
_OFFSET = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")
_ESTIMATE = 5_000
"""Milliseconds that a job is told to take."""


async def job(call: Call[Nothing, Nothing]) -> Reply:
    prefix, _, digits = call.path["id"].partition("_")
    found = named_by(digits) if prefix == "job" else None
    told = await _told(call, *found) if found else None
    if told is None:
        raise Wrong(404, "not_found", "job not found")
    return Reply(200, told)


async def changelog(call: Call[Nothing, Changelog]) -> Reply:
    asked = call.query
    since = _moment(asked.since) if asked.since else None
    project = await project_named(call, asked.project_id)
    events: list[ChangeEvent] = []
    if project or not asked.project_id:
        where = ChangelogWhere(project=project.id if project else None, since=since, kinds=tuple(_KINDS))
        entries = await _entries(call, where, asked.limit)
        projects = [scope for each in entries if (scope := each.recorded.event.project)]
        named = await shown.slugs(call, projects)
        events = [_event(each, named[scope]) for each, scope in zip(entries, projects, strict=True)]
    return Reply(200, {"events": events, "total_events": len(events)})


async def status(call: Call[Nothing, Nothing]) -> Reply:
    memories = await call.services.explore.count_memories(call.principal, where=Where(project=EVERY_PROJECT))
    return Reply(
        200,
        {
            "status": "ok",
            "memory_count": memories,
            "project_count": len(await living(call)),
            "storage_backend": "mnemograph",
            "features": {"conflict_detection": True, "llm_processing": False},
        },
    )


async def removed(_call: Call[Nothing, Nothing]) -> Reply:
    raise Wrong(410, "gone", "This was removed; a new value at a keypath takes the place of the old one")


async def resolve(_call: Call[Nothing, Nothing]) -> Reply:
    raise Wrong(404, "not_found", "review not found")


async def _told(call: Call[Any, Any], letters: str, version: int) -> JobBody | None:
    """None where there is no such job."""
    try:
        if version:
            return await _stored(call, MemoryId(f"mem_{letters}"), version)
        return await _job(call, await call.services.work.job(call.principal, job=JobId(f"job_{letters}")))
    except NotFound:
        return None


async def _job(call: Call[Any, Any], found: Job) -> JobBody:
    named = await shown.slugs(call, [found.project] if found.project else [])
    wire = digits_of("job", found.id)
    told: JobBody = {
        "job_id": wire,
        "status": _STATES[found.state],
        "project_id": next(iter(named.values()), ""),
        "owner_id": uuid_of(call.principal.tenant),
        "created_at": micros_z(found.created_at),
        "queue_position": 0 if found.state.ended else 1,
        "estimated_time_ms": 0 if found.state.ended else _ESTIMATE,
    }
    if found.state.ended:
        result = found.result
        told["completed_at"] = micros_z(found.finished_at) if found.finished_at else None
        told["ingestion_id"] = shown.ingestion_id(found.id)
        told["memories_created"] = int(result.get("created", 0))
        told["keypaths"] = [shown.shown(path) for path in result.get("keypaths", ())]
        told["conflicts_detected"] = int(result.get("conflicts", 0))
        told["revision_number"] = result.get("project_revision")
        told["error"] = found.error
    return told


async def _stored(call: Call[Any, Any], memory: MemoryId, version: int) -> JobBody:
    """The job of a text that was stored as it is: over when it was answered."""
    found = await shown.edition(call, memory, version)
    (told,) = shown.fulls(call, [found])
    return {
        "job_id": digits_of("job", memory, version),
        "status": "complete",
        "project_id": told["project_id"],
        "owner_id": told["owner_id"],
        "created_at": told["created_at"],
        "queue_position": 0,
        "estimated_time_ms": 0,
        "completed_at": told["created_at"],
        "ingestion_id": shown.ingestion_id(told["id"]),
        "memories_created": 1,
        "keypaths": [told["keypath"]],
        "conflicts_detected": 0,
        "revision_number": told["project_revision_created"],
        "error": None,
    }


async def _entries(call: Call[Any, Any], where: ChangelogWhere, limit: int) -> list[Entry]:
    found: list[Entry] = []
    after: str | None = None
    while True:
        page = Slice(first=min(limit - len(found), 100), after=after)
        told = await call.services.chronicle.changelog(call.principal, where=where, page=page)
        found += [item.node for item in told.items]
        if not told.has_next or len(found) >= limit:
            return found
        after = told.items[-1].cursor


def _event(entry: Entry, slug: str) -> ChangeEvent:
    event = entry.recorded.event
    memory = entry.version.memory if entry.version else None
    version = event.data.get("version", 0)
    return {
        "event_type": _KINDS[event.kind],
        "entity_id": edition_id(MemoryId(event.subject), version),
        "keypath": shown.shown(memory.keypath) if memory else "",
        "project_id": slug,
        "summary": shown.summary_of(memory) if memory else "",
        "version": version,
        "occurred_at": micros_z(entry.recorded.at),
    }


def _moment(text: str) -> datetime:
    """A plus sign that was not encoded has become a space on the way."""
    try:
        at = datetime.fromisoformat(_OFFSET.sub(r"\1+\2", text.strip()))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong(400, "invalid", "since must be a time as in RFC 3339") from None
