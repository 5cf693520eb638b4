"""Files: documents and imports."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field
from starlette.datastructures import UploadFile
from typing_extensions import TypedDict

from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import UserId
from app.domain.people import SourceKind
from app.domain.work import Job
from app.rest.call import Call, Reply
from app.rest.dialects.memorysync.answers import BulkResult
from app.rest.dialects.memorysync.memories import bulk_results, skipped, with_limits
from app.rest.dialects.memorysync.rendering import bodies, kept_metadata
from app.rest.dialects.memorysync.scope import Scope, named_scope, scope_of
from app.rest.dialects.memorysync.shapes import MAX_ITEMS, BulkAdd
from app.rest.moments import micros_offset
from app.rest.shapes import Nothing, Shape, whole
from app.services.inputs import Mode, NewMemory, NewSource

_MAX_RECORDS = 100_000
_MAX_ERRORS = 100


# --- what is read ---------------------------------------------------------------------------


class Upload(Shape):
    file: Any = None
    source: Annotated[str, Field(max_length=64)] | None = None
    metadata: str | None = None
    end_user_id: str | None = None


class NewImport(Shape):
    file: Any = None
    end_user_id: str | None = None
    resume: bool = False
    continue_on_error: bool = False


class ImportsQuery(Shape):
    status: str | None = None
    limit: Annotated[int, whole(50, 1, 500)] = 50


# --- what is written ------------------------------------------------------------------------


class RecordError(TypedDict):
    line: int
    reason: str


class ImportJob(TypedDict):
    id: str
    status: str
    filename: str
    format: str
    total_records: int
    processed_records: int
    progress_percentage: float
    created: int
    skipped: int
    rejected: int
    already_imported: int
    errors: Sequence[RecordError]
    error_message: str | None
    created_at: str
    completed_at: str | None


class ImportList(TypedDict):
    jobs: list[ImportJob]
    total: int


def _told(job: Job) -> ImportJob:
    result = job.result
    done, total = result["processed_records"], result["total_records"]
    return {
        "id": job.id,
        "status": result["status"],
        "filename": job.arguments["filename"],
        "format": job.arguments["format"],
        "total_records": total,
        "processed_records": done,
        "progress_percentage": 100.0 if done >= total else round(100 * done / total, 1),
        "created": result["created"],
        "skipped": result["skipped"],
        "rejected": result["rejected"],
        "already_imported": result["already_imported"],
        "errors": result["errors"],
        "error_message": result["error_message"],
        "created_at": micros_offset(job.created_at),
        "completed_at": micros_offset(job.finished_at) if job.finished_at else None,
    }


# --- documents ------------------------------------------------------------------------------


async def upload(call: Call[Upload, Nothing]) -> Reply:
    """Each paragraph is a memory; the first is told. The same file is stored once."""
    form = call.body
    name, raw = await _file(form.file)
    scope = await scope_of(call, end_user=form.end_user_id)
    metadata = kept_metadata(_object(form.metadata), source=form.source, event_type=None) | {"filename": name[:200]}
    with_limits(metadata)
    texts = await call.services.intake.texts(name, raw)
    if not texts:
        return Reply(200, skipped("no_extractable_text"))
    source = NewSource(kind=SourceKind.DOCUMENT, uri=f"sha256:{hashlib.sha256(raw).hexdigest()}", title=name[:500])
    drafts = [
        NewMemory(
            text=text,
            mode=Mode.VERBATIM,
            project=scope.project,
            user=scope.user,
            source=source,
            position=place,
            metadata=metadata,
        )
        for place, text in enumerate(texts)
    ]
    stored = await call.services.remember.add_many(call.principal, memories=drafts)
    told = await bodies(call, scope, stored.memories)
    if not any(stored.created):
        return Reply(200, skipped("already_ingested", [one["id"] for one in told]))
    return Reply(201, told[stored.created.index(True)])


def _object(text: str | None) -> dict[str, Any]:
    try:
        given = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Invalid(FieldError("metadata", "must be a JSON object", "malformed"))
    return given


async def _file(given: Any) -> tuple[str, bytes]:
    if not isinstance(given, UploadFile) or not given.filename:
        raise Invalid(FieldError("file", "is needed, with its name", "required"))
    return given.filename, await given.read()


# --- imports --------------------------------------------------------------------------------


async def create_import(call: Call[NewImport, Nothing]) -> Reply:
    form = call.body
    name, raw = await _file(form.file)
    scope = await scope_of(call, end_user=form.end_user_id)
    records = _records(name, raw)
    if form.resume:
        _demand_references(records)
    result = await _run(call, records)
    ending = "json" if name.lower().endswith(".json") else "jsonl"
    scope = await scope_of(call, end_user=form.end_user_id)
    job = await call.services.imports.note(
        call.principal,
        project=scope.project,
        user=_owner(scope),
        file={"filename": name[:200], "format": ending},
        result=result,
    )
    return Reply(202, _told(job))


def _records(name: str, raw: bytes) -> list[tuple[int, Any]]:
    """Each with the number of its line, or of its place in a list; what is no JSON stays text, to be rejected."""
    try:
        text = raw.decode("utf-8-sig")
        if name.lower().endswith(".json"):
            given = json.loads(text)
            if not isinstance(given, list):
                raise Invalid(FieldError("file", "must hold a JSON list", "wrong_type"))
            records = list(enumerate(given, 1))
        else:
            records = [(number, _line(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    except (ValueError, RecursionError):
        raise Invalid(FieldError("file", "is not JSON in UTF-8", "malformed")) from None
    if len(records) > _MAX_RECORDS:
        raise Invalid(FieldError("file", f"has more than {_MAX_RECORDS:,} records", "too_long"))
    return records


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def _demand_references(records: Sequence[tuple[int, Any]]) -> None:
    lines = [line for line, record in records if not (isinstance(record, dict) and record.get("client_ref"))]
    if lines:
        raise Invalid(
            FieldError("file", f"resume needs client_ref on every record; line {lines[0]} has none", "required")
        )


async def _run(call: Call[NewImport, Nothing], records: Sequence[tuple[int, Any]]) -> dict[str, Any]:
    """Stores record after record, 50 at a time; unless told otherwise it stops after the batch with the first wrong one."""
    counts = {"created": 0, "skipped": 0, "rejected": 0, "already_imported": 0}
    wrong: list[RecordError] = []
    done = 0
    for start in range(0, len(records), MAX_ITEMS):
        batch = records[start : start + MAX_ITEMS]
        body = BulkAdd(items=tuple(record for _, record in batch), end_user_id=call.body.end_user_id)
        results = await bulk_results(_with(call, body))
        done += len(batch)
        for (line, _), told in zip(batch, results, strict=True):
            counts[_counted(told)] += 1
            if told["status"] == "rejected":
                wrong.append({"line": line, "reason": str(told["reason"])})
        if wrong and not call.body.continue_on_error:
            break
    failed = bool(wrong) and not call.body.continue_on_error
    return {
        "status": "failed" if failed else "completed",
        "total_records": len(records),
        "processed_records": done,
        **counts,
        "errors": wrong[:_MAX_ERRORS],
        "error_message": f"line {wrong[0]['line']}: {wrong[0]['reason']}" if failed else None,
    }


def _with(call: Call[NewImport, Nothing], body: BulkAdd) -> Call[BulkAdd, Nothing]:
    """The same request, had it been one for many memories."""
    other: Call[Any, Any] = call
    return replace(other, body=body)


def _counted(told: BulkResult) -> str:
    return "already_imported" if told["reason"] == "already_ingested" else told["status"]


def _owner(scope: Scope) -> UserId | None:
    return UserId(scope.owner) if scope.owner else None


async def list_imports(call: Call[Nothing, ImportsQuery]) -> Reply:
    jobs = [_told(job) for job in await _jobs(call, await named_scope(call))]
    fitting = [job for job in jobs if call.query.status in (None, job["status"])]
    return Reply(200, {"jobs": fitting[: call.query.limit], "total": len(fitting)})


async def _jobs(call: Call[Any, Any], scope: Scope | None) -> list[Job]:
    """Of the end user that is named; where none is, of all."""
    found = await call.services.imports.all(call.principal, project=scope.project if scope else None)
    return [job for job in found if _belongs(job, scope)]


def _belongs(job: Job, scope: Scope | None) -> bool:
    return scope is None or job.user == _owner(scope)


async def get_import(call: Call[Nothing, Nothing]) -> Reply:
    scope = await named_scope(call)
    job = await call.services.imports.get(call.principal, job=call.path["id"])
    if job is None or not _belongs(job, scope):
        raise NotFound
    return Reply(200, _told(job))
