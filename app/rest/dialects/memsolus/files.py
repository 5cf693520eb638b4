"""Exports and ingested files: both are jobs that are asked after."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.datastructures import UploadFile
from typing_extensions import TypedDict

from app.domain import errors
from app.domain.ids import JobId
from app.domain.query import TimeRange
from app.domain.work import Job, JobState
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus.bodies import MemoryObject, memory_object
from app.rest.dialects.memsolus.envelope import Paged, cut, many, one
from app.rest.dialects.memsolus.shapes import ExportBody, ExportQuery, IngestForm, PageQuery, inclusive, shown_end
from app.rest.dialects.memsolus.terms import SPANS, spans_of
from app.rest.dialects.memsolus.workspace import home
from app.rest.handles import id_of, uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.exports import EXPORT_JOB, Export, ExportRequest
from app.services.ingest import INGEST_JOB, Upload
from app.services.intake import form_called

_MEGABYTE = 1024 * 1024
_LIMITS = {"CSV": 10 * _MEGABYTE, "PDF": 20 * _MEGABYTE, "DOCX": 20 * _MEGABYTE}
_LIMIT = 5 * _MEGABYTE


class ExportObject(TypedDict):
    id: str
    format: str
    status: str
    user_id: str | None
    agent_id: str | None
    session_id: str | None
    priority: str | None
    categories: Sequence[str] | None
    created_after: str | None
    created_before: str | None
    created_at: str
    updated_at: str


class OneExport(ExportObject):
    data: ExportObject


class ExportList(Paged):
    data: Sequence[ExportObject]


class IngestJob(TypedDict):
    id: str
    format: str
    workspace_id: str
    user_id: str
    agent_id: str | None
    source_url: str | None
    categories: Sequence[str] | None
    status: str
    error: str | None
    memories_created: int | None
    created_at: str
    updated_at: str


class OneIngestJob(IngestJob):
    data: IngestJob


class IngestJobList(Paged):
    data: Sequence[IngestJob]


# --- exports --------------------------------------------------------------------------------


async def export(call: Call[ExportBody, ExportQuery]) -> Reply:
    """By the query, and by a body where there is one; the query goes before it."""
    asked = call.body.model_copy(update={name: getattr(call.query, name) for name in call.query.model_fields_set})
    recorded = inclusive(asked.created_after, asked.created_before)
    request = ExportRequest(
        form=asked.format or "json",
        project=(await home(call)).id,
        user=asked.user_id,
        agent=asked.agent_id,
        session=asked.session_id,
        categories=asked.categories,
        importances=spans_of(asked.priority, asked.priorities),
        recorded=recorded or TimeRange(after=asked.created_after, before=asked.created_after),
    )
    made = await call.services.exports.request(call.principal, export=request)
    return Reply(202, one(export_object(made)))


async def exports(call: Call[Nothing, PageQuery]) -> Reply:
    return await _listed(call, EXPORT_JOB, lambda job: export_object(call.services.exports.of(job)))


async def get_export(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, one(export_object(await _export(call))))


async def download(call: Call[Nothing, Nothing]) -> Reply:
    found = await _export(call)
    memories: list[MemoryObject] = []
    try:
        async for batch in call.services.exports.memories(call.principal, export=found):
            memories += map(memory_object, batch)
    except errors.Conflict:
        raise Wrong(409, "EXPORT_NOT_READY", f"The export is {found.state.value}") from None
    except errors.Gone:
        raise Wrong(410, "EXPORT_EXPIRED", "The export has expired") from None
    form = found.request.form
    kind, ending, written = _FORMS[form]
    name = f'attachment; filename="memories-{millis_z(found.job.created_at)[:10]}.{ending}"'
    headers = [(b"content-type", kind), (b"content-disposition", name.encode())]
    return Reply(200, written(memories).encode(), headers)


def _json(memories: Sequence[MemoryObject]) -> str:
    return json.dumps(memories, ensure_ascii=False, indent=2)


def _csv(memories: Sequence[MemoryObject]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    columns = list(MemoryObject.__annotations__)
    writer.writerow(columns)
    for memory in memories:
        flat: dict[str, Any] = {**memory, "categories": ";".join(memory["categories"])}
        flat["metadata"] = json.dumps(memory["metadata"], ensure_ascii=False) if memory["metadata"] else ""
        writer.writerow("" if flat[column] is None else flat[column] for column in columns)
    return file.getvalue()


def _markdown(memories: Sequence[MemoryObject]) -> str:
    return "# Memories\n" + "".join(f"\n## {_heading(memory)}\n\n{memory['memory']}\n" for memory in memories)


def _heading(memory: MemoryObject) -> str:
    told = (memory["created_at"], memory["user_id"], ", ".join(memory["categories"]), memory["priority"])
    return " · ".join(" ".join(part.split()) for part in told if part)


_FORMS: Mapping[str, tuple[bytes, str, Callable[[Sequence[MemoryObject]], str]]] = {
    "json": (b"application/json; charset=utf-8", "json", _json),
    "csv": (b"text/csv; charset=utf-8", "csv", _csv),
    "markdown": (b"text/markdown; charset=utf-8", "md", _markdown),
}


async def _export(call: Call[Any, Any]) -> Export:
    return call.services.exports.of(await _job(call, EXPORT_JOB, "EXPORT_NOT_FOUND"))


def export_object(made: Export) -> ExportObject:
    asked, job = made.request, made.job
    names = [name for name, span in SPANS.items() if span in asked.importances]
    after, before = asked.recorded.after, asked.recorded.before
    return {
        "id": uuid_of(job.id),
        "format": asked.form,
        "status": made.state.value,
        "user_id": asked.user,
        "agent_id": asked.agent,
        "session_id": asked.session,
        "priority": ",".join(names) or None,
        "categories": asked.categories or None,
        "created_after": millis_z(after) if after else None,
        "created_before": millis_z(shown_end(before)) if before else None,
        "created_at": millis_z(job.created_at),
        "updated_at": millis_z(job.updated_at),
    }


# --- ingesting ------------------------------------------------------------------------------


async def ingest(call: Call[IngestForm, Nothing]) -> Reply:
    given = call.body
    own = await home(call, given.workspace_id)
    file = call.form.get("file")
    if not isinstance(file, UploadFile):
        if given.source_url:
            raise errors.invalid("source_url", "pages are not fetched by this server; send the file", "unsupported")
        raise errors.invalid("file", "is needed", "required")
    form = form_called(given.format)
    if form is None:
        raise errors.invalid("file", "goes with another format than URL", "unsupported")
    raw = await file.read()
    most = _LIMITS.get(form, _LIMIT)
    if len(raw) > most:
        raise Wrong(413, "FILE_TOO_LARGE", f"A {form} file has at most {most:,} bytes")
    upload = Upload(
        file=raw,
        form=form,
        name=file.filename or "upload",
        project=own.id,
        user=given.user_id,
        agent=given.agent_id,
        categories=given.categories,
    )
    job = await call.services.ingest.request(call.principal, upload=upload)
    return Reply(202, one(ingest_job(job)))


async def ingest_jobs(call: Call[Nothing, PageQuery]) -> Reply:
    return await _listed(call, INGEST_JOB, ingest_job)


async def get_ingest_job(call: Call[Nothing, Nothing]) -> Reply:
    return Reply(200, one(ingest_job(await _job(call, INGEST_JOB, "JOB_NOT_FOUND"))))


def ingest_job(job: Job) -> IngestJob:
    told, done = job.arguments, job.state is JobState.COMPLETED
    return {
        "id": uuid_of(job.id),
        "format": told["form"],
        "workspace_id": uuid_of(job.project or ""),
        "user_id": told["user"],
        "agent_id": told["agent"],
        "source_url": None,
        "categories": told["categories"] or None,
        "status": job.state.value,
        "error": job.error if job.state is JobState.FAILED else None,
        "memories_created": job.result.get("memories", 0) if done else None,
        "created_at": millis_z(job.created_at),
        "updated_at": millis_z(job.updated_at),
    }


# --- both -----------------------------------------------------------------------------------


async def _listed(call: Call[Any, PageQuery], name: str, shown: Callable[[Job], Any]) -> Reply:
    asked = call.query
    jobs = await call.services.work.named(call.principal, project=(await home(call)).id, name=name)
    rows = [shown(job) for job in cut(jobs, page=asked.page, page_size=asked.page_size)]
    return Reply(200, many(rows, total=len(jobs), page=asked.page, page_size=asked.page_size))


async def _job(call: Call[Any, Any], name: str, code: str) -> Job:
    try:
        job = await call.services.work.job(call.principal, job=JobId(id_of("job", call.path["id"])))
    except errors.NotFound:
        raise Wrong(404, code, "There is no such thing") from None
    if job.name != name or job.project != (await home(call)).id:
        raise Wrong(404, code, "There is no such thing")
    return job
